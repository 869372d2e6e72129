/*
 * Series of resets and closes on one connection: a storm is what nothing explains. Host rules have the same ids, for many
 * connections.
 */
#include <check.h>

#include "lib/audited.h"
#include "lib/suite.h"

#define STORM 1000
#define PAUSE_MS 1500

static struct audited a;

/* An open connection, with all that A has sent acknowledged. Looks for one finding only. */
static void begin(int variant, enum ws_finding_id id)
{
	audited_init(&a, variant, id, id);
	audited_handshake(&a);
	audited_say(&a, B, ".", 1, 1, 0);
}

/* The same segment again and again; how often the finding came of it. */
static unsigned play(unsigned count, enum talk_side from, const char *flags, uint32_t seq, uint32_t ack)
{
	unsigned found = 0;

	for (unsigned i = 0; i < count; i++) {
		audited_say(&a, from, flags, seq, ack, 0);
		found += a.audit.len;
	}
	return found;
}

/* RSTs of B that A ignores: outside of its window. */
static unsigned play_resets(unsigned count)
{
	return play(count, B, "R", 200000, 0);
}

/* ---- Storms ------------------------------------------------------------------------------------------------------ */

START_TEST(resets_without_end_are_a_storm)
{
	begin(_i, WS_FINDING_rst_storm);
	ck_assert_uint_eq(play_resets(STORM - 1), 0);
	ck_assert_uint_eq(play_resets(1), 1);
	ck_assert_uint_eq(play_resets(STORM), 0);
}
END_TEST

START_TEST(a_pause_ends_a_storm)
{
	begin(_i, WS_FINDING_rst_storm);
	ck_assert_uint_eq(play_resets(STORM - 1), 0);
	talk_wait(&a.talk, PAUSE_MS);
	ck_assert_uint_eq(play_resets(STORM - 1), 0);
}
END_TEST

/* A fast sender whose peer is gone: each of its segments is answered. */
START_TEST(answers_are_no_storm)
{
	begin(_i, WS_FINDING_rst_storm);
	audited_say(&a, B, "R.", 1, 1, 0);
	for (unsigned i = 0; i < 2 * STORM; i++)
		audited_say(&a, A, ".", 1 + 10 * i, 1, 10);
	ck_assert_uint_eq(play(2 * STORM, B, "R", 1, 0), 0);
}
END_TEST

/* Of one direction nobody can tell what the RSTs answer. */
START_TEST(one_direction_is_no_storm)
{
	audited_init(&a, _i, WS_FINDING_rst_storm, WS_FINDING_rst_storm);
	ck_assert_uint_eq(play_resets(2 * STORM), 0);
}
END_TEST

START_TEST(fins_without_end_are_a_storm)
{
	begin(_i, WS_FINDING_fin_storm);
	ck_assert_uint_eq(play(STORM - 1, B, "F.", 1, 1), 0);
	ck_assert_uint_eq(play(1, B, "F.", 1, 1), 1);
}
END_TEST

/* ---- What belies a RST -------------------------------------------------------------------------------------------- */

/* A's data are acknowledged; B's RST, and then ten bytes of B. */
static void reset_and_send(int variant, const char *flags, uint32_t rst_seq, uint32_t seq)
{
	begin(variant, WS_FINDING_rst_injection_suspected);
	audited_say(&a, A, "P.", 1, 1, 10);
	audited_say(&a, B, ".", 1, 11, 0);
	audited_say(&a, B, flags, rst_seq, 11, 0);
	audited_say(&a, B, "P.", seq, 11, 10);
}

START_TEST(numbers_beyond_an_abort_belie_it)
{
	reset_and_send(_i, "R.", 1, 1);
	audited_only(&a, WS_FINDING_rst_injection_suspected, B);
}
END_TEST

/* The abort has overtaken data. */
START_TEST(numbers_below_an_abort_do_not)
{
	reset_and_send(_i, "R.", 11, 1);
	ck_assert_uint_eq(a.audit.len, 0);
}
END_TEST

/* It answers nothing, for B had acknowledged all. */
START_TEST(numbers_beyond_a_refusal_of_nothing_belie_it)
{
	reset_and_send(_i, "R", 1, 1);
	audited_only(&a, WS_FINDING_rst_injection_suspected, B);
}
END_TEST

/* It may answer A's newest data, and have overtaken what B sent when it was still there. */
START_TEST(numbers_beyond_an_answer_do_not)
{
	begin(_i, WS_FINDING_rst_injection_suspected);
	audited_say(&a, A, "P.", 1, 1, 10);
	audited_say(&a, B, "R", 1, 0, 0);
	audited_say(&a, B, "F.", 1, 1, 0);
	ck_assert_uint_eq(a.audit.len, 0);
}
END_TEST

/* But not seconds later. */
START_TEST(numbers_long_after_an_answer_do)
{
	begin(_i, WS_FINDING_rst_injection_suspected);
	audited_say(&a, A, "P.", 1, 1, 10);
	audited_say(&a, B, "R", 1, 0, 0);
	talk_wait(&a.talk, PAUSE_MS);
	audited_say(&a, B, "F.", 1, 1, 0);
	audited_only(&a, WS_FINDING_rst_injection_suspected, B);
}
END_TEST

int main(void)
{
	TCase *tcase;
	Suite *suite = suite_new("audit_reset", &tcase);

	tcase_add_loop_test(tcase, resets_without_end_are_a_storm, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, a_pause_ends_a_storm, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, answers_are_no_storm, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, one_direction_is_no_storm, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, fins_without_end_are_a_storm, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, numbers_beyond_an_abort_belie_it, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, numbers_below_an_abort_do_not, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, numbers_beyond_a_refusal_of_nothing_belie_it, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, numbers_beyond_an_answer_do_not, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, numbers_long_after_an_answer_do, 0, TALK_VARIANTS);
	return suite_run(suite);
}
