/*
 * A plain connection: both sides proven ESTABLISHED, nothing missing, nothing pending, nothing odd. The ordinary segment,
 * which goes on where its sender stood and acknowledges no less than before, then moves only the numbers kept here; no
 * rule could find anything else to do with it. Whatever is not ordinary is for the rules (tcp/), with all the detail.
 */
#ifndef TRACK_PLAIN_H
#define TRACK_PLAIN_H

#include "track/connection.h"

/* What an ordinary segment of this side moves; names as in struct endpoint. `snd_max` is `edge` too. */
struct plain_side {
	ws_time edge_ts;
	ws_time last_ts;
	uint64_t bytes;
	uint64_t ip_bytes;
	uint32_t packets;
	uint32_t snd_max;
	uint32_t ack_max;
	uint32_t ack_before;
	uint32_t ack_last;
	uint32_t right_last;
	uint32_t right_max;
	uint32_t win_max;
	uint32_t tsval_max;
	uint32_t ts_recent;
	uint16_t window_last;
	uint16_t peer_mss; /* what the peer takes in a segment; 0: it has not said */
	uint8_t shift;     /* of its window */
	uint8_t traits;
};

struct plain {
	struct plain_side side[2];
};

/* Takes the numbers out of a plain connection: in `detail` they become as those of a fresh one. False, and nothing was done,
 * when it is not plain. */
bool plain_take(struct plain *plain, struct detail *detail);

/* Puts them back. */
void plain_put(const struct plain *plain, struct detail *detail);

/* Has x said the same before, so that `s` may be that, captured once more? That is for others to find out (copies.h). */
bool plain_may_be_copy(const struct plain_side *x, const struct segment *s);

/* Side `who` sent `s`, which is no copy. False, and nothing was done, when it is no ordinary segment. `tags` are the connection's. */
bool plain_segment(struct plain *plain, unsigned who, const struct segment *s, uint32_t tags);

/* The same for the first data, or the first bare acknowledgement, of a side, which moves more than these numbers. */
bool plain_first(struct plain *plain, unsigned who, const struct segment *s, uint32_t tags);

/* The numbers of a connection that has begun with these three, of which the third need not be ordinary: false then. */
bool plain_open(struct plain *plain, unsigned opener, const struct segment *syn, const struct segment *syn_ack,
		const struct segment *ack, uint32_t tags);

/* Nothing about the packet, whose flags apart from PSH must be `flags`, would have to be told. */
bool plain_is_clean(const struct plain_side *x, const struct segment *s, uint32_t tags, uint8_t flags);

/* Its clock does not run backwards, and it has had one from the beginning. */
bool plain_is_time_right(const struct plain_side *x, const struct segment *s);

/* It has been silent before new data for as long as a retransmission timer runs. */
bool plain_has_paused(const struct plain_side *x);

/* The tags (enum ws_tag) that `s` of side `x` brings to its connection. */
uint32_t plain_tags(const struct plain_side *x, const struct segment *s);

#endif
