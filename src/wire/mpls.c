/*
 * Label stacks (RFC 3032). What is under the labels is not named (RFC 4928 section 3): it has to be told from its first
 * bytes.
 */
#include "wire/link_walk.h"

#define LABEL_IPV4_EXPLICIT_NULL 0 /* RFC 3032 2.1 */
#define LABEL_IPV6_EXPLICIT_NULL 2
#define LABEL_IMPLICIT_NULL 3
#define LABEL_ROUTER_ALERT 1
#define LABEL_BOTTOM 0x100
#define CONTROL_WORD 4

/* A frame is as long as an Ethernet header at least, and its type is one that can be walked on from, or a length that
 * fits. */
static bool looks_like_ethernet(const struct link_walk *walk, size_t at)
{
	if (walk->in.len < at + ETHERNET_HEADER)
		return false;

	uint16_t type = load_u16be(walk->in.data + at + 12);

	switch (type) {
	case ETHERTYPE_IPV4:
	case ETHERTYPE_IPV6:
	case ETHERTYPE_VLAN:
	case ETHERTYPE_QINQ:
	case ETHERTYPE_QINQ_OLD:
	case ETHERTYPE_MPLS:
	case ETHERTYPE_MPLS_MULTICAST:
	case ETHERTYPE_PPPOE_SESSION:
		return true;
	default:
		return type > 2 && type <= ETHERNET_LENGTH_MAX &&
		       type <= walk->in.len + walk->cut - at - ETHERNET_HEADER;
	}
}

/* Whether it can be an IP packet at all; one that is cut short is taken for one. */
static bool looks_like_ip(const struct link_walk *walk, uint8_t family)
{
	const uint8_t *p = walk->in.data;
	size_t sent = walk->in.len + walk->cut;

	if (walk->in.len < 6)
		return true;
	if (family == 4)
		return (p[0] & 0x0F) >= 5 && load_u16be(p + 2) <= sent;
	return load_u16be(p + 4) + UINT32_C(40) <= sent;
}

/* Nothing can be told of it, and a walk into it ends where it is cut. */
static bool is_cut(const struct link_walk *walk)
{
	return walk->in.len < ETHERNET_HEADER && walk->cut > 0;
}

/* Four zero bits begin a control word (RFC 4385 section 3), but also many a station's address: with a control word the
 * twelve bits behind them are zero as well (RFC 4448 4.6). What may be both is what has a type to go on with; failing
 * that, a control word, as RFC 4448 wants one. */
static enum link_step walk_pseudowire(struct link_walk *walk)
{
	bool may_have_word = walk->in.len >= CONTROL_WORD && load_u16be(walk->in.data) == 0;

	if (may_have_word && (looks_like_ethernet(walk, CONTROL_WORD) || !looks_like_ethernet(walk, 0)))
		bytes_skip(&walk->in, CONTROL_WORD);
	return STEP_ETHERNET;
}

static enum link_step walk_payload(struct link_walk *walk, uint32_t label)
{
	uint8_t nibble = bytes_peek_u8(&walk->in) >> 4;
	bool is_ip = (nibble == 4 || nibble == 6) && looks_like_ip(walk, nibble);

	if ((label == LABEL_IPV4_EXPLICIT_NULL && nibble != 4) || (label == LABEL_IPV6_EXPLICIT_NULL && nibble != 6))
		return step_bad(walk, WS_UNDECODED_mpls_bad);
	if (is_ip || ((nibble == 4 || nibble == 6) && !looks_like_ethernet(walk, 0)))
		return step_ip(walk, nibble);
	if (nibble == 0)
		return walk_pseudowire(walk);
	return looks_like_ethernet(walk, 0) || is_cut(walk) ? STEP_ETHERNET : STEP_NOT_IP;
}

/* RFC 3032 2.1: a router alert is never the last label. Of those below 16 the registry has four more: the indicators of
 * entropy (7) and of extension (15), GAL (13) and OAM alert (14). */
static bool is_reserved(uint32_t label, bool is_bottom)
{
	if (label == LABEL_ROUTER_ALERT)
		return is_bottom;
	return label > LABEL_IMPLICIT_NULL && label < 13 && label != 7;
}

enum link_step link_walk_mpls(struct link_walk *walk)
{
	uint32_t entry = bytes_u32be(&walk->in);
	uint32_t label = entry >> 12;

	if (label == LABEL_IMPLICIT_NULL)
		return step_bad(walk, WS_UNDECODED_mpls_bad);
	if (is_reserved(label, (entry & LABEL_BOTTOM) != 0))
		walk->noticed |= NOTICED_BIT(mpls_label_reserved);
	if ((entry & LABEL_BOTTOM) == 0)
		return STEP_MPLS;
	outer_set_id(walk->outer, WS_TUNNEL_MPLS, label);
	return walk_payload(walk, label);
}
