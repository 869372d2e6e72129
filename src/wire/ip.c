/*
 * The network layer, IPv4 and what both versions share.
 */
#include "wire/ip.h"

#include "wire/ipv6.h"

#define IPV4_HEADER_MIN 20
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
}

static bool ipv4_decode(const struct link_payload *link, struct ip_packet *out, enum ws_undecoded *reason)
{
	const uint8_t *ip = link->data;

	if (link->caplen < IPV4_HEADER_MIN)
		return ip_failed(WS_UNDECODED_ip_truncated, reason);

	uint32_t header = (ip[0] & 0x0Fu) * 4;

	read_fixed(ip, link, out);
	if (header < IPV4_HEADER_MIN)
		return ip_failed(WS_UNDECODED_ip_header_bad, reason);
	if (out->len < header)
		return ip_failed(WS_UNDECODED_ip_length_bad, reason);
	if (out->captured < header)
		return ip_failed(WS_UNDECODED_ip_truncated, reason);
	if (header > IPV4_HEADER_MIN)
		read_options(bytes_of(ip + IPV4_HEADER_MIN, header - IPV4_HEADER_MIN), out);

	struct ip_walk walk = { bytes_of(ip + header, out->captured - header), out->len - header, ip[9] };

	out->fragment_header = header;
	if (walk.next == IP_PROTOCOL_AUTHENTICATION && out->fragment_offset == 0) {
		if (!ip_walk_authentication(&walk, reason))
			return ip_failed(*reason == WS_UNDECODED_ip_truncated ? *reason : WS_UNDECODED_ip_header_bad,
					 reason);
		out->upper_offset = out->len - header - walk.left;
	}
	ip_walk_end(&walk, out);
	/* A later fragment of an authenticated packet may hold TCP as well; its first one tells. */
	if (walk.next != IP_PROTOCOL_TCP && !(walk.next == IP_PROTOCOL_AUTHENTICATION && out->fragment_offset > 0))
		return ip_failed(WS_UNDECODED_not_tcp, reason);
	return true;
}

bool ip_decode(const struct link_payload *link, struct ip_packet *out, enum ws_undecoded *reason)
{
	if (link->caplen == 0)
		return ip_failed(WS_UNDECODED_ip_truncated, reason);

	uint8_t version = link->data[0] >> 4;

	if ((version != 4 && version != 6) || (link->family != 0 && link->family != version))
		return ip_failed(WS_UNDECODED_ip_version_bad, reason);
	return version == 4 ? ipv4_decode(link, out, reason) : ipv6_decode(link, out, reason);
}
