/*
 * What came out of a replayed case: the ladder as the view prints it, and a digest of every record: the settled paths of
 * both sides, verdicts, counters and findings, without what differs from one way of capturing to another (addresses,
 * times, frame numbers).
 */
#ifndef TESTS_OUTCOME_H
#define TESTS_OUTCOME_H

#include "replay.h"

struct outcome {
	char *ladder;
	size_t ladder_len;
	char *digest;
	size_t digest_len;
	/* Bit `to` of steps[from]: a side went that way, and it was not taken back. */
	uint32_t steps[WS_STATE_COUNT];
};

/* Replays the case in this way. Aborts the test when the tracker reports an error. */
void outcome_init(struct outcome *outcome, const struct case_file *file, const struct replay_way *way);
void outcome_fini(struct outcome *outcome);

/* Writes both texts with the lines that differ marked, "-" expected and "+" got. */
void outcome_diff(FILE *out, const char *expected, size_t expected_len, const char *got, size_t got_len);

#endif
