/*
 * Closing: what the capture may lack is nobody's fault. The cases (finding-*.case) have the plain course of each rule.
 */
#include <check.h>

#include "lib/audited.h"
#include "lib/suite.h"

static struct audited a;

static void begin(int variant, enum ws_finding_id id)
{
	audited_init(&a, variant, id, id);
	audited_handshake(&a);
	audited_say(&a, B, ".", 1, 1, 0);
}

/* ---- FIN --------------------------------------------------------------------------------------------------------- */

START_TEST(fin_out_of_window)
{
	begin(_i, WS_FINDING_fin_out_of_window);
	ck_assert_uint_eq(audited_say(&a, A, "F.", 1000000, 1, 0), 1);
}
END_TEST

/* A goes on where it stood, so it is B's newer window that the capture lacks. */
START_TEST(fin_next_after_data_beyond_the_window)
{
	begin(_i, WS_FINDING_fin_out_of_window);
	for (uint32_t at = 1; at < 200000; at += 10000)
		ck_assert_uint_eq(audited_say(&a, A, ".", at, 1, 10000), 0);
	ck_assert_uint_eq(audited_say(&a, A, "F.", 200001, 1, 0), 0);
}
END_TEST

/* Of a side met in the middle the window is a guess. */
START_TEST(fin_where_no_window_is_known)
{
	audited_init(&a, _i, WS_FINDING_fin_out_of_window, WS_FINDING_fin_out_of_window);
	ck_assert_uint_eq(audited_say(&a, A, "P.", 1, 1, 10), 0);
	ck_assert_uint_eq(audited_say(&a, B, ".", 1, 11, 0), 0);
	ck_assert_uint_eq(audited_say(&a, A, "F.", 5000000, 1, 0), 0);
}
END_TEST

START_TEST(fin_elsewhere)
{
	begin(_i, WS_FINDING_fin_retransmitted_different_seq);
	ck_assert_uint_eq(audited_say(&a, A, "F.", 11, 1, 0), 0);
	ck_assert_uint_eq(audited_say(&a, A, "F.", 1, 1, 0), 1);
}
END_TEST

START_TEST(fin_at_the_same_number_with_data)
{
	begin(_i, WS_FINDING_fin_retransmitted_different_seq);
	ck_assert_uint_eq(audited_say(&a, A, "P.", 1, 1, 10), 0);
	ck_assert_uint_eq(audited_say(&a, A, "F.", 11, 1, 0), 0);
	ck_assert_uint_eq(audited_say(&a, A, "FP.", 1, 1, 10), 0);
	ck_assert_uint_eq(audited_say(&a, A, "FP.", 6, 1, 5), 0);
}
END_TEST

START_TEST(last_ack_is_missing_at_the_fourth_fin)
{
	begin(_i, WS_FINDING_last_ack_missing);
	ck_assert_uint_eq(audited_say(&a, A, "F.", 1, 1, 0), 0);
	for (unsigned i = 0; i < 3; i++)
		ck_assert_uint_eq(audited_say(&a, B, "F.", 1, 2, 0), 0);
	ck_assert_uint_eq(audited_say(&a, B, "F.", 1, 2, 0), 1);
	ck_assert_uint_eq(audited_say(&a, B, "F.", 1, 2, 0), 0);
}
END_TEST

/* The first to close repeats its FIN: that is FIN-WAIT-1. */
START_TEST(the_first_fin_is_not_the_second)
{
	begin(_i, WS_FINDING_last_ack_missing);
	for (unsigned i = 0; i < 6; i++)
		ck_assert_uint_eq(audited_say(&a, A, "F.", 1, 1, 0), 0);
}
END_TEST

/* ---- Numbers ----------------------------------------------------------------------------------------------------- */

START_TEST(more_than_the_fin)
{
	begin(_i, WS_FINDING_ack_beyond_fin);
	ck_assert_uint_eq(audited_say(&a, A, "F.", 1, 1, 0), 0);
	ck_assert_uint_eq(audited_say(&a, B, ".", 1, 3, 0), 1);
	ck_assert_uint_eq(audited_say(&a, B, ".", 1, 2, 0), 0);
}
END_TEST

/* A FIN that only a number told of may have been a byte. */
START_TEST(more_than_a_fin_that_was_not_captured)
{
	begin(_i, WS_FINDING_ack_beyond_fin);
	ck_assert_uint_eq(audited_say(&a, A, ".", 2, 1, 0), 0);
	ck_assert_uint_eq(audited_say(&a, B, ".", 1, 5, 0), 0);
	ck_assert_uint_eq(audited_say(&a, B, ".", 1, 5, 0), 0);
}
END_TEST

/* ---- After the close --------------------------------------------------------------------------------------------- */

/* A closes first, and both know it. B has sent data after A's FIN, so A is known to have had the ACK of it. */
static void close_wholly(int variant, enum ws_finding_id id)
{
	begin(variant, id);
	audited_say(&a, A, "P.", 1, 1, 10);
	audited_say(&a, B, ".", 1, 11, 0);
	audited_say(&a, A, "F.", 11, 1, 0);
	audited_say(&a, B, "P.", 1, 12, 5);
	audited_say(&a, A, ".", 12, 6, 0);
	audited_say(&a, B, "F.", 6, 12, 0);
	audited_say(&a, A, ".", 12, 7, 0);
	talk_wait(&a.talk, 3000);
}

START_TEST(time_wait_sends_no_data)
{
	close_wholly(_i, WS_FINDING_data_on_closed);
	ck_assert_uint_eq(audited_say(&a, A, "P.", 1, 1, 10), 1);
}
END_TEST

/* B may not have had the ACK of its FIN, though it has passed: then it repeats what it has. */
START_TEST(last_ack_may)
{
	close_wholly(_i, WS_FINDING_data_on_closed);
	ck_assert_uint_eq(audited_say(&a, B, "FP.", 1, 12, 5), 0);
}
END_TEST

START_TEST(half_closed_is_told_once_of_a_side)
{
	begin(_i, WS_FINDING_half_closed);
	ck_assert_uint_eq(audited_say(&a, A, "F.", 1, 1, 0), 0);
	ck_assert_uint_eq(audited_say(&a, B, "P.", 1, 2, 10), 1);
	ck_assert_uint_eq(audited_say(&a, B, "P.", 11, 2, 10), 0);
	ck_assert_uint_eq(audited_say(&a, B, "P.", 1, 2, 10), 0);
}
END_TEST

int main(void)
{
	TCase *tcase;
	Suite *suite = suite_new("audit_teardown", &tcase);

	tcase_add_loop_test(tcase, fin_out_of_window, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, fin_next_after_data_beyond_the_window, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, fin_where_no_window_is_known, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, fin_elsewhere, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, fin_at_the_same_number_with_data, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, last_ack_is_missing_at_the_fourth_fin, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, the_first_fin_is_not_the_second, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, more_than_the_fin, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, more_than_a_fin_that_was_not_captured, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, time_wait_sends_no_data, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, last_ack_may, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, half_closed_is_told_once_of_a_side, 0, TALK_VARIANTS);
	return suite_run(suite);
}
