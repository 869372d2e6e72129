/*
 * The public API: packets in, connections and totals out. Owns everything, has no globals.
 */
#include <stddef.h>
#include <stdlib.h>

#include "track/tracker.h"

#define CONNECTIONS_DEFAULT 1000000
#define TIME_WAIT_MAX (INT64_MAX / 4)

/* Where memory is short they take no more than their share of it. */
static size_t census_max(uint64_t max_memory)
{
	uint64_t max = max_memory / 8 / (sizeof(struct host) + HOST_BODY_MAX);

	return max_memory == 0 || max > HOSTS_MAX ? HOSTS_MAX : (size_t)max + 1;
}

/* What is looked at, or let go, is what all that was fed has made of it. */
static void settle(const ws_tracker *t)
{
	if (t->crew)
		crew_settle(t->crew);
}

ws_tracker *ws_tracker_new(const struct ws_config *config)
{
	ws_tracker *t = calloc(1, sizeof *t);

	if (!t)
		return NULL;
	if (config)
		t->config = *config;
	if (t->config.time_wait_ns <= 0)
		t->config.time_wait_ns = WS_TIME_WAIT_NS;
	if (t->config.time_wait_ns > TIME_WAIT_MAX)
		t->config.time_wait_ns = TIME_WAIT_MAX;
	if (t->config.max_connections == 0)
		t->config.max_connections = CONNECTIONS_DEFAULT;
	t->now = WS_TIME_NONE;
	t->totals.first = WS_TIME_NONE;
	t->totals.last = WS_TIME_NONE;
	store_init(&t->store, t->config.seed);
	networks_init(&t->networks, t->config.key, t->config.seed);
	copies_init(&t->copies, t->config.seed);
	openings_init(&t->openings, t->config.seed);
	if (t->config.max_memory && !t->config.max_at_work)
		t->config.max_at_work = (size_t)(t->config.max_memory / 8 / sizeof(struct detail));
	bench_init(&t->bench, t->config.max_at_work);
	t->is_quick = !t->config.full_audit && !(t->config.events & WS_MASK(WS_EVENT_SEGMENT));
	t->has_courses = t->is_quick && t->config.key == WS_KEY_4TUPLE &&
			 !(t->config.events & ~(WS_MASK(WS_EVENT_END) | WS_MASK(WS_EVENT_FINDING)));
	t->is_quiet = !(t->config.events & WS_MASK(WS_EVENT_END));
	census_init(&t->census, t->config.seed, t->config.on_event && (t->config.events & WS_MASK(WS_EVENT_HOST)),
		    census_max(t->config.max_memory));
	listeners_init(&t->listeners, t->config.seed, LISTENERS_MAX);
	t->only = &t->group;
	t->filling = &t->only;
	if (!gate_init(&t->gate)) {
		ws_tracker_free(t);
		return NULL;
	}
	/* Without it everything is the same. */
	if (t->config.threads > 1)
		t->crew = crew_new(t, &t->filling);
	return t;
}

void ws_tracker_free(ws_tracker *tracker)
{
	if (!tracker)
		return;
	settle(tracker);
	crew_free(tracker->crew);
	store_fini(&tracker->store);
	networks_fini(&tracker->networks);
	bench_fini(&tracker->bench);
	listeners_fini(&tracker->listeners);
	census_fini(&tracker->census);
	gate_fini(&tracker->gate);
	free(tracker);
}

/* ---- Packets and time ---------------------------------------------------------------------------------------- */

void ws_tracker_advance(ws_tracker *tracker, ws_time now)
{
	gate_time(tracker, now);
	(void)group_pass(tracker);
	settle(tracker);
}

int ws_tracker_feed(ws_tracker *tracker, const struct ws_packet *packet)
{
	return ws_tracker_feed_batch(tracker, packet, 1);
}

int ws_tracker_feed_batch(ws_tracker *tracker, const struct ws_packet *packets, size_t n)
{
	for (size_t i = 0; i < n; i++)
		gate_packet(tracker, &packets[i]);
	return tracker->crew ? crew_error(tracker->crew) : group_pass(tracker);
}

void ws_tracker_settle(ws_tracker *tracker)
{
	settle(tracker);
}

unsigned ws_tracker_threads(const ws_tracker *tracker)
{
	return tracker->crew ? 2 : 1;
}

static void end_one(ws_tracker *t, struct ws_connection *c)
{
	struct context context = context_of(t);

	if (lifetime_end_course(t, c, WS_END_OF_INPUT))
		return;
	bench_peek(&t->bench, c);
	if (t->census.is_wanted && !c->is_ended)
		census_end(&t->census, &context, c, false);
	connection_end(&context, c, WS_END_OF_INPUT);
	bench_unpeek(&t->bench, c);
}

/* There is no memory to sort them. */
static void end_unsorted(ws_tracker *t)
{
	struct ws_connection *c;

	t->totals.memory_failures++;
	for (c = t->store.embryonic.first; c; c = store_next(c))
		end_one(t, c);
	for (c = t->store.grown.first; c; c = store_next(c))
		end_one(t, c);
}

static void end_all(ws_tracker *t)
{
	struct ws_connection *const *all = store_sorted(&t->store);

	if (!all)
		end_unsorted(t);
	for (size_t i = 0; all && all[i]; i++) {
		store_prefetch_ahead(all + i);
		end_one(t, all[i]);
	}
}

void ws_tracker_finish(ws_tracker *tracker)
{
	struct context context;

	gate_end(tracker);
	(void)group_pass(tracker);
	settle(tracker);
	end_all(tracker);
	context = context_of(tracker);
	census_finish(&tracker->census, &context);
}

int ws_tracker_each(ws_tracker *tracker, ws_each_fn *fn, void *user)
{
	struct ws_connection *const *all;
	int result = 0;

	settle(tracker);
	all = store_sorted(&tracker->store);
	if (!all)
		return WS_ERROR_MEMORY;
	for (size_t i = 0; all[i] && result == 0; i++) {
		store_prefetch_ahead(all + i);
		result = fn(user, all[i]);
	}
	return result;
}

int ws_tracker_listeners(const ws_tracker *tracker, ws_listener_fn *fn, void *user)
{
	settle(tracker);
	return listeners_each(&tracker->listeners, &tracker->store, tracker->now, fn, user);
}

void ws_tracker_totals(const ws_tracker *tracker, struct ws_totals *out)
{
	settle(tracker);
	*out = tracker->totals;
	out->listeners_evicted = tracker->listeners.evicted;
	out->hosts_evicted = tracker->census.evicted;
}

ws_time ws_tracker_now(const ws_tracker *tracker)
{
	settle(tracker);
	return tracker->now;
}
