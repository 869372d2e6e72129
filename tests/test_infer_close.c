/*
 * The closing rows of the table in INFERENCE 2 and all of its section 3: a FIN is judged by its own ACK at its first
 * transmission, never by the order of capture. With KERNEL 9, 11 and 12.
 */
#include <check.h>

#include "lib/suite.h"
#include "lib/talk.h"

static struct talk t;

#define OPENED "SYN-SENT ESTABLISHED "
#define ACCEPTED "SYN-RECEIVED ESTABLISHED "

static void stamped(enum talk_side from, const char *flags, uint32_t seq, uint32_t ack, uint32_t len, uint32_t tsval,
		    uint32_t tsecr)
{
	talk_timestamps(talk_make(&t, from, flags, seq, ack, len), tsval, tsecr);
	talk_send(&t);
}

/* ---- One after the other --------------------------------------------------------------------------------------- */

/* RFC 9293 figure 12. A has B's FIN, which was first sent with the ACK of its own: all of A's path is proven. */
START_TEST(one_after_the_other)
{
	talk_init(&t, _i);
	talk_open(&t);
	say(&t, A, "F.", 11, 11, 0);
	ck_states(&t, "FIN-WAIT-1", "CLOSE-WAIT?");
	say(&t, B, ".", 11, 12, 0);
	ck_states(&t, "FIN-WAIT-2?", "CLOSE-WAIT");
	say(&t, B, "F.", 11, 12, 0);
	ck_states(&t, "TIME-WAIT?", "LAST-ACK");
	say(&t, A, ".", 12, 12, 0);
	ck_states(&t, "TIME-WAIT", "CLOSED?");
	ck_path(&t, A, OPENED "FIN-WAIT-1 FIN-WAIT-2 TIME-WAIT");
	ck_path(&t, B, ACCEPTED "CLOSE-WAIT LAST-ACK CLOSED?");
}
END_TEST

/* KERNEL 9: ACK and FIN in one segment. FIN-WAIT-1 leads to TIME-WAIT directly; B passed CLOSE-WAIT all the same. */
START_TEST(ack_and_fin_in_one)
{
	talk_init(&t, _i);
	talk_open(&t);
	say(&t, A, "F.", 11, 11, 0);
	say(&t, B, "F.", 11, 12, 0);
	ck_path(&t, A, OPENED "FIN-WAIT-1 TIME-WAIT?");
	ck_path(&t, B, ACCEPTED "CLOSE-WAIT LAST-ACK");
	say(&t, A, ".", 12, 12, 0);
	ck_path(&t, A, OPENED "FIN-WAIT-1 TIME-WAIT");
	ck_path(&t, B, ACCEPTED "CLOSE-WAIT LAST-ACK CLOSED?");
}
END_TEST

/* rcv ACK of FIN is contradicted when X repeats its FIN; the duplicate ACK makes it pending again. One step in all. */
START_TEST(fin_repeated)
{
	talk_init(&t, _i);
	talk_open(&t);
	say(&t, A, "F.", 11, 11, 0);
	say(&t, B, ".", 11, 12, 0);
	talk_wait(&t, 300);
	say(&t, A, "F.", 11, 11, 0);
	ck_assert_uint_ne(t.facts.marks & MARK_FIN_REPEATED, 0);
	ck_states(&t, "FIN-WAIT-1", "CLOSE-WAIT");
	say(&t, B, ".", 11, 12, 0);
	ck_path(&t, A, OPENED "FIN-WAIT-1 FIN-WAIT-2?");
}
END_TEST

/* rcv FIN is never contradicted by silence: X's own segments may have been under way. How certain its
 * CLOSE-WAIT is depends on whether it can have had more to send (KERNEL 10). */
START_TEST(old_data_after_fin)
{
	talk_init(&t, _i);
	talk_open(&t);
	say(&t, A, "F.", 11, 11, 0);
	say(&t, B, "P.", 11, 11, 10);
	say(&t, B, "P.", 21, 11, 10);
	ck_states(&t, "FIN-WAIT-1", "CLOSE-WAIT?");
	say(&t, B, ".", 31, 12, 0);
	ck_way(&t, A, OPENED "FIN-WAIT-1 FIN-WAIT-2");
	ck_way(&t, B, ACCEPTED "CLOSE-WAIT");
}
END_TEST

/* ---- Lemma 2, and what timestamps add --------------------------------------------------------------------------- */

/* A acknowledges bytes of B that were first sent with the ACK of A's FIN. */
START_TEST(lemma)
{
	talk_init(&t, _i);
	talk_open(&t);
	say(&t, A, "F.", 11, 11, 0);
	say(&t, B, ".", 11, 12, 0);
	say(&t, B, "P.", 11, 12, 10);
	ck_states(&t, "FIN-WAIT-2?", "CLOSE-WAIT");
	say(&t, A, ".", 12, 21, 0);
	ck_states(&t, "FIN-WAIT-2", "CLOSE-WAIT");
}
END_TEST

/* The bytes were sent before: A may have had them and not the ACK. */
START_TEST(lemma_does_not_apply)
{
	talk_init(&t, _i);
	talk_open(&t);
	say(&t, A, "F.", 11, 11, 0);
	say(&t, B, "P.", 11, 11, 10);
	say(&t, B, ".", 21, 12, 0);
	say(&t, A, ".", 12, 21, 0);
	ck_assert_str_eq(talk_state(&t, A), "FIN-WAIT-2?");
}
END_TEST

/* Of several copies the lowest ACK counts. */
START_TEST(lemma_takes_the_lowest_ack)
{
	talk_init(&t, _i);
	talk_open(&t);
	say(&t, A, "F.", 11, 11, 0);
	say(&t, B, "P.", 11, 11, 10);
	talk_wait(&t, 300);
	say(&t, B, "P.", 11, 12, 10);
	say(&t, A, ".", 12, 21, 0);
	ck_assert_str_eq(talk_state(&t, A), "FIN-WAIT-2?");
}
END_TEST

/* TSecr names the newest segment of B that A had processed (INFERENCE 2, evidence 5; row rcv ACK of FIN). */
START_TEST(echo_tells_of_the_ack)
{
	talk_init(&t, _i);
	talk_open(&t);
	stamped(A, "F.", 11, 11, 0, 500, 890);
	stamped(B, "P.", 11, 11, 10, 900, 490);
	stamped(B, ".", 21, 12, 0, 910, 500);
	stamped(A, ".", 12, 21, 0, 520, 900);
	ck_assert_str_eq(talk_state(&t, A), "FIN-WAIT-2?");
	stamped(A, ".", 12, 21, 0, 530, 910);
	ck_assert_str_eq(talk_state(&t, A), "FIN-WAIT-2");
}
END_TEST

/*
 * Both closed at once; B's first FIN does not cover A's, its repetition does. Which of them came to A is told by A's echo:
 * with the first, A went to CLOSING; if only the second came, A had the ACK of its FIN before.
 */
static void two_copies_of_a_fin(int variant, uint32_t echo)
{
	talk_init(&t, variant);
	talk_open(&t);
	stamped(A, "F.", 11, 11, 0, 500, 890);
	stamped(B, "F.", 11, 11, 0, 900, 490);
	stamped(B, ".", 12, 12, 0, 910, 500);
	talk_wait(&t, 300);
	stamped(B, "F.", 11, 12, 0, 1200, 500);
	stamped(A, ".", 12, 12, 0, 810, echo);
}

START_TEST(echo_names_the_first_copy)
{
	two_copies_of_a_fin(_i, 900);
	ck_way(&t, A, OPENED "FIN-WAIT-1 CLOSING TIME-WAIT");
	ck_way(&t, B, ACCEPTED "FIN-WAIT-1 CLOSING TIME-WAIT");
}
END_TEST

/* The second copy brought the ACK of A's FIN along, so A is in TIME-WAIT for certain. */
START_TEST(echo_names_the_second_copy)
{
	two_copies_of_a_fin(_i, 1200);
	ck_way(&t, A, OPENED "FIN-WAIT-1 FIN-WAIT-2 TIME-WAIT");
	ck_assert_str_eq(talk_state(&t, A), "TIME-WAIT");
	ck_way(&t, B, ACCEPTED "FIN-WAIT-1 CLOSING TIME-WAIT");
}
END_TEST

/* ---- Both at once ---------------------------------------------------------------------------------------------- */

/* RFC 9293 figure 13; in either order of capture. */
static void both_at_once(int variant, enum talk_side first)
{
	talk_init(&t, variant);
	talk_open(&t);
	say(&t, first, "F.", 11, 11, 0);
	say(&t, first == A ? B : A, "F.", 11, 11, 0);
	ck_states(&t, "CLOSING?", "CLOSING?");
}

/* A is in CLOSING for certain when it acknowledges B's FIN and nothing has acknowledged its own. */
START_TEST(simultaneous)
{
	both_at_once(_i / 2, _i % 2 ? A : B);
	say(&t, A, ".", 12, 12, 0);
	ck_states(&t, "CLOSING", "TIME-WAIT?");
	say(&t, B, ".", 12, 12, 0);
	ck_path(&t, A, OPENED "FIN-WAIT-1 CLOSING TIME-WAIT?");
	ck_way(&t, B, ACCEPTED "FIN-WAIT-1 CLOSING TIME-WAIT");
}
END_TEST

/* A repeated FIN carries a newer ACK and must never reclassify the close. */
START_TEST(repetition_does_not_reclassify)
{
	both_at_once(_i / 2, _i % 2 ? A : B);
	talk_wait(&t, 300);
	say(&t, A, "F.", 11, 12, 0);
	say(&t, B, "F.", 11, 12, 0);
	say(&t, A, ".", 12, 12, 0);
	say(&t, B, ".", 12, 12, 0);
	ck_assert_ptr_nonnull(strstr(talk_path(&t, A), "ESTABLISHED FIN-WAIT-1 "));
	ck_assert_ptr_nonnull(strstr(talk_path(&t, B), "ESTABLISHED FIN-WAIT-1 "));
	ck_assert_ptr_null(strstr(talk_path(&t, A), "LAST-ACK"));
	ck_assert_ptr_null(strstr(talk_path(&t, B), "LAST-ACK"));
}
END_TEST

/* The first that the capture has of B is a FIN, which may be a repetition: what follows from its ACK stays presumed. */
START_TEST(first_fin_not_captured)
{
	talk_init(&t, _i);
	say(&t, A, "P.", 1, 1, 10);
	say(&t, A, "F.", 11, 1, 0);
	say(&t, B, "F.", 1, 12, 0);
	ck_states(&t, "TIME-WAIT?", "LAST-ACK?");
	say(&t, A, ".", 12, 2, 0);
	ck_assert_int_eq(talk_endpoint(&t, A)->state, WS_TIME_WAIT);
	ck_assert_int_eq(talk_endpoint(&t, B)->state, WS_CLOSED);
}
END_TEST

/* A's FIN has overtaken its data in sight of the tap, and B's FIN lies between: its ACK tells that A was first. */
START_TEST(order_of_capture_is_no_order)
{
	talk_init(&t, _i);
	talk_open(&t);
	say(&t, B, "F.", 11, 12, 0);
	say(&t, A, "F.", 11, 11, 0);
	say(&t, A, ".", 12, 12, 0);
	ck_path(&t, B, ACCEPTED "CLOSE-WAIT LAST-ACK CLOSED?");
	ck_assert_str_eq(talk_state(&t, A), "TIME-WAIT");
}
END_TEST

/* ---- A FIN behind a hole (KERNEL 11) ---------------------------------------------------------------------------- */

START_TEST(fin_behind_a_hole)
{
	talk_init(&t, _i);
	talk_open(&t);
	say(&t, A, "F.", 21, 11, 0);
	ck_states(&t, "FIN-WAIT-1", "ESTABLISHED");
	say(&t, B, ".", 11, 11, 0);
	ck_states(&t, "FIN-WAIT-1", "ESTABLISHED");
	talk_wait(&t, 300);
	say(&t, A, "P.", 11, 11, 10);
	ck_states(&t, "FIN-WAIT-1", "CLOSE-WAIT?");
	say(&t, B, ".", 11, 22, 0);
	ck_states(&t, "FIN-WAIT-2?", "CLOSE-WAIT");
}
END_TEST

/* The hole was the tap's own. */
START_TEST(fin_behind_a_hole_of_the_tap)
{
	talk_init(&t, _i);
	talk_open(&t);
	say(&t, A, "F.", 21, 11, 0);
	say(&t, B, ".", 11, 22, 0);
	ck_states(&t, "FIN-WAIT-2?", "CLOSE-WAIT");
}
END_TEST

/* B closes while A's FIN waits behind the hole, and is acknowledged: FIN-WAIT-2, although A's FIN was there before. */
START_TEST(peer_closes_meanwhile)
{
	talk_init(&t, _i);
	talk_open(&t);
	say(&t, A, "F.", 21, 11, 0);
	say(&t, B, "F.", 11, 11, 0);
	ck_states(&t, "CLOSING?", "FIN-WAIT-1");
	say(&t, A, ".", 22, 12, 0);
	ck_states(&t, "CLOSING", "FIN-WAIT-2?");
	talk_wait(&t, 300);
	say(&t, A, "P.", 11, 12, 10);
	ck_assert_str_eq(talk_state(&t, B), "TIME-WAIT?");
	say(&t, B, ".", 12, 22, 0);
	ck_path(&t, A, OPENED "FIN-WAIT-1 CLOSING TIME-WAIT?");
	ck_path(&t, B, ACCEPTED "FIN-WAIT-1 FIN-WAIT-2 TIME-WAIT");
}
END_TEST

/* A stream has one end. A FIN beyond a hole that the stream then ends before was not A's; nothing beyond it was sent. */
START_TEST(fin_in_two_places)
{
	talk_init(&t, _i);
	talk_open(&t);
	say(&t, A, "F.", 500, 11, 0);
	say(&t, A, "F.", 11, 11, 0);
	ck_states(&t, "FIN-WAIT-1", "CLOSE-WAIT?");
	say(&t, B, ".", 11, 501, 0);
	ck_assert(t.facts.is_ack_beyond);
	say(&t, B, ".", 11, 12, 0);
	ck_path(&t, A, OPENED "FIN-WAIT-1 FIN-WAIT-2?");
	ck_path(&t, B, ACCEPTED "CLOSE-WAIT");
}
END_TEST

/* ---- A FIN that was never captured (KERNEL 12) ------------------------------------------------------------------ */

START_TEST(jump)
{
	talk_init(&t, _i);
	talk_open(&t);
	say(&t, A, ".", 12, 11, 0);
	ck_assert_int_eq(talk_endpoint(&t, A)->state, WS_FIN_WAIT_1);
	say(&t, B, ".", 11, 12, 0);
	ck_assert_int_eq(talk_endpoint(&t, A)->state, WS_FIN_WAIT_2);
	say(&t, B, "F.", 11, 12, 0);
	say(&t, A, ".", 12, 12, 0);
	ck_way(&t, A, OPENED "FIN-WAIT-1 FIN-WAIT-2 TIME-WAIT");
	ck_way(&t, B, ACCEPTED "CLOSE-WAIT LAST-ACK CLOSED");
}
END_TEST

/* It was a byte that was missed: A sends on. What was shown as proven may not be taken back (INFERENCE 6.2). */
START_TEST(jump_was_a_byte)
{
	talk_init(&t, _i);
	talk_open(&t);
	say(&t, A, ".", 12, 11, 0);
	say(&t, B, ".", 11, 12, 0);
	ck_states(&t, "FIN-WAIT-2?", "CLOSE-WAIT?");
	say(&t, A, "P.", 12, 11, 10);
	ck_states(&t, "ESTABLISHED", "ESTABLISHED");
	say(&t, B, ".", 11, 22, 0);
	ck_path(&t, A, "SYN-SENT ESTABLISHED");
}
END_TEST

/* A keep-alive is one below, its answer no jump; neither is a bare ACK after a hole. */
START_TEST(no_jump)
{
	talk_init(&t, _i);
	talk_open(&t);
	say(&t, A, ".", 10, 11, 0);
	say(&t, B, ".", 11, 11, 0);
	say(&t, A, ".", 13, 11, 0);
	ck_states(&t, "ESTABLISHED", "ESTABLISHED");
}
END_TEST

int main(void)
{
	TCase *tcase;
	Suite *suite = suite_new("infer_close", &tcase);

	tcase_add_loop_test(tcase, one_after_the_other, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, ack_and_fin_in_one, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, fin_repeated, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, old_data_after_fin, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, lemma, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, lemma_does_not_apply, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, lemma_takes_the_lowest_ack, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, echo_tells_of_the_ack, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, echo_names_the_first_copy, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, echo_names_the_second_copy, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, simultaneous, 0, 2 * TALK_VARIANTS);
	tcase_add_loop_test(tcase, repetition_does_not_reclassify, 0, 2 * TALK_VARIANTS);
	tcase_add_loop_test(tcase, first_fin_not_captured, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, order_of_capture_is_no_order, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, fin_behind_a_hole, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, fin_behind_a_hole_of_the_tap, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, peer_closes_meanwhile, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, fin_in_two_places, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, jump, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, jump_was_a_byte, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, no_jump, 0, TALK_VARIANTS);
	return suite_run(suite);
}
