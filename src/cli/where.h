/*
 * The connection filter of --where: the grammar of ss(8) as ss itself reads it, extended by what a capture knows.
 *
 *     expression  = term { [ and | or ] term }             from left to right, `and` and `or` alike; none is `and`
 *     term        = { not } ( "(" expression ")" | condition )
 *     condition   = { state STATES | exclude STATES }      as one set of states, words in a row
 *                 | (src | dst) [= | !=] HOST | (sport | dport) [OP] PORT
 *                 | client:STATES | server:STATES | finding ID | (age | packets | bytes) OP VALUE
 *
 * An expression becomes steps in postfix order in one array: nothing recurs when it is evaluated, and parsing only into
 * parentheses, to a depth that is bounded.
 */
#ifndef CLI_WHERE_H
#define CLI_WHERE_H

#include <stdio.h>

#include "cli/where_host.h"

#define WHERE_STEPS_MAX 256
#define WHERE_DEPTH_MAX 32

enum where_kind {
	WHERE_AND,
	WHERE_OR,
	WHERE_NOT,
	WHERE_STATE,
	WHERE_SRC,
	WHERE_DST,
	WHERE_SPORT,
	WHERE_DPORT,
	WHERE_FINDING,
	WHERE_AGE,
	WHERE_PACKETS,
	WHERE_BYTES,
};

enum where_compare { WHERE_EQ, WHERE_NE, WHERE_GT, WHERE_LT, WHERE_GE, WHERE_LE };

struct where_step {
	enum where_kind kind;
	enum where_compare compare;
	enum ws_side side; /* WHERE_STATE: whose; WS_BOTH: the local side, or either when none is local */
	uint16_t states;   /* WHERE_STATE: bits 1 << ws_state, of which a side must be in one, */
	uint16_t excluded; /* and no side in one of these */
	struct where_host host;
	enum ws_finding_id finding;
	uint64_t number; /* packets, bytes, or nanoseconds of age */
};

struct where {
	size_t len;
	struct where_step steps[WHERE_STEPS_MAX];
};

/* What is wrong, and which bytes of the expression are. */
struct where_error {
	size_t at;
	size_t len;
	char text[200];
};

/* False when `text` cannot be understood, with the first reason in *error. */
bool where_parse(struct where *where, const char *text, struct where_error *error);

/* Three lines for a person: the reason, the expression (about the word, if it is long), and a mark below the word. */
void where_report(FILE *out, const char *text, const struct where_error *error);

/* Whether it holds for the connection at capture time `now`. `local` is the side that src and sport mean; WS_BOTH: none
 * is, src is the client then, and `state` asks both. */
bool where_holds(const struct where *where, const struct ws_record *record, ws_time now, enum ws_side local);

/* False when it cannot hold at any time to come, by the addresses and ports alone. */
bool where_may_hold(const struct where *where, const struct ws_record *record);

#endif
