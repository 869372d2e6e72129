/*
 * Test packets: what stands before the IP header.
 */
#include "packet_link.h"

#define LABEL_BOTTOM 0x100u

static void put_ethernet(struct writer *w, unsigned type)
{
	static const uint8_t stations[12] = { 2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1 };

	put(w, stations, sizeof(stations));
	put_u16(w, type);
}

static void put_mpls(struct writer *w, unsigned bottom_label)
{
	put_u32(w, 16001u << 12 | 64);
	put_u32(w, bottom_label << 12 | LABEL_BOTTOM | 64);
}

static void put_pppoe(struct writer *w, const struct packet *packet, size_t ip_len)
{
	put_u16(w, 0x1100);
	put_u16(w, 0x1234);
	put_u16(w, (unsigned)ip_len + 2);
	put_u16(w, is_ipv6(packet) ? 0x0057 : 0x0021);
}

/* Tags, labels and sessions on Ethernet. */
static void put_on_ethernet(struct writer *w, const struct packet *packet, unsigned type, size_t ip_len)
{
	switch ((int)packet->framing) {
	case FRAMING_VLAN:
		put_ethernet(w, 0x8100);
		put_u16(w, packet->vlan);
		put_u16(w, type);
		break;
	case FRAMING_QINQ:
		put_ethernet(w, 0x88A8);
		put_u16(w, packet->vlan);
		put_u16(w, 0x8100);
		put_u16(w, 7);
		put_u16(w, type);
		break;
	case FRAMING_LLC_SNAP:
		if (ip_len + 8 > 1500)
			writer_die("too long for 802.3");
		put_ethernet(w, (unsigned)ip_len + 8);
		put(w, "\xAA\xAA\x03\0\0", 6);
		put_u16(w, type);
		break;
	case FRAMING_MPLS:
		put_ethernet(w, 0x8847);
		put_mpls(w, 17);
		break;
	case FRAMING_MPLS_PSEUDOWIRE:
		put_ethernet(w, 0x8847);
		put_mpls(w, 18);
		put_u32(w, 0);
		put_ethernet(w, type);
		break;
	case FRAMING_PPPOE:
		put_ethernet(w, 0x8864);
		put_pppoe(w, packet, ip_len);
		break;
	default:
		put_ethernet(w, type);
		break;
	}
}

void packet_put_link(struct writer *w, const struct packet *packet, size_t ip_len)
{
	unsigned type = is_ipv6(packet) ? 0x86DD : 0x0800;
	unsigned family = is_ipv6(packet) ? 30 : 2;

	switch ((int)packet->framing) {
	case FRAMING_NULL_LITTLE:
		put_u32(w, family << 24);
		break;
	case FRAMING_NULL_BIG:
	case FRAMING_LOOP:
		put_u32(w, family);
		break;
	case FRAMING_PPP:
		put_u16(w, is_ipv6(packet) ? 0x0057 : 0x0021);
		break;
	case FRAMING_PPP_HDLC:
		put_u16(w, 0xFF03);
		put_u16(w, is_ipv6(packet) ? 0x0057 : 0x0021);
		break;
	case FRAMING_PPP_ETHER:
		put_pppoe(w, packet, ip_len);
		break;
	case FRAMING_C_HDLC:
		put_u16(w, 0x0F00);
		put_u16(w, type);
		break;
	case FRAMING_SLL:
		put_u32(w, 4u << 16 | 1); /* outgoing, Ethernet hardware */
		put_u16(w, 6);
		put(w, "\2\0\0\0\0\1\0", 8);
		put_u16(w, type);
		break;
	case FRAMING_SLL2:
		put_u32(w, type << 16);
		put_u32(w, 2);
		put_u32(w, 1u << 16 | 4u << 8 | 6);
		put(w, "\2\0\0\0\0\1\0", 8);
		break;
	case FRAMING_RAW:
	case FRAMING_IP:
		break;
	default:
		put_on_ethernet(w, packet, type, ip_len);
		break;
	}
}

/* One header after the other: the byte behind it, and the reason when it is cut. */
static const struct {
	size_t end;
	enum ws_undecoded why;
} headers[FRAMING_COUNT][3] = {
	[FRAMING_ETHERNET] = { { 14, WS_UNDECODED_ethernet_truncated } },
	[FRAMING_VLAN] = { { 14, WS_UNDECODED_ethernet_truncated }, { 18, WS_UNDECODED_vlan_bad } },
	[FRAMING_QINQ] = { { 14, WS_UNDECODED_ethernet_truncated }, { 22, WS_UNDECODED_vlan_bad } },
	[FRAMING_LLC_SNAP] = { { 22, WS_UNDECODED_ethernet_truncated } },
	[FRAMING_MPLS] = { { 14, WS_UNDECODED_ethernet_truncated }, { 23, WS_UNDECODED_mpls_bad } },
	[FRAMING_MPLS_PSEUDOWIRE] = { { 14, WS_UNDECODED_ethernet_truncated },
				      { 23, WS_UNDECODED_mpls_bad },
				      { 40, WS_UNDECODED_ethernet_truncated } },
	[FRAMING_PPPOE] = { { 14, WS_UNDECODED_ethernet_truncated }, { 22, WS_UNDECODED_pppoe_bad } },
	[FRAMING_NULL_LITTLE] = { { 4, WS_UNDECODED_null_loopback_bad } },
	[FRAMING_NULL_BIG] = { { 4, WS_UNDECODED_null_loopback_bad } },
	[FRAMING_LOOP] = { { 4, WS_UNDECODED_null_loopback_bad } },
	[FRAMING_PPP] = { { 2, WS_UNDECODED_other_link_bad } },
	[FRAMING_PPP_HDLC] = { { 4, WS_UNDECODED_other_link_bad } },
	[FRAMING_PPP_ETHER] = { { 8, WS_UNDECODED_pppoe_bad } },
	[FRAMING_C_HDLC] = { { 4, WS_UNDECODED_other_link_bad } },
	[FRAMING_SLL] = { { 16, WS_UNDECODED_sll_truncated } },
	[FRAMING_SLL2] = { { 20, WS_UNDECODED_sll_truncated } },
};

bool packet_link_is_cut(const struct packet *packet, size_t caplen, enum ws_undecoded *why)
{
	for (unsigned i = 0; i < 3; i++) {
		*why = headers[packet->framing][i].why;
		if (caplen < headers[packet->framing][i].end)
			return true;
	}
	return false;
}
