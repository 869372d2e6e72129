/*
 * Rules about what the SYNs have agreed on. What the capture may lack (a SYN, an option that was cut off, a segment whose
 * time stamp is echoed) is never held against anybody.
 */
#include <check.h>

#include "lib/audited.h"
#include "lib/suite.h"

static struct audited a;

#define ID(name) WS_FINDING_##name

static void begin(int variant)
{
	audited_init(&a, variant, ID(option_length_invalid), ID(tsecr_invalid));
}

static struct tcp_options *make(enum talk_side from, const char *letters, uint32_t seq, uint32_t ack, uint32_t len)
{
	return &talk_make(&a.talk, from, letters, seq, ack, len)->options;
}

static struct tcp_options *make_syn(enum talk_side from, const char *letters, uint32_t ack, uint32_t more)
{
	struct tcp_options *o = make(from, letters, 0, ack, 0);

	o->present = OPTION_MSS | more;
	o->mss = 1460;
	o->tsval = from == A ? 1000 : 5000;
	o->tsecr = ack ? 1000 : 0;
	return o;
}

/* A handshake; `of_a` and `of_b` are options on top of the MSS, of the SYN and the SYN-ACK. */
static void handshake(uint32_t of_a, uint32_t of_b)
{
	make_syn(A, "S", 0, of_a);
	audited_send(&a);
	make_syn(B, "S.", 1, of_b);
	audited_send(&a);
	make(A, ".", 1, 1, 0);
	if (of_a & of_b & OPTION_TIMESTAMPS)
		talk_timestamps(&a.talk.segment, 1020, 5000);
	audited_send(&a);
	ck_assert_uint_eq(a.audit.len, 0);
}

static void nothing(void)
{
	audited_send(&a);
	ck_assert_msg(a.audit.len == 0, "%s", ws_finding_info(a.audit.finding[0].id)->id);
}

static const struct finding *only(enum ws_finding_id id)
{
	audited_send(&a);
	return audited_only(&a, id, a.talk.from);
}

/* ---- Segment size --------------------------------------------------------------------------------------------------- */

START_TEST(larger_than_agreed)
{
	begin(_i);
	handshake(0, 0);
	make(A, "P.", 1, 1, 1460);
	nothing();
	make(A, "P.", 1461, 1, 1461);
	ck_assert_uint_eq(only(ID(segment_exceeds_mss))->expected, 1460);
}
END_TEST

/* RFC 9293 3.7.1 MUST-15: what holds without an option. */
START_TEST(larger_than_default)
{
	uint32_t limit = _i == 4 ? 536 : 1220;

	begin(0);
	make_syn(A, "S", 0, 0);
	audited_send(&a);
	make(B, "S.", 0, 1, 0);
	audited_send(&a);
	make(A, "P.", 1, 1, limit);
	a.talk.segment.src.family = (uint8_t)_i;
	nothing();
	make(A, "P.", 1 + limit, 1, limit + 1);
	a.talk.segment.src.family = (uint8_t)_i;
	ck_assert_uint_eq(only(ID(segment_exceeds_mss))->expected, limit);
}
END_TEST

/* Super-frames in their several guises, and a peer whose SYN is not known. */
START_TEST(larger_for_a_reason)
{
	begin(_i);
	if (_i == 4)
		make_syn(A, "S", 0, 0);
	else
		handshake(0, 0);
	make(A, "P.", 1, 1, 5840);
	if (_i == 0)
		a.talk.segment.checksum = CHECKSUM_OFFLOAD;
	else if (_i == 1)
		a.talk.segment.checksum = CHECKSUM_UNVERIFIED;
	else if (_i == 2)
		a.talk.segment.is_offload = true;
	else if (_i == 3)
		a.memory.header.has_offload[a.talk.side[B]] = true;
	nothing();
}
END_TEST

/* ---- Time stamps ------------------------------------------------------------------------------------------------------ */

START_TEST(time_stamps_missing)
{
	begin(_i);
	handshake(OPTION_TIMESTAMPS, OPTION_TIMESTAMPS);
	make(A, "P.", 1, 1, 10);
	a.talk.segment.is_header_cut = true;
	nothing();
	make(B, ".", 1, 11, 0);
	only(ID(timestamp_missing));
	make(B, "R.", 1, 11, 0);
	nothing();
}
END_TEST

START_TEST(time_stamps_not_agreed)
{
	begin(_i);
	handshake(_i % 2 ? OPTION_TIMESTAMPS : 0u, _i % 2 ? 0u : OPTION_TIMESTAMPS);
	make(A, ".", 1, 1, 0);
	nothing();
	make(A, ".", 1, 1, 0);
	talk_timestamps(&a.talk.segment, 1040, 0);
	ck_assert_uint_eq(only(ID(timestamp_not_negotiated))->seen, 1040);
}
END_TEST

/* One SYN was not captured, or not all of its options. */
START_TEST(time_stamps_unknown)
{
	begin(_i);
	make_syn(A, "S", 0, 0);
	a.talk.segment.is_header_cut = _i == 0;
	audited_send(&a);
	if (_i == 0) {
		make_syn(B, "S.", 1, OPTION_TIMESTAMPS);
		audited_send(&a);
	}
	make(A, ".", 1, 1, 0);
	nothing();
	make(A, ".", 1, 1, 0);
	talk_timestamps(&a.talk.segment, 1040, 0);
	nothing();
}
END_TEST

START_TEST(time_stamp_falls_to_zero)
{
	uint32_t before = _i == 0 ? 1020 : 0xFFFFFFF0;

	begin(0);
	handshake(OPTION_TIMESTAMPS, OPTION_TIMESTAMPS);
	a.memory.options.tsval[a.talk.side[A]] = before;
	make(A, "P.", 1, 1, 10);
	talk_timestamps(&a.talk.segment, 0, 5000);
	if (_i == 0)
		ck_assert_uint_eq(only(ID(timestamp_zero))->expected, 1020);
	else
		nothing();
}
END_TEST

static void echo(int64_t after_ms, uint32_t tsecr, bool is_wrong)
{
	begin(0);
	handshake(OPTION_TIMESTAMPS, OPTION_TIMESTAMPS);
	talk_wait(&a.talk, after_ms);
	make(A, ".", 1, 1, 0);
	talk_timestamps(&a.talk.segment, 1040 + (uint32_t)after_ms, tsecr);
	if (is_wrong)
		ck_assert_uint_eq(only(ID(tsecr_invalid))->seen, tsecr);
	else
		nothing();
}

/* B was at 5,000 twenty milliseconds before. RFC 7323 5.4: a tick is a millisecond at least; clocks of twice that speed,
 * and a second of delay, are granted to what the capture may have missed. */
START_TEST(echo_of_what_never_was)
{
	echo(0, 5000, false);
	echo(0, 4000, false);
	echo(0, 0, false);
	echo(0, 5020, false);
	echo(0, 9000, true);
	echo(3000, 9000, false);
	echo(0, UINT32_C(5000) + 0x7FFFFFFF, true);
	echo(600000, 5000 + 600000, false);
	echo(600000, 5000 + 2000000, true);
}
END_TEST

/* Where B's clock has been seen to tick each microsecond, 10,000 ticks are a hundredth of a second. */
START_TEST(echo_of_a_fast_clock)
{
	begin(_i);
	handshake(OPTION_TIMESTAMPS, OPTION_TIMESTAMPS);
	make(B, "P.", 1, 1, 10);
	talk_timestamps(&a.talk.segment, 25000, 1020);
	nothing();
	make(A, ".", 1, 11, 0);
	talk_timestamps(&a.talk.segment, 1060, 35000);
	nothing();
	make(A, ".", 1, 11, 0);
	talk_timestamps(&a.talk.segment, 1070, 5000000);
	only(ID(tsecr_invalid));
}
END_TEST

/* ---- SACK ------------------------------------------------------------------------------------------------------------- */

static void make_sack(enum talk_side from)
{
	struct tcp_options *o = make(from, ".", 1, 1, 0);

	o->present = OPTION_SACK;
	o->sack_len = 1;
	o->sack[0][0] = a.talk.isn[from == A ? B : A] + 1000;
	o->sack[0][1] = o->sack[0][0] + 10;
}

START_TEST(sack_by_permission)
{
	begin(_i);
	handshake(OPTION_SACK_PERMITTED, 0);
	make_sack(B);
	nothing();
	make_sack(A);
	ck_assert_uint_eq(only(ID(sack_not_negotiated))->seen, (uint32_t)(a.talk.isn[B] + 1000));
	begin(_i);
	make(A, ".", 1, 1, 0);
	nothing();
	make_sack(B);
	nothing();
}
END_TEST

int main(void)
{
	TCase *tcase;
	Suite *suite = suite_new("audit_agreed", &tcase);

	tcase_add_loop_test(tcase, larger_than_agreed, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, larger_than_default, 4, 5);
	tcase_add_loop_test(tcase, larger_than_default, 6, 7);
	tcase_add_loop_test(tcase, larger_for_a_reason, 0, 5);
	tcase_add_loop_test(tcase, time_stamps_missing, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, time_stamps_not_agreed, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, time_stamps_unknown, 0, 2);
	tcase_add_loop_test(tcase, time_stamp_falls_to_zero, 0, 2);
	tcase_add_test(tcase, echo_of_what_never_was);
	tcase_add_loop_test(tcase, echo_of_a_fast_clock, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, sack_by_permission, 0, TALK_VARIANTS);
	return suite_run(suite);
}
