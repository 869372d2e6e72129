/*
 * The link layer as a walk: each step takes one header off the cursor and names the kind of the next. Nothing calls
 * itself; a walk of more than LINK_HEADERS_MAX headers is given up.
 */
#include "wire/link.h"

#include "base/bytes.h"

#define LINK_HEADERS_MAX 24

#define ETHERTYPE_IPV4 0x0800
#define ETHERTYPE_IPV6 0x86DD
#define ETHERTYPE_VLAN 0x8100
#define ETHERTYPE_QINQ 0x88A8
#define ETHERTYPE_QINQ_OLD 0x9100
#define ETHERTYPE_MPLS 0x8847
#define ETHERTYPE_MPLS_MULTICAST 0x8848
#define ETHERTYPE_PPPOE_SESSION 0x8864
#define ETHERTYPE_JUMBO_LLC 0x8870
#define ETHERTYPE_MIN 0x0600 /* below: a length (IEEE 802.3 3.2.6) */
#define ETHERNET_LENGTH_MAX 1500
#define VLAN_ID_MASK 0x0FFF

#define LLC_SAP_IP 0x06
#define LLC_SAP_SNAP 0xAA
#define LLC_UI 0x03
#define OUI_ETHERNET 0x000000
#define OUI_BRIDGE_TUNNEL 0x0000F8 /* IEEE 802.1H */

#define PPP_IPV4 0x0021 /* RFC 1332 */
#define PPP_IPV6 0x0057 /* RFC 5072 */
#define PPP_MPLS 0x0281 /* RFC 3032 4.3 */
#define PPP_MPLS_MULTICAST 0x0283

#define SLL_8023 0x0001 /* frames of these two have no ethertype */
#define SLL_8022 0x0004
#define ARPHRD_NETLINK 824

/* What comes next on the cursor. */
enum link_step {
	STEP_ETHERNET,
	STEP_TYPE, /* nothing: `type` is known and names what follows */
	STEP_LLC,
	STEP_MPLS,
	STEP_PPPOE,
	STEP_PPP,
	STEP_IP,     /* done; `family` is set */
	STEP_NOT_IP, /* done */
	STEP_UNKNOWN /* done: a link type that is not decoded */
};

struct link_walk {
	struct bytes in;
	uint16_t type;
	uint8_t family;
	bool has_vlan;
	uint16_t vlan;
};

static enum link_step step_ip(struct link_walk *walk, uint8_t family)
{
	walk->family = family;
	return STEP_IP;
}

static enum link_step step_type(struct link_walk *walk, uint16_t type)
{
	walk->type = type;
	return STEP_TYPE;
}

static enum link_step walk_ethernet(struct link_walk *walk)
{
	bytes_skip(&walk->in, 12);

	uint16_t type = bytes_u16be(&walk->in);

	if (type >= ETHERTYPE_MIN)
		return step_type(walk, type);
	return type <= ETHERNET_LENGTH_MAX ? STEP_LLC : STEP_NOT_IP;
}

/* IEEE 802.1Q: priority and identifier, then the type (or an 802.3 length) of what was tagged. */
static enum link_step walk_vlan(struct link_walk *walk)
{
	uint16_t id = bytes_u16be(&walk->in) & VLAN_ID_MASK;
	uint16_t type = bytes_u16be(&walk->in);

	if (!walk->has_vlan && id != 0 && !walk->in.failed) {
		walk->has_vlan = true;
		walk->vlan = id;
	}
	if (type >= ETHERTYPE_MIN)
		return step_type(walk, type);
	return type <= ETHERNET_LENGTH_MAX ? STEP_LLC : STEP_NOT_IP;
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
		return STEP_NOT_IP;
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

/* What is under the labels is not named (RFC 4928 section 3): the first nibble tells. 0 is a pseudowire's control word
 * when the reserved bits are 0 too (RFC 4448 4.6), else a station address: a pseudowire without one. */
static enum link_step walk_mpls(struct link_walk *walk)
{
	uint32_t entry = bytes_u32be(&walk->in);

	if ((entry & 0x100) == 0)
		return STEP_MPLS;

	switch (bytes_peek_u8(&walk->in) >> 4) {
	case 4:
		return step_ip(walk, 4);
	case 6:
		return step_ip(walk, 6);
	case 0:
		if (walk->in.len >= 4 && load_u16be(walk->in.data) == 0)
			bytes_skip(&walk->in, 4);
		return STEP_ETHERNET;
	default:
		return STEP_NOT_IP;
	}
}

/* RFC 2516 section 4: version and type 1, code 0 for a session. */
static enum link_step walk_pppoe(struct link_walk *walk)
{
	uint16_t version_code = bytes_u16be(&walk->in);

	bytes_skip(&walk->in, 4);
	return version_code == 0x1100 ? STEP_PPP : STEP_NOT_IP;
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

static enum link_step walk_cisco_hdlc(struct link_walk *walk)
{
	bytes_skip(&walk->in, 2);
	return step_type(walk, bytes_u16be(&walk->in));
}

/* FF 03 is HDLC-like framing (RFC 1662 section 3.1); 0F and 8F stand for Cisco's where the link type allows both. */
static enum link_step walk_ppp_framed(struct link_walk *walk, bool may_be_cisco)
{
	uint8_t address = bytes_peek_u8(&walk->in);

	if (may_be_cisco && (address == 0x0F || address == 0x8F))
		return walk_cisco_hdlc(walk);
	if (address != 0xFF)
		return STEP_PPP;
	return bytes_u16be(&walk->in) == 0xFF03 ? STEP_PPP : STEP_NOT_IP;
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
		return STEP_NOT_IP;
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

static enum link_step walk_first(struct link_walk *walk, uint32_t linktype)
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
		return walk_ppp_framed(walk, false);
	case LINKTYPE_PPP_HDLC:
		return walk_ppp_framed(walk, true);
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
		return walk_mpls(walk);
	case STEP_PPPOE:
		return walk_pppoe(walk);
	case STEP_PPP:
		return walk_ppp(walk);
	case STEP_IP:
	case STEP_NOT_IP:
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

bool link_decode(const struct ws_packet *packet, struct link_payload *out, enum ws_undecoded *reason)
{
	struct link_walk walk = { .in = bytes_of(packet->data, packet->caplen) };
	enum link_step step = walk_first(&walk, packet->linktype);

	for (unsigned headers = 0; step < STEP_IP && !walk.in.failed; headers++) {
		if (headers == LINK_HEADERS_MAX)
			return link_failed(WS_UNDECODED_tunnel_too_deep, reason);
		step = walk_next(&walk, step);
	}
	if (step == STEP_UNKNOWN)
		return link_failed(WS_UNDECODED_link_unknown, reason);
	/* A cut header reads as zeros and so as nothing known: that it was cut comes first. */
	if (walk.in.failed)
		return link_failed(WS_UNDECODED_link_truncated, reason);
	if (step == STEP_NOT_IP)
		return link_failed(WS_UNDECODED_not_ip, reason);

	uint32_t header = packet->caplen - (uint32_t)walk.in.len;

	out->data = walk.in.data;
	out->caplen = (uint32_t)walk.in.len;
	out->len = packet->len > packet->caplen ? packet->len - header : out->caplen;
	out->family = walk.family;
	out->has_vlan = walk.has_vlan;
	out->vlan = walk.vlan;
	return true;
}
