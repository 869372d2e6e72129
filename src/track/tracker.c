/*
 * The public API: packets in, one after the other, to the connections they belong to. Owns everything, has no globals.
 */
#include <stddef.h>
#include <stdlib.h>
#include <utlist.h>

#include "track/tracker.h"

#define CONNECTIONS_DEFAULT 1000000
#define FRAGMENT_WAIT (30 * NS_PER_SEC) /* as Linux's ipfrag_time */

/* Times within this range can be subtracted, and a deadline added, without overflow. */
#define TIME_MAX (INT64_MAX / 2)
#define TIME_WAIT_MAX (INT64_MAX / 4)

/* Where memory is short they take no more than their share of it. */
static size_t census_max(uint64_t max_memory)
{
	uint64_t max = max_memory / 8 / (sizeof(struct host) + HOST_BODY_MAX);

	return max_memory == 0 || max > HOSTS_MAX ? HOSTS_MAX : (size_t)max + 1;
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
	census_init(&t->census, t->config.seed, t->config.on_event && (t->config.events & WS_MASK(WS_EVENT_HOST)),
		    census_max(t->config.max_memory));
	listeners_init(&t->listeners, t->config.seed, LISTENERS_MAX);
	t->decoder = decoder_new();
	if (!t->decoder) {
		ws_tracker_free(t);
		return NULL;
	}
	return t;
}

void ws_tracker_free(ws_tracker *tracker)
{
	if (!tracker)
		return;
	store_fini(&tracker->store);
	networks_fini(&tracker->networks);
	bench_fini(&tracker->bench);
	listeners_fini(&tracker->listeners);
	census_fini(&tracker->census);
	decoder_free(tracker->decoder);
	free(tracker);
}

/* ---- Packets and time ---------------------------------------------------------------------------------------- */

static void count_noticed(ws_tracker *t, uint64_t noticed)
{
	for (; noticed != 0; noticed &= noticed - 1)
		t->totals.noticed[__builtin_ctzll(noticed)]++;
}

static void recount_fragments(ws_tracker *t, enum ws_undecoded reason, uint64_t count)
{
	t->totals.undecoded[WS_UNDECODED_fragment] -= count;
	t->totals.undecoded[reason] += count;
}

static void flush_fragments(ws_tracker *t, ws_time before)
{
	struct segment s;

	while (decoder_flush(t->decoder, before, &s)) {
		t->totals.undecoded[WS_UNDECODED_fragment]--;
		count_noticed(t, s.noticed);
		t->captured = s.ts;
		t->is_clamped = false;
		if (s.ts < t->now)
			s.ts = t->now;
		intake_segment(t, &s);
	}
	recount_fragments(t, WS_UNDECODED_fragment_incomplete, decoder_incomplete(t->decoder));
	recount_fragments(t, WS_UNDECODED_fragment_ignored, decoder_ignored(t->decoder));
	t->flushed = t->now;
}

static ws_time in_range(ws_time ts)
{
	if (ts > TIME_MAX)
		return TIME_MAX;
	return ts < -TIME_MAX ? -TIME_MAX : ts;
}

/* A clock that runs backwards is held; the packet is taken at the newest time seen. */
static ws_time clamp(ws_tracker *t, const struct ws_packet *packet)
{
	int64_t behind;

	if (t->now == WS_TIME_NONE || packet->ts >= t->now)
		return packet->ts;
	if (t->totals.backward++ == 0)
		t->totals.backward_first_frame = packet->frame;
	if (__builtin_sub_overflow(t->now, packet->ts, &behind))
		behind = INT64_MAX;
	if (behind > t->totals.backward_ns)
		t->totals.backward_ns = behind;
	return t->now;
}

void ws_tracker_advance(ws_tracker *tracker, ws_time now)
{
	now = in_range(now);
	if (tracker->now != WS_TIME_NONE && now <= tracker->now)
		return;
	lifetime_expire(tracker, now);
	tracker->now = now;
	if (tracker->flushed == WS_TIME_NONE || now - tracker->flushed > NS_PER_SEC)
		flush_fragments(tracker, now - FRAGMENT_WAIT);
}

int ws_tracker_feed(ws_tracker *tracker, const struct ws_packet *packet)
{
	struct ws_packet at = *packet;
	ws_time captured = in_range(packet->ts);
	struct segment segment;
	enum ws_undecoded reason;
	enum decode_result result;

	at.ts = captured;
	at.ts = clamp(tracker, &at);
	ws_tracker_advance(tracker, at.ts);
	tracker->captured = captured;
	tracker->is_clamped = captured != at.ts;
	tracker->totals.packets++;
	tracker->totals.truncated += packet->caplen < packet->len;
	if (tracker->totals.first == WS_TIME_NONE)
		tracker->totals.first = at.ts;
	tracker->totals.last = at.ts;
	result = decoder_packet(tracker->decoder, &at, &segment, &reason);
	if (segment.noticed)
		count_noticed(tracker, segment.noticed);
	if (result == DECODE_SEGMENT)
		return intake_segment(tracker, &segment);
	tracker->totals.undecoded[reason]++;
	if (reason == WS_UNDECODED_icmp_error_for_flow)
		intake_quote(tracker, decoder_quote(tracker->decoder), &at, &segment.outer);
	return WS_OK;
}

static void end_one(ws_tracker *t, struct ws_connection *c)
{
	struct context context = context_of(t);

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
	DL_FOREACH(t->store.embryonic, c) {
		end_one(t, c);
	}
	DL_FOREACH(t->store.grown, c) {
		end_one(t, c);
	}
}

void ws_tracker_finish(ws_tracker *tracker)
{
	struct ws_connection **all;
	struct context context;

	if (tracker->now != WS_TIME_NONE)
		flush_fragments(tracker, WS_TIME_NONE);
	all = store_sorted(&tracker->store);
	if (!all)
		end_unsorted(tracker);
	for (size_t i = 0; all && all[i]; i++)
		end_one(tracker, all[i]);
	free(all);
	context = context_of(tracker);
	census_finish(&tracker->census, &context);
}

int ws_tracker_each(ws_tracker *tracker, ws_each_fn *fn, void *user)
{
	struct ws_connection **all = store_sorted(&tracker->store);
	int result = 0;

	if (!all)
		return WS_ERROR_MEMORY;
	for (size_t i = 0; all[i] && result == 0; i++)
		result = fn(user, all[i]);
	free(all);
	return result;
}

int ws_tracker_listeners(const ws_tracker *tracker, ws_listener_fn *fn, void *user)
{
	return listeners_each(&tracker->listeners, &tracker->store, tracker->now, fn, user);
}

void ws_tracker_totals(const ws_tracker *tracker, struct ws_totals *out)
{
	*out = tracker->totals;
	out->listeners_evicted = tracker->listeners.evicted;
	out->hosts_evicted = tracker->census.evicted;
}

ws_time ws_tracker_now(const ws_tracker *tracker)
{
	return tracker->now;
}
