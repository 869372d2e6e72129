/*
 * The network layer: IPv4 (RFC 791), IPv6 with its extension headers (RFC 8200) and jumbograms (RFC 2675), as far as
 * the first byte of TCP or of what else they carry. Lengths are those of the IP header; a length of 0, as segmentation
 * offload leaves it, is that of the frame. Authentication headers are stepped over in both versions.
 */
#ifndef WIRE_IP_H
#define WIRE_IP_H

#include <string.h>

#include "wire/link.h"

#define IP_PROTOCOL_ICMP 1
#define IP_PROTOCOL_IPV4 4
#define IP_PROTOCOL_TCP 6
#define IP_PROTOCOL_UDP 17
#define IP_PROTOCOL_IPV6 41
#define IP_PROTOCOL_GRE 47
#define IP_PROTOCOL_ETHERIP 97
#define IP_PROTOCOL_MPLS 137

/* A packet, or a fragment of one. Pointers go into the frame. */
struct ip_packet {
	const uint8_t *src; /* 4 or 16 bytes; with mobility the home address (RFC 6275 6.3) */
	const uint8_t *dst; /* the final one, where a source route has not been travelled to its end */
	uint8_t family;     /* 4 or 6 */
	uint8_t ttl;
	uint8_t protocol;      /* of the payload */
	uint16_t id;           /* IPv4 */
	uint32_t len;          /* of the packet or fragment, IP header included */
	uint32_t captured;     /* bytes of it */
	bool is_offload;       /* length 0, or longer than any wire allows */
	bool is_route_unknown; /* `dst` may not be the final one */
	bool has_loopback;     /* an address that no wire carries */
	uint64_t noticed;      /* NOTICED_BIT() of what is odd about it */

	bool is_fragment;
	bool has_more_fragments;
	uint32_t fragment_id;
	uint32_t fragment_header; /* bytes before the part that is cut up */
	uint32_t fragment_offset; /* in bytes */
	uint32_t upper_offset;    /* in the first fragment: headers between its start and `payload` */
	uint32_t copied_options;  /* of an IPv4 fragment: a hash of the options that all fragments have; 0: none */

	/* The TCP segment, or whatever `protocol` says; in a later fragment, bytes that follow on the first. */
	const uint8_t *payload;
	uint32_t payload_len;
	uint32_t payload_caplen;
};

/* False, with *reason, when it is not TCP as far as can be told. With WS_UNDECODED_not_tcp all of *out is set; with other
 * reasons out->noticed and has_loopback, and nothing can be made of the rest. */
bool ip_decode(const struct link_payload *link, struct ip_packet *out, enum ws_undecoded *reason);

static inline void ip_copy_addr(struct ws_addr *out, uint8_t family, const uint8_t *bytes)
{
	out->family = family;
	if (family == 6) {
		memcpy(out->bytes, bytes, 16);
	} else {
		memset(out->bytes, 0, 16);
		memcpy(out->bytes, bytes, 4);
	}
}

#endif
