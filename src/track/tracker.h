/*
 * The tracker from inside: what it owns, and its parts. tracker.c is the public API, packets and time; intake.c takes a
 * segment to the connection it belongs to, quote.c what ICMP says about one; lifetime.c lets time and want of room end connections.
 */
#ifndef TRACK_TRACKER_H
#define TRACK_TRACKER_H

#include "base/clock.h"
#include "track/bench.h"
#include "track/copies.h"
#include "track/host.h"
#include "track/listener.h"
#include "track/network.h"
#include "track/openings.h"
#include "track/store.h"
#include "wire/decode.h"

struct ws_tracker {
	struct ws_config config;
	struct ws_totals totals;
	struct store store;
	struct networks networks;
	struct listeners listeners;
	struct census census;
	struct openings openings;
	struct timer timer;
	struct decoder *decoder;
	ws_time now;
	ws_time flushed;    /* fragments were last looked at */
	ws_time captured;   /* of the packet at work, before its time was clamped */
	bool is_clamped;    /* it was */
	struct pair before; /* room for struct context */
	struct copies copies;
	struct bench bench;
	uint64_t heap; /* as in struct context */
	bool is_quick; /* ordinary segments of plain connections need no detail */
};

static inline struct context context_of(ws_tracker *t)
{
	return (struct context){ &t->config, &t->totals, &t->before, &t->heap, t->now };
}

/* intake.c: one segment, at the time that it has. 0, or WS_ERROR_MEMORY. */
int intake_segment(ws_tracker *t, const struct segment *s);

/* quote.c: an ICMP error, `packet` in `outer`, about a segment: a finding of its connection in the full audit, if it is known. */
void intake_quote(ws_tracker *t, const struct icmp_quote *quote, const struct ws_packet *packet,
		  const struct outer *outer);

/* lifetime.c: `c` leaves, for this reason if it was still open. */
void lifetime_finish(ws_tracker *t, struct ws_connection *c, enum ws_end_reason reason);

/* Lets the timers that are due by `until` go off, each at its own time. */
void lifetime_expire(ws_tracker *t, ws_time until);

/* Sets the timer of `c` anew, if its states have changed since. */
void lifetime_renew(ws_tracker *t, struct ws_connection *c);

/* For one more; false when there is none. `keep` is at work just now. */
bool lifetime_make_room(ws_tracker *t, const struct ws_connection *keep);

#endif
