/*
 * What the packets of a connection were carried in, side by side: kept for those only that were in a tunnel or had tags,
 * from the first such packet on.
 */
#ifndef TRACK_WRAPPING_H
#define TRACK_WRAPPING_H

#include "track/connection.h"
#include "track/scope.h"

#define WRAPPING_TAGS_MAX 4

struct wrapping_side {
	bool is_seen;
	bool has_more; /* tags than there was room for */
	uint8_t tags_len;
	struct outer first;                        /* once is_seen */
	struct scope_tags tags[WRAPPING_TAGS_MAX]; /* each that was seen, once: a trunk may show a packet twice */
};

struct wrapping {
	struct wrapping_side side[2];
};

/* Side `who` of `c` sends `s`, which only a course has counted yet. `heap`: as in struct context. */
void wrapping_note(struct ws_connection *c, unsigned who, const struct segment *s, uint64_t *heap);

/* Whether there is anything to note: of most packets there is not. */
static inline bool wrapping_is_due(const struct ws_connection *c, const struct segment *s)
{
	return connection_wrapping(c) != NULL || !outer_is_clear(&s->outer);
}

/* One side has had tags that the other lacks. `wrapping` may be NULL. */
bool wrapping_is_asymmetric(const struct wrapping *wrapping);

/* As the outside sees it. */
void wrapping_outer(const struct wrapping *wrapping, unsigned who, struct ws_outer *out);

#endif
