/*
 * Coverage of the state machine: the arrows against a transcription of RFC 9293 figure 5 of its own and against the table
 * that the machine runs on; the histogram; and that sums can be written, read back and added.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "lib/suite.h"
#include "tcp/fsm.h"
#include "view/coverage.h"

/* ---- Arrows ----------------------------------------------------------------------------------------------------- */

/* From the drawing in RFC 9293 section 3.3.2, read from the top: what is written at each arrow. */
static const struct {
	const char *from;
	const char *event;
	const char *to;
} figure[] = {
	{ "CLOSED", "snd SYN", "SYN-SENT" },
	{ "LISTEN", "rcv SYN", "SYN-RECEIVED" },
	{ "LISTEN", "snd SYN", "SYN-SENT" },
	{ "SYN-SENT", "rcv SYN", "SYN-RECEIVED" },
	{ "SYN-RECEIVED", "rcv ACK of SYN", "ESTABLISHED" },
	{ "SYN-SENT", "rcv SYN-ACK", "ESTABLISHED" },
	{ "SYN-RECEIVED", "snd FIN", "FIN-WAIT-1" },
	{ "ESTABLISHED", "snd FIN", "FIN-WAIT-1" },
	{ "ESTABLISHED", "rcv FIN", "CLOSE-WAIT" },
	{ "FIN-WAIT-1", "rcv ACK of FIN", "FIN-WAIT-2" },
	{ "FIN-WAIT-1", "rcv FIN", "CLOSING" },
	{ "CLOSE-WAIT", "snd FIN", "LAST-ACK" },
	{ "FIN-WAIT-2", "rcv FIN", "TIME-WAIT" },
	{ "CLOSING", "rcv ACK of FIN", "TIME-WAIT" },
	{ "LAST-ACK", "rcv ACK of FIN", "CLOSED" },
	{ "TIME-WAIT", "timeout", "CLOSED" },
};

START_TEST(arrow_is_in_the_figure)
{
	const struct coverage_arrow *arrow = coverage_arrow((size_t)_i);

	ck_assert_uint_eq(sizeof(figure) / sizeof(figure[0]), COVERAGE_FIGURE);
	ck_assert_str_eq(ws_state_name(arrow->from), figure[_i].from);
	ck_assert_str_eq(ws_cause_name(arrow->cause), figure[_i].event);
	ck_assert_str_eq(ws_state_name(arrow->to), figure[_i].to);
	ck_assert_int_eq(atoi(arrow->name), _i + 1);
}
END_TEST

/* Whatever the machine does from a known state has an arrow, and each arrow is what the machine does. */
START_TEST(machine_has_no_other)
{
	enum fsm_event event = (enum fsm_event)_i;

	for (unsigned i = WS_CLOSED; i < WS_STATE_COUNT; i++) {
		enum ws_state from = (enum ws_state)i;
		enum ws_state to = fsm_next(from, event);

		if (to == from)
			continue;
		ck_assert_msg(coverage_find(from, (enum ws_cause)event, to) >= 0, "%s %s %s", ws_state_name(from),
			      ws_cause_name((enum ws_cause)event), ws_state_name(to));
	}
	for (size_t i = 0; i < coverage_arrows(); i++) {
		const struct coverage_arrow *arrow = coverage_arrow(i);

		/* Both at once: the one way that takes two events. */
		if (arrow->cause == (enum ws_cause)event && strcmp(arrow->name, "note 2") != 0)
			ck_assert_int_eq(fsm_next(arrow->from, event), arrow->to);
	}
	ck_assert_ptr_null(coverage_arrow(coverage_arrows()));
}
END_TEST

START_TEST(no_arrow_twice)
{
	for (size_t i = 0; i < coverage_arrows(); i++) {
		const struct coverage_arrow *arrow = coverage_arrow(i);

		ck_assert_int_eq(coverage_find(arrow->from, arrow->cause, arrow->to), (int)i);
	}
	ck_assert_int_eq(coverage_find(WS_ESTABLISHED, WS_CAUSE_SND_SYN, WS_SYN_SENT), -1);
	ck_assert_int_eq(coverage_find(WS_UNKNOWN, WS_CAUSE_MIDSTREAM, WS_ESTABLISHED), -1);
}
END_TEST

/* ---- Times ------------------------------------------------------------------------------------------------------ */

/* Every time is within 9.1 % of the middle of its bucket, and buckets do not run backwards. */
START_TEST(bucket_is_near)
{
	unsigned before = 0;

	ck_assert_uint_eq(coverage_bucket(0), 0);
	ck_assert_uint_eq(coverage_bucket(-5), 0);
	ck_assert_int_eq(coverage_bucket_middle(0), 0);
	for (int64_t ns = 1000; ns < INT64_MAX / 2; ns += ns / 37) {
		unsigned bucket = coverage_bucket(ns);
		double error = ((double)coverage_bucket_middle(bucket) - (double)ns) / (double)ns;

		ck_assert_uint_ge(bucket, before);
		ck_assert_uint_lt(bucket, COVERAGE_BUCKETS);
		ck_assert_msg(error < 0.091 && error > -0.091, "%lld ns: %f", (long long)ns, error);
		before = bucket;
	}
	ck_assert_uint_lt(coverage_bucket(INT64_MAX), COVERAGE_BUCKETS);
	ck_assert_int_gt(coverage_bucket_middle(COVERAGE_BUCKETS - 1), 0);
	/* Powers of two begin a bucket, four to the octave. */
	ck_assert_uint_eq(coverage_bucket(1 << 20), coverage_bucket((1 << 20) - 1) + 1);
	ck_assert_uint_eq(coverage_bucket(1 << 21), coverage_bucket(1 << 20) + 4);
}
END_TEST

#define MS INT64_C(1000000)

/* A client that opens at 0, is ESTABLISHED after `first`, closes after `second` more. */
static void add_client(struct coverage *coverage, int64_t first, int64_t second, enum ws_evidence evidence)
{
	static struct ws_record record;
	struct ws_endpoint *client = &record.endpoint[WS_CLIENT];

	client->path[0] = (struct ws_step){ .state = WS_SYN_SENT, .cause = WS_CAUSE_SND_SYN };
	client->path[1] = (struct ws_step){
		.state = WS_ESTABLISHED, .cause = WS_CAUSE_RCV_SYN_ACK, .earliest = first, .evidence = evidence
	};
	client->path[2] = (struct ws_step){
		.state = WS_FIN_WAIT_1, .cause = WS_CAUSE_SND_FIN, .earliest = first + second, .evidence = WS_PROVEN
	};
	client->path_len = 3;
	record.endpoint[WS_SERVER].path_len = 0;
	coverage_add(coverage, &record);
}

static bool is_near(int64_t ns, int64_t wanted)
{
	return ns > wanted - wanted / 11 && ns < wanted + wanted / 11;
}

START_TEST(median_is_of_the_state_before)
{
	struct coverage *sum = calloc(1, sizeof(*sum));

	add_client(sum, 10 * MS, 1000 * MS, WS_PROVEN);
	add_client(sum, 20 * MS, 1 * MS, WS_PRESUMED);
	add_client(sum, 3000 * MS, 2000 * MS, WS_PROVEN);
	ck_assert_uint_eq(sum->connections, 3);
	ck_assert_uint_eq(sum->arrows[0].count, 3);
	ck_assert_int_eq(coverage_median(&sum->arrows[0]), -1);
	ck_assert_uint_eq(sum->arrows[5].count, 3);
	ck_assert_uint_eq(sum->arrows[5].proven, 2);
	ck_assert(is_near(coverage_median(&sum->arrows[5]), 20 * MS));
	ck_assert(is_near(coverage_median(&sum->arrows[7]), 1000 * MS));
	ck_assert_uint_eq(coverage_seen(sum), 3);
	free(sum);
}
END_TEST

START_TEST(midstream_is_no_arrow)
{
	struct coverage *sum = calloc(1, sizeof(*sum));
	struct ws_record record = { .endpoint[WS_SERVER].path_len = 1 };

	record.endpoint[WS_SERVER].path[0] = (struct ws_step){ .state = WS_ESTABLISHED, .cause = WS_CAUSE_MIDSTREAM };
	coverage_add(sum, &record);
	ck_assert_uint_eq(sum->midstream, 1);
	ck_assert_uint_eq(sum->other, 0);
	ck_assert_uint_eq(coverage_seen(sum), 0);
	free(sum);
}
END_TEST

/* ---- There and back --------------------------------------------------------------------------------------------- */

static struct text written(const struct coverage *sum)
{
	struct view_options options = { .format = VIEW_TSV };
	struct text text = { 0 };

	coverage_write(&text, sum, &options);
	ck_assert(!text_failed(&text));
	return text;
}

START_TEST(read_back_is_the_same)
{
	struct coverage *sum = calloc(1, sizeof(*sum));
	struct coverage *again = calloc(1, sizeof(*again));
	struct text text;

	add_client(sum, 10 * MS, 1000 * MS, WS_PROVEN);
	add_client(sum, 0, 7, WS_PRESUMED);
	text = written(sum);
	ck_assert_uint_eq(coverage_read(again, text.data), 0);
	ck_assert_mem_eq(sum, again, sizeof(*sum));
	text_fini(&text);
	text = written(sum);
	ck_assert_uint_eq(coverage_read(again, text.data), 0);
	ck_assert_uint_eq(again->connections, 4);
	ck_assert_uint_eq(again->arrows[5].count, 4);
	text_fini(&text);
	free(sum);
	free(again);
}
END_TEST

/* What is cut or changed is refused as a whole. */
START_TEST(bad_text_is_refused)
{
	static const char *const changes[][2] = {
		{ "arrow\t", "wrong\t" },   { "\tSYN-SENT\t", "\tSYN-GONE\t" },    { "connections\t", "connexions\t" },
		{ "\t1\t1\t", "\t1\t2\t" }, { "\t1\t1\t", "\t-1\t1\t" },           { ":1\n", ":2\n" },
		{ ":1\n", ":1,\n" },        { ":1\n", ":99999999999999999999\n" }, { "\t\t\t\t1", "\t\t\t1" },
	};
	struct coverage *sum = calloc(1, sizeof(*sum));
	struct coverage *zero = calloc(1, sizeof(*zero));
	struct coverage *again = calloc(1, sizeof(*again));
	struct text text;
	struct text bad = { 0 };
	char *at;

	add_client(sum, 10 * MS, 1000 * MS, WS_PROVEN);
	text = written(sum);
	at = strstr(text.data, changes[_i][0]);
	ck_assert_ptr_nonnull(at);
	text_write(&bad, text.data, (size_t)(at - text.data));
	text_puts(&bad, changes[_i][1]);
	text_puts(&bad, at + strlen(changes[_i][0]));
	ck_assert_uint_gt(coverage_read(again, bad.data), 0);
	ck_assert_mem_eq(again, zero, sizeof(*zero));
	for (size_t len = 0; len < text.len; len += 11) {
		text_clear(&bad);
		text_write(&bad, text.data, len);
		text_char(&bad, '\0');
		ck_assert_uint_gt(coverage_read(again, bad.data), 0);
	}
	ck_assert_mem_eq(again, zero, sizeof(*zero));
	text_fini(&text);
	text_fini(&bad);
	free(sum);
	free(zero);
	free(again);
}
END_TEST

int main(void)
{
	TCase *t;
	Suite *suite = suite_new("coverage", &t);

	tcase_add_loop_test(t, arrow_is_in_the_figure, 0, COVERAGE_FIGURE);
	tcase_add_loop_test(t, machine_has_no_other, 0, FSM_EVENT_COUNT);
	tcase_add_test(t, no_arrow_twice);
	tcase_add_test(t, bucket_is_near);
	tcase_add_test(t, median_is_of_the_state_before);
	tcase_add_test(t, midstream_is_no_arrow);
	tcase_add_test(t, read_back_is_the_same);
	tcase_add_loop_test(t, bad_text_is_refused, 0, 9);
	return suite_run(suite);
}
