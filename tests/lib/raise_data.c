/*
 * Data that no ladder shows: what the bytes are, and more of them than a ladder has lines for.
 */
#include "stage.h"

#include <string.h>

/* ---- Content ----------------------------------------------------------------------------------------------------- */

static const char first[] = "GET /cheap HTTP/1.1";
static const char other[] = "GET /other HTTP/1.1";

static void play_text(struct stage *stage, uint32_t seq, const char *text)
{
	struct packet packet = stage_segment(STAGE_A, "P.", seq, 1, strlen(text));

	packet.payload = text;
	stage_play(stage, &packet);
}

/* Three segments, none acknowledged; the timer sends the first again. */
static void play_again(struct stage *stage, const char *again)
{
	stage_open(stage);
	play_text(stage, 1, first);
	play_text(stage, 1 + (uint32_t)strlen(first), other);
	play_text(stage, 1 + 2 * (uint32_t)strlen(first), other);
	stage_wait(stage, 300000000);
	play_text(stage, 1, again);
}

static void content(struct stage *stage)
{
	play_again(stage, other);
}

static void content_not(struct stage *stage)
{
	play_again(stage, first);
}

/* ---- Much -------------------------------------------------------------------------------------------------------- */

#define PIECE 50000u
#define WINDOW_SHIFT 14

static void open_wide(struct stage *stage)
{
	struct packet syn = stage_segment(STAGE_A, "S", 0, 0, 0);
	struct packet syn_ack = stage_segment(STAGE_B, "S.", 0, 1, 0);

	packet_option_wscale(&syn.options, WINDOW_SHIFT);
	packet_option_wscale(&syn_ack.options, WINDOW_SHIFT);
	stage_play(stage, &syn);
	stage_play(stage, &syn_ack);
	stage_send(stage, STAGE_A, ".", 1, 1, 0);
	stage_send(stage, STAGE_B, ".", 1, 1, 0);
}

/* 11 MB of A; B acknowledges once, after `acked` pieces. */
static void play_much(struct stage *stage, unsigned acked)
{
	open_wide(stage);
	for (unsigned i = 0; i < 220; i++) {
		stage_send(stage, STAGE_A, ".", 1 + i * PIECE, 1, PIECE);
		if (i + 1 == acked)
			stage_send(stage, STAGE_B, ".", 1, 1 + acked * PIECE, 0);
	}
}

static void unacked(struct stage *stage)
{
	play_much(stage, 1);
}

static void unacked_not(struct stage *stage)
{
	play_much(stage, 20);
}

/* ---- The table --------------------------------------------------------------------------------------------------- */

static const struct raise raises[] = {
	{ WS_FINDING_retransmission_content_differs, content, content_not },
	{ WS_FINDING_excessive_unacked_data, unacked, unacked_not },
};

const struct raises raises_data = { raises, sizeof(raises) / sizeof(raises[0]) };
