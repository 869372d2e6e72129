/*
 * Opening: what takes many connections or many SYNs to see, and numbers that may not be moved.
 */
#include "stage.h"

#define MS INT64_C(1000000)

/* A SYN of A, or a SYN-ACK of B, that differs from the others by its window. */
static void send_another(struct stage *stage, enum stage_side from, uint16_t window)
{
	struct packet packet = from == STAGE_A ? stage_segment(from, "S", 0, 0, 0) : stage_segment(from, "S.", 0, 1, 0);

	packet.window = window;
	stage_play(stage, &packet);
}

/* ---- How many different ones ------------------------------------------------------------------------------------- */

static void syn_candidates(struct stage *stage)
{
	for (uint16_t i = 0; i < 40; i++)
		send_another(stage, STAGE_A, (uint16_t)(1000 + i));
}

static void syn_candidates_not(struct stage *stage)
{
	for (uint16_t i = 0; i < 40; i++)
		send_another(stage, STAGE_A, (uint16_t)(1000 + i % 10));
}

static void syn_ack_candidates(struct stage *stage)
{
	stage_send(stage, STAGE_A, "S", 0, 0, 0);
	for (uint16_t i = 0; i < 40; i++)
		send_another(stage, STAGE_B, (uint16_t)(1000 + i));
}

/* Each SYN may be answered by whoever keeps no record of the one before. */
static void syn_ack_candidates_not(struct stage *stage)
{
	for (uint16_t i = 0; i < 40; i++) {
		stage_send(stage, STAGE_A, "S", 0, 0, 0);
		send_another(stage, STAGE_B, (uint16_t)(1000 + i));
	}
}

/* ---- First numbers ----------------------------------------------------------------------------------------------- */

static void send_syn_of(struct stage *stage, uint32_t isn, uint16_t ip_id, uint16_t port)
{
	struct packet packet = stage_segment(STAGE_A, "S", 0, 0, 0);

	packet.seq = isn;
	packet.ip_id = ip_id;
	packet.sport = port;
	stage_play(stage, &packet);
}

static void known_tool(struct stage *stage)
{
	send_syn_of(stage, 6060842, 413, 40000);
}

static void known_tool_not(struct stage *stage)
{
	send_syn_of(stage, 6060842, 414, 40000);
}

static void isn_reused(struct stage *stage)
{
	for (uint16_t i = 0; i < 3; i++)
		send_syn_of(stage, 12345, i, (uint16_t)(40000 + i));
}

/* One connection, seen before and behind an address translator. */
static void isn_reused_not(struct stage *stage)
{
	for (uint16_t i = 0; i < 2; i++)
		send_syn_of(stage, 12345, i, (uint16_t)(40000 + i));
}

/* ---- SYN cookies ------------------------------------------------------------------------------------------------- */

#define SCALE 7
#define PAIR_OFFSET 23 /* of the two hosts, which Linux adds to the clock */

/* Connection `i`, 77 ms after the one before. The clock of B counts milliseconds. */
static void open_by_cookie(struct stage *stage, uint16_t i, bool is_cookie)
{
	struct packet syn = stage_segment(STAGE_A, "S", i * 5000u, 0, 0);
	struct packet syn_ack = stage_segment(STAGE_B, "S.", i * 9000u, i * 5000u + 1, 0);
	uint32_t clock = 700000 + i * 77u;

	packet_option_mss(&syn.options, 1460);
	packet_option_timestamps(&syn.options, 1000 + i * 77u, 0);
	packet_option_wscale(&syn.options, SCALE);
	packet_option_mss(&syn_ack.options, 1460);
	packet_option_timestamps(&syn_ack.options, (is_cookie ? (clock & ~63u) + SCALE : clock) + PAIR_OFFSET,
				 1000 + i * 77u);
	packet_option_wscale(&syn_ack.options, SCALE);
	syn.sport = (uint16_t)(40000 + i);
	syn_ack.dport = syn.sport;
	stage_play(stage, &syn);
	stage_play(stage, &syn_ack);
	stage_wait(stage, 75 * MS);
}

static void cookies(struct stage *stage)
{
	for (uint16_t i = 0; i < 5; i++)
		open_by_cookie(stage, i, true);
}

static void cookies_not(struct stage *stage)
{
	for (uint16_t i = 0; i < 20; i++)
		open_by_cookie(stage, i, false);
}

/* ---- No handshake ------------------------------------------------------------------------------------------------ */

static void talk_after(struct stage *stage, int64_t ns)
{
	stage_send(stage, STAGE_A, "S", 0, 0, 0);
	stage_wait(stage, ns);
	for (int i = 0; i < 2; i++) {
		struct packet packet =
			i == 0 ? stage_segment(STAGE_A, "P.", 1, 1, 10) : stage_segment(STAGE_B, ".", 1, 11, 0);

		*(i == 0 ? &packet.sport : &packet.dport) = 40001;
		stage_play(stage, &packet);
	}
}

static void no_handshake(struct stage *stage)
{
	talk_after(stage, 301000 * MS);
}

static void no_handshake_not(struct stage *stage)
{
	talk_after(stage, 299000 * MS);
}

static const struct raise scenes[] = {
	{ WS_FINDING_syn_candidates_exceeded, syn_candidates, syn_candidates_not },
	{ WS_FINDING_syn_ack_candidates_exceeded, syn_ack_candidates, syn_ack_candidates_not },
	{ WS_FINDING_isn_known_tool, known_tool, known_tool_not },
	{ WS_FINDING_isn_reused, isn_reused, isn_reused_not },
	{ WS_FINDING_syn_cookie_suspected, cookies, cookies_not },
	{ WS_FINDING_no_3whs, no_handshake, no_handshake_not },
};

const struct raises raises_handshake = { scenes, sizeof scenes / sizeof scenes[0] };
