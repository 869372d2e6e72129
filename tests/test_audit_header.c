/*
 * Rules about headers: every one of the 256 sets of flags, the reserved bits and congestion notification by the tables of
 * the RFCs, urgent pointers, checksums; and what is said of a segment that was damaged.
 */
#include <check.h>
#include <stdio.h>

#include "lib/audited.h"
#include "lib/suite.h"

static struct audited a;

static void begin(int variant)
{
	audited_init(&a, variant, WS_FINDING_tcp_checksum_bad, WS_FINDING_ece_without_negotiation);
}

static void handshake(void)
{
	audited_handshake(&a);
	ck_assert_uint_eq(a.audit.len, 0);
}

/* ---- Flags ------------------------------------------------------------------------------------------------------- */

#define ID(name) WS_FINDING_##name

/* Which findings a set of flags is: Snort's codec and conntrack's table of flag sets say the same where they look. */
static unsigned expected_of(unsigned flags, enum ws_finding_id *ids)
{
	bool syn = flags & WS_FLAG_SYN;
	bool fin = flags & WS_FLAG_FIN;
	bool rst = flags & WS_FLAG_RST;
	bool ack = flags & WS_FLAG_ACK;
	bool psh = flags & WS_FLAG_PSH;
	bool urg = flags & WS_FLAG_URG;
	unsigned len = 0;
	const struct {
		bool is_so;
		enum ws_finding_id id;
	} all[] = {
		{ flags == 0, ID(flags_null) },
		{ syn && rst, ID(flags_syn_rst) },
		{ fin && rst, ID(flags_fin_rst) },
		{ syn && urg, ID(flags_syn_urg) },
		{ fin && psh && urg && syn && ack && rst, ID(flags_xmas) },
		{ fin && psh && urg && !syn && !ack && !rst, ID(flags_nmap_xmas) },
		{ !syn && !ack && !rst, ID(flags_no_syn_ack_rst) },
		{ (fin || psh || urg) && !syn && !ack && !rst, ID(flags_missing_ack) },
		{ (flags & (WS_FLAG_ECE | WS_FLAG_CWR)) && !syn, ID(ece_without_negotiation) },
		{ urg, ID(urgent_data_seen) },
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (all[i].is_so)
			ids[len++] = all[i].id;
	ids[len] = WS_FINDING_COUNT;
	return len;
}

START_TEST(every_set_of_flags)
{
	enum ws_finding_id ids[16];
	char what[8];

	begin(_i % TALK_VARIANTS);
	handshake();
	talk_make(&a.talk, A, ".", 1, 1, 10);
	a.talk.segment.flags = (uint8_t)_i;
	a.talk.segment.ack = _i & WS_FLAG_ACK ? a.talk.segment.ack : 0;
	audited_send(&a);
	expected_of((unsigned)_i, ids);
	snprintf(what, sizeof what, "%#x", (unsigned)_i);
	audited_are(&a, what, ids);
	for (unsigned i = 0; i < a.audit.len; i++)
		ck_assert_uint_eq(a.audit.finding[i].side, a.talk.side[A]);
}
END_TEST

START_TEST(ack_number)
{
	const struct finding *f;

	begin(_i);
	talk_make(&a.talk, A, "S", 0, 0, 0)->ack = 77;
	audited_send(&a);
	f = audited_only(&a, ID(ack_nonzero_without_ack_flag), A);
	ck_assert_uint_eq(f->expected, 0);
	ck_assert_uint_eq(f->seen, 77);
}
END_TEST

/* ---- Urgent pointers ---------------------------------------------------------------------------------------------- */

static const struct {
	const char *flags;
	uint16_t pointer;
	uint32_t len;
	enum ws_finding_id id;
	int64_t expected; /* -1: nothing */
} pointers[] = {
	{ "P.", 1, 10, ID(urgent_pointer_without_urg), 0 },   { "P.U", 1, 10, ID(urgent_data_seen), -1 },
	{ "P.U", 10, 10, ID(urgent_data_seen), -1 },          { "P.U", 11, 10, ID(urgent_pointer_invalid), 10 },
	{ "P.U", 65535, 10, ID(urgent_pointer_invalid), 10 }, { ".U", 1, 0, ID(urgent_pointer_invalid), 0 },
};
#define POINTERS (int)(sizeof(pointers) / sizeof(pointers[0]))

START_TEST(urgent)
{
	const struct finding *f;

	begin(_i % TALK_VARIANTS);
	handshake();
	talk_make(&a.talk, A, pointers[_i].flags, 1, 1, pointers[_i].len)->urgent = pointers[_i].pointer;
	audited_send(&a);
	f = audited_only(&a, pointers[_i].id, A);
	ck_assert_uint_eq(f->seen, pointers[_i].pointer);
	ck_assert_int_eq(f->has_expected, pointers[_i].expected >= 0);
	if (f->has_expected)
		ck_assert_uint_eq(f->expected, (uint64_t)pointers[_i].expected);
}
END_TEST

/* ---- Reserved bits, congestion notification ----------------------------------------------------------------------- */

static void ecn(unsigned bits)
{
	a.talk.segment.reserved = bits >> 2 & 1;
	a.talk.segment.flags |= (uint8_t)((bits & 2 ? WS_FLAG_CWR : 0) | (bits & 1 ? WS_FLAG_ECE : 0));
}

static void send_bits(enum talk_side from, const char *flags, uint32_t seq, uint32_t ack, unsigned bits)
{
	talk_make(&a.talk, from, flags, seq, ack, 0);
	ecn(bits);
	audited_send(&a);
}

/* RFC 9768 table 2, row by row, for a SYN of AE CWR ECE = 111: what the SYN-ACK makes of it; and RFC 3168 6.1.1 for
 * 011. Rows are SYN-ACKs from 000 to 111: n: neither, c: classic, a: accurate. */
static const char accurate_syn[] = "ncaaacan";
static const char classic_syn[] = "ncnnncnn";

static char agreed(unsigned syn, unsigned syn_ack)
{
	return syn == 7 ? accurate_syn[syn_ack] : syn == 3 ? classic_syn[syn_ack] : 'n';
}

START_TEST(congestion)
{
	unsigned syn = (unsigned)_i / 8;
	unsigned syn_ack = (unsigned)_i % 8;
	char is = agreed(syn, syn_ack);

	begin(_i % TALK_VARIANTS);
	send_bits(A, "S", 0, 0, syn);
	send_bits(B, "S.", 0, 1, syn_ack);
	send_bits(A, ".", 1, 1, 1);
	ck_assert_msg((a.audit.len > 0) == (is == 'n'), "ECE after %u, %u", syn, syn_ack);
	if (is == 'n')
		ck_assert_uint_eq(audited_only(&a, ID(ece_without_negotiation), A)->seen, WS_FLAG_ECE | WS_FLAG_ACK);
	send_bits(B, ".", 1, 1, 4);
	ck_assert_msg((a.audit.len > 0) == (is != 'a'), "AE after %u, %u", syn, syn_ack);
	if (is != 'a')
		ck_assert_uint_eq(audited_only(&a, ID(tcp_reserved_bits_set), B)->seen, 1);
}
END_TEST

/* AE on a SYN is part of the one set that asks for accurate feedback; on a SYN-ACK, an answer to that. */
START_TEST(ae_on_syns)
{
	unsigned bits = (unsigned)_i;
	bool has_ae = bits & 4;

	begin(0);
	send_bits(A, "S", 0, 0, bits);
	ck_assert_uint_eq(a.audit.len, has_ae && bits != 7);
	send_bits(B, "S.", 0, 1, 4);
	ck_assert_uint_eq(a.audit.len, bits != 7);
}
END_TEST

/* Met in the middle, nothing is known of what was agreed; the other three bits are nobody's. */
START_TEST(reserved_in_midstream)
{
	begin(_i % TALK_VARIANTS);
	send_bits(A, ".", 1, 1, 7);
	ck_assert_uint_eq(a.audit.len, 0);
	talk_make(&a.talk, A, ".", 1, 1, 0)->reserved = (uint8_t)_i;
	audited_send(&a);
	if (_i > 1)
		ck_assert_uint_eq(audited_only(&a, ID(tcp_reserved_bits_set), A)->seen, (unsigned)_i);
	else
		ck_assert_uint_eq(a.audit.len, 0);
}
END_TEST

/* A SYN sent again without ECN, as stacks fall back: any of the two may have been the one that was answered. */
START_TEST(syn_falls_back)
{
	begin(_i);
	send_bits(A, "S", 0, 0, 3);
	send_bits(A, "S", 0, 0, 0);
	send_bits(B, "S.", 0, 1, 1);
	send_bits(A, ".", 1, 1, 1);
	ck_assert_uint_eq(a.audit.len, 0);
}
END_TEST

/* ---- Checksum ------------------------------------------------------------------------------------------------------ */

/* Whatever its bits say, only the checksum is spoken of; what it would have agreed on was not agreed on. */
START_TEST(damaged)
{
	struct segment *s;

	begin(_i);
	handshake();
	s = talk_make(&a.talk, A, "FSRP.UEW", 1, 1, 10);
	s->reserved = 15;
	s->options.present = OPTION_MSS | OPTION_MALFORMED;
	s->options.odd = ODD_BIT(ODD_MSS_LENGTH);
	s->checksum = CHECKSUM_BAD;
	s->tcp_checksum = 0x1234;
	audited_send(&a);
	ck_assert_uint_eq(audited_only(&a, ID(tcp_checksum_bad), A)->seen, 0x1234);
	send_bits(A, ".", 1, 1, 1);
	audited_only(&a, ID(ece_without_negotiation), A);
}
END_TEST

START_TEST(never_right)
{
	begin(_i);
	talk_make(&a.talk, A, "S", 0, 0, 0)->checksum = CHECKSUM_BAD;
	audited_send(&a);
	ck_assert_uint_eq(a.audit.len, 0);
}
END_TEST

START_TEST(offload_is_said_once)
{
	begin(_i);
	for (unsigned i = 0; i < 3; i++) {
		talk_make(&a.talk, A, ".", 1, 1, 0)->checksum = CHECKSUM_OFFLOAD;
		audited_send(&a);
		ck_assert_uint_eq(a.audit.len, i == 0);
	}
	talk_make(&a.talk, B, ".", 1, 1, 0)->checksum = CHECKSUM_OFFLOAD;
	audited_send(&a);
	audited_only(&a, ID(tcp_checksum_offload_suspected), B);
}
END_TEST

/* Right by the sum, and only there: in a snapped frame it may be what is due to other bytes. */
START_TEST(all_ones)
{
	static const enum segment_checksum judged[] = { CHECKSUM_GOOD, CHECKSUM_UNVERIFIED, CHECKSUM_OFFLOAD };

	begin(0);
	handshake();
	talk_make(&a.talk, A, ".", 1, 1, 0)->tcp_checksum = 0xFFFF;
	a.talk.segment.checksum = (uint8_t)judged[_i];
	audited_send(&a);
	if (judged[_i] == CHECKSUM_GOOD)
		audited_only(&a, ID(tcp_checksum_ffff), A);
	else
		ck_assert(a.audit.len == 0 || a.audit.finding[0].id != ID(tcp_checksum_ffff));
}
END_TEST

START_TEST(port_zero)
{
	begin(_i);
	talk_make(&a.talk, A, "S", 0, 0, 0)->dport = 0;
	audited_send(&a);
	ck_assert_uint_eq(a.audit.len, 1);
	ck_assert_int_eq(a.audit.finding[0].id, ID(tcp_port_zero));
	ck_assert_int_eq(a.audit.finding[0].side, WS_BOTH);
}
END_TEST

int main(void)
{
	TCase *tcase;
	Suite *suite = suite_new("audit_header", &tcase);

	tcase_add_loop_test(tcase, every_set_of_flags, 0, 256);
	tcase_add_loop_test(tcase, ack_number, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, urgent, 0, POINTERS);
	tcase_add_loop_test(tcase, congestion, 0, 64);
	tcase_add_loop_test(tcase, ae_on_syns, 0, 8);
	tcase_add_loop_test(tcase, reserved_in_midstream, 0, 16);
	tcase_add_loop_test(tcase, syn_falls_back, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, damaged, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, never_right, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, offload_is_said_once, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, all_ones, 0, 3);
	tcase_add_loop_test(tcase, port_zero, 0, TALK_VARIANTS);
	return suite_run(suite);
}
