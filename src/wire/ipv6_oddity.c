/*
 * What is odd about the headers of IPv6: addresses (RFC 4291 2, RFC 6890), lengths, the order of extension headers.
 */
#include "wire/ip_oddity.h"
#include "wire/ipv6.h"

static bool is_zero(const uint8_t *p, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (p[i] != 0)
			return false;
	return true;
}

static bool is_loopback(const uint8_t *addr)
{
	return is_zero(addr, 15) && addr[15] == 1;
}

/* An IPv4 address as programs write it where IPv6 is asked for. */
static bool is_mapped(const uint8_t *addr)
{
	return is_zero(addr, 10) && addr[10] == 0xFF && addr[11] == 0xFF;
}

static bool is_bad_source(const uint8_t *src, const uint8_t *dst)
{
	return src[0] == 0xFF || is_mapped(src) || (is_zero(src, 16) && dst[0] != 0xFF);
}

/* Scope 0 of a group is reserved (RFC 4291 2.7). */
static bool is_bad_destination(const uint8_t *dst)
{
	return (dst[0] == 0xFF && (dst[1] & 0x0F) == 0) || is_mapped(dst) || is_zero(dst, 16);
}

/* In the order of RFC 8200 4.1. Destination options have no rank, since they stand in several places; nor have the headers
 * that came later. */
static unsigned rank_of(uint8_t protocol)
{
	switch (protocol) {
	case IPV6_ROUTING:
		return 1;
	case IPV6_FRAGMENT:
		return 2;
	case IP_PROTOCOL_AUTHENTICATION:
		return 3;
	default:
		return 0;
	}
}

/* Each of them once, but destination options twice. */
void ipv6_note_order(struct ip_walk *walk)
{
	unsigned rank = rank_of(walk->next);
	unsigned bit = rank;

	if (walk->next == IPV6_DESTINATION)
		bit = walk->seen & 1u << 4 ? 5 : 4;
	if (rank < walk->rank && rank > 0)
		walk->noticed |= NOTICED_BIT(ipv6_extension_order);
	if (bit > 0 && (walk->seen & 1u << bit))
		walk->noticed |= NOTICED_BIT(ipv6_extension_order);
	walk->seen = (uint8_t)(walk->seen | 1u << bit);
	walk->rank = rank > walk->rank ? (uint8_t)rank : walk->rank;
}

static inline bool is_ordinary(const uint8_t *ip)
{
	return ip[7] >= IP_TTL_LOW && ip_is_plain_v6(ip + 8) && ip_is_plain_v6(ip + 24);
}

/* Of a fragment: the headers behind the fragment header that a first one lacks, or TCP's. */
static bool is_tiny(const struct ip_packet *out, enum ws_undecoded reason)
{
	if (out->protocol == IP_PROTOCOL_TCP)
		return ip_oddity_is_tiny(out->fragment_offset, out->payload, out->payload_caplen, out->payload_len);
	return out->fragment_offset == 0 && reason == WS_UNDECODED_ipv6_extension_truncated &&
	       !(out->noticed & NOTICED_BIT(header_not_captured));
}

static uint64_t look_closer(const uint8_t *ip, struct ip_packet *out)
{
	const uint8_t *src = ip + 8;
	const uint8_t *dst = ip + 24;
	uint64_t noticed = 0;

	out->has_loopback = is_loopback(src) || is_loopback(dst);
	if (is_bad_source(src, dst) || is_bad_destination(dst))
		noticed |= NOTICED_BIT(ip_address_bad);
	if (ip_oddity_is_ttl_low(ip[7], ip[6], dst[0] == 0xFF))
		noticed |= NOTICED_BIT(ip_ttl_low);
	return noticed;
}

void ipv6_note(const struct link_payload *link, const struct ip_walk *walk, enum ws_undecoded reason,
	       struct ip_packet *out)
{
	bool is_length_zero = load_u16be(link->data + 4) == 0;

	out->noticed |= walk->noticed | ip_oddity_of_length(link, out);
	if (!is_ordinary(link->data))
		out->noticed |= look_closer(link->data, out);
	/* That of a jumbogram stands elsewhere. */
	if (is_length_zero && !walk->is_jumbo && out->len > IPV6_HEADER)
		out->noticed |= NOTICED_BIT(ip_total_length_zero);
	if (out->is_fragment && is_tiny(out, reason))
		out->noticed |= NOTICED_BIT(fragment_tiny);
}
