/*
 * What the path has seen of each connection's two streams, as far as it takes to know which segment bears a state and
 * what number a forged one needs.
 */
#ifndef KERNEL_STREAM_H
#define KERNEL_STREAM_H

#include "wire.h"

struct stream {
	bool seen, acks, fin, fin_acked;
	uint32_t isn;
	uint32_t next;    /* SND.NXT as far as seen */
	uint32_t fin_end; /* one beyond the FIN */
	/* The lowest data that was lost or is late at each place, and has not passed since. */
	struct hole {
		bool open;
		uint32_t seq;
	} hole[PLACES];
	struct segment last;
	struct address src, dst;
};

struct streams {
	struct stream *of[65536]; /* by client port, two each */
};

/* The client's port of a segment from `from`. */
uint16_t stream_port(const struct segment *s, enum side from);

/* Takes note of a segment; NULL unless it bears a state, else what it is. Also when it was seen before. */
const char *stream_note(struct streams *all, const struct packet *p, const struct segment *s, enum side from);

/* Data lost or delayed at a place; data that has passed it. */
void stream_dig(struct streams *all, const struct segment *s, enum side from, enum place place);
void stream_fill(struct streams *all, const struct segment *s, enum side from, enum place place);

/* NULL when that side has sent nothing yet. */
const struct stream *stream_find(const struct streams *all, uint16_t port, enum side from);

void streams_fini(struct streams *all);

#endif
