/*
 * The reader of cases itself: every field of a line, what it must refuse and where it says so, and texts cut or spoilt at
 * every byte.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "lib/case.h"
#include "lib/suite.h"

#define HEAD "# a comment\n\nA 10.0.0.1:40000\nB 10.0.0.2:80\n"

static const char full[] =
	HEAD "  0.000000 SYN-SENT      >  SEW 4294967295:4(5) win 65535 <mss 1460,sackOK,TS val 7 ecr 0,wscale 7,FO 8>"
	     "  SYN-RECEIVED?\n"
	     "  0.000003 SYN-SENT      >  SEW 4294967295:4(5) win 65535 <mss 1460,sackOK,TS val 7 ecr 0,wscale 7,FO 8>"
	     "  SYN-RECEIVED? !copy !duplicate-frame\n"
	     " 60.000000 FIN-WAIT-2    -                                                              CLOSE-WAIT"
	     " !close-wait-lingering !fin-wait2-lingering\n"
	     "  1.500000 ESTABLISHED?  <  .   9:9(0) ack 4294967295 win 0 cksum bad <sack 5:9 11:4294967295>  UNKNOWN\n"
	     "\n"
	     "A [2001:db8::1]:1\n"
	     "B [2001:db8::2]:65535\n"
	     "  1.000000 CLOSED        >  none 1:1(0) win 1  LISTEN?\n";

static struct case_file *read_case(const char *text)
{
	struct case_file *file = malloc(sizeof(*file));
	char error[CASE_ERROR_MAX] = "";

	ck_assert_ptr_nonnull(file);
	ck_assert_msg(case_parse(text, strlen(text), file, error), "%s", error);
	return file;
}

START_TEST(addresses_and_order)
{
	struct case_file *file = read_case(full);

	ck_assert_uint_eq(file->head_len, strlen("# a comment\n\n"));
	ck_assert_uint_eq(file->ladders_len, 2);
	ck_assert_uint_eq(file->ladders[0].addr[0].family, 4);
	ck_assert_mem_eq(file->ladders[0].addr[1].bytes, "\x0a\0\0\x02", 4);
	ck_assert_uint_eq(file->ladders[0].port[0], 40000);
	ck_assert_uint_eq(file->ladders[1].addr[0].family, 6);
	ck_assert_uint_eq(file->ladders[1].addr[1].bytes[15], 2);
	ck_assert_uint_eq(file->ladders[1].port[1], 65535);
	/* By time, over both ladders. */
	ck_assert_uint_eq(file->lines_len, 5);
	ck_assert_int_eq(file->lines[1].ns, 3000);
	ck_assert_uint_eq(file->lines[2].ladder, 1);
	ck_assert_int_eq(file->lines[3].ns, 1500000000);
	ck_assert_int_eq(file->lines[4].ns, INT64_C(60000000000));
	free(file);
}
END_TEST

START_TEST(segment_fields)
{
	struct case_file *file = read_case(full);
	const struct case_line *syn = &file->lines[0];
	const struct case_line *ack = &file->lines[3];

	ck_assert(syn->from_a && !ack->from_a);
	ck_assert_uint_eq(syn->segment.flags, WS_FLAG_SYN | WS_FLAG_ECE | WS_FLAG_CWR);
	ck_assert_uint_eq(syn->segment.seq, 4294967295u);
	ck_assert_uint_eq(syn->segment.len, 5);
	ck_assert_uint_eq(syn->segment.window, 65535);
	ck_assert_int_eq(syn->segment.mss, 1460);
	ck_assert_int_eq(syn->segment.wscale, 7);
	ck_assert_int_eq(syn->segment.fast_open, 8);
	ck_assert(syn->segment.sack_permitted && syn->segment.has_timestamps);
	ck_assert_uint_eq(syn->segment.tsval, 7);
	ck_assert_uint_eq(ack->segment.ack, 4294967295u);
	ck_assert_uint_eq(ack->segment.sack_len, 2);
	ck_assert_uint_eq(ack->segment.sack[1][0], 11);
	ck_assert_uint_eq(ack->segment.sack[1][1], 4294967295u);
	ck_assert(ack->segment.has_bad_checksum && !syn->segment.has_bad_checksum);
	ck_assert_int_eq(ack->segment.mss, -1);
	ck_assert_int_eq(ack->segment.fast_open, -1);
	ck_assert_uint_eq(file->lines[2].segment.flags, 0);
	free(file);
}
END_TEST

START_TEST(states_and_marks)
{
	struct case_file *file = read_case(full);
	const struct case_line *line = file->lines;

	ck_assert_int_eq(line[0].a.state, WS_SYN_SENT);
	ck_assert(!line[0].a.is_presumed);
	ck_assert_int_eq(line[0].b.state, WS_SYN_RECEIVED);
	ck_assert(line[0].b.is_presumed);
	ck_assert_int_eq(line[3].b.state, WS_UNKNOWN);
	ck_assert(!line[0].segment.is_duplicate && line[1].segment.is_duplicate);
	ck_assert(case_line_raises(&line[1], WS_FINDING_duplicate_frame));
	ck_assert(!case_line_raises(&line[1], WS_FINDING_close_wait_lingering));
	ck_assert(line[4].is_timer && !line[3].is_timer);
	ck_assert(case_line_raises(&line[4], WS_FINDING_close_wait_lingering));
	ck_assert(case_line_raises(&line[4], WS_FINDING_fin_wait2_lingering));
	ck_assert(case_is_same_segment(&line[0], &line[1]));
	ck_assert(!case_is_same_segment(&line[0], &line[3]));
	free(file);
}
END_TEST

/* What is refused, and the line that is named. */
static const struct {
	const char *text;
	const char *error;
} refused[] = {
	{ "", "line 0: no ladder" },
	{ "# only a comment\n", "line 1: no ladder" },
	{ HEAD, "line 4: no ladder" },
	{ "B 10.0.0.2:80\n", "line 1: a ladder begins with A" },
	{ "A 10.0.0.1:1\nA 10.0.0.1:1\n", "line 2: a ladder begins with A" },
	{ "A 10.0.0.1\n", "line 1: an address" },
	{ "A 10.0.0.1:65536\n", "line 1: no port" },
	{ "A 10.0.0.1:1x\n", "line 1: no port" },
	{ "A 10.0.0.256:1\n", "line 1: no address" },
	{ "A [10.0.0.1]:1\n", "line 1: no address" },
	{ "A ::1:1\n", "line 1: no address" },
	{ "A []:1\n", "line 1: no address" },
	{ "A 10.0.0.1:1 and more\n", "line 1: an address" },
	{ "  0.000000 CLOSED - CLOSED\n", "line 1: neither" },
	{ HEAD "# 3 more lines\n", "line 5: a ladder with lines left out" },
	{ HEAD "  0.0 CLOSED - CLOSED\n", "line 5: time" },
	{ HEAD "  0.0000000 CLOSED - CLOSED\n", "line 5: time" },
	{ HEAD "  x CLOSED - CLOSED\n", "line 5: time" },
	{ HEAD "  99999999999999999999.000000 CLOSED - CLOSED\n", "line 5: time" },
	{ HEAD "  0.000000 CLOSE - CLOSED\n", "line 5: A's state" },
	{ HEAD "  0.000000 closed - CLOSED\n", "line 5: A's state" },
	{ HEAD "  0.000000 ? - CLOSED\n", "line 5: A's state" },
	{ HEAD "  0.000000 CLOSED - CLOSED??\n", "line 5: B's state" },
	{ HEAD "  0.000000 CLOSED\n", "line 5: arrow" },
	{ HEAD "  0.000000 CLOSED = CLOSED\n", "line 5: arrow" },
	{ HEAD "  0.000000 CLOSED > SF 1:1(0) win 1 CLOSED\n", "line 5: flags" },
	{ HEAD "  0.000000 CLOSED > X 1:1(0) win 1 CLOSED\n", "line 5: flags" },
	{ HEAD "  0.000000 CLOSED > S 1:2(0) win 1 CLOSED\n", "line 5: sequence" },
	{ HEAD "  0.000000 CLOSED > S 4294967296:4294967296(0) win 1 CLOSED\n", "line 5: sequence" },
	{ HEAD "  0.000000 CLOSED > S 0:65536(65536) win 1 CLOSED\n", "line 5: sequence" },
	{ HEAD "  0.000000 CLOSED > . 1:1(0) win 1 CLOSED\n", "line 5: ack" },
	{ HEAD "  0.000000 CLOSED > S 1:1(0) CLOSED\n", "line 5: win" },
	{ HEAD "  0.000000 CLOSED > S 1:1(0) win 65536 CLOSED\n", "line 5: win" },
	{ HEAD "  0.000000 CLOSED > S 1:1(0) win 1 <mss> CLOSED\n", "line 5: options" },
	{ HEAD "  0.000000 CLOSED > S 1:1(0) win 1 <mss 1 CLOSED\n", "line 5: options" },
	{ HEAD "  0.000000 CLOSED > S 1:1(0) win 1 <sack 1:2 3:4 5:6 7:8 9:10> CLOSED\n", "line 5: options" },
	{ HEAD "  0.000000 CLOSED > S 1:1(0) win 1 <sack> CLOSED\n", "line 5: options" },
	{ HEAD "  0.000000 CLOSED > S 1:1(0) win 1 <FO 17> CLOSED\n", "line 5: options" },
	{ HEAD "  0.000000 CLOSED > S 1:1(0) win 1 CLOSED syn-retransmitted\n", "line 5: only" },
	{ HEAD "  0.000000 CLOSED > S 1:1(0) win 1 CLOSED !no-such-finding\n", "line 5: there is no finding" },
};

START_TEST(refusal)
{
	struct case_file *file = malloc(sizeof(*file));
	char error[CASE_ERROR_MAX] = "";

	ck_assert_ptr_nonnull(file);
	ck_assert(!case_parse(refused[_i].text, strlen(refused[_i].text), file, error));
	ck_assert_msg(strncmp(error, refused[_i].error, strlen(refused[_i].error)) == 0, "%s", error);
	free(file);
}
END_TEST

/* One byte too far would be seen by the sanitizers: each text has a block of its own size. */
static void parse_exactly(const char *text, size_t len)
{
	struct case_file *file = malloc(sizeof(*file));
	char *copy = malloc(len ? len : 1);
	char error[CASE_ERROR_MAX];

	ck_assert_ptr_nonnull(file);
	ck_assert_ptr_nonnull(copy);
	memcpy(copy, text, len);
	case_parse(copy, len, file, error);
	ck_assert_uint_le(file->lines_len, CASE_LINES_MAX);
	ck_assert_uint_le(file->ladders_len, CASE_LADDERS_MAX);
	free(copy);
	free(file);
}

START_TEST(every_prefix)
{
	for (size_t len = 0; len <= strlen(full); len++)
		parse_exactly(full, len);
}
END_TEST

START_TEST(every_byte_spoilt)
{
	static const char spoilers[] = " \n\0:<>?!-9A";
	char text[sizeof(full)];

	for (size_t i = 0; i < strlen(full); i++) {
		for (size_t j = 0; j < sizeof(spoilers); j++) {
			memcpy(text, full, sizeof(full));
			text[i] = spoilers[j];
			parse_exactly(text, strlen(full));
		}
	}
}
END_TEST

START_TEST(too_much)
{
	static const char line[] = "  0.000000 CLOSED - CLOSED\n";
	static const char ladder[] = "A 10.0.0.1:1\nB 10.0.0.2:1\n\n";
	size_t size = sizeof(HEAD) + CASE_LINES_MAX * sizeof(line) + CASE_LADDERS_MAX * sizeof(ladder);
	struct case_file *file = malloc(sizeof(*file));
	char *text = calloc(1, 2 * size);
	char error[CASE_ERROR_MAX] = "";

	ck_assert_ptr_nonnull(file);
	ck_assert_ptr_nonnull(text);
	strcpy(text, HEAD);
	for (size_t i = 0; i < CASE_LINES_MAX; i++)
		strcat(text, line);
	ck_assert(case_parse(text, strlen(text), file, error));
	strcat(text, line);
	ck_assert(!case_parse(text, strlen(text), file, error));
	ck_assert_ptr_nonnull(strstr(error, "more than"));
	text[0] = '\0';
	for (size_t i = 0; i <= CASE_LADDERS_MAX; i++)
		strcat(text, ladder);
	ck_assert(!case_parse(text, strlen(text), file, error));
	ck_assert_ptr_nonnull(strstr(error, "more than"));
	free(text);
	free(file);
}
END_TEST

int main(void)
{
	TCase *t;
	Suite *suite = suite_new("case", &t);

	tcase_add_test(t, addresses_and_order);
	tcase_add_test(t, segment_fields);
	tcase_add_test(t, states_and_marks);
	tcase_add_loop_test(t, refusal, 0, sizeof(refused) / sizeof(refused[0]));
	tcase_add_test(t, every_prefix);
	tcase_add_test(t, every_byte_spoilt);
	tcase_add_test(t, too_much);
	return suite_run(suite);
}
