/*
 * The walk itself, and the headers that may come anywhere on it.
 */
#include "wire/link_walk.h"

#define LLC_SAP_IP 0x06
#define LLC_SAP_SNAP 0xAA
#define LLC_UI 0x03
#define OUI_ETHERNET 0x000000
#define OUI_BRIDGE_TUNNEL 0x0000F8 /* IEEE 802.1H */

#define PPP_IPV4 0x0021 /* RFC 1332 */
#define PPP_IPV6 0x0057 /* RFC 5072 */
#define PPP_MPLS 0x0281 /* RFC 3032 4.3 */
#define PPP_MPLS_MULTICAST 0x0283

static enum link_step walk_ethernet(struct link_walk *walk)
{
	bytes_skip(&walk->in, 6);

	uint32_t src_high = bytes_u32be(&walk->in);
	uint32_t src_low = bytes_u16be(&walk->in);
	uint16_t type = bytes_u16be(&walk->in);

	walk->outer->link_src = (src_high << 16 | src_low) ^ src_high >> 16;
	if (type >= ETHERTYPE_MIN)
		return step_type(walk, type);
	return type <= ETHERNET_LENGTH_MAX ? STEP_LLC : step_bad(walk, WS_UNDECODED_ethertype_unknown);
}

/* IEEE 802.1Q: priority and identifier, then the type (or an 802.3 length) of what was tagged. */
static enum link_step walk_vlan(struct link_walk *walk)
{
	uint16_t id = bytes_u16be(&walk->in) & VLAN_ID_MASK;
	uint16_t type = bytes_u16be(&walk->in);

	if (id != 0 && walk->outer->vlans_len == WS_VLANS_MAX)
		walk->noticed |= NOTICED_BIT(vlan_tags_many);
	outer_add_vlan(walk->outer, id);
	if (type >= ETHERTYPE_MIN)
		return step_type(walk, type);
	return type <= ETHERNET_LENGTH_MAX ? STEP_LLC : step_bad(walk, WS_UNDECODED_vlan_bad);
}

static enum link_step walk_type(struct link_walk *walk)
{
	switch (walk->type) {
	case ETHERTYPE_IPV4:
		return step_ip(walk, 4);
	case ETHERTYPE_IPV6:
		return step_ip(walk, 6);
	case ETHERTYPE_VLAN:
	case ETHERTYPE_QINQ:
	case ETHERTYPE_QINQ_OLD:
		return walk_vlan(walk);
	case ETHERTYPE_MPLS:
	case ETHERTYPE_MPLS_MULTICAST:
		return STEP_MPLS;
	case ETHERTYPE_PPPOE_SESSION:
		return STEP_PPPOE;
	case ETHERTYPE_JUMBO_LLC:
		return STEP_LLC;
	default:
		return link_walk_other_type(walk);
	}
}

/* RFC 1042: IP over 802.2, by SNAP or by the service access point of its own. */
static enum link_step walk_llc(struct link_walk *walk)
{
	uint8_t dsap = bytes_u8(&walk->in);
	uint8_t ssap = bytes_u8(&walk->in);
	uint8_t control = bytes_u8(&walk->in);

	if (dsap == LLC_SAP_IP && ssap == LLC_SAP_IP && control == LLC_UI)
		return step_ip(walk, 4);
	if (dsap != LLC_SAP_SNAP || ssap != LLC_SAP_SNAP || control != LLC_UI)
		return STEP_NOT_IP;

	uint32_t oui = (uint32_t)bytes_u8(&walk->in) << 16 | bytes_u16be(&walk->in);
	uint16_t type = bytes_u16be(&walk->in);

	if (oui != OUI_ETHERNET && oui != OUI_BRIDGE_TUNNEL)
		return STEP_NOT_IP;
	return type >= ETHERTYPE_MIN ? step_type(walk, type) : STEP_NOT_IP;
}

/* RFC 2516 section 4: version and type 1, code 0 for a session. */
static enum link_step walk_pppoe(struct link_walk *walk)
{
	uint16_t version_code = bytes_u16be(&walk->in);
	uint16_t session = bytes_u16be(&walk->in);
	uint16_t len = bytes_u16be(&walk->in);

	outer_set_id(walk->outer, WS_TUNNEL_PPPOE, session);
	if (len > walk_left(walk))
		walk->noticed |= NOTICED_BIT(pppoe_length_bad);
	return version_code == 0x1100 ? STEP_PPP : step_bad(walk, WS_UNDECODED_pppoe_bad);
}

/* RFC 1661 section 2; an odd first byte is a protocol of one byte (section 6.5). */
static enum link_step walk_ppp(struct link_walk *walk)
{
	uint16_t protocol = bytes_u8(&walk->in);

	if ((protocol & 1) == 0)
		protocol = (uint16_t)(protocol << 8 | bytes_u8(&walk->in));
	switch (protocol) {
	case PPP_IPV4:
		return step_ip(walk, 4);
	case PPP_IPV6:
		return step_ip(walk, 6);
	case PPP_MPLS:
	case PPP_MPLS_MULTICAST:
		return STEP_MPLS;
	default:
		return STEP_NOT_IP;
	}
}

static enum link_step walk_next(struct link_walk *walk, enum link_step step)
{
	switch (step) {
	case STEP_ETHERNET:
		return walk_ethernet(walk);
	case STEP_TYPE:
		return walk_type(walk);
	case STEP_LLC:
		return walk_llc(walk);
	case STEP_MPLS:
		return link_walk_mpls(walk);
	case STEP_PPPOE:
		return walk_pppoe(walk);
	case STEP_PPP:
		return walk_ppp(walk);
	case STEP_PPP_FRAMED:
		return link_walk_ppp_framed(walk);
	case STEP_IP:
	case STEP_NOT_IP:
	case STEP_BAD:
	case STEP_UNKNOWN:
		break;
	}
	return step;
}

static bool link_failed(enum ws_undecoded why, enum ws_undecoded *reason)
{
	*reason = why;
	return false;
}

/* The reason when the header that begins there ended early. */
static enum ws_undecoded cut_reason(const struct link_walk *walk, enum link_step header)
{
	switch ((int)header) {
	case STEP_ETHERNET:
	case STEP_LLC:
		return WS_UNDECODED_ethernet_truncated;
	case STEP_TYPE:
		return WS_UNDECODED_vlan_bad;
	case STEP_MPLS:
		return WS_UNDECODED_mpls_bad;
	default:
		return walk->outer->kind == WS_TUNNEL_PPPOE || header == STEP_PPPOE ? WS_UNDECODED_pppoe_bad
										    : WS_UNDECODED_other_link_bad;
	}
}

static bool link_ended_early(const struct link_walk *walk, enum ws_undecoded why, struct link_payload *out,
			     enum ws_undecoded *reason)
{
	out->noticed = walk->noticed | (walk->cut > 0 ? NOTICED_BIT(header_not_captured) : 0);
	return link_failed(why, reason);
}

bool link_walk_run(struct link_walk *walk, enum link_step step, struct link_payload *out, enum ws_undecoded *reason)
{
	enum link_step header = step;

	for (unsigned headers = 0; step < STEP_IP && !walk->in.failed; headers++) {
		if (headers == LINK_HEADERS_MAX) {
			step = step_bad(walk, WS_UNDECODED_tunnel_too_deep);
			break;
		}
		header = step;
		step = walk_next(walk, step);
	}
	/* A cut header reads as zeros and so as nothing known: that it was cut comes first. */
	if (walk->in.failed)
		return link_ended_early(walk, cut_reason(walk, header), out, reason);
	out->noticed = walk->noticed;
	if (step == STEP_UNKNOWN)
		return link_failed(WS_UNDECODED_linktype_unsupported, reason);
	if (step != STEP_IP)
		return link_failed(step == STEP_BAD ? walk->why : WS_UNDECODED_not_ip, reason);
	out->data = walk->in.data;
	out->caplen = (uint32_t)walk->in.len;
	out->len = out->caplen + walk->cut;
	out->family = walk->family;
	return true;
}

bool link_decode(const struct ws_packet *packet, struct link_payload *out, struct outer *outer,
		 enum ws_undecoded *reason)
{
	struct link_walk walk = { .in = bytes_of(packet->data, packet->caplen), .outer = outer };
	enum link_step step = STEP_ETHERNET;

	walk.cut = packet->len > packet->caplen ? packet->len - packet->caplen : 0;
	if (packet->linktype != LINKTYPE_ETHERNET) {
		step = link_walk_first(&walk, packet->linktype);
		if (walk.in.failed)
			return link_ended_early(&walk, link_first_cut(packet->linktype), out, reason);
	}
	return link_walk_run(&walk, step, out, reason);
}
