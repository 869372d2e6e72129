/*
 * What IP carries besides TCP, as far as it matters to who looks for TCP: why it cannot be told (ESP), and what an ICMP
 * error says about a TCP segment (RFC 792, RFC 4443 2.4).
 */
#ifndef WIRE_OTHER_H
#define WIRE_OTHER_H

#include "wire/ip.h"

/* An ICMP error and the segment that it quotes, whose sender it is addressed to. */
struct icmp_quote {
	struct ws_addr src;
	struct ws_addr dst;
	uint16_t sport;
	uint16_t dport;
	uint32_t seq;
	uint8_t type;
	uint8_t code;
};

/* The reason for a packet that is not TCP. With WS_UNDECODED_icmp_error_for_flow *quote is set. May add to *noticed. */
enum ws_undecoded other_reason(const struct ip_packet *ip, struct icmp_quote *quote, uint64_t *noticed);

#endif
