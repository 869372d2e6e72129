/*
 * Events, by the contract of wirestat.h, over ordinary, odd and random traffic: their order within a segment, each state
 * beginning where the last one ended, one SEGMENT for each segment, one uid from OPEN to END, and the same story whatever
 * the seed is and whoever else is being tracked.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/observer.h"
#include "lib/suite.h"

#define SECOND INT64_C(1000000000)

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

	observer_begin(&observer, &x, 0);
	talks[_i](&x);
	ck_assert_uint_gt(observer.segments, 0);
	if (talks[_i] == retracted)
		ck_assert_uint_gt(observer.retracted, 0);
	if (talks[_i] == refused)
		ck_assert_uint_eq(observer.findings, 1);
	x.now += 1000 * SECOND;
	exchange_open(&x, 2);
	observer_end(&observer, &x);
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

	observer_begin(&observer, &x, (uint64_t)_i);
	any_traffic(&x, (uint32_t)_i, 400);
	observer_end(&observer, &x);
}
END_TEST

/* ---- The same story ------------------------------------------------------------------------------------------------------ */

static char *story_of(uint64_t seed, uint32_t random)
{
	struct exchange x;
	struct observer observer;

	observer_begin_story(&observer, &x, seed);
	any_traffic(&x, random, 500);
	observer_end(&observer, &x);
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
		observer_begin_story(&observer[i], &x[i], i);
	for (unsigned turn = 0; turn < 50; turn++)
		for (unsigned i = 0; i < 2; i++)
			any_traffic(&x[i], random[i] + turn * 100, 10);
	for (unsigned i = 0; i < 2; i++) {
		struct exchange alone;
		struct observer of_alone;

		observer_end(&observer[i], &x[i]);
		observer_begin_story(&of_alone, &alone, 99);
		for (unsigned turn = 0; turn < 50; turn++)
			any_traffic(&alone, random[i] + turn * 100, 10);
		observer_end(&of_alone, &alone);
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
	config.events = CONTRACT_EVENTS;
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
