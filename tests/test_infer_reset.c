/*
 * The RST rows of the table in INFERENCE 2, what its section 4 and RFC 5961 3.2 say a receiver takes, and the flavours of
 * RST that tell what their sender had received (KERNEL 4, 8, 13, 14, 17).
 */
#include <check.h>

#include "lib/suite.h"
#include "lib/talk.h"

static struct talk t;

#define OPENED "SYN-SENT ESTABLISHED "
#define ACCEPTED "SYN-RECEIVED ESTABLISHED "

static void opened(int variant)
{
	talk_init(&t, variant);
	talk_open(&t);
}

/* ---- Sent, received, belied ------------------------------------------------------------------------------------ */

/* An abort: RST and ACK with the current numbers. */
START_TEST(abort_now)
{
	opened(_i);
	say(&t, A, "R.", 11, 11, 0);
	ck_path(&t, A, OPENED "CLOSED");
	ck_path(&t, B, ACCEPTED "CLOSED?");
}
END_TEST

/* rcv RST is contradicted when X goes on sending. A, really closed, answers with another. */
START_TEST(receiver_goes_on)
{
	opened(_i);
	say(&t, A, "R.", 11, 11, 0);
	talk_wait(&t, 1000);
	say(&t, B, "P.", 11, 11, 10);
	ck_states(&t, "CLOSED", "ESTABLISHED");
	say(&t, A, "R", 11, 0, 0);
	ck_path(&t, A, OPENED "CLOSED");
	ck_path(&t, B, ACCEPTED "CLOSED?");
}
END_TEST

/* snd RST is contradicted when X goes on as if nothing had happened: it was injected, and A did not take it. */
START_TEST(sender_goes_on)
{
	opened(_i);
	say(&t, B, "R.", 11, 11, 0);
	ck_states(&t, "CLOSED?", "CLOSED");
	talk_wait(&t, 1000);
	say(&t, B, "P.", 11, 11, 10);
	say(&t, A, ".", 11, 21, 0);
	ck_path(&t, A, "SYN-SENT ESTABLISHED");
	ck_path(&t, B, "SYN-RECEIVED ESTABLISHED");
}
END_TEST

START_TEST(both_abort)
{
	opened(_i);
	say(&t, A, "R.", 11, 11, 0);
	say(&t, B, "R.", 11, 11, 0);
	ck_path(&t, A, OPENED "CLOSED");
	ck_path(&t, B, ACCEPTED "CLOSED");
}
END_TEST

/* ---- What a receiver takes (RFC 5961 3.2) ----------------------------------------------------------------------- */

static const struct {
	uint32_t seq;
	uint32_t mark;
} inexact[] = {
	{ 12, MARK_RST_INEXACT },
	{ 5000, MARK_RST_INEXACT },
	{ 65500, MARK_RST_INEXACT },
	{ 70000, MARK_RST_OUT_OF_WINDOW },
	{ 10, MARK_RST_OUT_OF_WINDOW },
	{ 5, MARK_RST_OUT_OF_WINDOW },
	{ 0x40000000, MARK_RST_OUT_OF_WINDOW },
};
#define INEXACT ((int)(sizeof(inexact) / sizeof(inexact[0])))

/* In the window a challenge ACK is due; outside it nothing. Neither moves anybody. */
START_TEST(not_exact)
{
	bool has_ack = _i / INEXACT % 2;

	opened(_i / INEXACT / 2);
	say(&t, A, has_ack ? "R." : "R", inexact[_i % INEXACT].seq, has_ack ? 11 : 0, 0);
	ck_states(&t, "ESTABLISHED", "ESTABLISHED");
	ck_assert_uint_eq(t.facts.marks & (MARK_RST_INEXACT | MARK_RST_OUT_OF_WINDOW), inexact[_i % INEXACT].mark);
}
END_TEST

/* A's data were lost behind the tap, so its RST is not exact for B, which challenges it; the answer is exact. */
START_TEST(challenge_and_exact)
{
	opened(_i);
	say(&t, A, "P.", 11, 11, 10);
	say(&t, A, "R.", 21, 11, 0);
	ck_states(&t, "CLOSED", "CLOSED?");
	say(&t, B, ".", 11, 11, 0);
	ck_states(&t, "CLOSED", "ESTABLISHED");
	say(&t, A, "R", 11, 0, 0);
	ck_states(&t, "CLOSED", "CLOSED?");
}
END_TEST

/* KERNEL 14: the number of a FIN already received, and the right edge of what is held beyond a hole. */
START_TEST(one_before_after_a_fin)
{
	opened(_i);
	say(&t, A, "F.", 11, 11, 0);
	say(&t, B, ".", 11, 12, 0);
	say(&t, A, "R.", 11, 11, 0);
	ck_path(&t, B, ACCEPTED "CLOSE-WAIT CLOSED?");
}
END_TEST

START_TEST(right_edge_of_sack)
{
	opened(_i);
	say(&t, A, "P.", 11, 11, 10);
	say(&t, A, "P.", 21, 11, 10);
	say(&t, A, "P.", 31, 11, 10);
	talk_make(&t, B, ".", 11, 11, 0)->options = (struct tcp_options){
		.present = OPTION_SACK, .sack_len = 1, .sack = { { t.isn[A] + 21, t.isn[A] + 31 } }
	};
	talk_send(&t);
	say(&t, A, "R.", 31, 11, 0);
	ck_assert_str_eq(talk_state(&t, B), "CLOSED?");
}
END_TEST

/* KERNEL 14, RFC 7323 5.2: PAWS does not apply. */
START_TEST(old_timestamp)
{
	opened(_i);
	talk_timestamps(talk_make(&t, A, "P.", 11, 11, 10), 1000, 1);
	talk_send(&t);
	talk_timestamps(talk_make(&t, B, ".", 11, 21, 0), 1, 1000);
	talk_send(&t);
	talk_timestamps(talk_make(&t, A, "R.", 21, 11, 0), 1, 0);
	talk_send(&t);
	ck_states(&t, "CLOSED", "CLOSED?");
}
END_TEST

/* RFC 9293 3.10.7.3, second: in SYN-SENT it counts only if it acknowledges the SYN. */
START_TEST(opener_is_picky)
{
	talk_init(&t, _i);
	say(&t, A, "S", 0, 0, 0);
	say(&t, B, "R", 0, 0, 0);
	ck_assert_str_eq(talk_state(&t, A), "SYN-SENT");
	say(&t, B, "R.", 0, 0, 0);
	ck_assert_str_eq(talk_state(&t, A), "SYN-SENT");
	say(&t, B, "R.", 0, 77, 0);
	ck_assert_str_eq(talk_state(&t, A), "SYN-SENT");
	say(&t, B, "R.", 0, 1, 0);
	ck_path(&t, A, "SYN-SENT CLOSED?");
}
END_TEST

/* The opener gives up, or its host has no socket any more. */
START_TEST(opener_refuses_the_answer)
{
	talk_init(&t, _i);
	say(&t, A, "S", 0, 0, 0);
	say(&t, B, "S.", 0, 1, 0);
	say(&t, A, "R", 1, 0, 0);
	ck_path(&t, A, "SYN-SENT CLOSED");
	ck_path(&t, B, "SYN-RECEIVED CLOSED?");
}
END_TEST

/* ---- What a RST says of its sender ----------------------------------------------------------------------------- */

/* KERNEL 8: without ACK it answers the handshake's ACK, so the sender never was ESTABLISHED; an abort is another thing. */
START_TEST(answer_to_the_third_segment)
{
	talk_init(&t, _i);
	talk_handshake(&t);
	say(&t, B, "R", 1, 0, 0);
	ck_path(&t, A, OPENED "CLOSED?");
	ck_path(&t, B, "SYN-RECEIVED CLOSED");
}
END_TEST

START_TEST(abort_after_accept)
{
	talk_init(&t, _i);
	talk_handshake(&t);
	say(&t, B, "R.", 1, 1, 0);
	ck_path(&t, A, OPENED "CLOSED?");
	ck_path(&t, B, "SYN-RECEIVED ESTABLISHED CLOSED");
}
END_TEST

/* An abort says with its ACK whether the peer's FIN had come. */
START_TEST(abort_tells_of_the_fin)
{
	opened(_i);
	say(&t, A, "F.", 11, 11, 0);
	say(&t, B, "R.", 11, 12, 0);
	ck_path(&t, B, ACCEPTED "CLOSE-WAIT CLOSED");

	opened(_i);
	say(&t, A, "F.", 11, 11, 0);
	say(&t, B, "R.", 11, 11, 0);
	ck_path(&t, B, ACCEPTED "CLOSED");
}
END_TEST

/* A FIN that meets no socket is answered by its own ACK number; B had not received it in any state of the connection. */
START_TEST(fin_meets_nobody)
{
	opened(_i);
	say(&t, A, "F.", 11, 11, 0);
	say(&t, B, "R", 11, 0, 0);
	ck_path(&t, B, ACCEPTED "CLOSED");
	ck_way(&t, A, OPENED "FIN-WAIT-1 CLOSED");
}
END_TEST

/* KERNEL 13: data to a side that has closed whole. The RST's number is the data's ACK: it tells whether the ACK of the
 * FIN had come before. */
START_TEST(data_meets_fin_wait_1)
{
	opened(_i);
	say(&t, A, "F.", 11, 11, 0);
	say(&t, B, "P.", 11, 11, 10);
	say(&t, A, "R", 11, 0, 0);
	ck_path(&t, A, OPENED "FIN-WAIT-1 CLOSED");
	ck_assert_int_eq(talk_endpoint(&t, B)->state, WS_CLOSED);
}
END_TEST

START_TEST(data_meets_fin_wait_2)
{
	opened(_i);
	say(&t, A, "F.", 11, 11, 0);
	say(&t, B, ".", 11, 12, 0);
	say(&t, B, "P.", 11, 12, 10);
	say(&t, A, "R", 12, 0, 0);
	ck_way(&t, A, OPENED "FIN-WAIT-1 FIN-WAIT-2 CLOSED");
	ck_path(&t, B, ACCEPTED "CLOSE-WAIT CLOSED?");
}
END_TEST

/* The ACK of the FIN had passed the tap, and the RST tells that the data were there first. */
START_TEST(data_overtook_the_ack)
{
	opened(_i);
	say(&t, A, "F.", 11, 11, 0);
	say(&t, B, "P.", 11, 11, 10);
	say(&t, B, ".", 21, 12, 0);
	say(&t, A, "R", 11, 0, 0);
	ck_path(&t, A, OPENED "FIN-WAIT-1 CLOSED");
}
END_TEST

/* KERNEL 17, RFC 1337: TIME-WAIT is killed by a RST, and not by one outside the window. */
static void time_wait(int variant)
{
	opened(variant);
	say(&t, A, "F.", 11, 11, 0);
	say(&t, B, "F.", 11, 12, 0);
	say(&t, A, ".", 12, 12, 0);
	ck_states(&t, "TIME-WAIT", "CLOSED?");
}

START_TEST(assassination)
{
	time_wait(_i);
	say(&t, B, "R", 12, 0, 0);
	ck_assert_uint_ne(t.facts.marks & MARK_TIME_WAIT_KILLED, 0);
	ck_path(&t, A, OPENED "FIN-WAIT-1 TIME-WAIT CLOSED?");
	time_wait(_i);
	say(&t, B, "R", 200000, 0, 0);
	ck_assert_uint_eq(t.facts.marks & MARK_TIME_WAIT_KILLED, 0);
	ck_path(&t, A, OPENED "FIN-WAIT-1 TIME-WAIT");
}
END_TEST

int main(void)
{
	TCase *tcase;
	Suite *suite = suite_new("infer_reset", &tcase);

	tcase_add_loop_test(tcase, abort_now, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, receiver_goes_on, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, sender_goes_on, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, both_abort, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, not_exact, 0, INEXACT * 2 * TALK_VARIANTS);
	tcase_add_loop_test(tcase, challenge_and_exact, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, one_before_after_a_fin, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, right_edge_of_sack, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, old_timestamp, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, opener_is_picky, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, opener_refuses_the_answer, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, answer_to_the_third_segment, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, abort_after_accept, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, abort_tells_of_the_fin, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, fin_meets_nobody, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, data_meets_fin_wait_1, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, data_meets_fin_wait_2, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, data_overtook_the_ack, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, assassination, 0, TALK_VARIANTS);
	return suite_run(suite);
}
