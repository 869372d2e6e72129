/*
 * The network layer, IPv4 and what both versions share.
 */
#include "wire/ip.h"

#include "wire/ip_oddity.h"
#include "wire/ipv6.h"
#include "wire/sum.h"

#define IPV4_HEADER_MIN 20
#define IPV4_NO_FRAGMENTS 0x4000
#define IPV4_MORE_FRAGMENTS 0x2000
#define IPV4_OFFSET_MASK 0x1FFF

#define IPV4_OPTION_END 0
#define IPV4_OPTION_NOP 1
#define IPV4_OPTION_LOOSE_ROUTE 131
#define IPV4_OPTION_STRICT_ROUTE 137

static bool ip_failed(enum ws_undecoded why, enum ws_undecoded *reason)
{
	*reason = why;
	return false;
}

void ip_walk_end(const struct ip_walk *walk, struct ip_packet *out)
{
	out->protocol = walk->next;
	out->payload = walk->in.data;
	out->payload_len = walk->left;
	out->payload_caplen = (uint32_t)walk->in.len;
}

/* RFC 791 3.1: while the pointer is within the route, the last address of the route is where the packet goes. */
static const uint8_t *route_end(const uint8_t *option, size_t len)
{
	bool is_travelled = len < 7 || (len - 3) % 4 != 0 || option[2] > len;

	return is_travelled ? NULL : option + len - 4;
}

static void read_options(struct bytes options, struct ip_packet *out)
{
	while (options.len > 0) {
		const uint8_t *option = options.data;
		size_t len = 1;

		if (option[0] == IPV4_OPTION_END)
			return;
		if (option[0] != IPV4_OPTION_NOP) {
			if (options.len < 2 || option[1] < 2 || option[1] > options.len)
				return;
			len = option[1];
		}
		if (option[0] == IPV4_OPTION_LOOSE_ROUTE || option[0] == IPV4_OPTION_STRICT_ROUTE) {
			const uint8_t *end = route_end(option, len);

			out->dst = end ? end : out->dst;
		}
		bytes_skip(&options, len);
	}
}

static void read_fixed(const uint8_t *ip, const struct link_payload *link, struct ip_packet *out)
{
	uint16_t fragment = load_u16be(ip + 6);

	out->src = ip + 12;
	out->dst = ip + 16;
	out->family = 4;
	out->ttl = ip[8];
	out->id = load_u16be(ip + 4);
	out->len = load_u16be(ip + 2);
	out->is_offload = out->len == 0 || out->len > IP_WIRE_LENGTH_MAX;
	if (out->len == 0)
		out->len = link->len;
	out->captured = link->caplen < out->len ? link->caplen : out->len;
	out->is_route_unknown = false;
	out->is_fragment = (fragment & (IPV4_MORE_FRAGMENTS | IPV4_OFFSET_MASK)) != 0;
	out->has_more_fragments = (fragment & IPV4_MORE_FRAGMENTS) != 0;
	out->fragment_id = out->id;
	out->fragment_offset = (uint32_t)(fragment & IPV4_OFFSET_MASK) * 8;
	out->upper_offset = 0;
	out->copied_options = 0;
}

/* Of a header without options. */
static inline bool has_right_sum(const uint8_t *ip)
{
	return sum_is_right(sum_header20(ip));
}

/* Nothing about the header needs a closer look. */
static inline bool is_ordinary(const uint8_t *ip, uint32_t header)
{
	return header == IPV4_HEADER_MIN && (load_u16be(ip + 6) & ~IPV4_NO_FRAGMENTS) == 0 && ip[8] >= IP_TTL_LOW &&
	       ip_is_plain_v4(ip + 12) && ip_is_plain_v4(ip + 16) && load_u16be(ip + 2) > 0 && has_right_sum(ip);
}

/* A cut of the header, or of the one behind it, that the snap length made. */
static bool ipv4_cut(struct ip_packet *out, enum ws_undecoded *reason)
{
	out->noticed |= NOTICED_BIT(header_not_captured);
	return ip_failed(WS_UNDECODED_ipv4_truncated, reason);
}

static bool ipv4_too_short(const struct link_payload *link, uint32_t needed, enum ws_undecoded why,
			   struct ip_packet *out, enum ws_undecoded *reason)
{
	return link->len >= needed ? ipv4_cut(out, reason) : ip_failed(why, reason);
}

static bool ipv4_authentication(struct ip_walk *walk, struct ip_packet *out, enum ws_undecoded *reason)
{
	uint32_t before = walk->left;
	bool is_right = ip_walk_authentication(walk, reason);

	out->noticed |= walk->noticed;
	out->upper_offset = before - walk->left;
	if (!is_right && *reason == WS_UNDECODED_ipv6_extension_truncated)
		*reason = WS_UNDECODED_ipv4_truncated;
	return is_right;
}

static bool ipv4_decode(const struct link_payload *link, struct ip_packet *out, enum ws_undecoded *reason)
{
	const uint8_t *ip = link->data;

	if (link->caplen < IPV4_HEADER_MIN)
		return ipv4_too_short(link, IPV4_HEADER_MIN, WS_UNDECODED_ipv4_truncated, out, reason);

	uint32_t header = (ip[0] & 0x0Fu) * 4;

	read_fixed(ip, link, out);
	if (header < IPV4_HEADER_MIN)
		return ip_failed(WS_UNDECODED_ipv4_header_length_bad, reason);
	if (out->len < header)
		return ip_failed(WS_UNDECODED_ipv4_total_length_bad, reason);
	if (out->captured < header)
		return ipv4_too_short(link, header, WS_UNDECODED_ipv4_header_length_bad, out, reason);
	out->noticed = ip_oddity_of_length(link, out);
	if (!is_ordinary(ip, header))
		out->noticed |= ip_oddity_v4(ip, header, out);
	if (header > IPV4_HEADER_MIN)
		read_options(bytes_of(ip + IPV4_HEADER_MIN, header - IPV4_HEADER_MIN), out);

	struct ip_walk walk = { .in = bytes_of(ip + header, out->captured - header),
				.left = out->len - header,
				.next = ip[9] };

	out->fragment_header = header;
	if (walk.next == IP_PROTOCOL_AUTHENTICATION && out->fragment_offset == 0 &&
	    !ipv4_authentication(&walk, out, reason))
		return false;
	ip_walk_end(&walk, out);
	/* A later fragment of an authenticated packet may hold TCP as well; its first one tells. */
	if (walk.next != IP_PROTOCOL_TCP && !(walk.next == IP_PROTOCOL_AUTHENTICATION && out->fragment_offset > 0))
		return ip_failed(WS_UNDECODED_not_tcp, reason);
	return true;
}

bool ip_decode(const struct link_payload *link, struct ip_packet *out, enum ws_undecoded *reason)
{
	out->noticed = 0;
	out->has_loopback = false;
	if (link->caplen == 0) {
		out->noticed = link->len > 0 ? NOTICED_BIT(header_not_captured) : 0;
		return ip_failed(link->family == 6 ? WS_UNDECODED_ipv6_truncated : WS_UNDECODED_ipv4_truncated, reason);
	}

	uint8_t version = link->data[0] >> 4;

	if ((version != 4 && version != 6) || (link->family != 0 && link->family != version))
		return ip_failed(WS_UNDECODED_ip_version_bad, reason);

	return version == 4 ? ipv4_decode(link, out, reason) : ipv6_decode(link, out, reason);
}
