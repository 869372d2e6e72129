/*
 * Rules about the options of a segment alone. What the capture has cut off is never held against anybody.
 */
#include <check.h>

#include "lib/audited.h"
#include "lib/stage.h"
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
	return o;
}

static void handshake(void)
{
	make_syn(A, "S", 0, 0);
	audited_send(&a);
	make_syn(B, "S.", 1, 0);
	audited_send(&a);
	make(A, ".", 1, 1, 0);
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

/* ---- A segment alone ----------------------------------------------------------------------------------------------- */

static const struct {
	enum option_oddity oddity;
	enum ws_finding_id id;
	uint64_t right; /* 0: not just one */
	bool is_once;
} oddities[] = {
	{ ODD_LENGTH, ID(option_length_invalid), 0, false },
	{ ODD_TRUNCATED, ID(option_truncated), 0, false },
	{ ODD_MSS_LENGTH, ID(option_mss_length), 4, false },
	{ ODD_WSCALE_LENGTH, ID(option_wscale_length), 3, false },
	{ ODD_SACK_PERMITTED_LENGTH, ID(option_sackok_length), 2, false },
	{ ODD_SACK_LENGTH, ID(option_sack_length), 0, false },
	{ ODD_TIMESTAMPS_LENGTH, ID(option_timestamp_length), 10, false },
	{ ODD_QUICK_START_LENGTH, ID(option_quickstart_length), 8, false },
	{ ODD_USER_TIMEOUT_LENGTH, ID(option_uto_length), 4, false },
	{ ODD_AO_LENGTH, ID(option_ao_length), 0, false },
	{ ODD_MD5_LENGTH, ID(option_md5_length), 18, false },
	{ ODD_FAST_OPEN_LENGTH, ID(option_tfo_length), 0, false },
	{ ODD_DUPLICATE, ID(option_duplicate), 0, false },
	{ ODD_AFTER_END, ID(option_data_after_eol), 0, false },
	{ ODD_NOP_RUN, ID(option_nop_run), 0, true },
	{ ODD_OBSOLETE, ID(option_obsolete), 0, true },
	{ ODD_EXPERIMENTAL, ID(option_experimental), 0, true },
	{ ODD_TTCP, ID(option_ttcp), 0, true },
	{ ODD_SNACK, ID(option_snack), 0, true },
};
_Static_assert(sizeof(oddities) / sizeof(oddities[0]) == ODDITY_COUNT, "every one");

static void make_odd(enum talk_side from, int i)
{
	struct tcp_options *o = make(from, ".", 1, 1, 0);

	o->odd = ODD_BIT(oddities[i].oddity);
	o->odd_value[oddities[i].oddity] = 77;
}

START_TEST(oddity)
{
	const struct finding *f;

	begin(_i % TALK_VARIANTS);
	handshake();
	make_odd(A, _i);
	f = only(oddities[_i].id);
	ck_assert_uint_eq(f->seen, 77);
	ck_assert_int_eq(f->has_expected, oddities[_i].right > 0);
	if (f->has_expected)
		ck_assert_uint_eq(f->expected, oddities[_i].right);
	make_odd(A, _i);
	if (oddities[_i].is_once)
		nothing();
	else
		only(oddities[_i].id);
	make_odd(B, _i);
	only(oddities[_i].id);
}
END_TEST

START_TEST(size_of_segments_on_a_syn)
{
	static const struct {
		uint16_t mss;
		bool is_small;
	} sizes[] = { { 0, true }, { 48, true }, { 87, true }, { 88, false }, { 536, false }, { 65535, false } };

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		begin(_i);
		make_syn(A, "S", 0, 0)->mss = sizes[i].mss;
		if (!sizes[i].is_small)
			nothing();
		else
			ck_assert_uint_eq(only(ID(mss_too_small))->seen, sizes[i].mss);
	}
	begin(_i);
	make(A, "S", 0, 0, 0);
	ck_assert_uint_eq(only(ID(mss_absent))->seen, 536);
	make(B, "S.", 0, 1, 0);
	a.talk.segment.src.family = 6;
	ck_assert_uint_eq(only(ID(mss_absent))->seen, 1220);
}
END_TEST

/* It may have been there. */
START_TEST(size_of_segments_unknown)
{
	static const enum option_oddity hiding[] = { ODD_LENGTH, ODD_TRUNCATED, ODD_MSS_LENGTH };

	begin(0);
	make(A, "S", 0, 0, 0);
	a.talk.segment.is_header_cut = true;
	nothing();
	for (size_t i = 0; i < sizeof(hiding) / sizeof(hiding[0]); i++) {
		make(A, "S", 0, 0, 0)->odd = ODD_BIT(hiding[i]);
		audited_send(&a);
		ck_assert_uint_eq(a.audit.len, 1);
		ck_assert_int_ne(a.audit.finding[0].id, ID(mss_absent));
	}
}
END_TEST

START_TEST(options_for_syns_only)
{
	struct tcp_options *o;

	begin(_i);
	make_syn(A, "S", 0, OPTION_WSCALE | OPTION_SACK_PERMITTED)->wscale = 14;
	nothing();
	o = make(A, ".", 1, 1, 0);
	o->present = OPTION_MSS;
	o->mss = 1460;
	ck_assert_uint_eq(only(ID(mss_on_non_syn))->seen, 1460);
	o = make(A, ".", 1, 1, 0);
	o->present = OPTION_WSCALE;
	o->wscale = 15;
	ck_assert_uint_eq(only(ID(wscale_on_non_syn))->seen, 15);
	make(A, ".", 1, 1, 0)->present = OPTION_SACK_PERMITTED;
	only(ID(sackok_on_non_syn));
	make_syn(A, "S", 0, OPTION_WSCALE)->wscale = 15;
	ck_assert_uint_eq(only(ID(wscale_exceeds_14))->expected, 14);
}
END_TEST

START_TEST(said_once_for_each_side)
{
	static const struct {
		uint32_t option;
		enum ws_finding_id id;
		uint64_t seen;
	} rows[] = { { OPTION_MD5, ID(auth_option_present), 19 },
		     { OPTION_AO, ID(auth_option_present), 29 },
		     { OPTION_MPTCP, ID(mptcp_seen), 2 } };

	begin(0);
	for (unsigned i = 0; i < 6; i++) {
		make_syn(i % 2 ? A : B, "S", 0, rows[_i].option)->mptcp_subtype = 2;
		if (i < 2)
			ck_assert_uint_eq(only(rows[_i].id)->seen, rows[_i].seen);
		else
			nothing();
	}
}
END_TEST

/* A SYN that comes into an open connection, and turns out to open the next: its header is spoken of once. */
START_TEST(said_once_for_each_segment)
{
	struct stage stage;
	struct packet syn = stage_segment(STAGE_A, "S", 1u << 30, 0, 0);
	struct packet syn_ack = stage_segment(STAGE_B, "S.", 1u << 30, (1u << 30) + 1, 0);

	packet_option_mss(&syn_ack.options, 1460);
	stage_begin(&stage, NULL);
	stage_open(&stage);
	stage_play(&stage, &syn);
	ck_assert_uint_eq(stage.raised[ID(mss_absent)], 1);
	stage_play(&stage, &syn_ack);
	stage_end(&stage);
	ck_assert_uint_eq(stage.raised[ID(mss_absent)], 1);
	ck_assert_uint_eq(stage.frame_of[ID(mss_absent)], 4);
}
END_TEST

int main(void)
{
	TCase *tcase;
	Suite *suite = suite_new("audit_options", &tcase);

	tcase_add_loop_test(tcase, oddity, 0, ODDITY_COUNT);
	tcase_add_loop_test(tcase, size_of_segments_on_a_syn, 0, TALK_VARIANTS);
	tcase_add_test(tcase, size_of_segments_unknown);
	tcase_add_loop_test(tcase, options_for_syns_only, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, said_once_for_each_side, 0, 3);
	tcase_add_test(tcase, said_once_for_each_segment);
	return suite_run(suite);
}
