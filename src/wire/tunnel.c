#include "wire/tunnel.h"

#include <string.h>

#include "wire/tunnel_walk.h"

#define ETHERIP_VERSION 0x3000

/* RFC 3378 section 3: version 3, the rest reserved. */
static enum link_step walk_etherip(struct link_walk *walk)
{
	outer_set(walk->outer, WS_TUNNEL_ETHERIP);
	return bytes_u16be(&walk->in) == ETHERIP_VERSION ? STEP_ETHERNET
							 : step_bad(walk, WS_UNDECODED_tunnel_inner_bad);
}

static enum link_step walk_ip_in_ip(struct link_walk *walk, uint8_t outside, uint8_t inside)
{
	if (outside == 4)
		outer_set(walk->outer, inside == 4 ? WS_TUNNEL_IPIP : WS_TUNNEL_6IN4);
	else
		outer_set(walk->outer, inside == 4 ? WS_TUNNEL_4IN6 : WS_TUNNEL_6IN6);
	return step_ip(walk, inside);
}

static enum link_step walk_protocol(struct link_walk *walk, const struct ip_packet *ip, uint16_t *vlan)
{
	switch (ip->protocol) {
	case IP_PROTOCOL_IPV4:
		return walk_ip_in_ip(walk, ip->family, 4);
	case IP_PROTOCOL_IPV6:
		return walk_ip_in_ip(walk, ip->family, 6);
	case IP_PROTOCOL_UDP:
		return udp_walk(walk, !ip->is_fragment);
	case IP_PROTOCOL_GRE:
		return gre_walk(walk, vlan);
	case IP_PROTOCOL_ETHERIP:
		return walk_etherip(walk);
	case IP_PROTOCOL_MPLS:
		return STEP_MPLS;
	default:
		return STEP_NOT_IP;
	}
}

static bool is_tunnel_protocol(uint8_t protocol)
{
	return protocol == IP_PROTOCOL_IPV4 || protocol == IP_PROTOCOL_IPV6 || protocol == IP_PROTOCOL_GRE ||
	       protocol == IP_PROTOCOL_ETHERIP || protocol == IP_PROTOCOL_MPLS;
}

static void keep_addresses(struct outer *outer, const struct ip_packet *ip)
{
	size_t len = ip->family == 4 ? 4 : 16;

	outer->family = ip->family;
	memcpy(outer->src, ip->src, len);
	memcpy(outer->dst, ip->dst, len);
	memset(outer->src + len, 0, sizeof(outer->src) - len);
	memset(outer->dst + len, 0, sizeof(outer->dst) - len);
}

/* The tunnel's own header was cut: by the capture, or its sender sent no more. Over UDP that is no tunnel. */
static enum ws_undecoded cut_reason(const struct ip_packet *ip, uint64_t *noticed)
{
	if (ip->payload_caplen < ip->payload_len) {
		*noticed |= NOTICED_BIT(header_not_captured);
		return WS_UNDECODED_tunnel_truncated;
	}
	if (ip->protocol == IP_PROTOCOL_UDP)
		return WS_UNDECODED_not_tcp;
	return ip->protocol == IP_PROTOCOL_GRE ? WS_UNDECODED_gre_bad : WS_UNDECODED_tunnel_inner_bad;
}

static bool tunnel_failed(enum ws_undecoded why, enum ws_undecoded *reason)
{
	*reason = why;
	return false;
}

/* Frames of another kind than IP are in their right in a tunnel. */
static bool is_no_ip(enum ws_undecoded reason)
{
	return reason == WS_UNDECODED_not_ip || reason == WS_UNDECODED_ethertype_unknown ||
	       reason == WS_UNDECODED_other_link_bad;
}

bool tunnel_enter(const struct ip_packet *ip, struct outer *outer, struct link_payload *inner,
		  enum ws_undecoded *reason)
{
	struct link_walk walk = { .in = bytes_of(ip->payload, ip->payload_caplen),
				  .cut = ip->payload_len - ip->payload_caplen,
				  .outer = outer };
	uint8_t vlans_len = outer->vlans_len;
	uint16_t vlan = 0;
	enum link_step step;

	inner->noticed = 0;
	if (ip->is_fragment && ip->fragment_offset > 0)
		return tunnel_failed(
			is_tunnel_protocol(ip->protocol) ? WS_UNDECODED_tunnel_fragment : WS_UNDECODED_not_tcp, reason);
	step = walk_protocol(&walk, ip, &vlan);
	if (walk.in.failed)
		return tunnel_failed(cut_reason(ip, &inner->noticed), reason);
	keep_addresses(outer, ip);
	if (!link_walk_run(&walk, step, inner, reason)) {
		if (walk.in.failed)
			*reason = walk.cut > 0 ? WS_UNDECODED_tunnel_truncated : WS_UNDECODED_tunnel_inner_bad;
		else if (is_no_ip(*reason))
			*reason = WS_UNDECODED_not_tcp;
		return false;
	}
	if (outer->vlans_len == vlans_len)
		outer_add_vlan(outer, vlan);
	return true;
}

enum ws_undecoded tunnel_reason(const struct link_payload *inner, enum ws_undecoded reason)
{
	switch ((int)reason) {
	case WS_UNDECODED_ip_version_bad:
	case WS_UNDECODED_ipv4_header_length_bad:
	case WS_UNDECODED_ipv4_total_length_bad:
	case WS_UNDECODED_ipv6_extension_bad:
	case WS_UNDECODED_ip_auth_header_bad:
		return WS_UNDECODED_tunnel_inner_bad;
	case WS_UNDECODED_ipv4_truncated:
	case WS_UNDECODED_ipv6_truncated:
	case WS_UNDECODED_ipv6_extension_truncated:
		return inner->caplen < inner->len ? reason : WS_UNDECODED_tunnel_inner_bad;
	default:
		return reason;
	}
}
