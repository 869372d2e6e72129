/*
 * Counts of connections by the states of their sides: what netstat would count on both hosts, and the pairs that only a
 * tap can see. Invariant: each connection is in one cell of `pair`; sides are its sums by row and by column.
 */
#ifndef VIEW_TALLY_H
#define VIEW_TALLY_H

#include "view/fields.h"
#include "wirestat.h"

struct tally {
	uint64_t connections;
	uint64_t side[2][WS_STATE_COUNT];
	uint64_t pair[WS_STATE_COUNT][WS_STATE_COUNT]; /* client, server */
};

void tally_add(struct tally *tally, enum ws_state client, enum ws_state server);
void tally_remove(struct tally *tally, enum ws_state client, enum ws_state server);

/* Members `connections`, `states` {client, server, both: {STATE: n}} and `pairs` {"ESTABLISHED/CLOSE-WAIT": n}. States
 * nobody is in are left out of JSON; `both` is the sum of the sides. */
void tally_fields(struct fields *f, const struct tally *tally);

/* For people: states with the count of each side, then the matrix of pairs, or a list of them when the matrix is wider
 * than `width` (0: never). */
void tally_table(struct text *out, const struct tally *tally, size_t width, bool color);

/* The matrix alone, and how wide it is; its rows and columns are the states that occur. */
void tally_matrix(struct text *out, const struct tally *tally, bool color);
size_t tally_matrix_width(const struct tally *tally);

/* For people, one line: "connections 12  ESTABLISHED 7/8  TIME-WAIT 2/0", client and server. */
void tally_line(struct text *out, const struct tally *tally, bool color);

#endif
