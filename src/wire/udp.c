/*
 * Tunnels over UDP: a port says which one it may be, and what stands there must be possible as that tunnel's header;
 * otherwise it is some other use of the port.
 */
#include "wire/tunnel_walk.h"

#define UDP_HEADER 8

#define VXLAN_HAS_VNI 0x08 /* RFC 7348 5 */

#define GPE_VERSION 0x30 /* draft-ietf-nvo3-vxlan-gpe 3.1 */
#define GPE_HAS_TYPE 0x04
#define GPE_OPERATION 0x01
#define GPE_IPV4 1
#define GPE_IPV6 2
#define GPE_ETHERNET 3
#define GPE_MPLS 5

#define GENEVE_VERSION 0xC000 /* RFC 8926 3.4 */
#define GENEVE_CONTROL 0x0080
#define GENEVE_ETHERNET 0x6558

#define GTP_VERSION_TYPE 0xF0 /* 3GPP TS 29.281 5.1 */
#define GTP_VERSION_1 0x30
#define GTP_RESERVED 0x08
#define GTP_OPTIONAL 0x07
#define GTP_EXTENDED 0x04
#define GTP_T_PDU 255
#define GTP_EXTENSIONS_MAX 16

#define TEREDO_ORIGIN 0x0000 /* RFC 4380 5.1.1 */
#define TEREDO_AUTHENTICATION 0x0001

#define L2TP_DATA_2 0x0002      /* version 2, not control (RFC 2661 3.1) */
#define L2TP_SAME_ALWAYS 0xB4FF /* the bits that say so, and the reserved ones, which are 0 */
#define L2TP_LENGTH 0x4000
#define L2TP_SEQUENCE 0x0800
#define L2TP_OFFSET 0x0200

static enum link_step walk_vxlan(struct link_walk *walk)
{
	uint32_t flags = bytes_u32be(&walk->in);

	outer_set_id(walk->outer, WS_TUNNEL_VXLAN, bytes_u32be(&walk->in) >> 8);
	return flags >> 24 & VXLAN_HAS_VNI ? STEP_ETHERNET : STEP_NOT_IP;
}

/* Without the bit for it there is no type, and the payload is Ethernet as in VXLAN. */
static enum link_step walk_vxlan_gpe(struct link_walk *walk)
{
	uint32_t first = bytes_u32be(&walk->in);
	uint8_t flags = (uint8_t)(first >> 24);
	uint8_t type = flags & GPE_HAS_TYPE ? (uint8_t)first : GPE_ETHERNET;

	outer_set_id(walk->outer, WS_TUNNEL_VXLAN_GPE, bytes_u32be(&walk->in) >> 8);
	if (!(flags & VXLAN_HAS_VNI) || (flags & (GPE_VERSION | GPE_OPERATION)))
		return STEP_NOT_IP;
	switch (type) {
	case GPE_IPV4:
		return step_ip(walk, 4);
	case GPE_IPV6:
		return step_ip(walk, 6);
	case GPE_ETHERNET:
		return STEP_ETHERNET;
	case GPE_MPLS:
		return STEP_MPLS;
	default:
		return STEP_NOT_IP;
	}
}

static enum link_step walk_geneve(struct link_walk *walk)
{
	uint16_t first = bytes_u16be(&walk->in);
	uint16_t type = bytes_u16be(&walk->in);

	outer_set_id(walk->outer, WS_TUNNEL_GENEVE, bytes_u32be(&walk->in) >> 8);
	bytes_skip(&walk->in, (size_t)(first >> 8 & 0x3F) * 4);
	if (first & (GENEVE_VERSION | GENEVE_CONTROL))
		return STEP_NOT_IP;
	return type == GENEVE_ETHERNET ? STEP_ETHERNET : step_type(walk, type);
}

/* 3GPP TS 29.281 5.2.1: a length in words of 4 bytes, the content, and the type of the next, 0 for none. */
static bool skip_gtp_extensions(struct link_walk *walk, uint8_t type)
{
	for (unsigned i = 0; type != 0 && !walk->in.failed; i++) {
		size_t words = bytes_u8(&walk->in);

		if (words == 0 || i == GTP_EXTENSIONS_MAX)
			return false;
		bytes_skip(&walk->in, words * 4 - 2);
		type = bytes_u8(&walk->in);
	}
	return true;
}

static enum link_step walk_gtp(struct link_walk *walk)
{
	uint8_t flags = bytes_u8(&walk->in);
	uint8_t message = bytes_u8(&walk->in);
	uint16_t len = bytes_u16be(&walk->in);

	outer_set_id(walk->outer, WS_TUNNEL_GTP_U, bytes_u32be(&walk->in));
	if ((flags & (GTP_VERSION_TYPE | GTP_RESERVED)) != GTP_VERSION_1 || message != GTP_T_PDU)
		return STEP_NOT_IP;
	walk_limit(walk, len);
	if (flags & GTP_OPTIONAL) {
		bytes_skip(&walk->in, 3);

		uint8_t extension = bytes_u8(&walk->in);

		if ((flags & GTP_EXTENDED) && !skip_gtp_extensions(walk, extension))
			return STEP_NOT_IP;
	}
	return walk_any_ip(walk);
}

static uint16_t peek_u16be(struct link_walk *walk)
{
	struct bytes ahead = walk->in;
	uint16_t value = bytes_u16be(&ahead);

	walk->in.failed |= ahead.failed;
	return value;
}

/* RFC 4380 5.1.1: an authentication header and an origin indication, in this order, each of them there or not. */
static enum link_step walk_teredo(struct link_walk *walk)
{
	outer_set(walk->outer, WS_TUNNEL_TEREDO);
	if (peek_u16be(walk) == TEREDO_AUTHENTICATION) {
		bytes_skip(&walk->in, 2);

		size_t id_len = bytes_u8(&walk->in);
		size_t value_len = bytes_u8(&walk->in);

		bytes_skip(&walk->in, id_len + value_len + 9); /* a nonce and one byte of confirmation behind them */
	}
	if (peek_u16be(walk) == TEREDO_ORIGIN)
		bytes_skip(&walk->in, 8);
	if (peek_u16be(walk) >> 12 != 6)
		return STEP_NOT_IP;
	if (walk->in.len >= 6 && load_u16be(walk->in.data + 4) + UINT32_C(40) > walk_left(walk))
		return STEP_NOT_IP;
	return step_ip(walk, 6);
}

static enum link_step walk_l2tp(struct link_walk *walk)
{
	size_t sent = walk_left(walk);
	uint16_t flags = bytes_u16be(&walk->in);
	uint16_t len = flags & L2TP_LENGTH ? bytes_u16be(&walk->in) : 0;

	outer_set_id(walk->outer, WS_TUNNEL_L2TP, bytes_u32be(&walk->in));
	if (flags & L2TP_SEQUENCE)
		bytes_skip(&walk->in, 4);
	if (flags & L2TP_OFFSET)
		bytes_skip(&walk->in, bytes_u16be(&walk->in));
	if ((flags & L2TP_SAME_ALWAYS) != L2TP_DATA_2)
		return STEP_NOT_IP;
	if (flags & L2TP_LENGTH) {
		size_t header = sent - walk_left(walk);

		if (len < header || len > sent)
			return STEP_NOT_IP;
		walk_limit(walk, len - header);
	}
	return STEP_PPP_FRAMED;
}

/* MPLS in UDP (RFC 7510) has no header of its own. */
static enum link_step walk_mpls_in_udp(struct link_walk *walk)
{
	(void)walk;
	return STEP_MPLS;
}

enum link_step udp_walk(struct link_walk *walk, bool is_whole)
{
	static const struct {
		uint16_t port;
		bool is_either; /* as the source port too: answers come from it */
		enum link_step (*step)(struct link_walk *walk);
	} tunnels[] = {
		{ 4789, false, walk_vxlan }, { 8472, false, walk_vxlan },     { 6081, false, walk_geneve },
		{ 2152, false, walk_gtp },   { 4790, false, walk_vxlan_gpe }, { 6635, false, walk_mpls_in_udp },
		{ 3544, true, walk_teredo }, { 1701, true, walk_l2tp },
	};
	uint16_t from = bytes_u16be(&walk->in);
	uint16_t to = bytes_u16be(&walk->in);
	uint16_t len = bytes_u16be(&walk->in);

	bytes_skip(&walk->in, 2);
	for (size_t i = 0; i < sizeof(tunnels) / sizeof(tunnels[0]); i++) {
		if (to != tunnels[i].port && (!tunnels[i].is_either || from != tunnels[i].port))
			continue;
		/* Length 0: of a jumbogram (RFC 2675 4), or left to segmentation offload. */
		if (len > 0 && is_whole) {
			if (len < UDP_HEADER || len > walk_left(walk) + UDP_HEADER)
				return STEP_NOT_IP;
			walk_limit(walk, len - UDP_HEADER);
		}
		return tunnels[i].step(walk);
	}
	return STEP_NOT_IP;
}
