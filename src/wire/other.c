#include "wire/other.h"

#include "base/bytes.h"

#define PROTOCOL_ESP 50
#define PROTOCOL_ICMPV6 58
#define PROTOCOL_NONE 59
#define PROTOCOL_UNASSIGNED 148 /* and all above but the next two */
#define PROTOCOL_EXPERIMENT 253 /* and 254 (RFC 3692) */

#define ICMP_HEADER 8
#define ICMP_UNREACHABLE 3
#define ICMP_SOURCE_QUENCH 4
#define ICMP_TIME_EXCEEDED 11
#define ICMP_PARAMETER 12
#define ICMPV6_UNREACHABLE 1
#define ICMPV6_PARAMETER 4

#define QUOTED_TCP 8 /* ports and sequence number; more need not be there (RFC 792) */

static bool is_error(uint8_t family, uint8_t type)
{
	if (family == 6)
		return type >= ICMPV6_UNREACHABLE && type <= ICMPV6_PARAMETER;
	return type == ICMP_UNREACHABLE || type == ICMP_SOURCE_QUENCH || type == ICMP_TIME_EXCEEDED ||
	       type == ICMP_PARAMETER;
}

/* What follows the ICMP header: a packet of which only the beginning is there. WS_UNDECODED_not_tcp: of another protocol, or
 * a later fragment. */
static enum ws_undecoded read_quoted(const struct ip_packet *ip, struct ip_packet *quoted)
{
	struct link_payload link = { .data = ip->payload + ICMP_HEADER,
				     .caplen = ip->payload_caplen - ICMP_HEADER,
				     .len = ip->payload_len - ICMP_HEADER,
				     .family = ip->family };
	enum ws_undecoded reason;

	if (!ip_decode(&link, quoted, &reason))
		return reason;
	return quoted->fragment_offset > 0 ? WS_UNDECODED_not_tcp : WS_UNDECODED_icmp_error_for_flow;
}

/* Where the capture has cut the quotation it is not its fault. */
static void note_bad(const struct ip_packet *ip, uint64_t *noticed)
{
	if (ip->payload_caplen == ip->payload_len)
		*noticed |= NOTICED_BIT(icmp_quote_bad);
}

static enum ws_undecoded read_error(const struct ip_packet *ip, struct icmp_quote *quote, uint64_t *noticed)
{
	struct ip_packet quoted;
	enum ws_undecoded reason = read_quoted(ip, &quoted);

	if (reason == WS_UNDECODED_icmp_error_for_flow && quoted.payload_caplen >= QUOTED_TCP) {
		ip_copy_addr(&quote->src, quoted.family, quoted.src);
		ip_copy_addr(&quote->dst, quoted.family, quoted.dst);
		quote->sport = load_u16be(quoted.payload);
		quote->dport = load_u16be(quoted.payload + 2);
		quote->seq = load_u32be(quoted.payload + 4);
		quote->type = ip->payload[0];
		quote->code = ip->payload[1];
		return WS_UNDECODED_icmp_error_for_flow;
	}
	if (reason != WS_UNDECODED_not_tcp)
		note_bad(ip, noticed);
	return WS_UNDECODED_not_tcp;
}

static enum ws_undecoded read_icmp(const struct ip_packet *ip, struct icmp_quote *quote, uint64_t *noticed)
{
	if (ip->is_fragment && ip->fragment_offset > 0)
		return WS_UNDECODED_not_tcp;
	if (ip->payload_caplen == 0 || !is_error(ip->family, ip->payload[0]))
		return WS_UNDECODED_not_tcp;
	if (ip->payload_caplen >= ICMP_HEADER)
		return read_error(ip, quote, noticed);
	note_bad(ip, noticed);
	return WS_UNDECODED_not_tcp;
}

enum ws_undecoded other_reason(const struct ip_packet *ip, struct icmp_quote *quote, uint64_t *noticed)
{
	switch (ip->protocol) {
	case IP_PROTOCOL_ICMP:
		return ip->family == 4 ? read_icmp(ip, quote, noticed) : WS_UNDECODED_ip_icmp_version_mismatch;
	case PROTOCOL_ICMPV6:
		return ip->family == 6 ? read_icmp(ip, quote, noticed) : WS_UNDECODED_ip_icmp_version_mismatch;
	case PROTOCOL_ESP:
		return WS_UNDECODED_esp_opaque;
	case PROTOCOL_NONE:
		return ip->family == 6 && ip->payload_len > 0 ? WS_UNDECODED_ipv6_no_next_header : WS_UNDECODED_not_tcp;
	case PROTOCOL_EXPERIMENT:
	case PROTOCOL_EXPERIMENT + 1:
		return WS_UNDECODED_not_tcp;
	default:
		return ip->protocol >= PROTOCOL_UNASSIGNED ? WS_UNDECODED_ip_protocol_unknown : WS_UNDECODED_not_tcp;
	}
}
