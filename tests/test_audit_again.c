/*
 * What is sent again: which rule takes it, where each of them ends, and what is no repetition at all.
 */
#include <check.h>

#include "base/clock.h"
#include "lib/audited.h"
#include "lib/suite.h"

static struct audited a;

#define ID(name) WS_FINDING_##name

/* Listens for one finding; a handshake, then A has sent 1 to 301 in three segments. */
static void begin(int variant, enum ws_finding_id id)
{
	audited_init(&a, variant, id, id);
	audited_handshake(&a);
	for (uint32_t i = 0; i < 3; i++)
		audited_say(&a, A, ".", 1 + 100 * i, 1, 100);
	ck_assert_uint_eq(a.audit.len, 0);
}

/* ---- Which it is ----------------------------------------------------------------------------------------------------- */

START_TEST(by_timer)
{
	begin(_i, ID(segment_retransmitted));
	ck_assert_uint_eq(audited_say(&a, A, ".", 1, 1, 100), 1);
	/* Part of it is new. */
	ck_assert_uint_eq(audited_say(&a, A, ".", 201, 1, 200), 1);
	/* All but one byte is new: that one was a probe. */
	ck_assert_uint_eq(audited_say(&a, A, ".", 400, 1, 100), 0);
	ck_assert_uint_eq(audited_say(&a, A, ".", 500, 1, 100), 0);
}
END_TEST

START_TEST(syn_and_fin_have_their_own)
{
	begin(_i, ID(segment_retransmitted));
	ck_assert_uint_eq(audited_say(&a, B, "S.", 0, 1, 0), 0);
	ck_assert_uint_eq(audited_say(&a, A, "F.", 301, 1, 0), 0);
	ck_assert_uint_eq(audited_say(&a, A, "F.", 301, 1, 0), 0);
	ck_assert_uint_eq(audited_say(&a, A, "F.", 201, 1, 100), 1);
}
END_TEST

/* Duplicate ACKs, how long after the last of them the data come, and whether that is at once. 20 ms, and the 10 ms that A
 * has taken to answer the SYN-ACK. */
static const struct {
	unsigned duplicates;
	int64_t ms;
	unsigned findings;
} asked[] = { { 1, 10, 0 }, { 2, 10, 1 }, { 3, 10, 1 }, { 2, 29, 1 }, { 2, 30, 0 } };

START_TEST(by_duplicate_acks)
{
	for (int variant = 0; variant < TALK_VARIANTS; variant++) {
		begin(variant, ID(segment_fast_retransmitted));
		audited_say(&a, B, ".", 1, 101, 0);
		for (unsigned i = 0; i < asked[_i].duplicates; i++)
			audited_say(&a, B, ".", 1, 101, 0);
		talk_wait(&a.talk, asked[_i].ms - 10);
		ck_assert_uint_eq(audited_say(&a, A, ".", 101, 1, 100), asked[_i].findings);
		/* What they do not ask for. */
		ck_assert_uint_eq(audited_say(&a, A, ".", 201, 1, 100), 0);
	}
}
END_TEST

START_TEST(for_nothing)
{
	begin(_i, ID(segment_spurious_retransmission));
	audited_say(&a, B, ".", 1, 200, 0);
	ck_assert_uint_eq(audited_say(&a, A, ".", 101, 1, 100), 0);
	ck_assert_uint_eq(audited_say(&a, A, ".", 1, 1, 100), 1);
	ck_assert_uint_eq(a.audit.finding[0].expected, (uint32_t)(a.talk.isn[A] + 200));
}
END_TEST

/* ---- How often, how long, how much ------------------------------------------------------------------------------------- */

START_TEST(three_times)
{
	begin(_i, ID(retransmissions_excessive));
	for (unsigned times = 1; times <= 5; times++)
		ck_assert_uint_eq(audited_say(&a, A, ".", 1, 1, 100), times == 3);
	/* Another one begins anew. */
	for (unsigned times = 1; times <= 3; times++)
		ck_assert_uint_eq(audited_say(&a, A, ".", 101, 1, 100), times == 3);
}
END_TEST

START_TEST(timer_as_seen)
{
	begin(_i, ID(rto_observed));
	talk_wait(&a.talk, 270);
	ck_assert_uint_eq(audited_say(&a, A, ".", 1, 1, 100), 1);
	ck_assert_uint_eq(a.audit.finding[0].seen, 300 * NS_PER_MS);
	/* RFC 6298 5.3: an ACK starts it again. */
	talk_wait(&a.talk, 390);
	audited_say(&a, B, ".", 1, 101, 0);
	talk_wait(&a.talk, 190);
	ck_assert_uint_eq(audited_say(&a, A, ".", 101, 1, 100), 1);
	ck_assert_uint_eq(a.audit.finding[0].seen, 200 * NS_PER_MS);
	/* The second oldest has no timer. */
	talk_wait(&a.talk, 390);
	ck_assert_uint_eq(audited_say(&a, A, ".", 201, 1, 100), 0);
}
END_TEST

START_TEST(under_way)
{
	begin(_i, ID(bytes_in_flight));
	audited_say(&a, B, ".", 1, 51, 0);
	ck_assert_uint_eq(audited_say(&a, A, ".", 101, 1, 100), 1);
	ck_assert_uint_eq(a.audit.finding[0].seen, 250);
}
END_TEST

/* ---- Content ----------------------------------------------------------------------------------------------------------- */

static unsigned say_text(uint32_t seq, const char *text, uint32_t caplen)
{
	struct segment *s = talk_make(&a.talk, A, ".", seq, 1, 10);

	s->payload = (const uint8_t *)text;
	s->payload_caplen = caplen;
	audited_send(&a);
	return a.audit.len;
}

START_TEST(other_content)
{
	begin(_i, ID(retransmission_content_differs));
	for (uint32_t i = 0; i < 6; i++)
		ck_assert_uint_eq(say_text(301 + 10 * i, "0123456789", 10), 0);
	ck_assert_uint_eq(say_text(301, "0123456789", 10), 0);
	ck_assert_uint_eq(say_text(301, "012345678X", 10), 1);
	/* Of a repetition that was cut shorter nothing can be said. */
	ck_assert_uint_eq(say_text(301, "012345678X", 9), 0);
	ck_assert_uint_eq(say_text(301, NULL, 0), 0);
}
END_TEST

int main(void)
{
	TCase *t;
	Suite *suite = suite_new("audit_again", &t);

	tcase_add_loop_test(t, by_timer, 0, TALK_VARIANTS);
	tcase_add_loop_test(t, syn_and_fin_have_their_own, 0, TALK_VARIANTS);
	tcase_add_loop_test(t, by_duplicate_acks, 0, sizeof(asked) / sizeof(asked[0]));
	tcase_add_loop_test(t, for_nothing, 0, TALK_VARIANTS);
	tcase_add_loop_test(t, three_times, 0, TALK_VARIANTS);
	tcase_add_loop_test(t, timer_as_seen, 0, TALK_VARIANTS);
	tcase_add_loop_test(t, under_way, 0, TALK_VARIANTS);
	tcase_add_loop_test(t, other_content, 0, TALK_VARIANTS);
	return suite_run(suite);
}
