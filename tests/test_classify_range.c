/*
 * A segment held against both sides: the range of its ACK (RFC 5961 5), and of its timestamp (PAWS, RFC 7323 5.3).
 */
#include <check.h>

#include "lib/suite.h"
#include "lib/talk.h"

static struct talk t;

#define LENGTH(array) ((int)(sizeof(array) / sizeof((array)[0])))

/* What t.segment is, held against both sides as they are now. */
static struct facts facts_of(void)
{
	const struct endpoint *x = &t.pair.side[t.side[t.from]];
	const struct endpoint *y = &t.pair.side[!t.side[t.from]];
	struct facts facts;

	classify(x, y, &t.segment, &facts);
	return facts;
}

static struct facts facts_of_say(enum talk_side from, const char *flags, uint32_t seq, uint32_t ack, uint32_t len)
{
	talk_make(&t, from, flags, seq, ack, len);
	return facts_of();
}

/* ---- ACK range ------------------------------------------------------------------------------------------------ */

/* B has sent 5000 bytes; A has acknowledged them; A's widest window was `window`. */
static void acknowledger(int variant, uint16_t window)
{
	talk_init(&t, variant);
	talk_make(&t, A, "S", 0, 0, 0)->window = window;
	talk_send(&t);
	say(&t, B, "S.", 0, 1, 0);
	talk_make(&t, A, ".", 1, 1, 0)->window = window;
	talk_send(&t);
	for (uint32_t i = 0; i < 5; i++) {
		say(&t, B, "P.", 1 + i * 1000, 1, 1000);
		talk_make(&t, A, ".", 1, 1001 + i * 1000, 0)->window = window;
		talk_send(&t);
	}
}

/* SND.UNA - MAX.SND.WND <= SEG.ACK <= SND.NXT, with both at 5001. */
START_TEST(ack_range)
{
	static const uint16_t windows[] = { 65535, 1000 };

	for (int i = 0; i < LENGTH(windows); i++) {
		uint16_t window = windows[i];

		acknowledger(_i, window);
		ck_assert(facts_of_say(A, ".", 1, 5001, 0).is_acceptable);
		ck_assert(facts_of_say(A, ".", 1, 4001, 0).is_acceptable);
		ck_assert(facts_of_say(A, ".", 1, 5002, 0).is_ack_beyond);
		ck_assert(!facts_of().is_believable);
		ck_assert(!facts_of_say(A, ".", 1, 5001u - window, 0).is_ack_old);
		ck_assert_msg(facts_of_say(A, ".", 1, 5000u - window, 0).is_ack_old, "window %u", window);
		ck_assert(!facts_of().is_believable);
	}
}
END_TEST

/* One direction only: a side of which nothing was captured may have sent anything. */
START_TEST(ack_of_the_unseen)
{
	talk_init(&t, _i);
	say(&t, A, ".", 1, 1000, 0);
	say(&t, A, "P.", 1, 3000, 10);
	ck_assert(!facts_of_say(A, ".", 11, 9000, 0).is_ack_beyond);
	ck_assert(facts_of().is_believable);
}
END_TEST

/* ---- PAWS ----------------------------------------------------------------------------------------------------- */

/* TS.Recent is 0xffffffff: what is newer lies beyond the wrap. One tick back is taken, as by deployed stacks. */
static const struct {
	uint32_t tsval;
	bool is_stale;
} ticks[] = { { 0xffffffff, false }, { 0, false },         { 100000, false },
	      { 0xfffffffe, false }, { 0xfffffffd, true }, { 0x90000000, true } };

static void stamped(int variant)
{
	talk_init(&t, variant);
	talk_open(&t);
	talk_timestamps(talk_make(&t, A, "P.", 11, 11, 10), 0xffffffff, 1);
	talk_send(&t);
}

START_TEST(paws)
{
	stamped(_i % TALK_VARIANTS);
	talk_timestamps(talk_make(&t, A, "P.", 21, 11, 10), ticks[_i].tsval, 1);
	ck_assert_int_eq(facts_of().is_stale, ticks[_i].is_stale);
	ck_assert_int_eq(facts_of().is_believable, !ticks[_i].is_stale);
	/* RFC 7323 5.2: it is not for RST. */
	talk_timestamps(talk_make(&t, A, "R.", 21, 11, 0), ticks[_i].tsval, 1);
	ck_assert(facts_of().is_believable);
}
END_TEST

/* The SYN's timestamp is the first TS.Recent. */
START_TEST(paws_from_the_syn)
{
	talk_init(&t, _i);
	talk_timestamps(talk_make(&t, A, "S", 0, 0, 0), 1000, 0);
	talk_send(&t);
	say(&t, B, "S.", 0, 1, 0);
	talk_timestamps(talk_make(&t, A, "F.", 1, 1, 0), 900, 0);
	ck_assert(facts_of().is_stale);
	talk_timestamps(talk_make(&t, A, "F.", 1, 1, 0), 1000, 0);
	ck_assert(!facts_of().is_stale);
}
END_TEST

/* RFC 7323 4.3: TS.Recent follows segments that do not lie beyond the last ACK sent; one behind a hole does not set it. */
START_TEST(paws_and_a_hole)
{
	stamped(_i);
	say(&t, B, ".", 11, 21, 0);
	talk_timestamps(talk_make(&t, A, "P.", 31, 11, 10), 50, 1);
	talk_send(&t);
	talk_timestamps(talk_make(&t, A, "P.", 21, 11, 10), 0, 1);
	ck_assert(!facts_of().is_stale);
}
END_TEST

/* ---- What is under way ---------------------------------------------------------------------------------------- */

/* An answer takes the shortest time seen so far, at least: what passed later than that was still on its way. */
START_TEST(under_way)
{
	struct endpoint e;

	endpoint_init(&e);
	ck_assert_int_eq(under_way_since(&e, 1000), 1000);
	e.rtt_ns = 100;
	ck_assert_int_le(under_way_since(&e, 1000), 900);
	ck_assert_int_ge(under_way_since(&e, 1000), 0);
}
END_TEST

START_TEST(acks)
{
	talk_init(&t, _i);
	ck_assert(!acks_syn(talk_endpoint(&t, A), t.isn[A] + 1));
	talk_open(&t);
	ck_assert(!acks_syn(talk_endpoint(&t, A), t.isn[A]));
	ck_assert(acks_syn(talk_endpoint(&t, A), t.isn[A] + 1));
	ck_assert(!acks_fin(talk_endpoint(&t, A), t.isn[A] + 12));
	say(&t, A, "F.", 11, 11, 0);
	ck_assert(!acks_fin(talk_endpoint(&t, A), t.isn[A] + 11));
	ck_assert(acks_fin(talk_endpoint(&t, A), t.isn[A] + 12));
}
END_TEST

int main(void)
{
	TCase *tcase;
	Suite *suite = suite_new("classify_range", &tcase);

	tcase_add_loop_test(tcase, ack_range, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, ack_of_the_unseen, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, paws, 0, LENGTH(ticks));
	tcase_add_loop_test(tcase, paws_from_the_syn, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, paws_and_a_hole, 0, TALK_VARIANTS);
	tcase_add_test(tcase, under_way);
	tcase_add_loop_test(tcase, acks, 0, TALK_VARIANTS);
	return suite_run(suite);
}
