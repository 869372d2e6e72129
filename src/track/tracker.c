/*
 * The public API: packets in, one after the other, to the connections they belong to. Owns everything, has no globals.
 */
#include <stddef.h>
#include <stdlib.h>
#include <utlist.h>

#include "base/clock.h"
#include "track/bench.h"
#include "track/copies.h"
#include "track/incarnation.h"
#include "track/listener.h"
#include "track/network.h"
#include "track/store.h"
#include "track/wrapping.h"
#include "wire/decode.h"

#define CONNECTIONS_DEFAULT 1000000
#define FRAGMENT_WAIT (30 * NS_PER_SEC) /* as Linux's ipfrag_time */

/* Times within this range can be subtracted, and a deadline added, without overflow. */
#define TIME_MAX (INT64_MAX / 2)
#define TIME_WAIT_MAX (INT64_MAX / 4)

struct ws_tracker {
	struct ws_config config;
	struct ws_totals totals;
	struct store store;
	struct networks networks;
	struct listeners listeners;
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

static struct context context_of(ws_tracker *t)
{
	return (struct context){ &t->config, &t->totals, &t->before, &t->heap, t->now };
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
	if (t->config.max_memory && !t->config.max_at_work)
		t->config.max_at_work = (size_t)(t->config.max_memory / 8 / sizeof(struct detail));
	bench_init(&t->bench, t->config.max_at_work);
	t->is_quick = !t->config.full_audit && !(t->config.events & WS_MASK(WS_EVENT_SEGMENT));
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
	decoder_free(tracker->decoder);
	free(tracker);
}

/* ---- Coming and going ---------------------------------------------------------------------------------------- */

static void finish_connection(ws_tracker *t, struct ws_connection *c, enum ws_end_reason reason)
{
	struct context context = context_of(t);

	bench_peek(&t->bench, c);
	connection_end(&context, c, reason);
	listeners_fold(&t->listeners, c, t->now, true);
	timer_cancel(&t->timer, &c->timer);
	t->heap -= connection_heap(c);
	bench_forget(&t->bench, c);
	networks_part(&t->networks, c);
	store_remove(&t->store, c);
}

static void set_timer(ws_tracker *t, struct ws_connection *c)
{
	struct context context = context_of(t);
	ws_time deadline = connection_deadline(&context, c);

	if (deadline == INT64_MAX)
		timer_cancel(&t->timer, &c->timer);
	else
		timer_set(&t->timer, &c->timer, t->now, deadline);
	c->timed_states = (uint16_t)(c->state[0] << 8 | c->state[1]);
}

/* A state that did not change keeps its timer: when it comes out too early, it is set again. */
static void renew_timer(ws_tracker *t, struct ws_connection *c)
{
	if (c->timer.queue == 0 || c->timed_states != (uint16_t)(c->state[0] << 8 | c->state[1]))
		set_timer(t, c);
}

static void expire(ws_tracker *t, ws_time until)
{
	ws_time real_now = t->now;
	struct timer_entry *entry;

	while ((entry = timer_due(&t->timer, until)) != NULL) {
		struct ws_connection *c =
			(struct ws_connection *)(void *)((char *)entry - offsetof(struct ws_connection, timer));
		struct context context;

		if (entry->due > t->now)
			t->now = entry->due;
		if (!bench_wake(&t->bench, c)) {
			timer_set(&t->timer, &c->timer, t->now, t->now + NS_PER_SEC);
			continue;
		}
		context = context_of(t);
		if (connection_expire(&context, c, t->now))
			finish_connection(t, c, WS_END_CLOSED);
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
			       t->listeners.len * sizeof(struct listener) + t->heap >=
		       t->config.max_memory;
}

/* For one more; false when there is none. `keep` is at work just now. */
static bool make_room(ws_tracker *t, const struct ws_connection *keep)
{
	struct ws_connection *victim;

	while (is_full(t) && (victim = store_victim(&t->store, keep)) != NULL) {
		t->totals.evicted++;
		finish_connection(t, victim, WS_END_EVICTED);
	}
	return !is_full(t);
}

/* ---- One segment --------------------------------------------------------------------------------------------- */

static void feed(ws_tracker *t, struct ws_connection *c, unsigned who, const struct segment *s, uint32_t marks)
{
	struct context context = context_of(t);

	if (wrapping_is_due(c, s))
		t->heap += wrapping_note(c, who, s);
	c->tags |= t->is_clamped ? (uint32_t)WS_TAG_CLOCK : 0u;
	connection_segment(&context, c, who, s, marks);
	if (c->is_embryonic && c->detail->pair.side[0].packets > 0 && c->detail->pair.side[1].packets > 0 &&
	    (c->detail->pair.side[0].sent_other || c->detail->pair.side[1].sent_other))
		store_grow(&t->store, c);
	renew_timer(t, c);
}

/* The new incarnation has been accepted: whatever was left of the old one is over. */
static void retire_older(ws_tracker *t, struct ws_connection *c, unsigned opener, const struct segment *s)
{
	struct ws_connection *old = c->older;
	struct context context = context_of(t);
	bool is_reuse = old->state[0] == WS_TIME_WAIT || old->state[1] == WS_TIME_WAIT;

	if (is_reuse && c->detail->pair.side[opener].saw_bare_syn) {
		struct finding finding = { WS_FINDING_time_wait_reuse_valid,
					   WS_BOTH,
					   UNIT_NUMBER,
					   true,
					   old->detail->pair.side[opener].snd_max,
					   c->detail->pair.side[opener].iss };

		if (!c->is_newer)
			finding.id = WS_FINDING_time_wait_reuse_invalid;
		change_finding(&context, c, &(struct cause){ s->ts, s->frame, s->flags }, &finding);
	}
	finish_connection(t, old, ws_connection_is_open(old) ? WS_END_REUSED : WS_END_CLOSED);
}

/* The other half of a connection is in another scope: its packets come back with other tags. */
static void meet_twin(ws_tracker *t, struct ws_connection *c, unsigned who, const struct segment *s)
{
	struct ws_connection *other = networks_join(&t->networks, c);

	if (!other || !bench_wake(&t->bench, other) || !twin_is_other_half(other, who, s))
		return;
	other->tags |= WS_TAG_VLAN_ASYMMETRIC;
	c->tags |= WS_TAG_VLAN_ASYMMETRIC;
}

static int begin(ws_tracker *t, const struct flow_key *key, struct ws_connection *older, unsigned who,
		 const struct segment *s, uint32_t marks)
{
	struct ws_connection *c;

	if (older && older->older)
		finish_connection(t, older->older, ws_connection_is_open(older->older) ? WS_END_REUSED : WS_END_CLOSED);
	/* Room for one connection is not room for two of a 4-tuple. */
	if (!make_room(t, older)) {
		make_room(t, NULL);
		older = NULL;
	}
	c = store_add(&t->store, key, s, older);
	if (c && !bench_wake(&t->bench, c)) {
		store_remove(&t->store, c);
		c = NULL;
	}
	if (!c) {
		t->totals.undecoded[WS_UNDECODED_table_full]++;
		return WS_ERROR_MEMORY;
	}
	meet_twin(t, c, who, s);
	c->detail->pair.is_opener_stale = (marks & MARK_LATE_SYN) != 0;
	c->is_newer = older && (s->is_header_cut || incarnation_is_newer(older, who, s));
	copies_take(&t->copies, c, who, s, t->captured);
	t->totals.connections++;
	t->totals.segments++;
	feed(t, c, who, s, marks);
	return WS_OK;
}

/* A connection shows itself that was there before the newest of its 4-tuple. */
static int begin_behind(ws_tracker *t, struct ws_connection *newest, unsigned who, const struct segment *s)
{
	struct ws_connection *c;

	if (!make_room(t, newest)) {
		t->totals.segments++;
		feed(t, newest, who, s, 0);
		return WS_OK;
	}
	c = store_add_behind(&t->store, newest, s);
	if (c && !bench_wake(&t->bench, c)) {
		store_remove(&t->store, c);
		c = NULL;
	}
	if (!c) {
		t->totals.undecoded[WS_UNDECODED_table_full]++;
		return WS_ERROR_MEMORY;
	}
	(void)networks_join(&t->networks, c);
	t->totals.connections++;
	t->totals.segments++;
	copies_take(&t->copies, c, who, s, t->captured);
	feed(t, c, who, s, 0);
	return WS_OK;
}

/* The candidate's SYN begins a new incarnation; it was counted with the old one when it came. */
static int promote(ws_tracker *t, const struct flow_key *key, struct ws_connection *c)
{
	struct segment *syn = c->candidate;
	int error;

	c->candidate = NULL;
	c->detail->pair.side[c->candidate_side].packets--;
	c->detail->pair.side[c->candidate_side].ip_bytes -= syn->ip_len;
	t->totals.segments--;
	error = begin(t, key, c, c->candidate_side, syn, MARK_REPLAYED | (c->is_candidate_late ? MARK_LATE_SYN : 0u));
	free(syn);
	return error;
}

static void keep_candidate(ws_tracker *t, struct ws_connection *c, unsigned who, const struct segment *s)
{
	struct context context = context_of(t);
	bool is_synchronised = c->state[!who] >= WS_ESTABLISHED;

	free(c->candidate);
	c->candidate = malloc(sizeof *c->candidate);
	if (c->candidate) {
		*c->candidate = *s;
		c->candidate->payload = NULL;
		c->candidate->payload_caplen = 0;
	} else {
		t->totals.memory_failures++;
	}
	c->candidate_side = (uint8_t)who;
	c->is_candidate_late = false;
	connection_count_only(&context, c, who, s, is_synchronised ? (uint32_t)MARK_SYN_TO_SYNCHRONISED : 0u);
}

static int feed_newest(ws_tracker *t, struct ws_connection *c, unsigned who, const struct segment *s, uint32_t marks)
{
	t->totals.segments++;
	feed(t, c, who, s, marks);
	if ((s->flags & (WS_FLAG_SYN | WS_FLAG_ACK)) == (WS_FLAG_SYN | WS_FLAG_ACK) && c->older &&
	    c->detail->pair.side[who].saw_syn_ack)
		retire_older(t, c, !who, s);
	return WS_OK;
}

static int feed_older(ws_tracker *t, struct ws_connection *older, unsigned who, const struct segment *s)
{
	bool is_copy = copies_take(&t->copies, older, who, s, t->captured);

	t->totals.segments++;
	feed(t, older, who, s, is_copy ? (uint32_t)MARK_COPY : 0u);
	return WS_OK;
}

static int place(ws_tracker *t, const struct flow_key *key, struct ws_connection *c, unsigned who,
		 const struct segment *s)
{
	int error;

	if (copies_take(&t->copies, c, who, s, t->captured))
		return feed_newest(t, c, who, s, MARK_COPY);
	switch (incarnation_of(c, who, s)) {
	case INCARNATION_NEW:
		return begin(t, key, c, who, s, 0);
	case INCARNATION_OLDER:
		return feed_older(t, c->older, who, s);
	case INCARNATION_PROMOTED:
		error = promote(t, key, c);
		if (error) {
			t->totals.undecoded[WS_UNDECODED_table_full]++;
			return error;
		}
		c = store_find(&t->store, key);
		copies_take(&t->copies, c, who, s, t->captured);
		return feed_newest(t, c, who, s, 0);
	case INCARNATION_FOREIGN:
		return begin_behind(t, c, who, s);
	case INCARNATION_CANDIDATE:
		t->totals.segments++;
		keep_candidate(t, c, who, s);
		return WS_OK;
	case INCARNATION_LATE:
		t->totals.segments++;
		keep_candidate(t, c, who, s);
		c->is_candidate_late = true;
		return WS_OK;
	case INCARNATION_THIS:
		break;
	}
	return feed_newest(t, c, who, s, 0);
}

/* No other connection of the 4-tuple is about, nor a SYN that may begin one. */
static bool is_alone(const struct ws_connection *c)
{
	return !c->older && !c->newer && !c->candidate && !c->suspicions;
}

/* The ordinary segment of a plain connection. */
static bool take_quickly(ws_tracker *t, struct ws_connection *c, unsigned who, const struct segment *s)
{
	struct plain *plain = bench_plain(c);

	/* What is first seen of tags and tunnels needs the detail. */
	if (!plain || (!c->wrapping && !outer_is_clear(&s->outer)) || !plain_segment(plain, who, s, c->tags))
		return false;
	if (wrapping_is_due(c, s))
		t->heap += wrapping_note(c, who, s);
	copies_note(&t->copies, c, who, s, t->captured);
	c->tags |= t->is_clamped ? (uint32_t)WS_TAG_CLOCK : 0u;
	t->totals.segments++;
	c->last_frame = s->frame;
	c->end = s->ts;
	return true;
}

static bool wake(ws_tracker *t, struct ws_connection *c)
{
	return bench_wake(&t->bench, c) && (!c->older || bench_wake(&t->bench, c->older));
}

static int take_keyed(ws_tracker *t, const struct flow_key *key, unsigned who, const struct segment *s)
{
	struct ws_connection *c = store_find(&t->store, key);
	int error;

	if (!c)
		return begin(t, key, NULL, who, s, 0);
	if (take_quickly(t, c, who, s))
		return WS_OK;
	if (!wake(t, c)) {
		t->totals.undecoded[WS_UNDECODED_table_full]++;
		return WS_ERROR_MEMORY;
	}
	error = place(t, key, c, who, s);
	if (t->is_quick && c->state[0] == WS_ESTABLISHED && c->state[1] == WS_ESTABLISHED && is_alone(c))
		bench_rest_if_plain(&t->bench, c);
	return error;
}

static int take_segment(ws_tracker *t, const struct segment *s)
{
	struct flow_key key;
	unsigned who = flow_key_of(s, &key);
	int error;

	t->totals.bad_checksums += s->checksum == CHECKSUM_BAD;
	t->totals.offload_checksums += s->checksum == CHECKSUM_OFFLOAD;
	t->totals.tunnelled[s->outer.kind]++;
	if (!networks_enter(&t->networks, s, &key)) {
		t->totals.undecoded[WS_UNDECODED_table_full]++;
		return WS_ERROR_MEMORY;
	}
	error = take_keyed(t, &key, who, s);
	networks_leave(&t->networks, &key);
	return error;
}

/* ---- Packets and time ---------------------------------------------------------------------------------------- */

static void flush_fragments(ws_tracker *t, ws_time before)
{
	struct segment s;
	uint64_t incomplete;

	while (decoder_flush(t->decoder, before, &s)) {
		t->totals.undecoded[WS_UNDECODED_fragment]--;
		t->captured = s.ts;
		t->is_clamped = false;
		if (s.ts < t->now)
			s.ts = t->now;
		take_segment(t, &s);
	}
	incomplete = decoder_incomplete(t->decoder);
	t->totals.undecoded[WS_UNDECODED_fragment] -= incomplete;
	t->totals.undecoded[WS_UNDECODED_fragment_incomplete] += incomplete;
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
	expire(tracker, now);
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
	if (decoder_packet(tracker->decoder, &at, &segment, &reason) == DECODE_UNDECODED) {
		tracker->totals.undecoded[reason]++;
		return WS_OK;
	}
	return take_segment(tracker, &segment);
}

static void end_one(ws_tracker *t, struct ws_connection *c)
{
	struct context context = context_of(t);

	bench_peek(&t->bench, c);
	connection_end(&context, c, WS_END_OF_INPUT);
	bench_unpeek(&t->bench, c);
}

/* There is no memory to sort them. */
static void end_unsorted(ws_tracker *t)
{
	struct ws_connection *c;

	t->totals.memory_failures++;
	DL_FOREACH(t->store.embryonic, c)
		end_one(t, c);
	DL_FOREACH(t->store.grown, c)
		end_one(t, c);
}

void ws_tracker_finish(ws_tracker *tracker)
{
	struct ws_connection **all;

	if (tracker->now != WS_TIME_NONE)
		flush_fragments(tracker, WS_TIME_NONE);
	all = store_sorted(&tracker->store);
	if (!all)
		end_unsorted(tracker);
	for (size_t i = 0; all && all[i]; i++)
		end_one(tracker, all[i]);
	free(all);
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
}

ws_time ws_tracker_now(const ws_tracker *tracker)
{
	return tracker->now;
}
