/*
 * Acknowledgements, cumulative and selective: what makes them duplicate, late, impossible or invalid, and what does not.
 */
#include <check.h>

#include "lib/audited.h"
#include "lib/suite.h"

static struct audited a;

#define ID(name) WS_FINDING_##name

/* Listens for one finding; a handshake in which B offers 1,000 bytes; A has sent 1 to 301, and B acknowledged 101. */
static void begin(int variant, enum ws_finding_id id)
{
	audited_init(&a, variant, id, id);
	audited_handshake(&a);
	audited_say(&a, A, ".", 1, 1, 300);
	talk_make(&a.talk, B, ".", 1, 101, 0)->window = 1000;
	audited_send(&a);
	ck_assert_uint_eq(a.audit.len, 0);
}

static struct segment *make_ack(uint32_t seq, uint32_t ack)
{
	struct segment *s = talk_make(&a.talk, B, ".", seq, ack, 0);

	s->window = 1000;
	return s;
}

static unsigned sent(void)
{
	audited_send(&a);
	return a.audit.len;
}

/* ---- Cumulative ------------------------------------------------------------------------------------------------------ */

START_TEST(duplicate)
{
	begin(_i, ID(duplicate_ack));
	make_ack(1, 101);
	ck_assert_uint_eq(sent(), 1);
	make_ack(1, 101)->window = 1001;
	ck_assert_uint_eq(sent(), 0);
	make_ack(1, 102)->window = 1001;
	ck_assert_uint_eq(sent(), 0);
	make_ack(0, 102)->window = 1001;
	ck_assert_uint_eq(sent(), 0);
	make_ack(1, 102)->window = 0;
	ck_assert_uint_eq(sent(), 0);
	make_ack(1, 102)->window = 0;
	ck_assert_uint_eq(sent(), 0);
}
END_TEST

/* RFC 8684 4: it signals, and reports no loss. */
START_TEST(duplicate_of_mptcp)
{
	begin(_i, ID(duplicate_ack));
	make_ack(1, 101)->options.present = OPTION_MPTCP;
	ck_assert_uint_eq(sent(), 0);
}
END_TEST

START_TEST(late)
{
	begin(_i, ID(ack_outdated));
	make_ack(1, 301);
	ck_assert_uint_eq(sent(), 0);
	make_ack(1, 300);
	ck_assert_uint_eq(sent(), 1);
	make_ack(1, 301);
	ck_assert_uint_eq(sent(), 0);
}
END_TEST

/* What B has ever had room for ends at 1 + 65535, its window with the SYN-ACK. */
START_TEST(beyond)
{
	begin(_i, ID(ack_beyond_sent));
	make_ack(1, 301);
	ck_assert_uint_eq(sent(), 0);
	make_ack(1, 1 + 65535 + 1);
	ck_assert_uint_eq(sent(), 0);
	make_ack(1, 1 + 65535 + 2);
	ck_assert_uint_eq(sent(), 1);
}
END_TEST

START_TEST(unseen)
{
	begin(_i, ID(ack_of_unseen_data));
	make_ack(1, 401);
	ck_assert_uint_eq(sent(), 1);
	ck_assert_uint_eq(a.audit.finding[0].expected, (uint32_t)(a.talk.isn[A] + 301));
	make_ack(1, 401);
	ck_assert_uint_eq(sent(), 0);
	make_ack(1, 402);
	ck_assert_uint_eq(sent(), 1);
}
END_TEST

/* 301 to 401 is missing here, and B has it. */
START_TEST(over_a_hole)
{
	begin(_i, ID(ack_of_unseen_data));
	audited_say(&a, A, ".", 401, 1, 100);
	make_ack(1, 301);
	ck_assert_uint_eq(sent(), 0);
	make_ack(1, 501);
	ck_assert_uint_eq(sent(), 1);
	ck_assert_uint_eq(a.audit.finding[0].expected, (uint32_t)(a.talk.isn[A] + 301));
}
END_TEST

/* A, desynchronised, says 1 where B has 101; each answer comes after `ms`. */
static unsigned storm(int variant, unsigned rounds, int64_t ms)
{
	unsigned findings = 0;

	begin(variant, ID(ack_storm));
	for (unsigned i = 0; i < rounds; i++) {
		talk_wait(&a.talk, ms - 10);
		audited_say(&a, A, ".", 1, 1, 0);
		findings += a.audit.len;
		talk_wait(&a.talk, ms - 10);
		make_ack(1, 101);
		findings += sent();
	}
	return findings;
}

START_TEST(storms)
{
	ck_assert_uint_eq(storm(_i, 9, 10), 0);
	ck_assert_uint_eq(storm(_i, 10, 10), 1);
	ck_assert_uint_eq(storm(_i, 100, 10), 1);
	/* Keep-alives once a second look alike, and are no storm. */
	ck_assert_uint_eq(storm(_i, 100, 500), 0);
}
END_TEST

/* ---- Selective ------------------------------------------------------------------------------------------------------- */

static void put_blocks(struct segment *s, unsigned count, const uint32_t (*blocks)[2])
{
	s->options.present |= OPTION_SACK;
	s->options.sack_len = (uint8_t)count;
	for (unsigned i = 0; i < count; i++)
		for (unsigned edge = 0; edge < 2; edge++)
			s->options.sack[i][edge] = a.talk.isn[A] + blocks[i][edge];
}

/* With the ACK 101. */
static const struct {
	unsigned count;
	uint32_t blocks[3][2];
	unsigned invalid;
	unsigned dsack;
} options[] = {
	{ 1, { { 201, 301 } }, 0, 0 },
	{ 1, { { 201, 201 } }, 1, 0 },
	{ 1, { { 301, 201 } }, 1, 0 },
	{ 1, { { 51, 101 } }, 0, 1 },
	{ 1, { { 51, 102 } }, 1, 0 },
	{ 2, { { 211, 221 }, { 201, 301 } }, 0, 1 },
	{ 2, { { 201, 301 }, { 51, 101 } }, 1, 0 },
	{ 2, { { 51, 101 }, { 201, 301 } }, 0, 1 },
	{ 1, { { 201, 200000 } }, 1, 0 }, /* beyond twice all that B has had room for */
};

START_TEST(blocks)
{
	for (int variant = 0; variant < TALK_VARIANTS; variant++) {
		begin(variant, ID(sack_block_invalid));
		put_blocks(make_ack(1, 101), options[_i].count, options[_i].blocks);
		ck_assert_uint_eq(sent(), options[_i].invalid);
		begin(variant, ID(dsack_seen));
		put_blocks(make_ack(1, 101), options[_i].count, options[_i].blocks);
		ck_assert_uint_eq(sent(), options[_i].dsack);
	}
}
END_TEST

static const uint32_t reported[1][2] = { { 201, 301 } };
static const uint32_t others[3][2] = { { 401, 501 }, { 601, 701 }, { 801, 901 } };

/* B has reported 201 to 301; `ms` later it acknowledges `ack` with `count` other blocks. */
static unsigned report_again(int variant, int64_t ms, uint32_t ack, unsigned count)
{
	begin(variant, ID(sack_reneged));
	put_blocks(make_ack(1, 101), 1, reported);
	ck_assert_uint_eq(sent(), 0);
	talk_wait(&a.talk, ms - 10);
	put_blocks(make_ack(1, ack), count, others);
	return sent();
}

START_TEST(taken_back)
{
	ck_assert_uint_eq(report_again(_i, 60, 101, 0), 1);
	ck_assert_uint_eq(report_again(_i, 60, 201, 2), 1);
	/* Perhaps the older one of the two, or without room. */
	ck_assert_uint_eq(report_again(_i, 50, 101, 0), 0);
	ck_assert_uint_eq(report_again(_i, 60, 101, 3), 0);
	/* Covered by now. */
	ck_assert_uint_eq(report_again(_i, 60, 301, 0), 0);
}
END_TEST

int main(void)
{
	TCase *t;
	Suite *suite = suite_new("audit_ack", &t);

	tcase_add_loop_test(t, duplicate, 0, TALK_VARIANTS);
	tcase_add_loop_test(t, duplicate_of_mptcp, 0, TALK_VARIANTS);
	tcase_add_loop_test(t, late, 0, TALK_VARIANTS);
	tcase_add_loop_test(t, beyond, 0, TALK_VARIANTS);
	tcase_add_loop_test(t, unseen, 0, TALK_VARIANTS);
	tcase_add_loop_test(t, over_a_hole, 0, TALK_VARIANTS);
	tcase_add_loop_test(t, storms, 0, TALK_VARIANTS);
	tcase_add_loop_test(t, blocks, 0, sizeof(options) / sizeof(options[0]));
	tcase_add_loop_test(t, taken_back, 0, TALK_VARIANTS);
	return suite_run(suite);
}
