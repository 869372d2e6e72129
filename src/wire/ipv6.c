/*
 * The extension headers of IPv6 as a walk with a bounded number of steps. A header that its sender's payload length
 * leaves no room for is malformed; one that the snap length cut is truncated.
 */
#include "wire/ipv6.h"

#include "wire/ip_oddity.h"

#define EXTENSIONS_MAX 16

#define IPV6_HOP_BY_HOP 0
#define IPV6_MOBILITY 135
#define IPV6_HIP 139
#define IPV6_SHIM6 140

#define OPTION_PAD1 0x00
#define OPTION_JUMBO 0xC2        /* RFC 2675 2 */
#define OPTION_HOME_ADDRESS 0xC9 /* RFC 6275 6.3 */

#define ROUTING_SOURCE 0   /* RFC 2460 4.4, deprecated by RFC 5095 */
#define ROUTING_MOBILITY 2 /* RFC 6275 6.4 */
#define ROUTING_SEGMENTS 4 /* RFC 8754 2 */

#define FRAGMENT_OFFSET_MASK 0xFFF8
#define FRAGMENT_MORE 0x0001
#define FRAGMENT_RESERVED 0x00FF0006 /* of the first four bytes */

#define PROTOCOL_NONE 59

#define TCP_HEADER_MIN 20

static bool ipv6_failed(enum ws_undecoded why, enum ws_undecoded *reason)
{
	*reason = why;
	return false;
}

/* By the capture, or by the sender's own lengths. */
static void walk_ends_early(struct ip_walk *walk, uint32_t size, enum ws_undecoded *reason)
{
	walk->noticed |= size <= walk->left ? NOTICED_BIT(header_not_captured) : 0;
	*reason = WS_UNDECODED_ipv6_extension_truncated;
}

/* Takes `size` bytes of a header off the walk and hands them out with the next header's number taken from them. */
static const uint8_t *walk_take(struct ip_walk *walk, uint32_t size, enum ws_undecoded *reason)
{
	const uint8_t *header = size <= walk->left ? bytes_take(&walk->in, size) : NULL;

	if (!header) {
		walk_ends_early(walk, size, reason);
		return NULL;
	}
	walk->left -= size;
	walk->next = header[0];
	return header;
}

/* The second byte of every extension header but the fragment header is its length, in one unit or another. */
static bool walk_length_byte(struct ip_walk *walk, uint32_t *out, enum ws_undecoded *reason)
{
	if (walk->left < 2 || walk->in.len < 2) {
		walk_ends_early(walk, 2, reason);
		return false;
	}
	*out = walk->in.data[1];
	return true;
}

static bool read_authentication(struct ip_walk *walk, enum ws_undecoded *reason)
{
	uint32_t words;
	const uint8_t *header;

	/* RFC 4302 2.2: in words of 4 bytes, less 2; the fixed part alone is 12 bytes. */
	if (!walk_length_byte(walk, &words, reason))
		return false;
	if (words < 1)
		return ipv6_failed(WS_UNDECODED_ip_auth_header_bad, reason);
	header = walk_take(walk, (words + 2) * 4, reason);
	if (header && load_u16be(header + 2) != 0)
		walk->noticed |= NOTICED_BIT(ip_auth_reserved);
	return header != NULL;
}

bool ip_walk_authentication(struct ip_walk *walk, enum ws_undecoded *reason)
{
	if (read_authentication(walk, reason))
		return true;
	if (!(walk->noticed & NOTICED_BIT(header_not_captured)))
		*reason = WS_UNDECODED_ip_auth_header_bad;
	return false;
}

static const uint8_t *walk_extension(struct ip_walk *walk, uint32_t *out_size, enum ws_undecoded *reason)
{
	uint32_t units;

	if (!walk_length_byte(walk, &units, reason))
		return NULL;
	*out_size = (units + 1) * 8;
	return walk_take(walk, *out_size, reason);
}

/* The value of the option `type`, `len` bytes long, among those of a hop-by-hop or destination header; NULL when it is
 * not there. False when the options do not fit. */
static bool find_option(const uint8_t *header, uint32_t size, uint8_t type, size_t len, const uint8_t **out)
{
	struct bytes options = bytes_of(header + 2, size - 2);

	*out = NULL;
	while (options.len > 0) {
		uint8_t kind = bytes_u8(&options);

		if (kind == OPTION_PAD1)
			continue;

		size_t value_len = bytes_u8(&options);
		const uint8_t *value = bytes_take(&options, value_len);

		if (value && kind == type && value_len == len)
			*out = value;
	}
	return !options.failed;
}

/* RFC 2675 3: a jumbo payload goes with payload length 0, is longer than 65,535 and is not a fragment. */
static bool take_jumbo(struct ip_walk *walk, const uint8_t *header, uint32_t size, struct ip_packet *out,
		       bool is_length_zero, const struct link_payload *link)
{
	const uint8_t *value;

	if (!find_option(header, size, OPTION_JUMBO, 4, &value))
		return false;
	if (!value)
		return true;

	uint32_t len = load_u32be(value);

	if (!is_length_zero || len <= 65535 || len > UINT32_MAX - IPV6_HEADER)
		return false;
	out->len = IPV6_HEADER + len;
	out->captured = link->caplen < out->len ? link->caplen : out->len;
	out->is_offload = true;
	walk->is_jumbo = true;
	walk->left = len - size;
	walk->in.len = out->captured - IPV6_HEADER - size;
	return true;
}

static void note_options(struct ip_walk *walk, const uint8_t *header, uint32_t size)
{
	if (ip_oddity_options_v6(bytes_of(header + 2, size - 2)))
		walk->noticed |= NOTICED_BIT(ipv6_option_odd);
}

static bool walk_hop_by_hop(struct ip_walk *walk, struct ip_packet *out, bool is_length_zero,
			    const struct link_payload *link, enum ws_undecoded *reason)
{
	uint32_t size;
	const uint8_t *header = walk_extension(walk, &size, reason);

	if (!header)
		return false;
	if (!take_jumbo(walk, header, size, out, is_length_zero, link))
		return ipv6_failed(WS_UNDECODED_ipv6_extension_bad, reason);
	note_options(walk, header, size);
	return true;
}

static bool walk_destination(struct ip_walk *walk, struct ip_packet *out, enum ws_undecoded *reason)
{
	uint32_t size;
	const uint8_t *home;
	const uint8_t *header = walk_extension(walk, &size, reason);

	if (!header)
		return false;
	if (!find_option(header, size, OPTION_HOME_ADDRESS, 16, &home))
		return ipv6_failed(WS_UNDECODED_ipv6_extension_bad, reason);
	if (home)
		out->src = home;
	note_options(walk, header, size);
	return true;
}

/* RFC 8200 8.1: the pseudo-header has the final destination, and so has the connection. */
static bool walk_routing(struct ip_walk *walk, struct ip_packet *out, enum ws_undecoded *reason)
{
	uint32_t size;
	const uint8_t *header = walk_extension(walk, &size, reason);

	if (!header)
		return false;

	uint32_t addresses = (size - 8) / 16;

	if (header[2] == ROUTING_SOURCE)
		walk->noticed |= NOTICED_BIT(ipv6_routing_type0);
	if (header[3] == 0)
		return true;
	if (addresses == 0 || header[3] > addresses)
		out->is_route_unknown = true;
	else if (header[2] == ROUTING_SOURCE || header[2] == ROUTING_MOBILITY)
		out->dst = header + 8 + (size_t)(addresses - 1) * 16;
	else if (header[2] == ROUTING_SEGMENTS)
		out->dst = header + 8; /* listed from the last to the first */
	else
		out->is_route_unknown = true;
	return true;
}

static bool walk_fragment(struct ip_walk *walk, struct ip_packet *out, enum ws_undecoded *reason)
{
	const uint8_t *header = walk_take(walk, 8, reason);

	if (!header)
		return false;

	uint16_t offset = load_u16be(header + 2);

	walk->noticed |= load_u32be(header) & FRAGMENT_RESERVED ? NOTICED_BIT(fragment_reserved) : 0;
	/* Both 0 is an atomic fragment, an ordinary packet (RFC 6946 section 4). */
	if ((offset & (FRAGMENT_OFFSET_MASK | FRAGMENT_MORE)) == 0) {
		walk->noticed |= NOTICED_BIT(fragment_useless_v6);
		return true;
	}
	walk->noticed |= NOTICED_BIT(fragment_seen);
	if (out->is_fragment)
		return ipv6_failed(WS_UNDECODED_ipv6_extension_bad, reason);
	out->is_fragment = true;
	out->has_more_fragments = (offset & FRAGMENT_MORE) != 0;
	out->fragment_id = load_u32be(header + 4);
	out->fragment_header = out->len - walk->left;
	out->fragment_offset = offset & FRAGMENT_OFFSET_MASK;
	return true;
}

static bool is_extension(uint8_t protocol)
{
	return protocol == IPV6_ROUTING || protocol == IPV6_DESTINATION || protocol == IP_PROTOCOL_AUTHENTICATION ||
	       protocol == IPV6_MOBILITY || protocol == IPV6_HIP || protocol == IPV6_SHIM6;
}

/* One header other than hop-by-hop, which stands first or nowhere (RFC 8200 4.1). */
static bool walk_one(struct ip_walk *walk, struct ip_packet *out, enum ws_undecoded *reason)
{
	uint32_t size;

	ipv6_note_order(walk);
	switch (walk->next) {
	case IPV6_ROUTING:
		return walk_routing(walk, out, reason);
	case IPV6_FRAGMENT:
		return walk_fragment(walk, out, reason);
	case IPV6_DESTINATION:
		return walk_destination(walk, out, reason);
	case IP_PROTOCOL_AUTHENTICATION:
		return ip_walk_authentication(walk, reason);
	case IPV6_MOBILITY:
	case IPV6_HIP:
	case IPV6_SHIM6:
		return walk_extension(walk, &size, reason) != NULL;
	case IPV6_HOP_BY_HOP:
		return ipv6_failed(WS_UNDECODED_ipv6_extension_bad, reason);
	default:
		return ipv6_failed(WS_UNDECODED_not_tcp, reason);
	}
}

static bool walk_to_tcp(struct ip_walk *walk, struct ip_packet *out, enum ws_undecoded *reason)
{
	for (unsigned headers = 0; walk->next != IP_PROTOCOL_TCP; headers++) {
		if (headers == EXTENSIONS_MAX)
			return ipv6_failed(WS_UNDECODED_ipv6_extension_bad, reason);
		if (!walk_one(walk, out, reason))
			return false;
		if (out->is_fragment && out->fragment_offset > 0)
			break;
	}
	if (!out->is_fragment)
		return true;
	/* A later fragment is TCP if its first one is, which an extension header leaves open. */
	if (out->fragment_offset > 0)
		return walk->next == IP_PROTOCOL_TCP || is_extension(walk->next) ||
		       ipv6_failed(WS_UNDECODED_not_tcp, reason);
	out->upper_offset = out->len - out->fragment_header - walk->left;
	/* RFC 7112 section 5: the first fragment holds every header there is. */
	if (out->upper_offset > 0 && walk->left < TCP_HEADER_MIN) {
		walk->noticed |= NOTICED_BIT(fragment_tiny);
		return ipv6_failed(WS_UNDECODED_ipv6_extension_bad, reason);
	}
	return true;
}

/* A length of 0 is of a jumbogram or of what is yet to be cut up, unless there is nothing to have a length. */
static void read_fixed(const uint8_t *ip, const struct link_payload *link, struct ip_packet *out)
{
	uint32_t payload_len = load_u16be(ip + 4);

	out->src = ip + 8;
	out->dst = ip + 24;
	out->family = 6;
	out->ttl = ip[7];
	out->id = 0;
	out->len = payload_len > 0 || ip[6] == PROTOCOL_NONE ? IPV6_HEADER + payload_len : link->len;
	out->captured = link->caplen < out->len ? link->caplen : out->len;
	out->is_offload = payload_len == 0 || out->len > IP_WIRE_LENGTH_MAX;
	out->is_route_unknown = false;
	out->is_fragment = false;
	out->has_more_fragments = false;
	out->fragment_id = 0;
	out->fragment_header = 0;
	out->fragment_offset = 0;
	out->upper_offset = 0;
	out->copied_options = 0;
}

bool ipv6_decode(const struct link_payload *link, struct ip_packet *out, enum ws_undecoded *reason)
{
	const uint8_t *ip = link->data;

	if (link->caplen < IPV6_HEADER) {
		out->noticed |= link->len >= IPV6_HEADER ? NOTICED_BIT(header_not_captured) : 0;
		return ipv6_failed(WS_UNDECODED_ipv6_truncated, reason);
	}
	read_fixed(ip, link, out);

	struct ip_walk walk = { .in = bytes_of(ip + IPV6_HEADER, out->captured - IPV6_HEADER),
				.left = out->len - IPV6_HEADER,
				.next = ip[6] };
	bool is_length_zero = load_u16be(ip + 4) == 0;
	bool is_tcp = walk.next != IPV6_HOP_BY_HOP || walk_hop_by_hop(&walk, out, is_length_zero, link, reason);

	is_tcp = is_tcp && (walk.next == IP_PROTOCOL_TCP || walk_to_tcp(&walk, out, reason));
	ip_walk_end(&walk, out);
	ipv6_note(link, &walk, is_tcp ? WS_UNDECODED_not_tcp : *reason, out);
	return is_tcp;
}
