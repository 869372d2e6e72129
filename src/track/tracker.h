/*
 * The tracker from inside: what it owns, and its parts. tracker.c is the public API; gate.c makes entries of packets, which
 * group.c takes in order; intake.c takes a segment to the connection it belongs to, quote.c what ICMP says about one; lifetime.c lets time and want of room end connections.
 */
#ifndef TRACK_TRACKER_H
#define TRACK_TRACKER_H

#include "base/clock.h"
#include "track/bench.h"
#include "track/copies.h"
#include "track/crew.h"
#include "track/group.h"
#include "track/host.h"
#include "track/listener.h"
#include "track/network.h"
#include "track/openings.h"
#include "track/store.h"

struct ws_tracker {
	struct ws_config config;
	struct ws_totals totals;
	struct store store;
	struct networks networks;
	struct listeners listeners;
	struct census census;
	struct openings openings;
	struct timer timer;
	ws_time now;
	ws_time captured;   /* of the packet at work, before its time was clamped */
	bool is_clamped;    /* it was */
	struct pair before; /* room for struct context */
	struct copies copies;
	struct bench bench;
	struct gate gate;
	struct crew *crew;      /* NULL: none */
	struct group **filling; /* the group that entries are made in: one of the crew's, or */
	struct group *only;     /* when there is none, this one: */
	struct group group;
	int error;        /* of the entries taken, until somebody is told */
	uint64_t heap;    /* as in struct context */
	bool is_quick;    /* ordinary segments of plain connections need no detail, */
	bool has_courses; /* nor do those of an ordinary course, since nobody asks for events between begin and end */
	bool is_quiet;    /* and nobody is told of the end */
};

static inline struct context context_of(ws_tracker *t)
{
	return (struct context){ &t->config, &t->totals, &t->before, &t->heap, t->now };
}

/* intake.c: one segment, at the time that it has. 0, or WS_ERROR_MEMORY. */
int intake_segment(ws_tracker *t, const struct segment *s);

/* The same in two steps, of which the first may be taken ahead: the key of `s`, scope 0, with its hash, and the side that
 * sent it. */
unsigned intake_key(const ws_tracker *t, const struct segment *s, struct keyed *keyed);
int intake_keyed(ws_tracker *t, struct keyed *keyed, unsigned who, const struct segment *s);

/* The scope of `s` goes into `keyed`, as networks_enter has it. */
static inline bool intake_enter(ws_tracker *t, const struct segment *s, struct keyed *keyed)
{
	if (t->networks.key == WS_KEY_4TUPLE)
		return true;
	if (!networks_enter(&t->networks, s, &keyed->key))
		return false;
	if (flow_scope(&keyed->key) != 0)
		keyed->hash = store_hash(&t->store, &keyed->key);
	return true;
}

/* quote.c: an ICMP error, `cause` in `outer`, about a segment: a finding of its connection in the full audit, if it is known. */
void intake_quote(ws_tracker *t, const struct icmp_quote *quote, const struct cause *cause, const struct outer *outer);

/* lifetime.c: `c` leaves, for this reason if it was still open. */
void lifetime_finish(ws_tracker *t, struct ws_connection *c, enum ws_end_reason reason);

/* Lets the timers that are due by `until` go off, each at its own time. */
void lifetime_expire(ws_tracker *t, ws_time until);

/* Sets the timer of `c` anew, if its states have changed since. */
void lifetime_renew(ws_tracker *t, struct ws_connection *c);

/* `c` leaves, or the input ends, while it takes the ordinary course: done without a look at its detail. False, and nothing was
 * done, when there is something to find about that end. */
bool lifetime_end_course(ws_tracker *t, struct ws_connection *c, enum ws_end_reason reason);

/* For one more; false when there is none. `keep` is at work just now. */
bool lifetime_make_room(ws_tracker *t, const struct ws_connection *keep);

#endif
