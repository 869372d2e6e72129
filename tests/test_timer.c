/*
 * Deadlines: whoever sets an entry again when it comes out too early is told never before the deadline and at most a
 * millisecond after it, in order of time, whatever the pattern.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "lib/suite.h"
#include "track/timer.h"

#define LATE NS_PER_MS

struct wait {
	struct timer_entry entry; /* first, so that an entry is its wait */
	ws_time deadline;
	ws_time told; /* WS_TIME_NONE while waiting */
};

static struct timer timer;
static ws_time now;

static struct wait *wait_of(struct timer_entry *entry)
{
	return (struct wait *)(void *)entry;
}

static void begin(ws_time at)
{
	memset(&timer, 0, sizeof timer);
	now = at;
}

static void wait_until(struct wait *w, ws_time deadline)
{
	w->deadline = deadline;
	w->told = WS_TIME_NONE;
	timer_set(&timer, &w->entry, now, deadline);
}

/* As its users do: what comes out too early is set again. Returns how many were told. */
static size_t advance(ws_time until)
{
	struct timer_entry *entry;
	size_t told = 0;

	while ((entry = timer_due(&timer, until)) != NULL) {
		struct wait *w = wait_of(entry);

		ck_assert_int_ge(entry->due, now);
		ck_assert_int_le(entry->due, until);
		ck_assert(!timer_waits(entry));
		now = entry->due;
		if (w->deadline > now) {
			timer_set(&timer, entry, now, w->deadline);
			continue;
		}
		ck_assert_int_eq(w->told, WS_TIME_NONE);
		ck_assert_int_le(now, w->deadline + LATE);
		w->told = now;
		told++;
	}
	now = until;
	return told;
}

static const int64_t delays[] = { 0,
				  1,
				  NS_PER_MS - 1,
				  NS_PER_MS,
				  NS_PER_MS + 1,
				  7 * NS_PER_MS,
				  NS_PER_SEC,
				  60 * NS_PER_SEC,
				  130 * NS_PER_SEC,
				  86400 * NS_PER_SEC,
				  5 * 86400 * NS_PER_SEC,
				  -NS_PER_SEC };
#define DELAYS ((int)(sizeof(delays) / sizeof(delays[0])))

/* Told not before, and not more than a millisecond after; a deadline that has passed counts from now. */
START_TEST(one)
{
	struct wait w = { .told = WS_TIME_NONE };
	ws_time from;

	begin(1000 * NS_PER_SEC);
	from = now;
	wait_until(&w, from + delays[_i]);
	if (delays[_i] > 0)
		ck_assert_uint_eq(advance(from + delays[_i] - 1), 0);
	if (delays[_i] < 0)
		w.deadline = from;
	ck_assert_uint_eq(advance((delays[_i] > 0 ? from + delays[_i] : from) + LATE), 1);
	ck_assert_int_ge(w.told, from + delays[_i]);
	ck_assert_uint_eq(advance(now + 86400 * NS_PER_SEC), 0);
}
END_TEST

START_TEST(is_cancelled)
{
	struct wait a = { .told = WS_TIME_NONE };
	struct wait b = { .told = WS_TIME_NONE };

	begin(0);
	timer_cancel(&a.entry);
	wait_until(&a, NS_PER_SEC);
	wait_until(&b, NS_PER_SEC);
	timer_cancel(&a.entry);
	timer_cancel(&a.entry);
	ck_assert_uint_eq(advance(10 * NS_PER_SEC), 1);
	ck_assert_int_eq(a.told, WS_TIME_NONE);
	wait_until(&a, now + 5);
	ck_assert_uint_eq(advance(now + 5 + LATE), 1);
}
END_TEST

/* A deadline that is moved, before or back, counts from then on. */
START_TEST(moved)
{
	struct wait w = { .told = WS_TIME_NONE };

	begin(0);
	wait_until(&w, 100 * NS_PER_SEC);
	wait_until(&w, 2 * NS_PER_SEC);
	ck_assert_uint_eq(advance(2 * NS_PER_SEC + LATE), 1);
	wait_until(&w, now + 2 * NS_PER_SEC);
	w.deadline = now + 100 * NS_PER_SEC; /* without a word to the timer */
	ck_assert_uint_eq(advance(w.deadline - 1), 0);
	ck_assert_uint_eq(advance(w.deadline + LATE), 1);
}
END_TEST

/* What is due at once comes out in the order of its time, across all delays. */
START_TEST(in_order)
{
	struct wait w[200];
	ws_time last = INT64_MIN;
	struct timer_entry *entry;
	size_t n = 0;

	begin(0);
	memset(w, 0, sizeof w);
	for (size_t i = 0; i < 200; i++) {
		wait_until(&w[i], now + (ws_time)((i * 7919) % 1000) * NS_PER_SEC);
		now += NS_PER_MS;
	}
	while ((entry = timer_due(&timer, 2000 * NS_PER_SEC)) != NULL) {
		ck_assert_int_ge(entry->due, last);
		last = entry->due;
		n++;
	}
	ck_assert_uint_eq(n, 200);
}
END_TEST

static uint64_t next_random(uint64_t *state)
{
	*state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return *state >> 33;
}

#define MANY 100000

/* A hundred thousand, from microseconds to hours; some are cancelled, some moved, while time goes on in leaps. */
START_TEST(many)
{
	struct wait *w = calloc(MANY, sizeof *w);
	uint64_t random = 1;
	size_t told = 0;
	size_t cancelled = 0;

	ck_assert_ptr_nonnull(w);
	begin(1700000000 * NS_PER_SEC);
	for (size_t i = 0; i < MANY; i++) {
		unsigned scale = (unsigned)(next_random(&random) % 24);

		wait_until(&w[i], now + (ws_time)(next_random(&random) % 1000 * 1000 << scale));
		if (i % 100 == 0)
			told += advance(now + (ws_time)(next_random(&random) % 1000000));
		if (i % 10 == 3 && w[i - 2].told == WS_TIME_NONE) {
			timer_cancel(&w[i - 2].entry);
			cancelled++;
		}
		if (i % 10 == 7 && w[i - 3].told == WS_TIME_NONE)
			wait_until(&w[i - 3], now + (ws_time)(next_random(&random) % 1000000000));
	}
	while (told + cancelled < MANY && now < 1700100000 * NS_PER_SEC)
		told += advance(now + (ws_time)(next_random(&random) << 8));
	ck_assert_uint_eq(told + cancelled, MANY);
	for (size_t i = 0; i < MANY; i++)
		ck_assert(w[i].told == WS_TIME_NONE || w[i].told >= w[i].deadline);
	ck_assert_ptr_null(timer_due(&timer, INT64_MAX));
	free(w);
}
END_TEST

int main(void)
{
	TCase *t;
	Suite *suite = suite_new("timer", &t);

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, one, 0, DELAYS);
	tcase_add_test(t, is_cancelled);
	tcase_add_test(t, moved);
	tcase_add_test(t, in_order);
	tcase_add_test(t, many);
	return suite_run(suite);
}
