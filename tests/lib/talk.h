/*
 * Two sides that talk: hand-made segments in numbers that count from each side's ISN, taken by a pair of endpoints. A
 * sends the first one. The same talk can be had in several variants, which must not matter: which of the two comes first
 * in the key, and where in the sequence space they begin.
 */
#ifndef TESTS_TALK_H
#define TESTS_TALK_H

#include "tcp/infer.h"

enum talk_side { A, B };

#define TALK_VARIANTS 6

struct talk {
	struct pair pair;
	struct facts facts;     /* of the segment sent last */
	struct segment segment; /* made last */
	unsigned side[2];       /* which side of the pair A and B are */
	uint32_t isn[2];
	unsigned from; /* who sends `segment` */
	ws_time now;
	uint64_t frame;
};

void talk_init(struct talk *talk, int variant);

/* A segment that goes out 10 ms after the one before; `flags` in tcpdump's letters ("S", "F.", "R"), `seq` and `ack`
 * relative. It may be changed before it is sent. */
struct segment *talk_make(struct talk *talk, enum talk_side from, const char *flags, uint32_t seq, uint32_t ack,
			  uint32_t len);
void talk_timestamps(struct segment *segment, uint32_t tsval, uint32_t tsecr);

/* The segment made last passes the tap: moments, counters and states of the pair are those after it. */
const struct facts *talk_send(struct talk *talk);

/* Both in one. */
const struct facts *say(struct talk *talk, enum talk_side from, const char *flags, uint32_t seq, uint32_t ack,
			uint32_t len);

/* More time passes. */
void talk_wait(struct talk *talk, int64_t ms);

/* A whole handshake; then ten bytes each way, so that both sides are proven ESTABLISHED and stand at 11. */
void talk_handshake(struct talk *talk);
void talk_open(struct talk *talk);

struct endpoint *talk_endpoint(struct talk *talk, enum talk_side side);

/* "ESTABLISHED?" when it is not proven. Valid until the next call for the same side. */
const char *talk_state(const struct talk *talk, enum talk_side side);

/* "SYN-SENT ESTABLISHED? CLOSED@": the settled path, '?' behind what is presumed, '@' behind what a timer did.
 * Valid until the next call. */
const char *talk_path(const struct talk *talk, enum talk_side side);

/* The same without the marks. */
const char *talk_way(const struct talk *talk, enum talk_side side);

#define ck_states(talk, a, b)                             \
	do {                                              \
		ck_assert_str_eq(talk_state(talk, A), a); \
		ck_assert_str_eq(talk_state(talk, B), b); \
	} while (0)

#define ck_path(talk, side, text) ck_assert_str_eq(talk_path(talk, side), text)
#define ck_way(talk, side, text) ck_assert_str_eq(talk_way(talk, side), text)

#endif
