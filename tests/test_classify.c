/*
 * A segment held against both sides: what is looked at, and in which order (RFC 9293 3.10.7.4), whose checksums count, and
 * the window (table 6).
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

/* ---- Kinds ---------------------------------------------------------------------------------------------------- */

static const struct {
	const char *flags;
	enum segment_kind kind;
} kinds[] = {
	{ "S", KIND_SYN },
	{ "SEW", KIND_SYN },
	{ "SP", KIND_SYN },
	{ "S.", KIND_SYN_ACK },
	{ "S.E", KIND_SYN_ACK },
	{ ".", KIND_ORDINARY },
	{ "P.", KIND_ORDINARY },
	{ "F.", KIND_ORDINARY },
	{ "FP.", KIND_ORDINARY },
	{ ".U", KIND_ORDINARY },
	{ "R", KIND_RST },
	{ "R.", KIND_RST },
	{ "FR.", KIND_RST },
	{ "", KIND_VOID },
	{ "P", KIND_VOID },
	{ "F", KIND_VOID },
	{ "FPU", KIND_VOID },
	{ "EW", KIND_VOID },
	/* The order of 3.10.7.4: RST is looked at second, SYN fourth. */
	{ "SR", KIND_RST },
	{ "SR.", KIND_RST },
};

START_TEST(kind)
{
	struct facts facts;

	talk_init(&t, _i % TALK_VARIANTS);
	talk_open(&t);
	facts = facts_of_say(A, kinds[_i].flags, 11, 11, 0);
	ck_assert_int_eq(facts.kind, kinds[_i].kind);
	ck_assert_int_eq(facts.is_believable, kinds[_i].kind != KIND_VOID);
}
END_TEST

/* SEG.LEN counts SYN and FIN (RFC 9293 3.3.1). */
START_TEST(end)
{
	talk_init(&t, _i);
	talk_open(&t);
	ck_assert_uint_eq(facts_of_say(A, ".", 11, 11, 0).end, t.isn[A] + 11);
	ck_assert_uint_eq(facts_of_say(A, "P.", 11, 11, 7).end, t.isn[A] + 18);
	ck_assert_uint_eq(facts_of_say(A, "F.", 11, 11, 0).end, t.isn[A] + 12);
	ck_assert_uint_eq(facts_of_say(A, "FP.", 11, 11, 7).end, t.isn[A] + 19);
	ck_assert_uint_eq(facts_of_say(A, "S", 0, 0, 0).end, t.isn[A] + 1);
}
END_TEST

/* ---- What no receiver looks at -------------------------------------------------------------------------------- */

/* Where all checksums are wrong the capture was taken before they were filled in; after a right one a wrong one is. */
START_TEST(checksum)
{
	talk_init(&t, _i);
	talk_make(&t, A, "S", 0, 0, 0)->checksum = CHECKSUM_BAD;
	ck_assert_int_eq(facts_of().kind, KIND_SYN);
	talk_send(&t);
	talk_make(&t, B, "S.", 0, 1, 0)->checksum = CHECKSUM_GOOD;
	talk_send(&t);
	talk_make(&t, A, ".", 1, 1, 0)->checksum = CHECKSUM_BAD;
	ck_assert_int_eq(facts_of().kind, KIND_ORDINARY);
	talk_send(&t);
	talk_make(&t, B, "P.", 1, 1, 10)->checksum = CHECKSUM_BAD;
	ck_assert_int_eq(facts_of().kind, KIND_VOID);
	ck_assert(!facts_of().is_believable && !facts_of().is_acceptable);
	talk_make(&t, B, "P.", 1, 1, 10)->checksum = CHECKSUM_OFFLOAD;
	ck_assert_int_eq(facts_of().kind, KIND_ORDINARY);
	talk_make(&t, B, "P.", 1, 1, 10)->checksum = CHECKSUM_UNVERIFIED;
	ck_assert_int_eq(facts_of().kind, KIND_ORDINARY);
}
END_TEST

/* A damaged segment gives its sender no right to be believed later, nor takes it. */
START_TEST(checksum_unverified_proves_nothing)
{
	talk_init(&t, _i);
	talk_make(&t, A, "S", 0, 0, 0)->checksum = CHECKSUM_UNVERIFIED;
	talk_send(&t);
	talk_make(&t, A, "S", 0, 0, 0)->checksum = CHECKSUM_BAD;
	ck_assert_int_eq(facts_of().kind, KIND_SYN);
}
END_TEST

/* RFC 2385, RFC 5925: an unsigned segment on a signed connection is dropped, of any kind. */
START_TEST(signature)
{
	static const char *const flags[] = { ".", "F.", "R", "S" };
	static const uint32_t options[] = { OPTION_MD5, OPTION_AO };

	talk_init(&t, _i);
	talk_make(&t, A, "S", 0, 0, 0)->options.present = options[_i % 2];
	talk_send(&t);
	talk_make(&t, B, "S.", 0, 1, 0)->options.present = options[_i % 2];
	talk_send(&t);
	for (int i = 0; i < LENGTH(flags); i++) {
		talk_make(&t, B, flags[i], 1, 1, 0);
		ck_assert_int_eq(facts_of().kind, KIND_VOID);
		t.segment.options.present = options[_i % 2];
		ck_assert_int_ne(facts_of().kind, KIND_VOID);
	}
}
END_TEST

/* ---- Table 6 -------------------------------------------------------------------------------------------------- */

/*
 * RCV.NXT is 1001. Where deployed stacks take more than the table (what ends at RCV.NXT, what begins at the right edge:
 * its ACK counts), the row says so; elsewhere they agree.
 */
static const struct {
	uint32_t window;
	uint32_t seq;
	uint32_t len;
	enum place place;
	const char *why;
} places[] = {
	{ 0, 1001, 0, PLACE_WINDOW, "length 0, window 0: SEG.SEQ = RCV.NXT" },
	{ 0, 1000, 0, PLACE_OLD, "length 0, window 0: before RCV.NXT" },
	{ 0, 1002, 0, PLACE_BEYOND, "length 0, window 0: after RCV.NXT" },
	{ 100, 1001, 0, PLACE_WINDOW, "length 0: first number of the window" },
	{ 100, 1100, 0, PLACE_WINDOW, "length 0: last number of the window" },
	{ 100, 1000, 0, PLACE_OLD, "length 0: before the window (a keep-alive)" },
	{ 100, 1102, 0, PLACE_BEYOND, "length 0: beyond the window" },
	{ 100, 1101, 0, PLACE_WINDOW, "length 0: right edge, deployed stacks" },
	{ 0, 1002, 10, PLACE_BEYOND, "window 0: nothing with a length" },
	{ 0, 1001, 10, PLACE_WINDOW, "window 0: a probe at RCV.NXT, deployed stacks" },
	{ 100, 1001, 10, PLACE_WINDOW, "begins at RCV.NXT" },
	{ 100, 1100, 10, PLACE_WINDOW, "begins with the last number of the window" },
	{ 100, 1102, 10, PLACE_BEYOND, "begins beyond the window" },
	{ 100, 992, 10, PLACE_WINDOW, "its last number is RCV.NXT" },
	{ 100, 990, 10, PLACE_OLD, "all of it received" },
	{ 100, 991, 10, PLACE_WINDOW, "ends at RCV.NXT, deployed stacks" },
};

/* A has sent a thousand bytes, all acknowledged; then B offers that window and no more. */
static void receiver(int variant, uint32_t window)
{
	talk_init(&t, variant);
	say(&t, A, "S", 0, 0, 0);
	talk_make(&t, B, "S.", 0, 1, 0)->window = 1000;
	talk_send(&t);
	say(&t, A, "P.", 1, 1, 1000);
	talk_make(&t, B, ".", 1, 1001, 0)->window = (uint16_t)window;
	talk_send(&t);
}

START_TEST(place)
{
	for (int variant = 0; variant < TALK_VARIANTS; variant++) {
		struct facts facts;

		receiver(variant, places[_i].window);
		facts = facts_of_say(A, "P.", places[_i].seq, 1, places[_i].len);
		ck_assert_msg(facts.place == places[_i].place, "variant %d, %s", variant, places[_i].why);
		ck_assert_int_eq(facts.is_acceptable, places[_i].place == PLACE_WINDOW);
		ck_assert_int_eq(facts.is_believable, places[_i].place != PLACE_BEYOND);
	}
}
END_TEST

/* The window of the SYN-ACK counts at once; it is that of a listener who has said nothing else. */
/* A keep-alive of an idle opener has the number of the SYN; below that nothing was ever sent. */
START_TEST(below_the_isn)
{
	talk_init(&t, _i);
	talk_handshake(&t);
	ck_assert(facts_of_say(A, ".", 0, 1, 0).is_believable);
	ck_assert(!facts_of_say(A, ".", (uint32_t)-1, 1, 0).is_believable);
	ck_assert(!facts_of_say(A, "F.", (uint32_t)-2000, 1, 0).is_believable);
}
END_TEST

/* However far a stream has come, it ends like any other: 0, 1.5, 3 and 4.5 gigabytes. */
START_TEST(all_around)
{
	const uint32_t unit = 60000;
	uint32_t at = 11;

	talk_init(&t, _i % TALK_VARIANTS);
	talk_open(&t);
	for (int i = 0; i < 25000 * (_i / TALK_VARIANTS); i++) {
		ck_assert(say(&t, A, ".", at, 11, unit)->is_believable);
		at += unit;
		ck_assert(say(&t, B, ".", 11, at, 0)->is_believable);
	}
	ck_states(&t, "ESTABLISHED", "ESTABLISHED");
	say(&t, B, "F.", 11, at, 0);
	say(&t, A, "F.", at, 12, 0);
	say(&t, B, ".", 12, at + 1, 0);
	ck_path(&t, A, "SYN-SENT ESTABLISHED CLOSE-WAIT LAST-ACK CLOSED?");
	ck_path(&t, B, "SYN-RECEIVED ESTABLISHED FIN-WAIT-1 TIME-WAIT");
	if (_i >= TALK_VARIANTS)
		ck_assert_int_eq(say(&t, A, ".", at - unit, 12, unit)->novelty, NOVEL_REPEATED);
}
END_TEST

START_TEST(place_after_the_syn_ack)
{
	talk_init(&t, _i);
	say(&t, A, "S", 0, 0, 0);
	talk_make(&t, B, "S.", 0, 1, 0)->window = 100;
	talk_send(&t);
	ck_assert_int_eq(facts_of_say(A, ".", 101, 1, 0).place, PLACE_WINDOW);
	ck_assert_int_eq(facts_of_say(A, ".", 102, 1, 0).place, PLACE_BEYOND);
	ck_assert_int_eq(facts_of_say(A, ".", 0, 1, 0).place, PLACE_OLD);
}
END_TEST

/* RFC 7323 2.2: the window is scaled, and only when both SYNs say so. */
static void scaled(int variant, bool both)
{
	talk_init(&t, variant);
	talk_make(&t, A, "S", 0, 0, 0)->options = (struct tcp_options){ .present = OPTION_WSCALE, .wscale = 3 };
	talk_send(&t);
	talk_make(&t, B, "S.", 0, 1, 0)->window = 100;
	if (both)
		t.segment.options = (struct tcp_options){ .present = OPTION_WSCALE, .wscale = 2 };
	talk_send(&t);
	say(&t, A, ".", 1, 1, 0);
	talk_make(&t, B, ".", 1, 1, 0)->window = 100;
	talk_send(&t);
}

START_TEST(scale)
{
	scaled(_i, true);
	ck_assert_int_eq(facts_of_say(A, ".", 400, 1, 0).place, PLACE_WINDOW);
	ck_assert_int_eq(facts_of_say(A, ".", 402, 1, 0).place, PLACE_BEYOND);
	scaled(_i, false);
	ck_assert_int_eq(facts_of_say(A, ".", 100, 1, 0).place, PLACE_WINDOW);
	ck_assert_int_eq(facts_of_say(A, ".", 102, 1, 0).place, PLACE_BEYOND);
}
END_TEST

/* Picked up in mid-stream: before the receiver's window is known, any place is in it. */
START_TEST(place_before_the_window_is_known)
{
	talk_init(&t, _i);
	ck_assert_int_eq(facts_of_say(A, "P.", 5000, 1, 10).place, PLACE_WINDOW);
	talk_send(&t);
	ck_assert_int_eq(facts_of_say(A, "P.", 1, 1, 10).place, PLACE_WINDOW);
	ck_assert(facts_of().is_acceptable);
}
END_TEST

int main(void)
{
	TCase *tcase;
	Suite *suite = suite_new("classify", &tcase);

	tcase_add_loop_test(tcase, kind, 0, LENGTH(kinds));
	tcase_add_loop_test(tcase, end, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, checksum, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, checksum_unverified_proves_nothing, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, signature, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, place, 0, LENGTH(places));
	tcase_add_loop_test(tcase, place_after_the_syn_ack, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, below_the_isn, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, all_around, 0, 4 * TALK_VARIANTS);
	tcase_add_loop_test(tcase, scale, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, place_before_the_window_is_known, 0, TALK_VARIANTS);
	return suite_run(suite);
}
