/*
 * Times: what a timer did, and what only looks like it. The cases (timer-*.case, finding-*.case) have the plain course.
 */
#include <check.h>

#include "base/clock.h"
#include "lib/audited.h"
#include "lib/suite.h"

static struct audited a;

static void begin(int variant, enum ws_finding_id id)
{
	audited_init(&a, variant, id, id);
	audited_handshake(&a);
	audited_say(&a, B, ".", 1, 1, 0);
}

/* A's first ten bytes, `ms` after what was before; how many findings. */
static unsigned again(int64_t ms)
{
	talk_wait(&a.talk, ms - 10);
	audited_say(&a, A, "P.", 1, 1, 10);
	return a.audit.len;
}

/* ---- Back-off, RFC 6298 5.5 -------------------------------------------------------------------------------------- */

START_TEST(equal_gaps_are_told)
{
	begin(_i, WS_FINDING_retransmission_timeout_backoff);
	ck_assert_uint_eq(again(10) + again(1000) + again(1000), 0);
	ck_assert_uint_eq(again(1000), 1);
	ck_assert_uint_eq(a.audit.finding[0].expected, 2 * NS_PER_SEC);
	ck_assert_uint_eq(a.audit.finding[0].seen, NS_PER_SEC);
}
END_TEST

START_TEST(doubled_gaps_are_not)
{
	begin(_i, WS_FINDING_retransmission_timeout_backoff);
	ck_assert_uint_eq(again(10) + again(1000) + again(2000) + again(4000) + again(7000), 0);
}
END_TEST

/* RFC 6298 2.5: at the maximum the timer stays as it is. */
START_TEST(the_maximum_is_not)
{
	begin(_i, WS_FINDING_retransmission_timeout_backoff);
	ck_assert_uint_eq(again(10) + again(60000) + again(120000) + again(120000) + again(120000), 0);
}
END_TEST

/* Copies that the network makes, milliseconds apart. */
START_TEST(copies_of_the_network_are_not)
{
	begin(_i, WS_FINDING_retransmission_timeout_backoff);
	ck_assert_uint_eq(again(10) + again(1000) + again(20) + again(2000) + again(20) + again(4000), 0);
}
END_TEST

/* What B says in between makes A send: no timer. */
START_TEST(with_answers_between_they_are_not)
{
	begin(_i, WS_FINDING_retransmission_timeout_backoff);
	for (unsigned i = 0; i < 5; i++) {
		ck_assert_uint_eq(again(1000), 0);
		audited_say(&a, B, ".", 1, 1, 0);
	}
}
END_TEST

/* ---- Data that nobody acknowledges --------------------------------------------------------------------------------- */

START_TEST(data_unacknowledged_for_100_s)
{
	begin(_i, WS_FINDING_established_unacked);
	ck_assert_uint_eq(again(10) + again(50000) + again(49000), 0);
	ck_assert_uint_eq(again(1000), 1);
	/* Told again only after as long. */
	ck_assert_uint_eq(again(50000), 0);
	ck_assert_uint_eq(again(50000), 1);
}
END_TEST

/* RFC 9293 3.8.6.1: a closed window may be asked for ever. */
START_TEST(not_while_the_window_is_closed)
{
	begin(_i, WS_FINDING_established_unacked);
	ck_assert_uint_eq(again(10), 0);
	talk_make(&a.talk, B, ".", 1, 1, 0)->window = 0;
	audited_send(&a);
	ck_assert_uint_eq(again(60000) + again(60000) + again(60000), 0);
}
END_TEST

/* Each acknowledgement of a part starts it again. */
START_TEST(not_while_something_is_acknowledged)
{
	begin(_i, WS_FINDING_established_unacked);
	audited_say(&a, A, "P.", 1, 1, 1000);
	for (unsigned i = 0; i < 9; i++) {
		talk_wait(&a.talk, 60000);
		audited_say(&a, B, ".", 1, 1 + 100 * (i + 1), 0);
		audited_say(&a, A, "P.", 1 + 100 * (i + 1), 1, 100);
		ck_assert_uint_eq(a.audit.len, 0);
	}
}
END_TEST

int main(void)
{
	TCase *tcase;
	Suite *suite = suite_new("audit_timing", &tcase);

	tcase_add_loop_test(tcase, equal_gaps_are_told, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, doubled_gaps_are_not, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, the_maximum_is_not, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, copies_of_the_network_are_not, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, with_answers_between_they_are_not, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, data_unacknowledged_for_100_s, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, not_while_the_window_is_closed, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, not_while_something_is_acknowledged, 0, TALK_VARIANTS);
	return suite_run(suite);
}
