#include "observer.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

/* An event has the time of its frame; what a timer does comes before now. */
static void check_time(struct observer *observer, const struct ws_event *event)
{
	ck_assert_uint_lt(observer->exchange->frame, OBSERVER_FRAMES_MAX);
	observer->frame_ts[observer->exchange->frame] = ws_tracker_now(observer->exchange->tracker);
	if (event->frame > 0)
		ck_assert_int_eq(event->ts, observer->frame_ts[event->frame]);
	else
		ck_assert_int_le(event->ts, observer->exchange->now);
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

	if (event->type == WS_EVENT_HOST)
		return;
	ws_connection_record(event->connection, &record);
	tell_story(observer, event, &record);
	check_time(observer, event);
	observer->segments += event->type == WS_EVENT_SEGMENT;
	observer->retracted += event->type == WS_EVENT_RETRACT;
	observer->findings += event->type == WS_EVENT_FINDING;
}

void observer_begin(struct observer *observer, struct exchange *x, uint64_t seed)
{
	struct ws_config config = { .on_event = observe, .user = observer, .seed = seed };

	*observer = (struct observer){ .exchange = x };
	contract_listen(&observer->contract, &config);
	exchange_init(x, &config);
	observer->contract.tracker = x->tracker;
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
	contract_end(&observer->contract);
	x->tracker = NULL;
	exchange_fini(x);
}
