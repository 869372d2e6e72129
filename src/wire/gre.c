/*
 * Generic routing encapsulation (RFC 2784, 2890) and what is built upon it: NVGRE (RFC 7637), PPTP (RFC 2637), ERSPAN
 * (draft-foschiano-erspan).
 */
#include "wire/tunnel_walk.h"

#define GRE_CHECKSUM 0x8000
#define GRE_KEY 0x2000
#define GRE_SEQUENCE 0x1000
#define GRE_ACKNOWLEDGEMENT 0x0080 /* version 1 */
#define GRE_VERSION 0x0007
#define GRE_REFUSED 0x4C00      /* RFC 2784 2.3: routing and what else of bits 1 to 5 is not RFC 2890 */
#define PPTP_ALWAYS_ZERO 0xCF78 /* RFC 2637 4.1 */

#define GRE_ETHERNET 0x6558
#define GRE_PPP 0x880B
#define GRE_ERSPAN_1_2 0x88BE
#define GRE_ERSPAN_3 0x22EB

#define NVGRE_SUBNET_MIN 0x1000 /* RFC 7637 3.1: those below are reserved */

/* A key on Ethernet is a virtual subnet of 24 bits and a flow's number of 8 when the subnet is one that may be used, and
 * neither checksum nor sequence number go with it (RFC 7637 3.2). Others use the key as they like. */
static void read_key(struct link_walk *walk, uint16_t flags, uint16_t type)
{
	uint32_t key = bytes_u32be(&walk->in);

	if (type == GRE_ETHERNET && !(flags & (GRE_CHECKSUM | GRE_SEQUENCE)) && key >> 8 >= NVGRE_SUBNET_MIN)
		outer_set_id(walk->outer, WS_TUNNEL_NVGRE, key >> 8);
	else
		outer_set_id(walk->outer, WS_TUNNEL_GRE, key);
}

/* The frame's own tag: its identifier is told when the tag was taken off it. */
static void read_erspan_tag(uint16_t first, uint16_t second, uint16_t *vlan)
{
	bool has_tag = (second >> 11 & 3) == 3;

	*vlan = has_tag ? 0 : first & 0x0FFF;
}

/* Version 1 in a header of 8 bytes: tag, class, encapsulation, truncation, session, index. */
static enum link_step walk_erspan_2(struct link_walk *walk, uint16_t *vlan)
{
	uint16_t first = bytes_u16be(&walk->in);
	uint16_t second = bytes_u16be(&walk->in);

	bytes_skip(&walk->in, 4);
	if (first >> 12 != 1)
		return step_bad(walk, WS_UNDECODED_gre_bad);
	outer_set_id(walk->outer, WS_TUNNEL_ERSPAN, second & 0x03FF);
	read_erspan_tag(first, second, vlan);
	return STEP_ETHERNET;
}

/* Version 2 in a header of 12 bytes, and 8 more of the platform when the last bit says so. Frame type 0 is Ethernet, 2 is
 * IP. */
static enum link_step walk_erspan_3(struct link_walk *walk, uint16_t *vlan)
{
	uint16_t first = bytes_u16be(&walk->in);
	uint16_t second = bytes_u16be(&walk->in);
	uint16_t last;

	bytes_skip(&walk->in, 6);
	last = bytes_u16be(&walk->in);
	if (last & 1)
		bytes_skip(&walk->in, 8);
	if (first >> 12 != 2)
		return step_bad(walk, WS_UNDECODED_gre_bad);
	outer_set_id(walk->outer, WS_TUNNEL_ERSPAN, second & 0x03FF);
	*vlan = first & 0x0FFF;
	switch (last >> 10 & 0x1F) {
	case 0:
		return STEP_ETHERNET;
	case 2:
		return walk_any_ip(walk);
	default:
		return STEP_NOT_IP;
	}
}

/* Type I of ERSPAN has no header, and no sequence number in GRE. */
static enum link_step walk_gre_payload(struct link_walk *walk, uint16_t flags, uint16_t type, uint16_t *vlan)
{
	switch (type) {
	case GRE_ETHERNET:
		return STEP_ETHERNET;
	case GRE_PPP:
		return STEP_PPP_FRAMED;
	case GRE_ERSPAN_1_2:
		if (flags & GRE_SEQUENCE)
			return walk_erspan_2(walk, vlan);
		outer_set(walk->outer, WS_TUNNEL_ERSPAN);
		return STEP_ETHERNET;
	case GRE_ERSPAN_3:
		return walk_erspan_3(walk, vlan);
	default:
		return step_type(walk, type);
	}
}

/* RFC 2637 4.1: the key is the length of the payload and the number of the call. */
static enum link_step walk_pptp(struct link_walk *walk, uint16_t flags, uint16_t type)
{
	uint16_t len = bytes_u16be(&walk->in);

	outer_set_id(walk->outer, WS_TUNNEL_PPTP, bytes_u16be(&walk->in));
	if ((flags & PPTP_ALWAYS_ZERO) || !(flags & GRE_KEY) || type != GRE_PPP)
		return step_bad(walk, WS_UNDECODED_gre_bad);
	if (flags & GRE_SEQUENCE)
		bytes_skip(&walk->in, 4);
	if (flags & GRE_ACKNOWLEDGEMENT)
		bytes_skip(&walk->in, 4);
	if (!(flags & GRE_SEQUENCE) || len == 0)
		return STEP_NOT_IP;
	walk_limit(walk, len);
	return STEP_PPP_FRAMED;
}

enum link_step gre_walk(struct link_walk *walk, uint16_t *vlan)
{
	uint16_t flags = bytes_u16be(&walk->in);
	uint16_t type = bytes_u16be(&walk->in);

	if ((flags & GRE_VERSION) == 1)
		return walk_pptp(walk, flags, type);
	if ((flags & GRE_VERSION) != 0 || (flags & GRE_REFUSED) != 0)
		return step_bad(walk, WS_UNDECODED_gre_bad);
	outer_set(walk->outer, WS_TUNNEL_GRE);
	if (flags & GRE_CHECKSUM)
		bytes_skip(&walk->in, 4);
	if (flags & GRE_KEY)
		read_key(walk, flags, type);
	if (flags & GRE_SEQUENCE)
		bytes_skip(&walk->in, 4);
	return walk_gre_payload(walk, flags, type, vlan);
}
