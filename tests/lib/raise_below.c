/*
 * Below TCP: ICMP errors that quote a segment.
 */
#include "stage.h"

#include <check.h>
#include <string.h>

/* An ICMP unreachable, fragmentation needed, from the router 192.0.2.1 to 10.0.0.1 about a segment of A from `port`. */
static void play_error(struct stage *stage, uint8_t port)
{
	uint8_t error[20 + 8 + 20 + 8] = {
		0x45, 0, 0,  56, 0, 1, 0,  0,    64,   1,    0x6E, 0xCC, 192,  0,  2, 1,    10,   0,    0,
		1,    3, 4,  0,  0, 0, 0,  0x05, 0xDC, 0x45, 0,    0x05, 0xDC, 0,  7, 0x40, 0,    64,   6,
		0,    0, 10, 0,  0, 1, 10, 0,    0,    2,    0x9C, port, 0,    80, 0, 0,    0x03, 0xE9,
	};

	stage_play_bytes(stage, 101, error, sizeof error, sizeof error);
}

static void error_for_flow(struct stage *stage)
{
	stage_open(stage);
	stage_send(stage, STAGE_A, "P.", 1, 1, 1460);
	play_error(stage, 0x40);
	ck_assert_uint_eq(stage->frame_of[WS_FINDING_icmp_error_for_flow], stage->frame);
}

/* About another connection of the same hosts. */
static void error_for_flow_not(struct stage *stage)
{
	stage_open(stage);
	stage_send(stage, STAGE_A, "P.", 1, 1, 1460);
	play_error(stage, 0x41);
}

static const struct raise below[] = {
	{ WS_FINDING_icmp_error_for_flow, error_for_flow, error_for_flow_not },
};

const struct raises raises_below = { below, sizeof below / sizeof below[0] };
