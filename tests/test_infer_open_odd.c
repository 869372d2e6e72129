/*
 * Openings that are not the usual three segments: two openers at once (RFC 9293 figure 7, KERNEL 6), a SYN where a SYN-ACK
 * is due, and fast open (RFC 7413, KERNEL 3).
 */
#include <check.h>

#include "lib/suite.h"
#include "lib/talk.h"

static struct talk t;

/* ---- Two openers ----------------------------------------------------------------------------------------------- */

/* RFC 9293 figure 7. */
START_TEST(simultaneous)
{
	talk_init(&t, _i);
	say(&t, A, "S", 0, 0, 0);
	say(&t, B, "S", 0, 0, 0);
	ck_states(&t, "SYN-RECEIVED?", "SYN-RECEIVED?");
	say(&t, A, "S.", 0, 1, 0);
	ck_path(&t, A, "SYN-SENT SYN-RECEIVED");
	say(&t, B, "S.", 0, 1, 0);
	ck_path(&t, A, "SYN-SENT SYN-RECEIVED ESTABLISHED?");
	ck_path(&t, B, "SYN-SENT SYN-RECEIVED ESTABLISHED?");
	say(&t, A, "P.", 1, 1, 10);
	say(&t, B, ".", 1, 11, 0);
	ck_path(&t, A, "SYN-SENT SYN-RECEIVED ESTABLISHED");
	ck_path(&t, B, "SYN-SENT SYN-RECEIVED ESTABLISHED");
}
END_TEST

/* KERNEL 6: A's SYN is lost, so only A passes SYN-RECEIVED. */
START_TEST(simultaneous_with_one_syn_lost)
{
	talk_init(&t, _i);
	say(&t, A, "S", 0, 0, 0);
	say(&t, B, "S", 0, 0, 0);
	say(&t, A, "S.", 0, 1, 0);
	say(&t, B, ".", 1, 1, 0);
	say(&t, B, "P.", 1, 1, 10);
	say(&t, A, ".", 1, 11, 0);
	ck_path(&t, A, "SYN-SENT SYN-RECEIVED ESTABLISHED");
	ck_path(&t, B, "SYN-SENT ESTABLISHED");
}
END_TEST

/* ---- A SYN where a SYN-ACK is due ------------------------------------------------------------------------------- */

/* B acknowledges the SYN, and sends its own SYN then: that is an answer, so B was never opening. A goes by the figure. */
START_TEST(split)
{
	talk_init(&t, _i);
	say(&t, A, "S", 0, 0, 0);
	say(&t, B, ".", 0, 1, 0);
	say(&t, B, "S", 0, 0, 0);
	ck_assert_uint_ne(t.facts.marks & MARK_SPLIT_HANDSHAKE, 0);
	say(&t, A, "S.", 0, 1, 0);
	say(&t, B, ".", 1, 1, 0);
	say(&t, B, "P.", 1, 1, 10);
	say(&t, A, "P.", 1, 11, 10);
	say(&t, B, ".", 11, 11, 0);
	ck_way(&t, A, "SYN-SENT SYN-RECEIVED ESTABLISHED");
	ck_way(&t, B, "SYN-RECEIVED ESTABLISHED");
}
END_TEST

/* Both SYNs bare, and both only acknowledged: not as figure 7 asks, and told once. */
START_TEST(never_a_syn_ack)
{
	talk_init(&t, _i);
	say(&t, A, "S", 0, 0, 0);
	say(&t, B, "S", 0, 0, 0);
	say(&t, A, ".", 1, 1, 0);
	ck_assert_uint_ne(t.facts.marks & MARK_SPLIT_HANDSHAKE, 0);
	say(&t, B, ".", 1, 1, 0);
	ck_assert_uint_eq(t.facts.marks & MARK_SPLIT_HANDSHAKE, 0);
	ck_assert(endpoint_is_proven(talk_endpoint(&t, A), FSM_RCV_SYN));
}
END_TEST

/* ---- Fast open (RFC 7413, KERNEL 3) ---------------------------------------------------------------------------- */

static void fast_open(int variant)
{
	talk_init(&t, variant);
	talk_make(&t, A, "S", 0, 0, 100)->options = (struct tcp_options){ .present = OPTION_FAST_OPEN };
	talk_send(&t);
	say(&t, B, "S.", 0, 101, 0);
}

/* Its data proves nothing of the ACK; bytes that were first sent with that ACK do, once they are acknowledged. */
START_TEST(fast_open_speaks_first)
{
	fast_open(_i);
	say(&t, B, "P.", 1, 101, 50);
	ck_path(&t, B, "SYN-RECEIVED");
	say(&t, A, ".", 101, 51, 0);
	ck_path(&t, B, "SYN-RECEIVED ESTABLISHED?");
	say(&t, B, "P.", 51, 101, 50);
	ck_path(&t, B, "SYN-RECEIVED ESTABLISHED?");
	say(&t, A, "P.", 101, 101, 10);
	say(&t, B, ".", 101, 111, 0);
	ck_path(&t, B, "SYN-RECEIVED ESTABLISHED");
}
END_TEST

START_TEST(fast_open_closes_first)
{
	fast_open(_i);
	say(&t, B, "FP.", 1, 101, 50);
	ck_path(&t, B, "SYN-RECEIVED FIN-WAIT-1");
	say(&t, A, ".", 101, 52, 0);
	ck_path(&t, B, "SYN-RECEIVED FIN-WAIT-1 FIN-WAIT-2?");
	ck_path(&t, A, "SYN-SENT ESTABLISHED CLOSE-WAIT");
}
END_TEST

/* Long after the handshake its FIN is that of an ESTABLISHED side, like any other. */
START_TEST(fast_open_closes_later)
{
	fast_open(_i);
	say(&t, A, ".", 101, 1, 0);
	say(&t, A, "P.", 101, 1, 10);
	say(&t, B, ".", 1, 111, 0);
	talk_wait(&t, 1000);
	say(&t, B, "F.", 1, 111, 0);
	ck_path(&t, B, "SYN-RECEIVED ESTABLISHED FIN-WAIT-1");
}
END_TEST

/* The data in the SYN was not taken: an ordinary opening. */
START_TEST(fast_open_refused)
{
	talk_init(&t, _i);
	talk_make(&t, A, "S", 0, 0, 100)->options = (struct tcp_options){ .present = OPTION_FAST_OPEN };
	talk_send(&t);
	say(&t, B, "S.", 0, 1, 0);
	say(&t, A, "P.", 1, 1, 100);
	say(&t, B, ".", 1, 101, 0);
	ck_path(&t, A, "SYN-SENT ESTABLISHED");
	ck_path(&t, B, "SYN-RECEIVED ESTABLISHED");
}
END_TEST

int main(void)
{
	TCase *tcase;
	Suite *suite = suite_new("infer_open_odd", &tcase);

	tcase_add_loop_test(tcase, simultaneous, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, simultaneous_with_one_syn_lost, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, split, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, never_a_syn_ack, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, fast_open_speaks_first, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, fast_open_closes_first, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, fast_open_closes_later, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, fast_open_refused, 0, TALK_VARIANTS);
	return suite_run(suite);
}
