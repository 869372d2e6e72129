/*
 * What lies below TCP, and what the capture lacks.
 */
#include "stage.h"

#include <check.h>

#define LATER (INT64_C(50) * 1000000)

/* ---- Addresses --------------------------------------------------------------------------------------------------- */

static void syn_between(struct stage *stage, const char *src, uint16_t sport, const char *dst, uint16_t dport)
{
	struct packet packet = stage_segment(STAGE_A, "S", 0, 0, 0);

	packet.src = packet_addr(src);
	packet.dst = packet_addr(dst);
	packet.sport = sport;
	packet.dport = dport;
	stage_play(stage, &packet);
}

static void land(struct stage *stage)
{
	syn_between(stage, "10.0.0.2", 80, "10.0.0.2", 80);
}

/* A program that connects to a service of its own host; and one to itself, over the loopback interface. */
static void land_not(struct stage *stage)
{
	syn_between(stage, "10.0.0.2", 40000, "10.0.0.2", 80);
	syn_between(stage, "127.0.0.1", 40000, "127.0.0.1", 40000);
	syn_between(stage, "::1", 40000, "::1", 40000);
	syn_between(stage, "10.0.0.1", 80, "10.0.0.2", 80);
}

static void to_multicast(struct stage *stage)
{
	syn_between(stage, "10.0.0.1", 40000, "224.0.0.1", 80);
	syn_between(stage, "10.0.0.1", 40000, "255.255.255.255", 80);
	syn_between(stage, "2001:db8::1", 40000, "ff02::1", 80);
	ck_assert_uint_eq(stage->raised[WS_FINDING_syn_to_multicast], 3);
}

static void to_multicast_not(struct stage *stage)
{
	syn_between(stage, "10.0.0.1", 40000, "223.255.255.255", 80);
	syn_between(stage, "2001:db8::1", 40000, "fe80::1", 80);
}

static void invalid_source(struct stage *stage)
{
	syn_between(stage, "224.0.0.1", 40000, "10.0.0.2", 80);
	syn_between(stage, "127.0.0.1", 40000, "10.0.0.2", 80);
	syn_between(stage, "0.0.0.0", 40000, "10.0.0.2", 80);
	syn_between(stage, "::1", 40000, "2001:db8::2", 80);
	ck_assert_uint_eq(stage->raised[WS_FINDING_syn_invalid_source], 4);
}

static void invalid_source_not(struct stage *stage)
{
	syn_between(stage, "127.0.0.1", 40000, "127.0.0.2", 80);
	syn_between(stage, "::1", 40000, "::1", 80);
	syn_between(stage, "0.0.0.1", 40000, "10.0.0.2", 80);
}

/* ---- The way ----------------------------------------------------------------------------------------------------- */

#define SOURCE_END 11 /* last byte of the Ethernet source address */

static void play_from(struct stage *stage, const struct packet *packet, uint8_t card)
{
	static uint8_t frame[PACKET_MAX];
	uint32_t len = (uint32_t)packet_build(packet, frame, sizeof frame);

	frame[SOURCE_END] = card;
	stage_play_bytes(stage, packet_linktype(packet), frame, len, len);
}

static void data_from(struct stage *stage, uint32_t seq, uint8_t card)
{
	struct packet packet = stage_segment(STAGE_A, "P.", seq, 1, 10);

	play_from(stage, &packet, card);
}

static void cards_change(struct stage *stage)
{
	data_from(stage, 1, 0x11);
	data_from(stage, 11, 0x11);
	data_from(stage, 21, 0x22);
	ck_assert_uint_eq(stage->frame_of[WS_FINDING_mac_changed], stage->frame);
}

/* Each side has a card of its own, and the bridge in between shows everything twice. */
static void cards_not(struct stage *stage)
{
	struct packet ack = stage_segment(STAGE_B, ".", 1, 11, 0);

	data_from(stage, 1, 0x11);
	play_from(stage, &ack, 0x33);
	data_from(stage, 11, 0x11);
	play_from(stage, &ack, 0x33);
}

static void rst_with_ttl(struct stage *stage, uint8_t ttl)
{
	struct packet packet = stage_segment(STAGE_B, "R", 1, 0, 0);

	stage_open(stage);
	stage_send(stage, STAGE_B, "P.", 1, 1, 10);
	packet.seq += 10;
	packet.ttl = ttl;
	stage_play(stage, &packet);
}

static void ttl_jumps(struct stage *stage)
{
	rst_with_ttl(stage, 57);
	ck_assert_uint_eq(stage->frame_of[WS_FINDING_ttl_changed], stage->frame);
}

/* A route that is four hops longer. */
static void ttl_jumps_not(struct stage *stage)
{
	rst_with_ttl(stage, 60);
}

/* ---- What the capture lacks --------------------------------------------------------------------------------------- */

static void syn_missing(struct stage *stage)
{
	stage_send(stage, STAGE_B, "S.", 0, 1, 0);
	stage_send(stage, STAGE_A, ".", 1, 1, 0);
}

/* A SYN-ACK that nobody asked for, and the RST that says so. */
static void syn_missing_not(struct stage *stage)
{
	stage_send(stage, STAGE_B, "S.", 0, 1, 0);
	stage_send(stage, STAGE_A, "R", 1, 0, 0);
}

static void gap(struct stage *stage)
{
	stage_open(stage);
	stage_send(stage, STAGE_A, "P.", 1, 1, 10);
	stage_send(stage, STAGE_A, "P.", 21, 1, 10);
	stage_send(stage, STAGE_B, ".", 1, 31, 0);
}

/* Lost on the way, and repaired. */
static void gap_not(struct stage *stage)
{
	stage_open(stage);
	stage_send(stage, STAGE_A, "P.", 1, 1, 10);
	stage_send(stage, STAGE_A, "P.", 21, 1, 10);
	stage_send(stage, STAGE_B, ".", 1, 11, 0);
	stage_wait(stage, LATER);
	stage_send(stage, STAGE_A, "P.", 11, 1, 10);
	stage_send(stage, STAGE_B, ".", 1, 31, 0);
}

static void ack_first(struct stage *stage)
{
	stage_open(stage);
	stage_send(stage, STAGE_B, ".", 1, 11, 0);
	stage_send(stage, STAGE_A, "P.", 1, 1, 10);
	ck_assert_uint_eq(stage->frame_of[WS_FINDING_packet_order_suspect], stage->frame);
}

static void tagged(struct stage *stage, enum stage_side from, const char *flags, uint16_t vlan)
{
	struct packet packet = stage_segment(from, flags, 1, 1, 10);

	packet.framing = vlan > 0 ? FRAMING_VLAN : FRAMING_ETHERNET;
	packet.vlan = vlan;
	stage_play(stage, &packet);
}

static void tags_differ(struct stage *stage)
{
	tagged(stage, STAGE_A, "P.", 7);
	tagged(stage, STAGE_B, "P.", 8);
}

static void tags_differ_not(struct stage *stage)
{
	tagged(stage, STAGE_A, "P.", 7);
	tagged(stage, STAGE_B, "P.", 7);
}

/* ---- The table --------------------------------------------------------------------------------------------------- */

static const struct raise raises[] = {
	{ WS_FINDING_land_attack, land, land_not },
	{ WS_FINDING_syn_to_multicast, to_multicast, to_multicast_not },
	{ WS_FINDING_syn_invalid_source, invalid_source, invalid_source_not },
	{ WS_FINDING_mac_changed, cards_change, cards_not },
	{ WS_FINDING_ttl_changed, ttl_jumps, ttl_jumps_not },
	{ WS_FINDING_missing_syn_recovered, syn_missing, syn_missing_not },
	{ WS_FINDING_gap_unrecovered, gap, gap_not },
	{ WS_FINDING_packet_order_suspect, ack_first, gap_not },
	{ WS_FINDING_vlan_asymmetric, tags_differ, tags_differ_not },
};

const struct raises raises_network = { raises, sizeof(raises) / sizeof(raises[0]) };
