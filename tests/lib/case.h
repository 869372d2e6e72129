/*
 * A case: a text file that is a connection, or several, drawn as ladders; tests/cases/README.md has the grammar. Parsing
 * is strict: what the ladder view could not have written is refused with the line where it stands.
 */
#ifndef TESTS_CASE_H
#define TESTS_CASE_H

#include "wirestat.h"

#define CASE_LINES_MAX 1024
#define CASE_LADDERS_MAX 16
#define CASE_ERROR_MAX 160
#define CASE_FINDING_WORDS ((WS_FINDING_COUNT + 63) / 64)

struct case_state {
	enum ws_state state;
	bool is_presumed;
};

struct case_line {
	size_t ladder;
	size_t number; /* of the line in the file, from 1 */
	int64_t ns;    /* since the first segment of the file */
	bool is_timer; /* time passes and nothing is sent: `segment` does not count */
	bool from_a;
	struct case_state a;
	struct case_state b;
	struct ws_segment segment;             /* is_duplicate: "!copy" */
	uint64_t findings[CASE_FINDING_WORDS]; /* bit n: enum ws_finding_id n; ask case_line_raises */
};

struct case_ladder {
	struct ws_addr addr[2]; /* A, B */
	uint16_t port[2];
};

struct case_file {
	size_t head_len; /* bytes of comments before the first ladder */
	bool full_audit; /* every finding of the catalogue is marked, not only those about states */
	size_t ladders_len;
	struct case_ladder ladders[CASE_LADDERS_MAX];
	size_t lines_len;
	struct case_line lines[CASE_LINES_MAX]; /* in the order of time */
};

/* Reads `len` bytes of text. False when it is no case; `error` (CASE_ERROR_MAX bytes) then says where and why. */
bool case_parse(const char *text, size_t len, struct case_file *out, char *error);

static inline bool case_line_raises(const struct case_line *line, enum ws_finding_id id)
{
	return line->findings[id / 64] >> (id % 64) & 1;
}

/* True when two lines send the same segment in the same direction of the same ladder. */
bool case_is_same_segment(const struct case_line *a, const struct case_line *b);

#endif
