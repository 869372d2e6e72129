/*
 * Packets handed over many at a time are the same as one after the other: the same events in the same order with the same
 * totals at each, the same records, listeners and totals whenever one looks. Over every capture and case by itself, and over
 * all of them mixed, with fragments, ICMP errors, broken packets and a clock that jumps.
 */
#include <check.h>
#include <stdlib.h>

#include "lib/chronicle.h"
#include "lib/medley.h"
#include "lib/suite.h"

static const size_t batches[] = { 1, 2, 7, 32, 64 };
#define LOOK 448 /* a multiple of each */

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static char **cases;
static size_t cases_len;
static char **captures;
static size_t captures_len;

static void check(const struct frames *frames, size_t config, size_t look, const char *name)
{
	const struct chronicle_way one_by_one = { .look = look };
	struct chronicle good;

	chronicle_write(&good, &chronicle_configs[config], frames, &one_by_one);
	for (size_t i = 0; i < COUNT(batches); i++)
		chronicle_check(&good, config, 1, frames, &(struct chronicle_way){ batches[i], look }, name);
	chronicle_fini(&good);
}

static void check_file(const char *name)
{
	struct frames frames;

	medley_load(&frames, name);
	for (size_t config = 0; config < 2; config++)
		check(&frames, config, 0, name);
	frames_fini(&frames);
}

START_TEST(case_is_the_same)
{
	check_file(cases[_i]);
}
END_TEST

START_TEST(capture_is_the_same)
{
	check_file(captures[_i]);
}
END_TEST

START_TEST(medley_is_the_same)
{
	struct frames frames;

	medley_init(&frames, 1, 6);
	check(&frames, (size_t)_i, LOOK, "medley");
	medley_spoil(&frames, 5, 7);
	check(&frames, (size_t)_i, LOOK, "spoilt medley");
	frames_fini(&frames);
}
END_TEST

/* Otherwise the test above would say little. */
START_TEST(medley_has_everything)
{
	struct ws_totals totals;
	struct frames frames;
	ws_tracker *tracker = ws_tracker_new(&chronicle_configs[0]);

	ck_assert_ptr_nonnull(tracker);
	medley_init(&frames, 1, 6);
	medley_spoil(&frames, 5, 7);
	frames_feed(&frames, tracker);
	ws_tracker_finish(tracker);
	ws_tracker_totals(tracker, &totals);
	ws_tracker_free(tracker);
	frames_fini(&frames);
	ck_assert_uint_gt(totals.packets, 3000);
	ck_assert_uint_gt(totals.connections, 200);
	ck_assert_uint_gt(totals.backward, 20);
	ck_assert_uint_gt(totals.undecoded[WS_UNDECODED_fragment], 50);
	ck_assert_uint_gt(totals.undecoded[WS_UNDECODED_fragment_incomplete], 5);
	ck_assert_uint_gt(totals.undecoded[WS_UNDECODED_icmp_error_for_flow], 50);
	ck_assert_uint_gt(totals.noticed[WS_NOTICED_fragment_unfinished], 10);
}
END_TEST

START_TEST(nothing_is_a_batch_too)
{
	ws_tracker *tracker = ws_tracker_new(NULL);
	struct ws_totals totals;

	ck_assert_ptr_nonnull(tracker);
	ck_assert_int_eq(ws_tracker_feed_batch(tracker, NULL, 0), WS_OK);
	ws_tracker_totals(tracker, &totals);
	ck_assert_uint_eq(totals.packets, 0);
	ck_assert_int_eq(ws_tracker_now(tracker), WS_TIME_NONE);
	ws_tracker_free(tracker);
}
END_TEST

int main(void)
{
	TCase *tcase;
	Suite *suite = suite_new("tracker_batch", &tcase);

	medley_names(&cases, &cases_len, &captures, &captures_len);
	tcase_set_timeout(tcase, 120);
	tcase_add_loop_test(tcase, case_is_the_same, 0, (int)cases_len);
	tcase_add_loop_test(tcase, capture_is_the_same, 0, (int)captures_len);
	tcase_add_loop_test(tcase, medley_is_the_same, 0, CHRONICLE_CONFIGS);
	tcase_add_test(tcase, medley_has_everything);
	tcase_add_test(tcase, nothing_is_a_batch_too);
	return suite_run(suite);
}
