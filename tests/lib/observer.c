/*
 * Listens to a tracker and holds every event against its contract.
 */
#include "observer.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What an observer knows of a connection; it hangs on the connection's user pointer from OPEN to END. */
struct life {
	char uid[20];
	uint64_t frame; /* of the newest event, and how far the order of its segment has come */
	int rank;
	/* By end, the client's port first: who is called client may change. */
	enum ws_state state[2];
	bool has_state[2];
	bool was_open;
	bool is_closed; /* CLOSE was told, and it was not open again since */
};

static int rank_of(enum ws_event_type type)
{
	switch (type) {
	case WS_EVENT_OPEN:
		return 0;
	case WS_EVENT_SEGMENT:
		return 1;
	case WS_EVENT_STATE:
	case WS_EVENT_RETRACT:
	case WS_EVENT_PROOF:
		return 2;
	case WS_EVENT_FINDING:
		return 3;
	case WS_EVENT_CLOSE:
		return 4;
	case WS_EVENT_END:
	case WS_EVENT_HOST: /* not of one connection: never asked */
	case WS_EVENT_COUNT:
		break;
	}
	return 5;
}

static void check_order(struct life *life, const struct ws_event *event)
{
	int rank = rank_of(event->type);

	if (event->frame == 0 || event->frame != life->frame)
		life->rank = 0;
	ck_assert_msg(rank >= life->rank, "frame %llu: event %d after one of rank %d", (unsigned long long)event->frame,
		      event->type, life->rank);
	life->rank = event->frame == 0 ? 0 : rank;
	life->frame = event->frame;
}

/* Where a path starts is never told: no connection, in one of three words. */
static const char *word(enum ws_state state)
{
	return state == WS_UNKNOWN || state == WS_LISTEN ? "CLOSED" : ws_state_name(state);
}

static void check_state(struct life *life, const struct ws_event *event, const struct ws_record *record)
{
	unsigned end;

	ck_assert(event->side == WS_CLIENT || event->side == WS_SERVER);
	end = record->endpoint[event->side].port == 80;
	ck_assert_int_ne(event->from, event->to);
	if (life->has_state[end])
		ck_assert_str_eq(word(event->from), word(life->state[end]));
	life->state[end] = event->to;
	life->has_state[end] = true;
	ck_assert_int_ge(event->held_ns, 0);
}

/* An event has the time of its frame; what a timer does lies between the connection's beginning and now. */
static void check_time(struct observer *observer, const struct ws_event *event, const struct ws_record *record)
{
	ws_time now = ws_tracker_now(observer->exchange->tracker);

	ck_assert_uint_lt(observer->exchange->frame, OBSERVER_FRAMES_MAX);
	observer->frame_ts[observer->exchange->frame] = now;
	if (event->frame > 0) {
		ck_assert_int_eq(event->ts, observer->frame_ts[event->frame]);
		return;
	}
	ck_assert_int_ge(event->ts, record->start);
	ck_assert_int_le(event->ts, observer->exchange->now);
}

/* CLOSE comes when the last side that was open is closed, and not before. */
static void check_close(struct life *life, const struct ws_event *event)
{
	bool is_open = ws_connection_is_open(event->connection);

	life->was_open |= is_open;
	if (is_open)
		life->is_closed = false;
	if (event->type == WS_EVENT_CLOSE) {
		ck_assert(!is_open && !life->is_closed);
		life->is_closed = true;
	}
	if (event->type == WS_EVENT_END)
		ck_assert(is_open || !life->was_open || life->is_closed);
}

static struct life *life_of(struct observer *observer, const struct ws_event *event, const struct ws_record *record)
{
	struct life *life = ws_connection_user(event->connection);

	if (event->type == WS_EVENT_OPEN) {
		ck_assert_ptr_null(life);
		life = calloc(1, sizeof *life);
		ck_assert_ptr_nonnull(life);
		memcpy(life->uid, record->uid, sizeof life->uid);
		ws_connection_set_user(event->connection, life);
		observer->opened++;
	}
	ck_assert_ptr_nonnull(life);
	ck_assert_str_eq(record->uid, life->uid);
	return life;
}

static void end_life(struct observer *observer, const struct ws_event *event, struct life *life,
		     const struct ws_record *record)
{
	uint64_t packets = 0;

	for (unsigned i = 0; i < 2; i++) {
		unsigned end = record->endpoint[i].port == 80;

		packets += record->endpoint[i].packets + record->endpoint[i].duplicates;
		if (life->has_state[end])
			ck_assert_str_eq(word(record->endpoint[i].state), word(life->state[end]));
	}
	observer->packets += packets;
	observer->ended++;
	ws_connection_set_user(event->connection, NULL);
	free(life);
}

static void tell_story(struct observer *observer, const struct ws_event *e, const struct ws_record *record)
{
	size_t room = observer->story_size - observer->story_len;

	if (!observer->story)
		return;
	ck_assert_uint_gt(room, 400);
	observer->story_len +=
		(size_t)snprintf(observer->story + observer->story_len, room,
				 "%d %lld %llu %llu %s %d %d %d %d %lld %d %s %d %s %s\n", e->type, (long long)e->ts,
				 (unsigned long long)e->frame, (unsigned long long)ws_connection_number(e->connection),
				 record->uid, e->side, e->from, e->to, e->evidence, (long long)e->held_ns, e->flags,
				 e->why ? e->why : "", e->finding, e->expected ? e->expected : "",
				 e->seen ? e->seen : "");
}

static void observe(void *user, const struct ws_event *event)
{
	struct observer *observer = user;
	struct ws_record record;
	struct life *life;

	ws_connection_record(event->connection, &record);
	tell_story(observer, event, &record);
	life = life_of(observer, event, &record);
	check_time(observer, event, &record);
	check_order(life, event);
	check_close(life, event);
	if (event->type == WS_EVENT_STATE || event->type == WS_EVENT_RETRACT)
		check_state(life, event, &record);
	observer->segments += event->type == WS_EVENT_SEGMENT;
	observer->retracted += event->type == WS_EVENT_RETRACT;
	observer->findings += event->type == WS_EVENT_FINDING;
	if (event->type == WS_EVENT_END)
		end_life(observer, event, life, &record);
}

void observer_begin(struct observer *observer, struct exchange *x, uint64_t seed)
{
	struct ws_config config = { .on_event = observe, .user = observer, .events = OBSERVER_EVENTS, .seed = seed };

	*observer = (struct observer){ .exchange = x };
	exchange_init(x, &config);
}

void observer_begin_story(struct observer *observer, struct exchange *x, uint64_t seed)
{
	observer_begin(observer, x, seed);
	observer->story_size = 4 << 20;
	observer->story = malloc(observer->story_size);
	ck_assert_ptr_nonnull(observer->story);
}

void observer_end(struct observer *observer, struct exchange *x)
{
	struct ws_totals totals;

	ws_tracker_finish(x->tracker);
	ws_tracker_totals(x->tracker, &totals);
	ck_assert_uint_eq(observer->segments, totals.segments);
	ck_assert_uint_eq(observer->packets, totals.segments);
	ck_assert_uint_eq(observer->opened, totals.connections);
	ck_assert_uint_eq(observer->ended, totals.connections);
	exchange_fini(x);
}
