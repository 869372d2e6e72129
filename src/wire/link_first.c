/*
 * What a frame of each link type begins with.
 */
#include "wire/link_walk.h"

#define SLL_8023 0x0001 /* frames of these two have no ethertype */
#define SLL_8022 0x0004

static enum link_step walk_cisco_hdlc(struct link_walk *walk)
{
	bytes_skip(&walk->in, 2);
	return step_type(walk, bytes_u16be(&walk->in));
}

enum link_step link_walk_ppp_framed(struct link_walk *walk)
{
	if (bytes_peek_u8(&walk->in) != 0xFF)
		return STEP_PPP;
	return bytes_u16be(&walk->in) == 0xFF03 ? STEP_PPP : STEP_NOT_IP;
}

/* 0F and 8F stand for Cisco's framing where the link type allows both. */
static enum link_step walk_ppp_or_cisco(struct link_walk *walk)
{
	uint8_t address = bytes_peek_u8(&walk->in);

	return address == 0x0F || address == 0x8F ? walk_cisco_hdlc(walk) : link_walk_ppp_framed(walk);
}

/* An address family of the capturing host, in its byte order; AF_INET6 differs from system to system. */
static enum link_step walk_null(struct link_walk *walk)
{
	uint32_t family = bytes_u32be(&walk->in);

	if (family > 0xFFFF)
		family = family >> 24 | (family >> 8 & 0xFF00) | (family << 8 & 0xFF0000) | family << 24;
	switch (family) {
	case 2:
		return step_ip(walk, 4);
	case 10: /* Linux */
	case 23: /* Windows */
	case 24: /* NetBSD, OpenBSD */
	case 28: /* FreeBSD */
	case 30: /* macOS */
		return step_ip(walk, 6);
	default:
		return step_bad(walk, WS_UNDECODED_null_loopback_bad);
	}
}

static enum link_step sll_protocol(struct link_walk *walk, uint16_t hardware, uint16_t protocol)
{
	if (hardware == ARPHRD_NETLINK)
		return STEP_NOT_IP;
	if (protocol == SLL_8022)
		return STEP_LLC;
	return protocol >= ETHERTYPE_MIN ? step_type(walk, protocol) : STEP_NOT_IP;
}

static enum link_step walk_sll(struct link_walk *walk)
{
	bytes_skip(&walk->in, 2);

	uint16_t hardware = bytes_u16be(&walk->in);

	bytes_skip(&walk->in, 10);
	return sll_protocol(walk, hardware, bytes_u16be(&walk->in));
}

static enum link_step walk_sll2(struct link_walk *walk)
{
	uint16_t protocol = bytes_u16be(&walk->in);

	bytes_skip(&walk->in, 6);

	uint16_t hardware = bytes_u16be(&walk->in);

	bytes_skip(&walk->in, 10);
	return sll_protocol(walk, hardware, protocol);
}

enum link_step link_walk_first(struct link_walk *walk, uint32_t linktype)
{
	switch (linktype) {
	case LINKTYPE_ETHERNET:
		return STEP_ETHERNET;
	case LINKTYPE_NULL:
	case LINKTYPE_LOOP:
		return walk_null(walk);
	case LINKTYPE_RAW_BSD:
	case LINKTYPE_RAW_OPENBSD:
	case LINKTYPE_RAW:
		return step_ip(walk, 0);
	case LINKTYPE_IPV4:
		return step_ip(walk, 4);
	case LINKTYPE_IPV6:
		return step_ip(walk, 6);
	case LINKTYPE_PPP:
		return link_walk_ppp_framed(walk);
	case LINKTYPE_PPP_HDLC:
		return walk_ppp_or_cisco(walk);
	case LINKTYPE_PPP_ETHER:
		return STEP_PPPOE;
	case LINKTYPE_C_HDLC:
		return walk_cisco_hdlc(walk);
	case LINKTYPE_LINUX_SLL:
		return walk_sll(walk);
	case LINKTYPE_LINUX_SLL2:
		return walk_sll2(walk);
	default:
		return STEP_UNKNOWN;
	}
}

enum ws_undecoded link_first_cut(uint32_t linktype)
{
	switch (linktype) {
	case LINKTYPE_NULL:
	case LINKTYPE_LOOP:
		return WS_UNDECODED_null_loopback_bad;
	case LINKTYPE_LINUX_SLL:
	case LINKTYPE_LINUX_SLL2:
		return WS_UNDECODED_sll_truncated;
	default:
		return WS_UNDECODED_other_link_bad;
	}
}
