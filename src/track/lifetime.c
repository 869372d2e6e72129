#include <stddef.h>

#include "track/course.h"
#include "track/tracker.h"

bool lifetime_end_course(ws_tracker *t, struct ws_connection *c, enum ws_end_reason reason)
{
	struct context context = context_of(t);

	/* Of one that is half open there is something to tell. */
	if (!c->course || c->course->stage == COURSE_SYN_ACK)
		return false;
	connection_end_course(&context, c, reason);
	return true;
}

/* All that is told of its end. */
static void tell_end(ws_tracker *t, struct ws_connection *c, enum ws_end_reason reason)
{
	struct context context = context_of(t);

	if (lifetime_end_course(t, c, reason))
		return;
	bench_peek(&t->bench, c);
	if (t->census.is_wanted && !c->is_ended)
		census_end(&t->census, &context, c, true);
	connection_end(&context, c, reason);
}

void lifetime_finish(ws_tracker *t, struct ws_connection *c, enum ws_end_reason reason)
{
	tell_end(t, c, reason);
	listeners_fold(&t->listeners, c, t->now, true);
	timer_cancel(&c->timer);
	t->heap -= connection_heap(c);
	bench_forget(&t->bench, c);
	networks_part(&t->networks, c);
	store_remove(&t->store, c);
}

/* One that comes out before the deadline stays where it is: it is set again then, and most have changed once more by that time. */
static void set_timer(ws_tracker *t, struct ws_connection *c)
{
	struct context context = context_of(t);
	ws_time deadline = c->course ? connection_course_deadline(&context, c) : connection_deadline(&context, c);

	if (deadline == INT64_MAX)
		timer_cancel(&c->timer);
	else if (!timer_waits(&c->timer) || c->timer.due > deadline)
		timer_set(&t->timer, &c->timer, t->now, deadline);
	c->timed_states = (uint16_t)(c->state[0] << 8 | c->state[1]);
}

/* A state that did not change keeps its timer: when that comes out too early, it is set again. */
void lifetime_renew(ws_tracker *t, struct ws_connection *c)
{
	if (!timer_waits(&c->timer) || c->timed_states != (uint16_t)(c->state[0] << 8 | c->state[1]))
		set_timer(t, c);
}

static bool expire_watched(ws_tracker *t, struct context *context, struct ws_connection *c)
{
	struct host_was was;
	bool is_over;

	if (!t->census.is_wanted)
		return connection_expire(context, c, t->now);
	host_look(&was, c, 0);
	is_over = connection_expire(context, c, t->now);
	census_timer(&t->census, context, c, &was);
	return is_over;
}

/* True when that was all: an ordinary course either goes on, or has come to its end. */
static bool expire_course(ws_tracker *t, struct ws_connection *c)
{
	struct context context = context_of(t);

	if (connection_course_deadline(&context, c) > t->now) {
		set_timer(t, c);
		return true;
	}
	if (c->course->stage != COURSE_DONE || !t->is_quiet)
		return false;
	lifetime_finish(t, c, WS_END_CLOSED);
	return true;
}

void lifetime_expire(ws_tracker *t, ws_time until)
{
	ws_time real_now = t->now;
	struct timer_entry *entry;

	while ((entry = timer_due(&t->timer, until)) != NULL) {
		struct ws_connection *c =
			(struct ws_connection *)(void *)((char *)entry - offsetof(struct ws_connection, timer));
		struct context context;

		if (entry->due > t->now)
			t->now = entry->due;
		if (c->course && expire_course(t, c))
			continue;
		if (!bench_wake(&t->bench, c)) {
			t->totals.memory_failures++;
			timer_set(&t->timer, &c->timer, t->now, until + NS_PER_SEC);
			continue;
		}
		context = context_of(t);
		if (expire_watched(t, &context, c))
			lifetime_finish(t, c, WS_END_CLOSED);
		else
			set_timer(t, c);
	}
	t->now = real_now;
}

/* One connection there may always be. */
static bool is_full(const ws_tracker *t)
{
	if (t->store.len >= t->config.max_connections)
		return true;
	return t->config.max_memory && t->store.len > 0 &&
	       store_bytes(&t->store) + bench_bytes(&t->bench) + networks_bytes(&t->networks) +
			       t->listeners.len * sizeof(struct listener) + t->census.bytes + t->heap >=
		       t->config.max_memory;
}

bool lifetime_make_room(ws_tracker *t, const struct ws_connection *keep)
{
	struct ws_connection *victim;

	while (is_full(t) && (victim = store_victim(&t->store, keep)) != NULL) {
		t->totals.evicted++;
		lifetime_finish(t, victim, WS_END_EVICTED);
	}
	return !is_full(t);
}
