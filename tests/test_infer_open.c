/*
 * The opening rows of the table in INFERENCE 2, each by what makes it pending, proven and contradicted, with what KERNEL
 * says of real openings. Openings of other kinds are in test_infer_open_odd.c.
 */
#include <check.h>

#include "lib/suite.h"
#include "lib/talk.h"

static struct talk t;

/* ---- Three ways ----------------------------------------------------------------------------------------------- */

/* RFC 9293 figure 6. */
START_TEST(three_way)
{
	talk_init(&t, _i);
	say(&t, A, "S", 0, 0, 0);
	ck_states(&t, "SYN-SENT", "SYN-RECEIVED?");
	say(&t, B, "S.", 0, 1, 0);
	ck_states(&t, "ESTABLISHED?", "SYN-RECEIVED");
	say(&t, A, ".", 1, 1, 0);
	ck_states(&t, "ESTABLISHED", "ESTABLISHED?");
	say(&t, B, "P.", 1, 1, 10);
	ck_states(&t, "ESTABLISHED", "ESTABLISHED");
	ck_path(&t, A, "SYN-SENT ESTABLISHED");
	ck_path(&t, B, "SYN-RECEIVED ESTABLISHED");
}
END_TEST

/* Whatever the responder sends, but a SYN-ACK, shows that it has the ACK of its SYN. */
START_TEST(responder_goes_on)
{
	static const char *const flags[] = { ".", "P.", "F." };

	talk_init(&t, _i % TALK_VARIANTS);
	talk_handshake(&t);
	say(&t, B, flags[_i / TALK_VARIANTS], 1, 1, _i / TALK_VARIANTS == 1 ? 10 : 0);
	ck_assert(endpoint_is_proven(talk_endpoint(&t, B), FSM_RCV_ACK_OF_SYN));
}
END_TEST

/* Data in the third segment, and a FIN in it, say the same as the bare ACK. */
START_TEST(opener_goes_on)
{
	talk_init(&t, _i);
	say(&t, A, "S", 0, 0, 0);
	say(&t, B, "S.", 0, 1, 0);
	say(&t, A, "FP.", 1, 1, 10);
	ck_states(&t, "FIN-WAIT-1", "CLOSE-WAIT?");
	ck_path(&t, B, "SYN-RECEIVED ESTABLISHED? CLOSE-WAIT?");
}
END_TEST

/* ---- What the capture missed, or shows late -------------------------------------------------------------------- */

START_TEST(syn_missed)
{
	talk_init(&t, _i);
	say(&t, B, "S.", 0, 1, 0);
	ck_states(&t, "ESTABLISHED?", "SYN-RECEIVED");
	ck_path(&t, A, "SYN-SENT ESTABLISHED?");
	say(&t, A, ".", 1, 1, 0);
	ck_path(&t, A, "SYN-SENT ESTABLISHED");
}
END_TEST

/* It fills the gap; it is no repetition and contradicts nothing (INFERENCE 5, order). */
START_TEST(syn_late)
{
	talk_init(&t, _i);
	say(&t, B, "S.", 0, 1, 0);
	say(&t, A, "S", 0, 0, 0);
	ck_assert_uint_eq(t.facts.marks & MARK_SYN_REPEATED, 0);
	ck_states(&t, "ESTABLISHED?", "SYN-RECEIVED");
	say(&t, A, ".", 1, 1, 0);
	ck_states(&t, "ESTABLISHED", "ESTABLISHED?");
	ck_path(&t, A, "SYN-SENT ESTABLISHED");
	ck_path(&t, B, "SYN-RECEIVED ESTABLISHED?");
}
END_TEST

/* The opener acknowledges the SYN of a SYN-ACK that was not captured: it was sent. */
START_TEST(syn_ack_missed)
{
	talk_init(&t, _i);
	say(&t, A, "S", 0, 0, 0);
	say(&t, A, ".", 1, 1, 0);
	ck_path(&t, A, "SYN-SENT ESTABLISHED");
	ck_path(&t, B, "SYN-RECEIVED ESTABLISHED?");
	say(&t, B, "P.", 1, 1, 10);
	ck_path(&t, B, "SYN-RECEIVED ESTABLISHED");
}
END_TEST

START_TEST(third_segment_missed)
{
	talk_init(&t, _i);
	say(&t, A, "S", 0, 0, 0);
	say(&t, B, "S.", 0, 1, 0);
	say(&t, B, "P.", 1, 1, 10);
	ck_states(&t, "ESTABLISHED?", "ESTABLISHED");
	say(&t, A, ".", 1, 11, 0);
	ck_states(&t, "ESTABLISHED", "ESTABLISHED");
}
END_TEST

/* ---- Contradicted ---------------------------------------------------------------------------------------------- */

/* rcv SYN: X answers RST. */
START_TEST(refused)
{
	talk_init(&t, _i);
	say(&t, A, "S", 0, 0, 0);
	say(&t, B, "R.", 0, 1, 0);
	ck_states(&t, "CLOSED?", "CLOSED");
	ck_path(&t, A, "SYN-SENT CLOSED?");
	ck_path(&t, B, "");
}
END_TEST

/* rcv SYN-ACK: X repeats its SYN. */
START_TEST(syn_repeated)
{
	talk_init(&t, _i);
	say(&t, A, "S", 0, 0, 0);
	say(&t, B, "S.", 0, 1, 0);
	talk_wait(&t, 1000);
	say(&t, A, "S", 0, 0, 0);
	ck_assert_uint_ne(t.facts.marks & MARK_SYN_REPEATED, 0);
	ck_states(&t, "SYN-SENT", "SYN-RECEIVED");
	say(&t, B, "S.", 0, 1, 0);
	ck_states(&t, "ESTABLISHED?", "SYN-RECEIVED");
	say(&t, A, ".", 1, 1, 0);
	ck_path(&t, A, "SYN-SENT ESTABLISHED");
	ck_path(&t, B, "SYN-RECEIVED ESTABLISHED?");
}
END_TEST

/* rcv ACK of SYN: X repeats its SYN-ACK. The duplicate ACK that answers it makes it pending again. */
START_TEST(syn_ack_repeated)
{
	talk_init(&t, _i);
	talk_handshake(&t);
	talk_wait(&t, 1000);
	say(&t, B, "S.", 0, 1, 0);
	ck_assert_uint_ne(t.facts.marks & MARK_SYN_ACK_REPEATED, 0);
	ck_states(&t, "ESTABLISHED", "SYN-RECEIVED");
	say(&t, A, ".", 1, 1, 0);
	ck_states(&t, "ESTABLISHED", "ESTABLISHED?");
	say(&t, B, ".", 1, 1, 0);
	ck_path(&t, B, "SYN-RECEIVED ESTABLISHED");
}
END_TEST

/* KERNEL 1: the listener's queue is full. The opener's data is not acknowledged and no FIN of it is received either. */
START_TEST(accept_queue_full)
{
	talk_init(&t, _i);
	talk_handshake(&t);
	say(&t, A, "P.", 1, 1, 10);
	talk_wait(&t, 200);
	say(&t, A, "P.", 1, 1, 10);
	talk_wait(&t, 800);
	say(&t, B, "S.", 0, 1, 0);
	ck_states(&t, "ESTABLISHED", "SYN-RECEIVED");
	ck_path(&t, B, "SYN-RECEIVED");
}
END_TEST

/* ---- Wrong numbers --------------------------------------------------------------------------------------------- */

/* RFC 9293 3.10.7.3, first; KERNEL 4: the opener answers with a RST, which changes nothing. */
START_TEST(syn_ack_of_something_else)
{
	talk_init(&t, _i);
	say(&t, A, "S", 0, 0, 0);
	say(&t, B, "S.", 0, 77, 0);
	ck_assert_uint_ne(t.facts.marks & MARK_SYN_ACK_WRONG_ACK, 0);
	ck_assert_str_eq(talk_state(&t, A), "SYN-SENT");
	say(&t, A, "R", 77, 0, 0);
	ck_assert_str_eq(talk_state(&t, A), "SYN-SENT");
	say(&t, B, "S.", 0, 1, 0);
	ck_states(&t, "ESTABLISHED?", "SYN-RECEIVED");
	say(&t, A, ".", 1, 1, 0);
	ck_states(&t, "ESTABLISHED", "ESTABLISHED?");
}
END_TEST

/* RFC 9293 3.10.7.4, fifth: the responder answers with a RST and waits on. */
START_TEST(ack_of_something_else)
{
	talk_init(&t, _i);
	say(&t, A, "S", 0, 0, 0);
	say(&t, B, "S.", 0, 1, 0);
	say(&t, A, ".", 1, 50, 0);
	ck_assert_uint_ne(t.facts.marks & MARK_HANDSHAKE_WRONG_ACK, 0);
	ck_assert_str_eq(talk_state(&t, B), "SYN-RECEIVED");
	say(&t, B, "R", 50, 0, 0);
	ck_assert_str_eq(talk_path(&t, B), "SYN-RECEIVED");
	say(&t, A, ".", 1, 1, 0);
	ck_states(&t, "ESTABLISHED", "ESTABLISHED?");
}
END_TEST

/* A bare ACK in answer to a SYN may be a challenge: no progress (INFERENCE 3), whatever it acknowledges. */
START_TEST(challenge_is_no_progress)
{
	talk_init(&t, _i);
	say(&t, A, "S", 0, 0, 0);
	say(&t, B, ".", 500, 77, 0);
	ck_assert_str_eq(talk_state(&t, A), "SYN-SENT");
	ck_assert_str_ne(talk_state(&t, B), "ESTABLISHED");
	ck_assert(!endpoint_is_proven(talk_endpoint(&t, B), FSM_RCV_SYN));
}
END_TEST

/* A SYN to a synchronised side moves nothing, nor does the challenge ACK that it draws (RFC 5961 4). */
START_TEST(syn_to_synchronised)
{
	talk_init(&t, _i);
	talk_open(&t);
	say(&t, A, "S", 0, 0, 0);
	ck_assert_uint_ne(t.facts.marks & MARK_SYN_TO_SYNCHRONISED, 0);
	say(&t, B, ".", 11, 11, 0);
	ck_path(&t, A, "SYN-SENT ESTABLISHED");
	ck_path(&t, B, "SYN-RECEIVED ESTABLISHED");
}
END_TEST

/* KERNEL 7: a listener drops it. */
START_TEST(syn_with_fin)
{
	talk_init(&t, _i);
	say(&t, A, "FS", 0, 0, 0);
	ck_assert_uint_ne(t.facts.marks & MARK_SYN_FIN, 0);
	ck_path(&t, B, "");
}
END_TEST

/* The same SYN without the FIN can be received. */
START_TEST(syn_with_fin_and_without)
{
	talk_init(&t, _i);
	say(&t, A, "FS", 0, 0, 0);
	talk_wait(&t, 1000);
	say(&t, A, "S", 0, 0, 0);
	ck_states(&t, "SYN-SENT", "SYN-RECEIVED?");
}
END_TEST

/* A listener that does take it answers; then it received the SYN when that passed, or later. */
START_TEST(syn_with_fin_answered)
{
	ws_time sent;

	talk_init(&t, _i);
	say(&t, A, "FS", 0, 0, 0);
	sent = t.now;
	say(&t, B, "S.", 0, 1, 0);
	ck_path(&t, B, "SYN-RECEIVED");
	ck_assert_int_ge(talk_endpoint(&t, B)->at[FSM_RCV_SYN].earliest, sent);
}
END_TEST

/* A SYN-ACK of another ISN, after the opener has taken the first: nobody has use for it. */
START_TEST(another_syn_ack)
{
	talk_init(&t, _i);
	talk_handshake(&t);
	say(&t, B, "S.", 0x10000000, 1, 0);
	say(&t, B, "P.", 1, 1, 10);
	say(&t, A, ".", 1, 11, 0);
	ck_path(&t, A, "SYN-SENT ESTABLISHED");
	ck_path(&t, B, "SYN-RECEIVED ESTABLISHED");
	ck_assert_uint_eq(talk_endpoint(&t, B)->iss, t.isn[B]);
}
END_TEST

int main(void)
{
	TCase *tcase;
	Suite *suite = suite_new("infer_open", &tcase);

	tcase_add_loop_test(tcase, three_way, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, responder_goes_on, 0, 3 * TALK_VARIANTS);
	tcase_add_loop_test(tcase, opener_goes_on, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, syn_missed, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, syn_late, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, syn_ack_missed, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, third_segment_missed, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, refused, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, syn_repeated, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, syn_ack_repeated, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, accept_queue_full, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, syn_ack_of_something_else, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, ack_of_something_else, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, challenge_is_no_progress, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, syn_to_synchronised, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, syn_with_fin, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, syn_with_fin_and_without, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, syn_with_fin_answered, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, another_syn_ack, 0, TALK_VARIANTS);
	return suite_run(suite);
}
