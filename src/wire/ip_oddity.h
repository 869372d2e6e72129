/*
 * What is odd about IP headers and does not keep their packet from being decoded. The ordinary header is recognised where
 * it is read (ip.c, ipv6.c); these look closer at the others.
 */
#ifndef WIRE_IP_ODDITY_H
#define WIRE_IP_ODDITY_H

#include "base/bytes.h"
#include "wire/ip.h"

/* Wireshark's limit: less is not left over by any path, but set by a sender on purpose. */
#define IP_TTL_LOW 5

/* The header at `ip`, `header` bytes of it and all of them captured; `out` is set as far as it goes. Returns NOTICED_BIT()s, and sets
 * out->has_loopback and copied_options. */
uint64_t ip_oddity_v4(const uint8_t *ip, uint32_t header, struct ip_packet *out);

/* Of both versions. */
bool ip_oddity_is_ttl_low(uint8_t ttl, uint8_t protocol, bool is_to_many);

/* Between the length that the header says and those of the frame. */
static inline uint64_t ip_oddity_of_length(const struct link_payload *link, const struct ip_packet *ip)
{
	bool is_beyond = ip->len > link->len;
	bool is_cut = ip->captured < ip->len && !is_beyond;

	return (uint64_t)(ip->len < link->len) << WS_NOTICED_ip_trailing_padding |
	       (uint64_t)is_beyond << WS_NOTICED_ip_length_beyond_frame |
	       (uint64_t)is_cut << WS_NOTICED_ip_truncated_by_capture;
}

/* A fragment of TCP, `len` bytes of it from `offset` on, `data` as far as it was captured: whether the TCP header is cut up
 * (RFC 1858 3, RFC 3128). */
bool ip_oddity_is_tiny(uint32_t offset, const uint8_t *data, uint32_t caplen, uint32_t len);

/* ip_options.c: IPv4 options. Whether something is odd about them; and a hash of those that every fragment has (RFC 791
 * 3.1: bit 7 of the kind), 0 when there is none. */
bool ip_oddity_options_v4(struct bytes options);
uint32_t ip_oddity_copied_options(struct bytes options);

/* Options of a hop-by-hop or destination header, without its first two bytes. They fit. */
bool ip_oddity_options_v6(struct bytes options);

/* Addresses about which nothing is odd, whether of a source or a destination. */
static inline bool ip_is_plain_v4(const uint8_t *addr)
{
	return addr[0] - 1u < 223 && addr[0] != 127;
}

static inline bool ip_is_plain_v6(const uint8_t *addr)
{
	return addr[0] != 0 && addr[0] != 0xFF;
}

#endif
