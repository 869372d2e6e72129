/*
 * Data in and out of order, and outside of the stream: the edges of each rule, and what says nothing against anybody.
 */
#include <check.h>

#include "lib/audited.h"
#include "lib/suite.h"

static struct audited a;

#define ID(name) WS_FINDING_##name
#define MIB (1024u * 1024)

/* Listens for one finding; a handshake in which B offers 1,000 bytes, and A has sent 1 to 101. */
static void begin(int variant, enum ws_finding_id id)
{
	audited_init(&a, variant, id, id);
	audited_say(&a, A, "S", 0, 0, 0);
	talk_make(&a.talk, B, "S.", 0, 1, 0)->window = 1000;
	audited_send(&a);
	audited_say(&a, A, ".", 1, 1, 0);
	audited_say(&a, A, ".", 1, 1, 100);
	talk_make(&a.talk, B, ".", 1, 101, 0)->window = 1000;
	audited_send(&a);
	ck_assert_uint_eq(a.audit.len, 0);
}

START_TEST(gap)
{
	begin(_i, ID(sequence_gap));
	ck_assert_uint_eq(audited_say(&a, A, "R", 102, 0, 0), 0);
	ck_assert_uint_eq(audited_say(&a, A, ".", 102, 1, 0), 1);
	ck_assert_uint_eq(audited_say(&a, A, ".", 202, 1, 100), 1);
	ck_assert_uint_eq(audited_say(&a, A, ".", 302, 1, 100), 0);
}
END_TEST

/* B has room up to 1101, and one byte more may be a probe. */
START_TEST(window)
{
	begin(_i, ID(segment_right_of_window));
	ck_assert_uint_eq(audited_say(&a, A, ".", 101, 1, 1000), 0);
	ck_assert_uint_eq(audited_say(&a, A, ".", 1101, 1, 1), 0);
	ck_assert_uint_eq(audited_say(&a, A, ".", 1101, 1, 2), 1);
}
END_TEST

START_TEST(window_of_unknown_scale)
{
	begin(_i, ID(segment_right_of_window));
	talk_endpoint(&a.talk, B)->are_options_cut = true;
	ck_assert_uint_eq(audited_say(&a, A, ".", 1101, 1, 100), 0);
}
END_TEST

START_TEST(below_the_stream)
{
	begin(_i, ID(segment_left_of_stream));
	ck_assert_uint_eq(audited_say(&a, A, ".", 0, 1, 0), 0);
	ck_assert_uint_eq(audited_say(&a, A, ".", (uint32_t)-1, 1, 0), 1);
	/* Half around, nobody knows which way it is. */
	talk_endpoint(&a.talk, A)->bytes = INT32_MAX;
	ck_assert_uint_eq(audited_say(&a, A, ".", (uint32_t)-1, 1, 0), 0);
}
END_TEST

static const struct {
	const char *flags;
	uint32_t seq;
	unsigned findings;
} jumps[] = {
	{ "R.", 101 + MIB, 0 }, { "R.", 102 + MIB, 1 }, { "R.", 101 - MIB, 0 }, { "R.", 100 - MIB, 1 },
	{ "R", 500 + MIB, 0 },  { "S", 102 + MIB, 1 },  { ".", 102 + MIB, 0 },
};

START_TEST(jump)
{
	for (int variant = 0; variant < TALK_VARIANTS; variant++) {
		begin(variant, ID(sequence_jump_broken));
		/* A RST with ACK and the number 0 answers a SYN. */
		if (a.talk.isn[A] + jumps[_i].seq != 0)
			ck_assert_uint_eq(audited_say(&a, A, jumps[_i].flags, jumps[_i].seq, 1, 0), jumps[_i].findings);
	}
}
END_TEST

/* ---- Time stamps ----------------------------------------------------------------------------------------------------- */

static unsigned say_at(uint32_t tsval, uint32_t seq, uint32_t len)
{
	talk_timestamps(talk_make(&a.talk, A, ".", seq, 1, len), tsval, 1);
	audited_send(&a);
	return a.audit.len;
}

static const struct {
	uint32_t older;
	uint32_t seq;
	unsigned findings;
} stamps[] = { { 1, 201, 0 }, { 1000, 201, 0 }, { 1001, 201, 1 }, { 100000, 201, 1 }, { 100000, 101, 0 } };

START_TEST(paws)
{
	for (int variant = 0; variant < TALK_VARIANTS; variant++) {
		begin(variant, ID(paws_violation));
		ck_assert_uint_eq(say_at(500, 101, 100), 0);
		ck_assert_uint_eq(say_at(500 - stamps[_i].older, stamps[_i].seq, 100), stamps[_i].findings);
	}
}
END_TEST

START_TEST(paws_after_24_days)
{
	begin(_i, ID(paws_violation));
	say_at(500, 101, 100);
	talk_wait(&a.talk, INT64_C(24) * 86400 * 1000);
	ck_assert_uint_eq(say_at(500u - 100000u, 201, 100), 0);
}
END_TEST

/* ---- Many of them ---------------------------------------------------------------------------------------------------- */

START_TEST(overlaps)
{
	begin(_i, ID(overlaps_excessive));
	for (uint32_t i = 1; i <= 12; i++)
		ck_assert_uint_eq(audited_say(&a, A, ".", 101 + 10 * i - 12, 1, 12), i == 10);
}
END_TEST

START_TEST(small_ones)
{
	begin(_i, ID(small_segments_excessive));
	audited_say(&a, A, ".", 101, 1, 10);
	for (uint32_t i = 1; i <= 30; i++)
		ck_assert_uint_eq(audited_say(&a, A, ".", 101 + 10 * i, 1, 10), i == 20);
}
END_TEST

/* A full one among them, or one that waits for the ACK, begins anew. */
START_TEST(small_ones_with_a_pause)
{
	begin(_i, ID(small_segments_excessive));
	for (uint32_t i = 0; i < 15; i++)
		ck_assert_uint_eq(audited_say(&a, A, ".", 101 + 10 * i, 1, 10), 0);
	audited_say(&a, B, ".", 1, 251, 0);
	for (uint32_t i = 0; i < 15; i++)
		ck_assert_uint_eq(audited_say(&a, A, ".", 251 + 10 * i, 1, 10), 0);
	audited_say(&a, A, ".", 401, 1, 150);
	for (uint32_t i = 0; i < 15; i++)
		ck_assert_uint_eq(audited_say(&a, A, ".", 551 + 10 * i, 1, 10), 0);
}
END_TEST

int main(void)
{
	TCase *t;
	Suite *suite = suite_new("audit_data", &t);

	tcase_add_loop_test(t, gap, 0, TALK_VARIANTS);
	tcase_add_loop_test(t, window, 0, TALK_VARIANTS);
	tcase_add_loop_test(t, window_of_unknown_scale, 0, TALK_VARIANTS);
	tcase_add_loop_test(t, below_the_stream, 0, TALK_VARIANTS);
	tcase_add_loop_test(t, jump, 0, sizeof(jumps) / sizeof(jumps[0]));
	tcase_add_loop_test(t, paws, 0, sizeof(stamps) / sizeof(stamps[0]));
	tcase_add_loop_test(t, paws_after_24_days, 0, TALK_VARIANTS);
	tcase_add_loop_test(t, overlaps, 0, TALK_VARIANTS);
	tcase_add_loop_test(t, small_ones, 0, TALK_VARIANTS);
	tcase_add_loop_test(t, small_ones_with_a_pause, 0, TALK_VARIANTS);
	return suite_run(suite);
}
