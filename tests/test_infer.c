/*
 * What holds for every segment: INFERENCE 4, what a receiver would have dropped moves nothing; and INFERENCE 5, a capture
 * that is not the whole truth: begun late, of one direction, out of order, with frames missing.
 */
#include <check.h>

#include "lib/suite.h"
#include "lib/talk.h"

static struct talk t;

#define OPENED "SYN-SENT ESTABLISHED "
#define ACCEPTED "SYN-RECEIVED ESTABLISHED "

/* ---- What a receiver would have dropped ------------------------------------------------------------------------- */

static void no_ack_flag(void)
{
	talk_make(&t, A, "F", 11, 0, 0);
}

static void acks_the_unsent(void)
{
	talk_make(&t, A, "F.", 11, 5000, 0);
}

/* RFC 5961 5.2: further back than the widest window. */
static void acks_long_ago(void)
{
	talk_make(&t, A, "F.", 11, 11 - 70000u, 0);
}

static void fails_paws(void)
{
	talk_timestamps(talk_make(&t, A, "F.", 11, 11, 0), 900, 500);
}

static void beyond_the_window(void)
{
	talk_make(&t, A, "F.", 80000, 11, 0);
}

static void far_behind(void)
{
	talk_make(&t, A, "F.", 11 - 100u, 11, 0);
}

/* Data that fill the window and more: the FIN after them is cut off. */
static void cut_off_by_the_window(void)
{
	talk_make(&t, A, "F.", 11, 11, 66000);
}

static void behind_a_hole(void)
{
	talk_make(&t, A, "F.", 1000, 11, 0);
}

static void damaged(void)
{
	talk_make(&t, A, "F.", 11, 11, 0)->checksum = CHECKSUM_BAD;
}

/* A SYN to a synchronised side draws a challenge ACK (RFC 5961 4.2). */
static void with_syn(void)
{
	talk_make(&t, A, "S", 11, 0, 0);
}

static void reset_beyond_the_window(void)
{
	talk_make(&t, A, "R", 80000, 0, 0);
}

static void reset_inside_the_window(void)
{
	talk_make(&t, A, "R.", 5000, 11, 0);
}

static void (*const dropped[])(void) = {
	no_ack_flag,       acks_the_unsent, acks_long_ago,           fails_paws,
	beyond_the_window, far_behind,      behind_a_hole,           cut_off_by_the_window,
	damaged,           with_syn,        reset_beyond_the_window, reset_inside_the_window,
};
#define DROPPED ((int)(sizeof(dropped) / sizeof(dropped[0])))

START_TEST(moves_nothing)
{
	talk_init(&t, _i / DROPPED);
	talk_open(&t);
	talk_timestamps(talk_make(&t, A, ".", 11, 11, 0), 1000, 500);
	talk_send(&t);
	dropped[_i % DROPPED]();
	talk_send(&t);
	ck_path(&t, B, "SYN-RECEIVED ESTABLISHED");
	ck_assert(!t.facts.is_acceptable || dropped[_i % DROPPED] == behind_a_hole ||
		  dropped[_i % DROPPED] == cut_off_by_the_window);
}
END_TEST

/* Unsigned on a signed connection (KERNEL 19). */
START_TEST(unsigned_fin)
{
	static const char *const flags[] = { "S", "S.", ".", "F." };

	talk_init(&t, _i);
	for (uint32_t i = 0; i < 4; i++) {
		talk_make(&t, i == 1 ? B : A, flags[i], i > 1, i > 0, 0)->options.present = OPTION_MD5;
		if (i == 3)
			t.segment.options.present = 0;
		talk_send(&t);
	}
	ck_states(&t, "ESTABLISHED", "ESTABLISHED?");
	talk_make(&t, A, "F.", 1, 1, 0)->options.present = OPTION_MD5;
	talk_send(&t);
	ck_states(&t, "FIN-WAIT-1", "CLOSE-WAIT?");
}
END_TEST

/* KERNEL 19: data beyond the FIN, in CLOSE-WAIT. */
START_TEST(data_after_fin)
{
	talk_init(&t, _i);
	talk_open(&t);
	say(&t, A, "F.", 11, 11, 0);
	say(&t, B, ".", 11, 12, 0);
	say(&t, A, "P.", 12, 11, 100);
	ck_assert_uint_ne(t.facts.marks & MARK_DATA_AFTER_FIN, 0);
	ck_states(&t, "FIN-WAIT-2?", "CLOSE-WAIT");
}
END_TEST

/* What is repeated from before the FIN, up to its very number, is nothing of the kind. */
START_TEST(data_repeated_after_fin)
{
	talk_init(&t, _i);
	talk_open(&t);
	say(&t, A, "P.", 11, 11, 10);
	say(&t, A, "F.", 21, 11, 0);
	say(&t, A, "P.", 11, 11, 10);
	ck_assert_uint_eq(t.facts.marks & MARK_DATA_AFTER_FIN, 0);
	say(&t, A, "FP.", 11, 11, 10);
	ck_assert_uint_eq(t.facts.marks & MARK_DATA_AFTER_FIN, 0);
	say(&t, A, "P.", 20, 11, 2);
	ck_assert_uint_ne(t.facts.marks & MARK_DATA_AFTER_FIN, 0);
}
END_TEST

/* ---- Begun late ------------------------------------------------------------------------------------------------- */

/* A side first seen sending data is presumed ESTABLISHED, one of which nothing was seen is UNKNOWN; new data of both
 * leave nothing else. */
START_TEST(midstream)
{
	talk_init(&t, _i);
	say(&t, A, "P.", 1, 1, 10);
	ck_states(&t, "ESTABLISHED?", "UNKNOWN");
	say(&t, B, ".", 1, 11, 0);
	ck_states(&t, "ESTABLISHED?", "ESTABLISHED?");
	say(&t, B, "P.", 1, 11, 10);
	ck_states(&t, "ESTABLISHED", "ESTABLISHED");
}
END_TEST

/* Data of one side only: the other may have closed before the capture began. */
START_TEST(midstream_half_closed)
{
	talk_init(&t, _i);
	say(&t, A, "P.", 1, 1, 10);
	say(&t, B, ".", 1, 11, 0);
	say(&t, A, "P.", 11, 1, 10);
	say(&t, B, ".", 1, 21, 0);
	ck_assert_int_eq(talk_endpoint(&t, B)->proven, WS_UNKNOWN);
	ck_assert_int_eq(talk_endpoint(&t, B)->state, WS_ESTABLISHED);
}
END_TEST

START_TEST(midstream_close)
{
	talk_init(&t, _i);
	say(&t, A, "P.", 1, 1, 10);
	say(&t, B, "P.", 1, 11, 10);
	say(&t, A, "F.", 11, 11, 0);
	say(&t, B, "F.", 11, 12, 0);
	say(&t, A, ".", 12, 12, 0);
	ck_path(&t, A, "ESTABLISHED FIN-WAIT-1 TIME-WAIT");
	ck_path(&t, B, "ESTABLISHED CLOSE-WAIT LAST-ACK CLOSED?");
}
END_TEST

/* ---- One direction only ----------------------------------------------------------------------------------------- */

/* The silent side's steps follow from the other's ACKs: bytes that are acknowledged were sent, by an ESTABLISHED B. */
START_TEST(only_the_client)
{
	talk_init(&t, _i);
	say(&t, A, "S", 0, 0, 0);
	say(&t, A, ".", 1, 1, 0);
	ck_path(&t, A, "SYN-SENT ESTABLISHED");
	ck_path(&t, B, "SYN-RECEIVED ESTABLISHED?");
	say(&t, A, "P.", 1, 1, 10);
	say(&t, A, ".", 11, 501, 0);
	ck_path(&t, B, "SYN-RECEIVED ESTABLISHED");
	say(&t, A, "F.", 11, 501, 0);
	ck_way(&t, B, ACCEPTED "CLOSE-WAIT");
	say(&t, A, ".", 12, 502, 0);
	ck_assert_int_eq(talk_endpoint(&t, A)->state, WS_TIME_WAIT);
	ck_assert_int_eq(talk_endpoint(&t, B)->state, WS_CLOSED);
	ck_assert_int_ne(talk_endpoint(&t, B)->proven, WS_CLOSED);
}
END_TEST

/* The silent side closes first: one number more than the bytes, and nothing after it. */
START_TEST(silent_side_closes)
{
	talk_init(&t, _i);
	say(&t, A, "S", 0, 0, 0);
	say(&t, A, ".", 1, 1, 0);
	say(&t, A, "P.", 1, 1, 10);
	say(&t, A, ".", 11, 501, 0);
	say(&t, A, ".", 11, 502, 0);
	ck_way(&t, A, OPENED "CLOSE-WAIT");
	ck_assert_int_ne(talk_endpoint(&t, A)->proven, WS_CLOSE_WAIT);
	ck_way(&t, B, ACCEPTED "FIN-WAIT-1 FIN-WAIT-2");
	/* It was a byte. */
	say(&t, A, ".", 11, 700, 0);
	ck_path(&t, A, "SYN-SENT ESTABLISHED");
	ck_path(&t, B, "SYN-RECEIVED ESTABLISHED");
}
END_TEST

/* Bytes of A that B acknowledges were sent by an ESTABLISHED A; its SYN alone says nothing. */
START_TEST(only_the_server)
{
	talk_init(&t, _i);
	say(&t, B, "S.", 0, 1, 0);
	ck_path(&t, A, "SYN-SENT ESTABLISHED?");
	say(&t, B, "P.", 1, 1, 10);
	ck_path(&t, A, "SYN-SENT ESTABLISHED?");
	say(&t, B, ".", 11, 11, 0);
	ck_path(&t, A, "SYN-SENT ESTABLISHED");
	ck_path(&t, B, "SYN-RECEIVED ESTABLISHED");
}
END_TEST

/* ---- An acknowledgement of what was not captured ------------------------------------------------------------------ */

/* The tap saw the two in the wrong order: when the FIN comes, its ACK counts. */
START_TEST(ack_before_its_fin)
{
	talk_init(&t, _i);
	talk_open(&t);
	say(&t, B, ".", 11, 12, 0);
	ck_states(&t, "ESTABLISHED", "ESTABLISHED");
	say(&t, A, "F.", 11, 11, 0);
	ck_way(&t, A, OPENED "FIN-WAIT-1 FIN-WAIT-2");
	ck_path(&t, B, ACCEPTED "CLOSE-WAIT");
}
END_TEST

/* B itself shows that it had not received that much: the ACK was not its own. */
START_TEST(ack_belied)
{
	talk_init(&t, _i);
	talk_open(&t);
	say(&t, B, ".", 11, 12, 0);
	say(&t, B, "P.", 11, 11, 10);
	say(&t, A, "F.", 11, 21, 0);
	ck_path(&t, A, OPENED "FIN-WAIT-1");
	ck_path(&t, B, ACCEPTED "CLOSE-WAIT?");
}
END_TEST

/* A second one: the capture lost what it acknowledges. That was sent, and it counts as bytes. */
START_TEST(ack_of_lost_frames)
{
	talk_init(&t, _i);
	talk_open(&t);
	say(&t, B, ".", 11, 1011, 0);
	ck_assert_uint_eq(t.facts.marks & MARK_GAP, 0);
	say(&t, B, "P.", 11, 1011, 10);
	ck_assert_uint_ne(t.facts.marks & MARK_GAP, 0);
	ck_assert_uint_eq(talk_endpoint(&t, A)->bytes, 1010);
	say(&t, A, "F.", 1011, 21, 0);
	say(&t, B, ".", 21, 1012, 0);
	ck_path(&t, A, OPENED "FIN-WAIT-1 FIN-WAIT-2?");
	ck_path(&t, B, ACCEPTED "CLOSE-WAIT");
}
END_TEST

/* What A itself would drop cannot tell of A, however often it comes. */
START_TEST(ack_from_beyond_the_window)
{
	talk_init(&t, _i);
	talk_open(&t);
	say(&t, B, ".", 90000, 1011, 0);
	say(&t, B, ".", 90000, 1011, 0);
	ck_assert_uint_eq(t.facts.marks & MARK_GAP, 0);
	ck_assert_uint_eq(talk_endpoint(&t, A)->bytes, 10);
}
END_TEST

/* One number more than was captured: a byte or a FIN of A's. If it was a FIN, B's own FIN came second; nobody can tell. */
START_TEST(one_number_more)
{
	talk_init(&t, _i);
	talk_open(&t);
	say(&t, B, ".", 11, 12, 0);
	say(&t, B, "P.", 11, 12, 10);
	ck_assert_uint_ne(t.facts.marks & MARK_GAP, 0);
	say(&t, B, "F.", 21, 12, 0);
	ck_assert_int_ne(talk_endpoint(&t, B)->proven, WS_FIN_WAIT_1);
	/* A byte: A goes on. */
	say(&t, A, "P.", 12, 21, 10);
	ck_assert_str_eq(talk_state(&t, B), "FIN-WAIT-1");
}
END_TEST

/* ---- Counting by sequence space ----------------------------------------------------------------------------------- */

/* Payload once, however often it was sent; SYN and FIN not counted. */
START_TEST(bytes)
{
	talk_init(&t, _i);
	talk_open(&t);
	say(&t, A, "P.", 11, 11, 100);
	say(&t, A, "P.", 11, 11, 100);
	ck_assert_uint_ne(t.facts.marks & MARK_REPEATED, 0);
	say(&t, A, "P.", 61, 11, 100);
	say(&t, A, "FP.", 161, 11, 39);
	say(&t, A, "F.", 200, 11, 0);
	say(&t, B, "F.", 11, 201, 0);
	ck_assert_uint_eq(talk_endpoint(&t, A)->bytes, 199);
	ck_assert_uint_eq(talk_endpoint(&t, B)->bytes, 10);
}
END_TEST

/* What fills a hole at once was reordered; what comes after an RTO was repeated. */
START_TEST(reordered_or_repeated)
{
	talk_init(&t, _i);
	talk_open(&t);
	say(&t, A, "P.", 21, 11, 10);
	t.now -= 9000000;
	say(&t, A, "P.", 11, 11, 10);
	ck_assert_uint_eq(t.facts.marks & (MARK_REORDERED | MARK_REPEATED), MARK_REORDERED);
	say(&t, A, "P.", 41, 11, 10);
	talk_wait(&t, 300);
	say(&t, A, "P.", 31, 11, 10);
	ck_assert_uint_eq(t.facts.marks & (MARK_REORDERED | MARK_REPEATED), MARK_REPEATED);
}
END_TEST

int main(void)
{
	TCase *tcase;
	Suite *suite = suite_new("infer", &tcase);

	tcase_add_loop_test(tcase, moves_nothing, 0, DROPPED * TALK_VARIANTS);
	tcase_add_loop_test(tcase, unsigned_fin, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, data_after_fin, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, data_repeated_after_fin, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, midstream, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, midstream_half_closed, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, midstream_close, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, only_the_client, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, silent_side_closes, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, only_the_server, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, ack_before_its_fin, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, ack_belied, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, ack_of_lost_frames, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, ack_from_beyond_the_window, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, one_number_more, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, bytes, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, reordered_or_repeated, 0, TALK_VARIANTS);
	return suite_run(suite);
}
