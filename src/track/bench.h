/*
 * The bench: the details of those connections that are at work. Of the others, which are most, the detail rests: packed
 * into as many words as differ from a fresh one. Whoever works at a connection wakes it first; the one that was not touched
 * for longest makes room. A plain connection (plain.h) rests at once, since its ordinary segments need no detail.
 */
#ifndef TRACK_BENCH_H
#define TRACK_BENCH_H

#include "track/courses.h"
#include "track/plain.h"

#define BENCH_PLACES 16384
/* One segment may touch this many connections, which must not make room for each other. */
#define BENCH_PLACES_MIN 8

struct bench {
	struct detail *head;  /* at work, touched longest ago first */
	struct detail *spare; /* free places, linked by `next` */
	size_t len;           /* at work */
	size_t made;          /* places there are */
	size_t places;        /* there may be, unless memory to pack is short */
	uint64_t rest_bytes;  /* of all that rest */
	struct courses courses;
	struct detail fresh;
	struct detail peeked;
};

/* `places`: 0: BENCH_PLACES. */
void bench_init(struct bench *bench, size_t places);
void bench_fini(struct bench *bench);

/* Makes c->detail there: of a new connection a fresh one. False when out of memory. */
bool bench_wake(struct bench *bench, struct ws_connection *c);

/* Makes c->detail there for one look that changes nothing in it: one connection at a time, until bench_unpeek or
 * bench_forget. Needs no memory. */
void bench_peek(struct bench *bench, struct ws_connection *c);
void bench_unpeek(struct bench *bench, struct ws_connection *c);

/* Packs the detail of `c` away, if there is memory for that. */
void bench_rest(struct bench *bench, struct ws_connection *c);

/* The same, but only if `c` is plain. */
void bench_rest_if_plain(struct bench *bench, struct ws_connection *c);

/* `c` leaves the tracker. */
void bench_forget(struct bench *bench, struct ws_connection *c);

/* The plain numbers of `c`; NULL when it is at work or not plain. */
struct plain *bench_plain(const struct ws_connection *c);

/* `c` to be looked at, wherever its detail is: *copy has it, unpacked into `room` if it rests. */
void bench_look(const struct ws_connection *c, struct ws_connection *copy, struct detail *room);

/* All bytes: places and what rests. */
uint64_t bench_bytes(const struct bench *bench);

#endif
