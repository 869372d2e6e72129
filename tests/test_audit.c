/*
 * The rules that findings come from, one by one: who is named, what was expected, what was seen; and that
 * ordinary connections raise nothing.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/suite.h"
#include "lib/talk.h"
#include "tcp/audit.h"

static struct talk t;
static struct audit audit;

/* What the segment made last gives rise to. */
static void send_and_audit(void)
{
	talk_send(&t);
	audit_segment(
		&(struct audit_input){
			.pair = &t.pair, .before = &t.pair, .s = &t.segment, .facts = &t.facts, .who = t.side[t.from] },
		&audit);
	ck_assert_uint_le(audit.len, AUDIT_FINDINGS_MAX);
}

static void tell(enum talk_side from, const char *flags, uint32_t seq, uint32_t ack, uint32_t len)
{
	talk_make(&t, from, flags, seq, ack, len);
	send_and_audit();
}

/* ---- One rule each ---------------------------------------------------------------------------------------------- */

#define MS INT64_C(1000000)

/* The last segment of each raises the finding. */

static void refused(void)
{
	tell(A, "S", 0, 0, 0);
	tell(B, "R.", 0, 1, 0);
}

static void syn_again(void)
{
	tell(A, "S", 0, 0, 0);
	talk_wait(&t, 990);
	tell(A, "S", 0, 0, 0);
}

static void syn_ack_again(void)
{
	tell(A, "S", 0, 0, 0);
	tell(B, "S.", 0, 1, 0);
	talk_wait(&t, 990);
	tell(B, "S.", 0, 1, 0);
}

static void syn_ack_wrong(void)
{
	tell(A, "S", 0, 0, 0);
	tell(B, "S.", 0, 500, 0);
}

static void handshake_ack_wrong(void)
{
	tell(A, "S", 0, 0, 0);
	tell(B, "S.", 0, 1, 0);
	tell(A, ".", 1, 500, 0);
}

static void both_open(void)
{
	tell(A, "S", 0, 0, 0);
	tell(B, "S", 0, 0, 0);
	tell(A, "S.", 0, 1, 0);
	tell(B, "S.", 0, 1, 0);
}

/* B acknowledges the SYN first, and sends its own SYN then. */
static void split(void)
{
	tell(A, "S", 0, 0, 0);
	tell(B, ".", 0, 1, 0);
	tell(B, "S", 0, 0, 0);
}

static void syn_fin(void)
{
	tell(A, "FS", 0, 0, 0);
}

static void syn_late(void)
{
	talk_open(&t);
	tell(A, "S", 0, 0, 0);
}

static void both_close(void)
{
	talk_open(&t);
	tell(A, "F.", 11, 11, 0);
	tell(B, "F.", 11, 11, 0);
}

static void fin_again(void)
{
	talk_open(&t);
	tell(A, "F.", 11, 11, 0);
	talk_wait(&t, 990);
	tell(A, "F.", 11, 11, 0);
}

static void beyond_the_fin(void)
{
	talk_open(&t);
	tell(A, "F.", 11, 11, 0);
	tell(A, "P.", 12, 11, 100);
}

static void reset_outside(void)
{
	talk_open(&t);
	tell(B, "R.", 90000, 11, 0);
}

static void reset_inside(void)
{
	talk_open(&t);
	tell(B, "R.", 1000, 11, 0);
}

static void assassination(void)
{
	talk_open(&t);
	tell(A, "F.", 11, 11, 0);
	tell(B, "F.", 11, 12, 0);
	tell(A, ".", 12, 12, 0);
	tell(B, "R", 12, 0, 0);
}

enum { BOTH = 2, NOTHING = -1 };

static const struct {
	void (*talk)(void);
	enum ws_finding_id id;
	int side; /* enum talk_side, or BOTH */
	enum finding_unit unit;
	int64_t expected; /* NOTHING: nothing was. Numbers count from the ISN of `of` */
	int64_t seen;
	enum talk_side of;
} rules[] = {
	{ refused, WS_FINDING_connection_refused, B, UNIT_FLAGS, 0x12, 0x14, A },
	{ syn_again, WS_FINDING_syn_retransmitted, A, UNIT_NANOSECONDS, NOTHING, 1000 * MS, A },
	{ syn_ack_again, WS_FINDING_syn_ack_retransmitted, B, UNIT_NANOSECONDS, NOTHING, 1000 * MS, A },
	{ syn_ack_wrong, WS_FINDING_syn_ack_wrong_ack, B, UNIT_NUMBER, 1, 500, A },
	{ handshake_ack_wrong, WS_FINDING_handshake_ack_wrong_ack, A, UNIT_NUMBER, 1, 500, B },
	{ both_open, WS_FINDING_simultaneous_open, BOTH, UNIT_FLAGS, 0x12, 0x02, A },
	{ split, WS_FINDING_split_handshake, BOTH, UNIT_FLAGS, 0x12, 0x02, A },
	{ syn_fin, WS_FINDING_flags_syn_fin, A, UNIT_FLAGS, NOTHING, 0x03, A },
	{ syn_late, WS_FINDING_syn_on_established, A, UNIT_NUMBER, 11, 0, A },
	{ both_close, WS_FINDING_simultaneous_close, BOTH, UNIT_NUMBER, 12, 11, A },
	{ fin_again, WS_FINDING_fin_retransmitted, A, UNIT_NANOSECONDS, NOTHING, 1000 * MS, A },
	{ beyond_the_fin, WS_FINDING_data_after_fin, A, UNIT_NUMBER, 11, 12, A },
	{ reset_outside, WS_FINDING_rst_out_of_window, B, UNIT_NUMBER, 11, 90000, B },
	{ reset_inside, WS_FINDING_rst_in_window_not_exact, B, UNIT_NUMBER, 11, 1000, B },
	{ assassination, WS_FINDING_time_wait_assassination, A, UNIT_FLAGS, NOTHING, 0x04, A },
};
#define RULES ((int)(sizeof(rules) / sizeof(rules[0])))

static uint64_t value_of(int rule, int64_t value)
{
	if (rules[rule].unit == UNIT_NUMBER)
		return (uint32_t)(t.isn[rules[rule].of] + (uint32_t)value);
	return (uint64_t)value;
}

START_TEST(rule)
{
	int i = _i / TALK_VARIANTS;
	const struct finding *f = &audit.finding[0];

	talk_init(&t, _i % TALK_VARIANTS);
	rules[i].talk();
	ck_assert_msg(audit.len == 1, "%s: %u findings", ws_finding_info(rules[i].id)->id, audit.len);
	ck_assert_str_eq(ws_finding_info(f->id)->id, ws_finding_info(rules[i].id)->id);
	ck_assert_uint_eq(f->side, rules[i].side == BOTH ? (unsigned)WS_BOTH : t.side[rules[i].side]);
	ck_assert_int_eq(f->unit, rules[i].unit);
	ck_assert_int_eq(f->has_expected, rules[i].expected != NOTHING);
	if (f->has_expected && rules[i].talk != both_close)
		ck_assert_uint_eq(f->expected, value_of(i, rules[i].expected));
	if (rules[i].talk != both_close)
		ck_assert_uint_eq(f->seen, value_of(i, rules[i].seen));
}
END_TEST

/* Whichever side is taken: its ACK was expected to cover the other's FIN, and is one less. */
START_TEST(simultaneous_close_numbers)
{
	talk_init(&t, _i);
	both_close();
	ck_assert_uint_eq((uint32_t)(audit.finding[0].expected - audit.finding[0].seen), 1);
	ck_assert(audit.finding[0].expected == (uint32_t)(t.isn[A] + 12) ||
		  audit.finding[0].expected == (uint32_t)(t.isn[B] + 12));
}
END_TEST

/* ---- Nothing to say --------------------------------------------------------------------------------------------- */

struct line {
	enum talk_side from;
	const char *flags;
	uint32_t seq;
	uint32_t ack;
	uint32_t len;
};

/* Opening, data both ways, a hole filled at once, closing one after the other. */
static const struct line innocent[] = {
	{ A, "S", 0, 0, 0 },       { B, "S.", 0, 1, 0 },     { A, ".", 1, 1, 0 },      { A, "P.", 1, 1, 10 },
	{ B, ".", 1, 11, 0 },      { B, "P.", 1, 11, 1000 }, { A, ".", 11, 1001, 0 },  { A, "P.", 21, 1001, 10 },
	{ A, "P.", 11, 1001, 10 }, { B, ".", 1001, 31, 0 },  { B, "F.", 1001, 31, 0 }, { A, ".", 31, 1002, 0 },
	{ A, "P.", 31, 1002, 10 }, { B, ".", 1002, 41, 0 },  { A, "F.", 41, 1002, 0 }, { B, ".", 1002, 42, 0 },
};

START_TEST(nothing_to_say)
{
	talk_init(&t, _i);
	for (size_t i = 0; i < sizeof(innocent) / sizeof(innocent[0]); i++) {
		const struct line *line = &innocent[i];

		tell(line->from, line->flags, line->seq, line->ack, line->len);
		ck_assert_msg(audit.len == 0, "segment %zu: %s", i, ws_finding_info(audit.finding[0].id)->id);
	}
}
END_TEST

/* More than there is room for is left out, and nothing is overwritten. */
START_TEST(room)
{
	struct finding finding = { .id = WS_FINDING_syn_retransmitted };

	audit.len = 0;
	for (uint64_t i = 0; i < 2 * AUDIT_FINDINGS_MAX; i++) {
		finding.seen = i;
		audit_add(&audit, &finding);
	}
	ck_assert_uint_eq(audit.len, AUDIT_FINDINGS_MAX);
	ck_assert_uint_eq(audit.finding[AUDIT_FINDINGS_MAX - 1].seen, AUDIT_FINDINGS_MAX - 1);
}
END_TEST

/* ---- The tables ------------------------------------------------------------------------------------------------- */

static const struct rules *const tables[] = {
	&audit_open_rules,   &audit_close_rules,     &audit_header_rules,   &audit_options_rules,
	&audit_agreed_rules, &audit_handshake_rules, &audit_third_rules,    &audit_unanswered_rules,
	&audit_answer_rules, &audit_resyn_rules,     &audit_capture_rules,  &audit_network_rules,
	&audit_data_rules,   &audit_again_rules,     &audit_ack_rules,      &audit_sack_rules,
	&audit_window_rules, &audit_probe_rules,     &audit_teardown_rules, &audit_reset_rules,
	&audit_abort_rules,  &audit_timing_rules,
};

/* A topic that the table does not name would leave its rules unasked; one too many costs time. */
START_TEST(topics_of_a_table)
{
	const struct rules *table = tables[_i];
	uint32_t topics = 0;

	ck_assert_uint_gt(table->len, 0);
	for (size_t i = 0; i < table->len; i++)
		topics |= table->rule[i].topics;
	ck_assert_uint_eq(topics, table->topics);
}
END_TEST

int main(void)
{
	TCase *tcase;
	Suite *suite = suite_new("audit", &tcase);

	tcase_add_loop_test(tcase, rule, 0, RULES * TALK_VARIANTS);
	tcase_add_loop_test(tcase, simultaneous_close_numbers, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, nothing_to_say, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, topics_of_a_table, 0, (int)(sizeof(tables) / sizeof(tables[0])));
	tcase_add_test(tcase, room);
	return suite_run(suite);
}
