/*
 * Which connection of a 4-tuple a segment belongs to (DESIGN 4): a new ISN begins one, a repeated SYN does not, a SYN to a
 * connection that is alive waits until its sender or its receiver tells. RFC 9293 3.5.1 (figures 8 to 10), 3.6.1 and
 * 3.10.7.4 (TIME-WAIT), RFC 6191 2.
 */
#include <check.h>
#include <stdlib.h>

#include "base/clock.h"
#include "lib/suite.h"
#include "lib/talk.h"
#include "track/incarnation.h"

/* Only the segments of the talk are used: they go to connections. */
static struct talk t;
static struct ws_connection now;
static struct ws_connection before;
static struct detail details[2];
static struct ws_config config;
static struct ws_totals totals;

/* So far from the other that no segment can be taken for one of it. */
#define ANOTHER 0x20000000u

static void feed(struct ws_connection *c, enum talk_side from, const char *flags, uint32_t seq, uint32_t ack,
		 uint32_t len)
{
	struct context context = { .config = &config, .totals = &totals, .now = t.now };

	talk_make(&t, from, flags, seq, ack, len);
	connection_segment(&context, c, t.side[from], &t.segment, 0);
	change_close(&context, c, &(struct cause){ t.segment.ts, t.segment.frame, t.segment.flags });
}

static void init(struct ws_connection *c)
{
	struct flow_key key;

	talk_make(&t, A, "S", 0, 0, 0);
	flow_key_of(&t.segment, &key);
	connection_fini(c);
	connection_init(c, &key, &t.segment);
	c->detail = &details[c == &before];
	detail_init(c->detail);
}

static void begin(int variant)
{
	config = (struct ws_config){ .time_wait_ns = 60 * NS_PER_SEC };
	talk_init(&t, variant);
	init(&now);
}

static void open_it(struct ws_connection *c)
{
	feed(c, A, "S", 0, 0, 0);
	feed(c, B, "S.", 0, 1, 0);
	feed(c, A, ".", 1, 1, 0);
	feed(c, B, "P.", 1, 1, 10);
	feed(c, A, ".", 1, 11, 0);
}

/* A closes first and is left in TIME-WAIT. */
static void close_it(struct ws_connection *c)
{
	feed(c, A, "F.", 1, 11, 0);
	feed(c, B, "F.", 11, 2, 0);
	feed(c, A, ".", 2, 12, 0);
}

static enum incarnation ask(enum talk_side from, const char *flags, uint32_t seq, uint32_t ack)
{
	talk_make(&t, from, flags, seq, ack, 0);
	return incarnation_of(&now, t.side[from], &t.segment);
}

/* What is done with a candidate. */
static void keep(enum talk_side from)
{
	ck_assert_ptr_nonnull(connection_extra(&now, NULL));
	now.extra->candidate = malloc(sizeof *now.extra->candidate);
	ck_assert_ptr_nonnull(now.extra->candidate);
	*now.extra->candidate = t.segment;
	now.candidate_side = (uint8_t)t.side[from];
}

/* ---- Of this connection ------------------------------------------------------------------------------------------- */

START_TEST(its_own)
{
	begin(_i);
	feed(&now, A, "S", 0, 0, 0);
	ck_assert_int_eq(ask(A, "S", 0, 0), INCARNATION_THIS);
	ck_assert_int_eq(ask(B, "S.", 0, 1), INCARNATION_THIS);
	ck_assert_int_eq(ask(B, "R.", 0, 1), INCARNATION_THIS);
	feed(&now, B, "S.", 0, 1, 0);
	ck_assert_int_eq(ask(A, "S", 0, 0), INCARNATION_THIS);
	ck_assert_int_eq(ask(B, "S.", 0, 1), INCARNATION_THIS);
	ck_assert_int_eq(ask(A, ".", 1, 1), INCARNATION_THIS);
	open_it(&now);
	ck_assert_int_eq(ask(A, "S", 0, 0), INCARNATION_THIS);
	ck_assert_int_eq(ask(A, "F.", 1, 11), INCARNATION_THIS);
	ck_assert_int_eq(ask(B, "R", 11, 0), INCARNATION_THIS);
	close_it(&now);
	ck_assert_int_eq(ask(B, "F.", 11, 2), INCARNATION_THIS);
}
END_TEST

/* RFC 9293 figure 7: the other's bare SYN belongs to the same opening. */
START_TEST(simultaneous_open)
{
	begin(_i);
	feed(&now, A, "S", 0, 0, 0);
	ck_assert_int_eq(ask(B, "S", 0, 0), INCARNATION_THIS);
}
END_TEST

/* Nothing that its receiver drops begins anything. */
START_TEST(damaged)
{
	begin(_i);
	open_it(&now);
	close_it(&now);
	talk_make(&t, A, "S", ANOTHER, 0, 0)->checksum = CHECKSUM_BAD;
	ck_assert_int_eq(incarnation_of(&now, t.side[A], &t.segment), INCARNATION_THIS);
}
END_TEST

/* ---- After the end ------------------------------------------------------------------------------------------------- */

/* All that is left is a tombstone: another ISN begins, the same one is an old copy. */
START_TEST(after_the_end)
{
	begin(_i);
	open_it(&now);
	feed(&now, A, "R.", 1, 11, 0);
	feed(&now, B, "R.", 11, 1, 0);
	ck_assert_int_ne(now.closed_ts, WS_TIME_NONE);
	ck_assert_int_eq(ask(A, "S", 0, 0), INCARNATION_LATE);
	ck_assert_int_eq(ask(A, "S", ANOTHER, 0), INCARNATION_NEW);
	ck_assert_int_eq(ask(B, "S", ANOTHER, 0), INCARNATION_NEW);
	ck_assert_int_eq(ask(A, ".", 1, 11), INCARNATION_THIS);
}
END_TEST

/* After a refusal the same SYN again is another try. */
START_TEST(after_a_refusal)
{
	begin(_i);
	feed(&now, A, "S", 0, 0, 0);
	feed(&now, B, "R.", 0, 1, 0);
	ck_assert_int_eq(ask(A, "S", 0, 0), INCARNATION_NEW);
	ck_assert_int_eq(ask(A, "S", ANOTHER, 0), INCARNATION_NEW);
}
END_TEST

/* ---- TIME-WAIT ------------------------------------------------------------------------------------------------------ */

static struct segment *stamped_syn(enum talk_side from, uint32_t seq, uint32_t tsval)
{
	talk_timestamps(talk_make(&t, from, "S", seq, 0, 0), tsval, 0);
	return &t.segment;
}

/* B's newest number is 12. A higher ISN opens, a lower one only draws an ACK (RFC 9293 3.6.1). */
START_TEST(time_wait_isn)
{
	begin(_i);
	open_it(&now);
	close_it(&now);
	ck_assert_int_eq(ask(B, "S", 13, 0), INCARNATION_NEW);
	ck_assert_int_eq(ask(B, "S", ANOTHER, 0), INCARNATION_NEW);
	ck_assert_int_eq(ask(B, "S", 5, 0), INCARNATION_CANDIDATE);
	ck_assert_int_eq(ask(B, "S", 0u - ANOTHER, 0), INCARNATION_CANDIDATE);
}
END_TEST

/* RFC 6191 2: a newer timestamp opens whatever the ISN is; an older one does not; when equal, the ISN tells. */
START_TEST(time_wait_timestamp)
{
	begin(_i);
	open_it(&now);
	talk_timestamps(talk_make(&t, B, "P.", 11, 1, 10), 1000, 1);
	connection_segment(&(struct context){ .config = &config, .totals = &totals, .now = t.now }, &now, t.side[B],
			   &t.segment, 0);
	feed(&now, A, "F.", 1, 21, 0);
	feed(&now, B, "F.", 21, 2, 0);
	feed(&now, A, ".", 2, 22, 0);
	ck_assert_int_eq(incarnation_of(&now, t.side[B], stamped_syn(B, 0u - ANOTHER, 1001)), INCARNATION_NEW);
	ck_assert_int_eq(incarnation_of(&now, t.side[B], stamped_syn(B, ANOTHER, 999)), INCARNATION_CANDIDATE);
	ck_assert_int_eq(incarnation_of(&now, t.side[B], stamped_syn(B, ANOTHER, 1000)), INCARNATION_NEW);
	ck_assert_int_eq(incarnation_of(&now, t.side[B], stamped_syn(B, 0u - ANOTHER, 1000)), INCARNATION_CANDIDATE);
	ck_assert(incarnation_is_newer(&now, t.side[B], stamped_syn(B, 0u - ANOTHER, 1001)));
	ck_assert(!incarnation_is_newer(&now, t.side[B], stamped_syn(B, ANOTHER, 999)));
	ck_assert(incarnation_is_newer(&now, t.side[B], stamped_syn(B, ANOTHER, 1000)));
}
END_TEST

/* A side in TIME-WAIT that itself sends a new SYN has ended its TIME-WAIT (INFERENCE 4). */
START_TEST(time_wait_owner)
{
	begin(_i);
	open_it(&now);
	close_it(&now);
	ck_assert_int_eq(ask(A, "S", ANOTHER, 0), INCARNATION_NEW);
	ck_assert_int_eq(ask(A, "S", 0u - ANOTHER, 0), INCARNATION_NEW);
}
END_TEST

/* ---- A SYN to a connection that is alive ----------------------------------------------------------------------------- */

static void candidate(int variant, enum talk_side from)
{
	begin(variant);
	open_it(&now);
	ck_assert_int_eq(ask(from, "S", ANOTHER, 0), INCARNATION_CANDIDATE);
	keep(from);
}

/* Its receiver tells: it takes it for a new connection, or refuses it as one. */
START_TEST(promoted_by_the_receiver)
{
	candidate(_i, A);
	ck_assert_int_eq(ask(B, ".", 11, 1), INCARNATION_THIS);
	ck_assert_ptr_nonnull(connection_candidate(&now));
	ck_assert_int_eq(ask(B, "S.", ANOTHER, ANOTHER), INCARNATION_THIS);
	ck_assert_int_eq(ask(B, "S.", ANOTHER, ANOTHER + 1), INCARNATION_PROMOTED);
	ck_assert_int_eq(ask(B, "R.", 0, ANOTHER + 1), INCARNATION_PROMOTED);
}
END_TEST

/* Its sender tells: it repeats it. */
START_TEST(promoted_by_repetition)
{
	candidate(_i, _i % 2 ? A : B);
	ck_assert_int_eq(ask(_i % 2 ? A : B, "S", ANOTHER, 0), INCARNATION_PROMOTED);
}
END_TEST

/* RFC 9293 figure 10: it refuses the challenge ACK, and repeats its SYN. */
START_TEST(promoted_after_a_reset)
{
	candidate(_i, A);
	ck_assert_int_eq(ask(B, ".", 11, 1), INCARNATION_THIS);
	ck_assert_int_eq(ask(A, "R", 1, 0), INCARNATION_THIS);
	ck_assert_ptr_nonnull(connection_candidate(&now));
	feed(&now, A, "R", 1, 0, 0);
	ck_assert_int_eq(ask(A, "S", ANOTHER, 0), INCARNATION_PROMOTED);
}
END_TEST

/* Its sender goes on with the old connection: the SYN was not its own. */
START_TEST(forgotten)
{
	candidate(_i, A);
	ck_assert_int_eq(ask(A, "P.", 1, 11), INCARNATION_THIS);
	ck_assert_ptr_null(connection_candidate(&now));
	ck_assert_int_eq(ask(B, "S.", ANOTHER, ANOTHER + 1), INCARNATION_THIS);

	candidate(_i, A);
	ck_assert_int_eq(ask(A, "R.", 1, 11), INCARNATION_THIS);
	ck_assert_ptr_null(connection_candidate(&now));
}
END_TEST

/* ---- Two at once -------------------------------------------------------------------------------------------------------- */

/* `before` was closed by A; A begins `now` with another ISN. */
static void reused(int variant)
{
	begin(variant);
	init(&before);
	open_it(&before);
	close_it(&before);
	now.older = &before;
	t.isn[A] += ANOTHER;
	t.isn[B] -= ANOTHER;
	feed(&now, A, "S", 0, 0, 0);
}

/* Late segments of the old one, and what is said to it, are not fed to the new one. */
START_TEST(late_segments)
{
	reused(_i);
	ck_assert_int_eq(ask(B, "F.", 11 + ANOTHER, 2 - ANOTHER), INCARNATION_OLDER);
	ck_assert_int_eq(ask(A, ".", 2 - ANOTHER, 12 + ANOTHER), INCARNATION_OLDER);
	ck_assert_int_eq(ask(B, "S.", 0, 1), INCARNATION_THIS);
	ck_assert_int_eq(ask(B, "R.", 0, 1), INCARNATION_THIS);
	feed(&now, B, "S.", 0, 1, 0);
	feed(&now, A, ".", 1, 1, 0);
	ck_assert_int_eq(ask(B, "F.", 11 + ANOTHER, 2 - ANOTHER), INCARNATION_OLDER);
	ck_assert_int_eq(ask(B, "P.", 1, 1), INCARNATION_THIS);
	/* Of neither: the newest has to judge it. */
	ck_assert_int_eq(ask(B, "P.", 3 * ANOTHER, 3 * ANOTHER), INCARNATION_THIS);
}
END_TEST

/* RFC 9293 figure 10 with the capture begun between: B's answer tells of a connection that A's SYN knows nothing of. */
START_TEST(foreign)
{
	begin(_i);
	feed(&now, A, "S", 0, 0, 0);
	ck_assert_int_eq(ask(B, ".", 500, 77), INCARNATION_FOREIGN);
	ck_assert_int_eq(ask(B, "P.", 500, 77), INCARNATION_FOREIGN);
	ck_assert_int_eq(ask(B, ".", 0, 1), INCARNATION_THIS);
	/* A has gone on, so B did answer its SYN, unseen. */
	feed(&now, A, ".", 1, 1, 0);
	ck_assert_int_eq(ask(B, ".", 500, 77), INCARNATION_THIS);
}
END_TEST

/* The RST that refuses it takes its number from it, so it belongs there too. */
START_TEST(refusal_of_the_foreign)
{
	begin(_i);
	feed(&now, A, "S", 0, 0, 0);
	init(&before);
	feed(&before, B, ".", 500, 77, 0);
	now.older = &before;
	ck_assert_int_eq(ask(A, "R", 77, 0), INCARNATION_OLDER);
	ck_assert_int_eq(ask(A, "S", 0, 0), INCARNATION_THIS);
	ck_assert_int_eq(ask(B, "S.", ANOTHER, 1), INCARNATION_THIS);
}
END_TEST

int main(void)
{
	TCase *tcase;
	Suite *suite = suite_new("incarnation", &tcase);

	tcase_add_loop_test(tcase, its_own, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, simultaneous_open, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, damaged, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, after_the_end, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, after_a_refusal, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, time_wait_isn, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, time_wait_timestamp, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, time_wait_owner, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, promoted_by_the_receiver, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, promoted_by_repetition, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, promoted_after_a_reset, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, forgotten, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, late_segments, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, foreign, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, refusal_of_the_foreign, 0, TALK_VARIANTS);
	return suite_run(suite);
}
