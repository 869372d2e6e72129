/*
 * Events, by the contract of wirestat.h, over ordinary, odd and random traffic: their order within a segment, each state
 * beginning where the last one ended, one SEGMENT for each segment, one uid from OPEN to END, and the same story whatever
 * the seed is and whoever else is being tracked.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/exchange.h"
#include "lib/suite.h"

#define ALL (WS_MASK(WS_EVENT_COUNT) - 1)
#define SECOND INT64_C(1000000000)

#define FRAMES_MAX 2000

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

struct observer {
	struct exchange *exchange;
	ws_time frame_ts[FRAMES_MAX]; /* when each frame was taken */
	uint64_t segments;
	uint64_t opened;
	uint64_t ended;
	uint64_t retracted;
	uint64_t findings;
	uint64_t packets; /* of records that have ended, copies included */
	char *story;
	size_t story_len;
	size_t story_size;
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

	ck_assert_uint_lt(observer->exchange->frame, FRAMES_MAX);
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

/* One line an event: everything in it but the pointers. */
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

static void begin(struct exchange *x, struct observer *observer, uint64_t seed)
{
	struct ws_config config = { .on_event = observe, .user = observer, .events = ALL, .seed = seed };

	*observer = (struct observer){ .exchange = x };
	exchange_init(x, &config);
}

static void end(struct exchange *x, struct observer *observer)
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

/* ---- Ordinary and odd connections --------------------------------------------------------------------------------- */

static void refused(struct exchange *x)
{
	exchange_feed(x, 1, CLIENT, "S", 0, 0, 0);
	exchange_feed(x, 1, SERVER, "R.", 0, 1, 0);
}

static void whole(struct exchange *x)
{
	exchange_open(x, 1);
	exchange_close(x, 1);
}

static void retracted(struct exchange *x)
{
	exchange_feed(x, 1, CLIENT, "S", 0, 0, 0);
	exchange_feed(x, 1, SERVER, "S.", 0, 1, 0);
	exchange_feed(x, 1, CLIENT, ".", 1, 1, 0);
	x->now += SECOND;
	exchange_feed(x, 1, SERVER, "S.", 0, 1, 0);
	exchange_feed(x, 1, CLIENT, ".", 1, 1, 0);
	exchange_feed(x, 1, SERVER, ".", 1, 1, 0);
}

static void aborted_with_a_finding(struct exchange *x)
{
	exchange_open(x, 1);
	exchange_feed(x, 1, SERVER, "R.", 90000, 11, 0);
	exchange_feed(x, 1, CLIENT, "R.", 11, 11, 0);
	exchange_feed(x, 1, SERVER, "R", 11, 0, 0);
}

/* A new SYN meets the old connection, whose answer the opener refuses; it repeats its SYN and is heard. */
static void half_open(struct exchange *x)
{
	exchange_open(x, 1);
	exchange_feed(x, 1, CLIENT, "S", 0x30000000, 0, 0);
	exchange_feed(x, 1, SERVER, ".", 11, 11, 0);
	exchange_feed(x, 1, CLIENT, "R", 11, 0, 0);
	x->now += SECOND;
	exchange_feed(x, 1, CLIENT, "S", 0x30000000, 0, 0);
	exchange_feed(x, 1, SERVER, "S.", 0x30000000, 0x30000001, 0);
	exchange_feed(x, 1, CLIENT, ".", 0x30000001, 0x30000001, 0);
}

/* The same, but the old connection was opened before the capture. */
static void half_open_unseen(struct exchange *x)
{
	exchange_feed(x, 1, CLIENT, "S", 0x30000000, 0, 0);
	exchange_feed(x, 1, SERVER, ".", 11, 11, 0);
	exchange_feed(x, 1, CLIENT, "R", 11, 0, 0);
	x->now += SECOND;
	exchange_feed(x, 1, CLIENT, "S", 0x30000000, 0, 0);
	exchange_feed(x, 1, SERVER, "S.", 0x30000000, 0x30000001, 0);
	exchange_feed(x, 1, CLIENT, ".", 0x30000001, 0x30000001, 0);
}

static void reopened(struct exchange *x)
{
	whole(x);
	x->isn = 0x10000000;
	x->now += SECOND;
	whole(x);
	x->isn = 0x20000000;
	whole(x);
}

static void (*const talks[])(struct exchange *x) = {
	refused, whole, retracted, aborted_with_a_finding, half_open, half_open_unseen, reopened,
};
#define TALKS ((int)(sizeof(talks) / sizeof(talks[0])))

START_TEST(odd_connection)
{
	struct exchange x;
	struct observer observer;

	begin(&x, &observer, 0);
	talks[_i](&x);
	ck_assert_uint_gt(observer.segments, 0);
	if (talks[_i] == retracted)
		ck_assert_uint_gt(observer.retracted, 0);
	if (talks[_i] == refused)
		ck_assert_uint_eq(observer.findings, 1);
	x.now += 1000 * SECOND;
	exchange_open(&x, 2);
	end(&x, &observer);
}
END_TEST

/* ---- Any traffic ------------------------------------------------------------------------------------------------------ */

static uint32_t next_random(uint32_t *state)
{
	*state = *state * 1664525 + 1013904223;
	return *state >> 8;
}

/* Few connections, few numbers, all flags; leaps of time up to minutes, now and then a copy or another ISN. */
static void any_traffic(struct exchange *x, uint32_t random, unsigned n)
{
	static const char *const flags[] = { "S", "S.", ".", "P.", "F.", ".", "R", "R.", "FP.", "", "FS", "SR.", "." };

	for (unsigned i = 0; i < n; i++) {
		uint32_t leap = next_random(&random) % 40;
		const char *flag = flags[next_random(&random) % 13];
		enum exchange_side from = next_random(&random) % 2 ? CLIENT : SERVER;

		x->isn = next_random(&random) % 8 ? 0 : next_random(&random) % 3 * 0x20000000;
		if (leap == 0)
			x->now += 61 * SECOND;
		else if (leap < 5)
			x->now += SECOND;
		else if (leap < 10)
			x->now -= SECOND / 1000;
		exchange_feed(x, next_random(&random) % 3, from, flag, next_random(&random) % 12,
			      next_random(&random) % 12, next_random(&random) % 3 * 5);
	}
}

START_TEST(random_traffic)
{
	struct exchange x;
	struct observer observer;

	begin(&x, &observer, (uint64_t)_i);
	any_traffic(&x, (uint32_t)_i, 400);
	end(&x, &observer);
}
END_TEST

/* ---- The same story ------------------------------------------------------------------------------------------------------ */

static void begin_story(struct exchange *x, struct observer *observer, uint64_t seed)
{
	begin(x, observer, seed);
	observer->story_size = 4 << 20;
	observer->story = malloc(observer->story_size);
	ck_assert_ptr_nonnull(observer->story);
}

static char *story_of(uint64_t seed, uint32_t random)
{
	struct exchange x;
	struct observer observer;

	begin_story(&x, &observer, seed);
	any_traffic(&x, random, 500);
	end(&x, &observer);
	ck_assert_uint_gt(observer.story_len, 1000);
	return observer.story;
}

START_TEST(seed_does_not_matter)
{
	char *a = story_of(0, 5);
	char *b = story_of(0x9e3779b97f4a7c15, 5);

	ck_assert(strcmp(a, b) == 0);
	free(a);
	free(b);
}
END_TEST

/* Two trackers, fed in turns with different traffic: each tells what it tells alone. */
START_TEST(side_by_side)
{
	struct exchange x[2];
	struct observer observer[2];
	uint32_t random[2] = { 11, 12 };

	for (unsigned i = 0; i < 2; i++)
		begin_story(&x[i], &observer[i], i);
	for (unsigned turn = 0; turn < 50; turn++)
		for (unsigned i = 0; i < 2; i++)
			any_traffic(&x[i], random[i] + turn * 100, 10);
	for (unsigned i = 0; i < 2; i++) {
		struct exchange alone;
		struct observer of_alone;

		end(&x[i], &observer[i]);
		begin_story(&alone, &of_alone, 99);
		for (unsigned turn = 0; turn < 50; turn++)
			any_traffic(&alone, random[i] + turn * 100, 10);
		end(&alone, &of_alone);
		ck_assert(strcmp(observer[i].story, of_alone.story) == 0);
		free(of_alone.story);
		free(observer[i].story);
	}
}
END_TEST

/* ---- What is not asked for is not told -------------------------------------------------------------------------------------- */

static void only(void *user, const struct ws_event *event)
{
	unsigned *counts = user;

	counts[event->type]++;
}

START_TEST(mask)
{
	unsigned wanted[WS_EVENT_COUNT] = { 0 };
	unsigned all[WS_EVENT_COUNT] = { 0 };
	struct ws_config config = { .on_event = only, .user = wanted, .events = WS_MASK((unsigned)_i) };
	struct exchange x;

	exchange_init(&x, &config);
	half_open(&x);
	ws_tracker_finish(x.tracker);
	exchange_fini(&x);
	config.user = all;
	config.events = ALL;
	exchange_init(&x, &config);
	half_open(&x);
	ws_tracker_finish(x.tracker);
	exchange_fini(&x);
	for (int type = 0; type < WS_EVENT_COUNT; type++)
		ck_assert_uint_eq(wanted[type], type == _i ? all[type] : 0);
}
END_TEST

int main(void)
{
	TCase *t;
	Suite *suite = suite_new("tracker_events", &t);

	tcase_set_timeout(t, 30);
	tcase_add_loop_test(t, odd_connection, 0, TALKS);
	tcase_add_loop_test(t, random_traffic, 0, 100);
	tcase_add_test(t, seed_does_not_matter);
	tcase_add_test(t, side_by_side);
	tcase_add_loop_test(t, mask, 0, WS_EVENT_COUNT);
	return suite_run(suite);
}
