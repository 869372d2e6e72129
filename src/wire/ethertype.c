/*
 * Ethernet types that lead to no IP packet: those that are well known as something else, those of tags and headers that are
 * not looked into, and those that nobody here has heard of.
 */
#include "wire/link_walk.h"

#define ETHERTYPE_PBB 0x88E7    /* 802.1ah */
#define ETHERTYPE_VN_TAG 0x8926 /* 802.1BR's forerunner */
#define ETHERTYPE_E_TAG 0x893F  /* 802.1BR */
#define ETHERTYPE_NSH 0x894F    /* RFC 8300 */

#define ARP_HEADER 8 /* and two addresses of each kind (RFC 826) */

static bool is_known(uint16_t type)
{
	/* The registry of IEEE, as far as one meets it on networks of today. */
	static const uint16_t types[] = {
		0x0806,                         /* ARP */
		0x0842,                         /* Wake-on-LAN */
		0x2000,                         /* Cisco's CDP, on HDLC */
		0x2001,                         /* NHRP, on GRE */
		0x22EA, 0x22F0,                 /* stream reservation, AVTP */
		0x22F3,                         /* TRILL */
		0x4305,                         /* B.A.T.M.A.N. */
		0x6002, 0x6003, 0x6004,         /* DEC MOP, DECnet, LAT */
		0x8035,                         /* RARP; Cisco's SLARP on HDLC */
		0x809B, 0x80F3,                 /* AppleTalk and its ARP */
		0x8102,                         /* STP by type */
		0x8137,                         /* IPX */
		0x8204,                         /* QNX */
		0x8808, 0x8809,                 /* pause frames; LACP and other slow protocols */
		0x880B,                         /* PPP */
		0x8863,                         /* PPPoE discovery */
		0x8899,                         /* Realtek's loop detection */
		0x887B, 0x888E,                 /* HomePlug, EAPOL */
		0x8892, 0x88A4, 0x88AB,         /* PROFINET, EtherCAT, POWERLINK */
		0x88A2,                         /* ATA over Ethernet */
		0x88B5, 0x88B6, 0x88B7,         /* local experiments, OUI extended */
		0x88B8, 0x88B9, 0x88BA,         /* GOOSE and its kin */
		0x88CC,                         /* LLDP */
		0x88DC, 0x88E1, 0x88E3,         /* WSMP, HomePlug AV, MRP */
		0x88E5,                         /* MACsec */
		0x88F5, 0x88F6, 0x88F7, 0x88FB, /* MVRP, MMRP, PTP, PRP */
		0x8902,                         /* connectivity faults */
		0x8906, 0x8914, 0x8915,         /* FCoE, its FIP, RoCE */
		0x892F,                         /* HSR */
		0x893A,                         /* 1905.1 */
		0x9000,                         /* loopback of DIX Ethernet */
		0xFEFE,                         /* ISO CLNS, on GRE and HDLC */
	};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (types[i] == type)
			return true;
	return false;
}

/* Lengths of the two kinds of address stand in bytes 4 and 5. */
static bool is_arp_short(const struct link_walk *walk)
{
	size_t need = ARP_HEADER;

	if (walk->in.len >= 6)
		need += 2 * ((size_t)walk->in.data[4] + walk->in.data[5]);
	return walk_left(walk) < need;
}

enum link_step link_walk_other_type(struct link_walk *walk)
{
	switch (walk->type) {
	case ETHERTYPE_ARP:
		return is_arp_short(walk) ? step_bad(walk, WS_UNDECODED_other_link_bad) : STEP_NOT_IP;
	case ETHERTYPE_PBB:
	case ETHERTYPE_VN_TAG:
	case ETHERTYPE_E_TAG:
	case ETHERTYPE_NSH:
		return step_bad(walk, WS_UNDECODED_other_link_bad);
	default:
		return is_known(walk->type) ? STEP_NOT_IP : step_bad(walk, WS_UNDECODED_ethertype_unknown);
	}
}
