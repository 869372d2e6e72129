/*
 * A tracker with threads tells the same as one without: the same events in the same order with the same totals at each, the
 * same records, listeners and totals whenever one looks. Over every capture and case by itself, and over all of them mixed,
 * broken and repeated often enough to fill the ring between the threads.
 */
#include <check.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/chronicle.h"
#include "lib/medley.h"
#include "lib/suite.h"

static char **cases;
static size_t cases_len;
static char **captures;
static size_t captures_len;

static const struct chronicle_way ways[] = {
	{ .batch = 0, .look = 448 },
	{ .batch = 7, .look = 448 },
	{ .batch = 64, .look = 4480 },
	{ .batch = 1000, .look = 0 },
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void check(const struct frames *frames, size_t config, const struct chronicle_way *way, unsigned threads,
		  const char *name)
{
	const struct chronicle_way one_by_one = { .look = way->look };
	struct chronicle good;

	chronicle_write(&good, &chronicle_configs[config], frames, &one_by_one);
	chronicle_check(&good, config, threads, frames, way, name);
	chronicle_fini(&good);
}

static void check_file(const char *name)
{
	struct frames frames;

	medley_load(&frames, name);
	check(&frames, 0, &ways[2], 2, name);
	check(&frames, 1, &ways[0], 4, name);
	frames_fini(&frames);
}

/* Under ThreadSanitizer, which takes its time, one file in so many: what races is in all of them. */
static size_t stride(void)
{
	const char *build = getenv("BUILD");

	return build && strcmp(build, "tsan") == 0 ? 10 : 1;
}

START_TEST(case_is_the_same)
{
	check_file(cases[(size_t)_i * stride()]);
}
END_TEST

START_TEST(capture_is_the_same)
{
	check_file(captures[(size_t)_i * stride()]);
}
END_TEST

START_TEST(medley_is_the_same)
{
	size_t config = (size_t)_i % CHRONICLE_CONFIGS;
	const struct chronicle_way *way = &ways[(size_t)_i / CHRONICLE_CONFIGS];
	struct frames frames;

	medley_init(&frames, stride() == 1 ? 1 : 4, 6);
	medley_spoil(&frames, 5, (uint64_t)_i + 1);
	/* More than the ring holds, without anybody waiting for it. */
	if (way->look == 0)
		medley_repeat(&frames, 4);
	check(&frames, config, way, 2, "spoilt medley");
	frames_fini(&frames);
}
END_TEST

/* Payloads are kept with what is handed over: small ones, such as fill that place, and such as find none there. */
START_TEST(payloads_of_any_length)
{
	static const size_t lengths[] = { 2000, 100000, 262000, 300000, 70000 };
	struct frames frames;
	size_t made = 0;

	medley_init(&frames, 1, 6);
	for (size_t i = 0; i < frames.len; i++) {
		struct frame *frame = &frames.at[i];
		size_t len = lengths[made % COUNT(lengths)];
		struct frame_parts parts;

		if (!frame_parse(frame, &parts) || parts.is_ipv6 || parts.payload == parts.end)
			continue;
		/* A length of 0 is that of the frame, as before segmentation by the network card. */
		frame->data = realloc(frame->data, len);
		ck_assert_ptr_nonnull(frame->data);
		memset(frame->data + parts.payload, (int)(i % 251), len - parts.payload);
		memset(frame->data + parts.ip + 2, 0, 2);
		frame->caplen = frame->len = (uint32_t)len;
		made++;
	}
	ck_assert_uint_gt(made, 100);
	check(&frames, 1, &ways[2], 2, "long payloads");
	frames_fini(&frames);
}
END_TEST

/* ---- What is particular to threads -------------------------------------------------------------------------------- */

/* Whoever is told may ask, and gets the totals of that moment. */
struct asker {
	ws_tracker *tracker;
	uint64_t events;
	uint64_t packets;
	ws_time now;
};

static void ask(void *user, const struct ws_event *event)
{
	struct asker *asker = user;
	struct ws_totals totals;

	(void)event;
	ws_tracker_totals(asker->tracker, &totals);
	ck_assert_uint_ge(totals.packets, asker->packets);
	ck_assert_int_ge(ws_tracker_now(asker->tracker), asker->now);
	ws_tracker_settle(asker->tracker);
	asker->packets = totals.packets;
	asker->now = ws_tracker_now(asker->tracker);
	asker->events++;
}

START_TEST(who_is_told_may_ask)
{
	struct asker asker = { .now = WS_TIME_NONE };
	struct ws_config config = {
		.on_event = ask, .user = &asker, .events = WS_MASK(WS_EVENT_OPEN) | WS_MASK(WS_EVENT_END), .threads = 2
	};
	struct ws_totals totals;
	struct frames frames;

	medley_init(&frames, 2, 3);
	asker.tracker = ws_tracker_new(&config);
	ck_assert_ptr_nonnull(asker.tracker);
	ck_assert_uint_eq(ws_tracker_threads(asker.tracker), 2);
	frames_feed(&frames, asker.tracker);
	ws_tracker_finish(asker.tracker);
	ws_tracker_totals(asker.tracker, &totals);
	ck_assert_uint_eq(asker.events, 2 * totals.connections);
	ws_tracker_free(asker.tracker);
	frames_fini(&frames);
}
END_TEST

static atomic_int told;

static void count(void *user, const struct ws_event *event)
{
	(void)user;
	(void)event;
	atomic_fetch_add(&told, 1);
}

/* The first packet of some capture. */
static void load_one(struct frames *frames)
{
	medley_load(frames, captures[0]);
	while (frames->len > 1)
		frames_drop(frames, frames->len - 1);
}

/* With a thread, and every event of that kind counted in `told`. */
static ws_tracker *begin_counting(unsigned events)
{
	struct ws_config config = { .on_event = count, .events = events, .threads = 2 };
	ws_tracker *tracker = ws_tracker_new(&config);

	ck_assert_ptr_nonnull(tracker);
	return tracker;
}

/* One packet alone is taken when it is waited for, and when time goes on. */
START_TEST(one_packet_is_taken)
{
	struct frames frames;
	ws_tracker *tracker = begin_counting(WS_MASK(WS_EVENT_OPEN));

	load_one(&frames);
	frames_feed(&frames, tracker);
	ws_tracker_settle(tracker);
	ck_assert_int_eq(atomic_load(&told), 1);
	ws_tracker_advance(tracker, frames.at[0].ts + INT64_C(1000000000));
	ck_assert_int_eq(ws_tracker_now(tracker), frames.at[0].ts + INT64_C(1000000000));
	ws_tracker_free(tracker);
	frames_fini(&frames);
}
END_TEST

START_TEST(advance_hurries)
{
	struct frames frames;
	ws_tracker *tracker = begin_counting(WS_MASK(WS_EVENT_OPEN));

	load_one(&frames);
	frames_feed(&frames, tracker);
	ws_tracker_advance(tracker, frames.at[0].ts + 1);
	while (atomic_load(&told) == 0)
		;
	ws_tracker_free(tracker);
	frames_fini(&frames);
}
END_TEST

/* What was fed is told, also to somebody who lets go of the tracker without another word. */
START_TEST(nothing_is_forgotten_at_the_end)
{
	struct frames frames;
	ws_tracker *tracker = begin_counting(WS_MASK(WS_EVENT_SEGMENT));

	medley_load(&frames, captures[0]);
	frames_feed(&frames, tracker);
	ws_tracker_free(tracker);
	ck_assert_int_eq(atomic_load(&told), (int)frames.len);
	frames_fini(&frames);
}
END_TEST

static volatile sig_atomic_t signalled;

static void on_signal(int number)
{
	(void)number;
	signalled = 1;
}

/* A signal for the process finds the caller, though the thread could take it. */
START_TEST(signals_are_left_to_the_caller)
{
	struct ws_config config = { .threads = 2 };
	ws_tracker *tracker = ws_tracker_new(&config);
	sigset_t mask;

	ck_assert_ptr_nonnull(tracker);
	signal(SIGUSR1, on_signal);
	sigemptyset(&mask);
	sigaddset(&mask, SIGUSR1);
	ck_assert_int_eq(sigprocmask(SIG_BLOCK, &mask, NULL), 0);
	ck_assert_int_eq(kill(getpid(), SIGUSR1), 0);
	ws_tracker_settle(tracker);
	ck_assert_int_eq(signalled, 0);
	ck_assert_int_eq(sigprocmask(SIG_UNBLOCK, &mask, NULL), 0);
	ck_assert_int_eq(signalled, 1);
	ws_tracker_free(tracker);
}
END_TEST

/* No thread to be had is no reason not to go on: there is no memory for a stack as large as this. */
START_TEST(no_thread_is_no_trouble)
{
	struct ws_config config = { .on_event = count, .events = WS_MASK(WS_EVENT_SEGMENT), .threads = 2 };
	struct frames frames;
	pthread_attr_t attributes;
	ws_tracker *tracker;

	ck_assert_int_eq(pthread_attr_init(&attributes), 0);
	ck_assert_int_eq(pthread_attr_setstacksize(&attributes, (size_t)1 << 47), 0);
	ck_assert_int_eq(pthread_setattr_default_np(&attributes), 0);
	tracker = ws_tracker_new(&config);
	ck_assert_ptr_nonnull(tracker);
	ck_assert_uint_eq(ws_tracker_threads(tracker), 1);
	medley_load(&frames, captures[0]);
	frames_feed(&frames, tracker);
	ck_assert_int_eq(atomic_load(&told), (int)frames.len);
	ws_tracker_free(tracker);
	frames_fini(&frames);
}
END_TEST

int main(void)
{
	TCase *tcase;
	Suite *suite = suite_new("crew", &tcase);

	medley_names(&cases, &cases_len, &captures, &captures_len);
	tcase_set_timeout(tcase, 120);
	tcase_add_loop_test(tcase, case_is_the_same, 0, (int)((cases_len - 1) / stride() + 1));
	tcase_add_loop_test(tcase, capture_is_the_same, 0, (int)((captures_len - 1) / stride() + 1));
	tcase_add_loop_test(tcase, medley_is_the_same, 0, (int)(CHRONICLE_CONFIGS * COUNT(ways)));
	tcase_add_test(tcase, payloads_of_any_length);
	tcase_add_test(tcase, who_is_told_may_ask);
	tcase_add_test(tcase, one_packet_is_taken);
	tcase_add_test(tcase, advance_hurries);
	tcase_add_test(tcase, nothing_is_forgotten_at_the_end);
	tcase_add_test(tcase, signals_are_left_to_the_caller);
	tcase_add_test(tcase, no_thread_is_no_trouble);
	return suite_run(suite);
}
