/*
 * Resets whose option, or whose number 0, is the matter: a ladder shows no MPTCP, and moves numbers about.
 */
#include "stage.h"

/* Data of A, then a RST of B whose number is 0 whatever B's numbers are. */
static void play_rst_of_zero(struct stage *stage, const char *flags, uint32_t ack)
{
	struct packet rst = stage_segment(STAGE_B, flags, 0, ack, 0);

	stage_open(stage);
	stage_send(stage, STAGE_A, "P.", 1, 1, 10);
	stage_send(stage, STAGE_B, ".", 1, 11, 0);
	stage_send(stage, STAGE_A, "P.", 11, 1, 10);
	rst.seq = 0;
	stage_play(stage, &rst);
}

/* RFC 9293 3.10.7.1: A's segment has an ACK, so that is the number due. */
static void bad_format(struct stage *stage)
{
	play_rst_of_zero(stage, "R.", 21);
}

/* The same RST, but upon a SYN, which has none. */
static void bad_format_not(struct stage *stage)
{
	struct packet rst = stage_segment(STAGE_B, "R.", 0, 1, 0);

	stage_send(stage, STAGE_A, "S", 0, 0, 0);
	rst.seq = 0;
	stage_play(stage, &rst);
}

/* A RST of A with an MPTCP option of this subtype (RFC 8684 3.5, 3.6). */
static void play_mptcp(struct stage *stage, const void *option, size_t len)
{
	struct packet rst = stage_segment(STAGE_A, "R.", 1, 1, 0);

	stage_open(stage);
	packet_option_raw(&rst.options, option, len);
	stage_play(stage, &rst);
}

static void fastclose(struct stage *stage)
{
	static const uint8_t option[] = { 30, 12, 0x70, 0, 1, 2, 3, 4, 5, 6, 7, 8 };

	play_mptcp(stage, option, sizeof option);
}

/* MP_PRIO (subtype 5). */
static void fastclose_not(struct stage *stage)
{
	static const uint8_t option[] = { 30, 3, 0x51, 1 };

	play_mptcp(stage, option, sizeof option);
}

static const struct raise raises[] = {
	{ WS_FINDING_rst_bad_format, bad_format, bad_format_not },
	{ WS_FINDING_mptcp_fastclose, fastclose, fastclose_not },
};

const struct raises raises_reset = { raises, sizeof(raises) / sizeof(raises[0]) };
