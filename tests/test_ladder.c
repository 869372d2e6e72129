/*
 * The ladder: a case is printed in the columns of tests/cases/README.md, from the grammar there and not from what the code
 * prints; findings, timers, copies and a change of roles stand where they belong.
 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "lib/sample.h"
#include "lib/suite.h"
#include "view/ladder_text.h"
#include "view/segment_text.h"

static struct text text;
static struct ws_record record;
static struct ladder *ladder;
static size_t budget;
static struct view_options options;

static void setup(void)
{
	text = (struct text){ 0 };
	options = (struct view_options){ 0 };
	budget = LADDER_BUDGET;
	sample_record(&record);
	ladder = ladder_new(&record, &budget);
	ck_assert_ptr_nonnull(ladder);
}

static void teardown(void)
{
	ladder_free(ladder);
	ck_assert_uint_eq(budget, LADDER_BUDGET);
	text_fini(&text);
}

static struct ws_segment segment(enum ws_side from, uint8_t flags, uint32_t seq, uint32_t ack, uint32_t len)
{
	return (struct ws_segment){
		.from = from,
		.flags = flags,
		.seq = seq,
		.ack = ack,
		.len = len,
		.window = 65535,
		.mss = -1,
		.wscale = -1,
		.fast_open = -1,
	};
}

static void states(enum ws_state client, enum ws_state client_proven, enum ws_state server, enum ws_state server_proven)
{
	record.endpoint[WS_CLIENT].state = client;
	record.endpoint[WS_CLIENT].proven = client_proven;
	record.endpoint[WS_SERVER].state = server;
	record.endpoint[WS_SERVER].proven = server_proven;
}

static void pass(int64_t ns, uint64_t frame, const struct ws_segment *s)
{
	struct ws_event event = {
		.type = WS_EVENT_SEGMENT, .ts = SAMPLE_START + ns, .frame = frame, .segment = s, .side = s->from
	};

	ladder_segment(ladder, &event, &record);
}

static void find(int64_t ns, uint64_t frame, enum ws_finding_id id)
{
	struct ws_event event = { .type = WS_EVENT_FINDING, .ts = SAMPLE_START + ns, .frame = frame, .finding = id };

	ladder_finding(ladder, &event, &record);
}

static void expire(int64_t ns)
{
	struct ws_event event = { .type = WS_EVENT_STATE, .ts = SAMPLE_START + ns };

	ladder_timer(ladder, &event, &record);
}

static void case_is(const char *expected)
{
	ladder_settle(ladder, &record);
	ladder_case(&text, ladder, SAMPLE_START);
	ck_assert_str_eq(text.data, expected);
}

#define HEAD "A 10.9.0.1:40756\nB 10.9.0.2:5000\n"
#define BLANKS_58 "                                                          "

/* RFC 9293 figure 6. */
static void handshake(void)
{
	struct ws_segment syn = segment(WS_CLIENT, WS_FLAG_SYN, 100, 0, 0);
	struct ws_segment syn_ack = segment(WS_SERVER, WS_FLAG_SYN | WS_FLAG_ACK, 300, 101, 0);
	struct ws_segment ack = segment(WS_CLIENT, WS_FLAG_ACK, 101, 301, 0);

	syn.mss = 1460;
	states(WS_SYN_SENT, WS_SYN_SENT, WS_SYN_RECEIVED, WS_UNKNOWN);
	pass(0, 1, &syn);
	states(WS_ESTABLISHED, WS_SYN_SENT, WS_SYN_RECEIVED, WS_SYN_RECEIVED);
	pass(10000000, 2, &syn_ack);
	states(WS_ESTABLISHED, WS_ESTABLISHED, WS_ESTABLISHED, WS_SYN_RECEIVED);
	pass(20000000, 3, &ack);
}

START_TEST(case_of_figure_6)
{
	handshake();
	case_is(HEAD
		"  0.000000 SYN-SENT      >  S   100:100(0) win 65535 <mss 1460>                         SYN-RECEIVED?\n"
		"  0.010000 ESTABLISHED?  <  S.  300:300(0) ack 101 win 65535                            SYN-RECEIVED\n"
		"  0.020000 ESTABLISHED   >  .   101:101(0) ack 301 win 65535                            ESTABLISHED?\n");
}
END_TEST

START_TEST(case_with_everything)
{
	struct ws_segment s = segment(WS_SERVER, 0xFF, 4294967295u, 4294967295u, 3);

	states(WS_UNKNOWN, WS_UNKNOWN, WS_FIN_WAIT_1, WS_FIN_WAIT_1);
	s.has_bad_checksum = true;
	s.mss = 0;
	s.sack_permitted = true;
	s.has_timestamps = true;
	s.tsval = 10;
	s.wscale = 14;
	s.fast_open = 0;
	s.sack_len = 2;
	s.sack[0][0] = 1;
	s.sack[0][1] = 3;
	s.sack[1][0] = 5;
	s.sack[1][1] = 9;
	s.is_duplicate = true;
	find(0, 4, WS_FINDING_flags_syn_fin);
	pass(0, 4, &s);
	find(0, 4, WS_FINDING_data_after_fin);
	find(0, 4, WS_FINDING_flags_syn_fin);
	case_is(HEAD "  0.000000 UNKNOWN       <  FSRP.UEW 4294967295:2(3) ack 4294967295 win 65535 cksum bad "
		     "<mss 0,sackOK,TS val 10 ecr 0,wscale 14,FO 0,sack 1:3 5:9>  FIN-WAIT-1 !copy !flags-syn-fin "
		     "!data-after-fin\n");
}
END_TEST

/* Nine decimals in every line as soon as one needs them; a time without a segment; a finding of silence. */
START_TEST(case_of_timers)
{
	struct ws_segment ack = segment(WS_CLIENT, WS_FLAG_ACK, 5, 6, 0);

	states(WS_TIME_WAIT, WS_TIME_WAIT, WS_CLOSED, WS_CLOSED);
	pass(0, 1, &ack);
	expire(1);
	find(1, 0, WS_FINDING_time_wait_lingering);
	states(WS_CLOSED, WS_CLOSED, WS_CLOSED, WS_CLOSED);
	expire(60000000001);
	expire(60000000001);
	find(60000000001, 0, WS_FINDING_one_way_traffic);
	find(70000000000, 0, WS_FINDING_last_ack_lingering);
	case_is(HEAD
		"  0.000000000 TIME-WAIT     >  .   5:5(0) ack 6 win 65535                                  CLOSED\n"
		"  0.000000001 TIME-WAIT     -  " BLANKS_58 "  CLOSED !time-wait-lingering\n"
		" 60.000000001 CLOSED        -  " BLANKS_58 "  CLOSED !one-way-traffic\n"
		" 70.000000000 CLOSED        -  " BLANKS_58 "  CLOSED !last-ack-lingering\n");
}
END_TEST

/* A finding of the end of input, without a frame, stands at the last line; one of an earlier frame at its own. */
START_TEST(case_of_findings)
{
	handshake();
	find(20000000, 0, WS_FINDING_one_way_traffic);
	find(0, 1, WS_FINDING_midstream_pickup);
	ladder_settle(ladder, &record);
	ladder_case(&text, ladder, SAMPLE_START);
	ck_assert_ptr_nonnull(strstr(text.data, "SYN-RECEIVED? !midstream-pickup\n"));
	ck_assert_ptr_nonnull(strstr(text.data, "ESTABLISHED? !one-way-traffic\n"));
}
END_TEST

static void exchange_roles(void)
{
	struct ws_endpoint client = record.endpoint[WS_CLIENT];

	record.endpoint[WS_CLIENT] = record.endpoint[WS_SERVER];
	record.endpoint[WS_SERVER] = client;
}

/* Roles corrected after the second segment: all lines are told from the new client's side. */
START_TEST(case_of_changed_roles)
{
	struct ws_segment data = segment(WS_CLIENT, WS_FLAG_PSH | WS_FLAG_ACK, 1, 2, 10);
	struct ws_segment ack = segment(WS_CLIENT, WS_FLAG_ACK, 2, 11, 0);

	states(WS_ESTABLISHED, WS_UNKNOWN, WS_UNKNOWN, WS_UNKNOWN);
	pass(0, 1, &data);
	exchange_roles();
	record.endpoint[WS_CLIENT].state = WS_ESTABLISHED;
	pass(1000, 2, &ack);
	case_is("A 10.9.0.2:5000\nB 10.9.0.1:40756\n"
		"  0.000000 UNKNOWN       <  P.  1:11(10) ack 2 win 65535                                ESTABLISHED?\n"
		"  0.000001 ESTABLISHED?  >  .   2:2(0) ack 11 win 65535                                 ESTABLISHED?\n");
}
END_TEST

START_TEST(case_of_ipv6)
{
	struct ws_segment syn = segment(WS_CLIENT, WS_FLAG_SYN, 0, 0, 0);

	sample_record_ipv6(&record);
	pass(0, 1, &syn);
	ladder_settle(ladder, &record);
	ladder_case(&text, ladder, SAMPLE_START);
	ck_assert_int_eq(strncmp(text.data,
				 "A [2001:db8:1234:5678:9abc:def0:1234:5670]:40756\n"
				 "B [2001:db8:1234:5678:9abc:def0:1234:5671]:5000\n",
				 97),
			 0);
}
END_TEST

/* Limits are told, not silent; what a ladder used is given back (teardown). */
START_TEST(limits)
{
	struct ws_segment ack = segment(WS_CLIENT, WS_FLAG_ACK, 1, 1, 0);
	size_t limit = _i == 0 ? LADDER_ROWS_MAX : 5;
	char expected[64];

	budget = _i == 0 ? LADDER_BUDGET : limit;
	for (size_t i = 0; i < limit + 7; i++)
		pass(0, i + 1, &ack);
	find(0, limit + 7, WS_FINDING_midstream_pickup);
	ladder_settle(ladder, &record);
	ladder_case(&text, ladder, SAMPLE_START);
	snprintf(expected, sizeof(expected), "# lines left out: 7\n");
	ck_assert_str_eq(text.data + text.len - strlen(expected), expected);
	ck_assert_ptr_null(strstr(text.data, "!midstream-pickup"));
	budget += _i == 0 ? 0 : LADDER_BUDGET - limit;
}
END_TEST

/* ---- People ------------------------------------------------------------------------------------------------- */

START_TEST(people_of_figure_6)
{
	record.endpoint[WS_CLIENT].isn = 100;
	record.endpoint[WS_SERVER].isn = 300;
	handshake();
	find(20000000, 3, WS_FINDING_midstream_pickup);
	ladder_settle(ladder, &record);
	ladder_people(&text, ladder, &record, &options);
	ck_assert_str_eq(text.data,
			 "2026-01-02T03:04:05Z  Cq3abcdefghijklmn\n"
			 "client 10.9.0.1:40756  ISN 100\n"
			 "server 10.9.0.2:5000  ISN 300\n"
			 "#1   0.000000 SYN-SENT      --> S   0:0(0) win 65535 <mss 1460> --> SYN-RECEIVED?\n"
			 "#2   0.010000 ESTABLISHED?  <-- S.  0:0(0) ack 1 win 65535      <-- SYN-RECEIVED\n"
			 "#3   0.020000 ESTABLISHED   --> .   1:1(0) ack 1 win 65535      --> ESTABLISHED?\n"
			 "   ! midstream-pickup: The connection began before the capture (heuristic)\n"
			 "handshake complete, close fin by client\n");
}
END_TEST

/* In a narrow terminal the options go, then the window, then the time; a line is never wider, from 55 columns on. Of a
 * segment that is cut its beginning stays. */
START_TEST(people_in_a_terminal)
{
	static const unsigned widths[] = { 55, 60, 66, 70, 80, 100, 132 };
	struct ws_segment s = segment(WS_SERVER, WS_FLAG_PSH | WS_FLAG_ACK, 4000000000, 4000000000, 1448);

	options.width = widths[_i];
	handshake();
	s.has_timestamps = true;
	states(WS_SYN_RECEIVED, WS_UNKNOWN, WS_SYN_RECEIVED, WS_UNKNOWN);
	pass(21000000, 99999, &s);
	find(21000000, 99999, WS_FINDING_syn_ack_wrong_ack);
	ladder_settle(ladder, &record);
	ladder_people(&text, ladder, &record, &options);
	for (const char *line = text.data; *line; line += strcspn(line, "\n") + 1)
		ck_assert_uint_le(strcspn(line, "\n"), options.width);
	ck_assert_ptr_nonnull(strstr(text.data, "<-- SYN-RECEIVED?\n"));
	ck_assert_ptr_nonnull(strstr(text.data, " <-- P.  400000"));
	ck_assert((strstr(text.data, "0.021000") != NULL) == (options.width >= 80));
}
END_TEST

/* Below the ISN by a little is a keep-alive; above it by more than 2^31 is a long transfer. */
START_TEST(relative_numbers)
{
	struct ws_segment s = segment(WS_CLIENT, WS_FLAG_ACK, 99, 3000000300u, 0);
	const uint32_t base[2] = { 100, 300 };

	segment_text(&text, &s, SEGMENT_NUMBERS, base);
	ck_assert_str_eq(text.data, ".   -1:-1(0) ack 3000000000");
}
END_TEST

START_TEST(json)
{
	handshake();
	find(20000000, 3, WS_FINDING_midstream_pickup);
	expire(30000000);
	ladder_settle(ladder, &record);
	ladder_json(&text, ladder, &record);
	ck_assert_ptr_nonnull(strstr(text.data, "{\"type\":\"ladder\",\"schema\":1,\"uid\":\"Cq3abcdefghijklmn\","));
	ck_assert_ptr_nonnull(strstr(text.data, "\"rows\":[{\"ts\":\"2026-01-02T03:04:05.000000000Z\",\"frame\":1,"
						"\"from\":\"client\",\"segment\":\"S\",\"seq\":100,\"len\":0,"
						"\"window\":65535,"));
	ck_assert_ptr_nonnull(strstr(text.data, "\"server\":{\"state\":\"SYN-RECEIVED\",\"evidence\":\"presumed\"},"
						"\"findings\":[]}"));
	ck_assert_ptr_nonnull(strstr(text.data,
				     "\"findings\":[\"midstream-pickup\"]},{\"ts\":\"2026-01-02T03:04:05.030000000Z\","
				     "\"client\":{\"state\":\"ESTABLISHED\""));
}
END_TEST

int main(void)
{
	TCase *tcase;
	Suite *suite = suite_new("ladder", &tcase);

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, case_of_figure_6);
	tcase_add_test(tcase, case_with_everything);
	tcase_add_test(tcase, case_of_timers);
	tcase_add_test(tcase, case_of_findings);
	tcase_add_test(tcase, case_of_changed_roles);
	tcase_add_test(tcase, case_of_ipv6);
	tcase_add_loop_test(tcase, limits, 0, 2);
	tcase_add_test(tcase, people_of_figure_6);
	tcase_add_loop_test(tcase, people_in_a_terminal, 0, 7);
	tcase_add_test(tcase, relative_numbers);
	tcase_add_test(tcase, json);
	return suite_run(suite);
}
