/*
 * Series of resets and closes on one connection: a storm is what nothing explains. Host rules have the same ids, for many
 * connections.
 */
#include <check.h>

#include "lib/stage.h"
#include "lib/suite.h"

#define STORM 1000
#define PAUSE_NS INT64_C(1500000000)

static struct stage stage;

static uint64_t raised(enum ws_finding_id id)
{
	stage_end(&stage);
	return stage.raised[id];
}

/* An open connection, with all that A has sent acknowledged. */
static void begin(void)
{
	stage_begin(&stage, NULL);
	stage_open(&stage);
	stage_send(&stage, STAGE_B, ".", 1, 1, 0);
}

/* RSTs of B that A ignores: outside of its window. */
static void play_resets(unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		stage_send(&stage, STAGE_B, "R", 200000, 0, 0);
}

START_TEST(resets_without_end_are_a_storm)
{
	begin();
	play_resets(STORM);
	ck_assert_uint_eq(raised(WS_FINDING_rst_storm), 1);
}
END_TEST

START_TEST(a_pause_ends_a_storm)
{
	begin();
	play_resets(STORM - 1);
	stage_wait(&stage, PAUSE_NS);
	play_resets(STORM - 1);
	ck_assert_uint_eq(raised(WS_FINDING_rst_storm), 0);
}
END_TEST

/* A fast sender whose peer is gone: each of its segments is answered. */
START_TEST(answers_are_no_storm)
{
	begin();
	stage_send(&stage, STAGE_B, "R.", 1, 1, 0);
	for (unsigned i = 0; i < 2 * STORM; i++)
		stage_send(&stage, STAGE_A, ".", 1 + 10 * i, 1, 10);
	for (unsigned i = 0; i < 2 * STORM; i++)
		stage_send(&stage, STAGE_B, "R", 1, 0, 0);
	ck_assert_uint_eq(raised(WS_FINDING_rst_storm), 0);
}
END_TEST

/* Of one direction nobody can tell what the RSTs answer. */
START_TEST(one_direction_is_no_storm)
{
	stage_begin(&stage, NULL);
	play_resets(2 * STORM);
	ck_assert_uint_eq(raised(WS_FINDING_rst_storm), 0);
}
END_TEST

static void play_fins(unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		stage_send(&stage, STAGE_B, "F.", 1, 1, 0);
}

START_TEST(fins_without_end_are_a_storm)
{
	begin();
	play_fins(STORM);
	ck_assert_uint_eq(raised(WS_FINDING_fin_storm), 1);
}
END_TEST

START_TEST(a_fin_repeated_is_no_storm)
{
	begin();
	play_fins(STORM - 1);
	ck_assert_uint_eq(raised(WS_FINDING_fin_storm), 0);
}
END_TEST

/* ---- What belies a RST -------------------------------------------------------------------------------------------- */

/* B's RST, then what B sends 5 ms later. */
static uint64_t suspects(const char *flags, uint32_t rst_seq, uint32_t seq, size_t len)
{
	begin();
	stage_send(&stage, STAGE_A, "P.", 1, 1, 10);
	stage_send(&stage, STAGE_B, ".", 1, 11, 0);
	stage_send(&stage, STAGE_B, flags, rst_seq, 11, 0);
	stage_wait(&stage, 5000000);
	stage_send(&stage, STAGE_B, "P.", seq, 11, len);
	return raised(WS_FINDING_rst_injection_suspected);
}

START_TEST(numbers_beyond_an_abort_belie_it)
{
	ck_assert_uint_eq(suspects("R.", 1, 1, 10), 1);
}
END_TEST

/* The abort has overtaken data. */
START_TEST(numbers_below_an_abort_do_not)
{
	ck_assert_uint_eq(suspects("R.", 11, 1, 10), 0);
}
END_TEST

/* It answers nothing, for B had acknowledged all. */
START_TEST(numbers_beyond_a_refusal_of_nothing_belie_it)
{
	ck_assert_uint_eq(suspects("R", 1, 1, 10), 1);
}
END_TEST

/* It may answer A's newest data, and have overtaken what B sent when it was still there. */
START_TEST(numbers_beyond_an_answer_do_not)
{
	begin();
	stage_send(&stage, STAGE_A, "P.", 1, 1, 10);
	stage_send(&stage, STAGE_B, "R", 1, 0, 0);
	stage_send(&stage, STAGE_B, "F.", 1, 1, 0);
	ck_assert_uint_eq(raised(WS_FINDING_rst_injection_suspected), 0);
}
END_TEST

/* Whoever opens again from the same port has not belied its RST. */
START_TEST(a_new_connection_does_not)
{
	begin();
	stage_send(&stage, STAGE_A, "R.", 1, 1, 0);
	stage_wait(&stage, PAUSE_NS);
	stage_send(&stage, STAGE_A, "S", 1000000, 0, 0);
	stage_send(&stage, STAGE_B, "S.", 2000000, 1000001, 0);
	stage_send(&stage, STAGE_A, ".", 1000001, 2000001, 0);
	stage_send(&stage, STAGE_A, "P.", 1000001, 2000001, 10);
	ck_assert_uint_eq(raised(WS_FINDING_rst_injection_suspected), 0);
}
END_TEST

int main(void)
{
	TCase *tcase;
	Suite *suite = suite_new("audit_reset", &tcase);

	tcase_add_test(tcase, resets_without_end_are_a_storm);
	tcase_add_test(tcase, a_pause_ends_a_storm);
	tcase_add_test(tcase, answers_are_no_storm);
	tcase_add_test(tcase, one_direction_is_no_storm);
	tcase_add_test(tcase, fins_without_end_are_a_storm);
	tcase_add_test(tcase, a_fin_repeated_is_no_storm);
	tcase_add_test(tcase, numbers_beyond_an_abort_belie_it);
	tcase_add_test(tcase, numbers_below_an_abort_do_not);
	tcase_add_test(tcase, numbers_beyond_a_refusal_of_nothing_belie_it);
	tcase_add_test(tcase, numbers_beyond_an_answer_do_not);
	tcase_add_test(tcase, a_new_connection_does_not);
	return suite_run(suite);
}
