/*
 * The people's table: no line is wider than the terminal, whatever is in it; states are whole; without a terminal
 * nothing is cut and columns can be told apart by two blanks.
 */
#include <stdlib.h>
#include <string.h>

#include "lib/sample.h"
#include "lib/suite.h"
#include "view/rows.h"
#include "view/steps.h"

static struct text text;
static struct rows *rows;
static struct ws_record record;
static struct view_options options;

static void setup(void)
{
	text = (struct text){ 0 };
	options = (struct view_options){ 0 };
	rows = malloc(sizeof(*rows));
	ck_assert_ptr_nonnull(rows);
	rows_init(rows);
	sample_record(&record);
}

static void teardown(void)
{
	rows_fini(rows);
	free(rows);
	text_fini(&text);
}

#define NOW (SAMPLE_START + 62002000000)

static void print(void)
{
	rows_add(rows, &record, NOW, &options);
	rows_print(rows, &text, &options);
	ck_assert(!text_failed(&text));
}

static size_t widest_line(const char *s)
{
	size_t widest = 0;

	while (*s) {
		size_t len = strcspn(s, "\n");

		widest = len > widest ? len : widest;
		s += len + (s[len] == '\n');
	}
	return widest;
}

/* ---- Fitting ------------------------------------------------------------------------------------------------ */

/* Any mixture of column widths in any terminal. */
START_TEST(fits)
{
	unsigned seed = 1;

	for (int i = 0; i < 20000; i++) {
		size_t natural[COLUMN_COUNT];
		size_t terminal = 30 + (size_t)rand_r(&seed) % 200;
		struct layout layout;

		for (size_t j = 0; j < COLUMN_COUNT; j++)
			natural[j] = 5 + (size_t)rand_r(&seed) % 50;
		natural[COLUMN_CLIENT_STATE] = 5 + (size_t)rand_r(&seed) % 9;
		natural[COLUMN_SERVER_STATE] = 5 + (size_t)rand_r(&seed) % 9;
		layout_fit(&layout, natural, terminal);
		ck_assert_uint_le(layout_width(&layout), terminal);
		ck_assert_uint_eq(layout.width[COLUMN_CLIENT_STATE], natural[COLUMN_CLIENT_STATE]);
		ck_assert_uint_eq(layout.width[COLUMN_SERVER_STATE], natural[COLUMN_SERVER_STATE]);
	}
}
END_TEST

START_TEST(nothing_gives_way_without_need)
{
	const size_t natural[COLUMN_COUNT] = { 21, 13, 21, 13, 5, 9, 11, 40 };
	struct layout layout;

	layout_fit(&layout, natural, 0);
	ck_assert_mem_eq(layout.width, natural, sizeof(natural));
	ck_assert_uint_eq(layout.gap, 2);
	ck_assert_uint_eq(layout_width(&layout), 21 + 13 + 21 + 13 + 5 + 9 + 11 + 40 + 7 * 2);
	layout_fit(&layout, natural, 133 + 14);
	ck_assert_uint_eq(layout.gap, 2);
	ck_assert_mem_eq(layout.width, natural, sizeof(natural));
	layout_fit(&layout, natural, 133 + 7);
	ck_assert_uint_eq(layout.gap, 1);
	ck_assert_mem_eq(layout.width, natural, sizeof(natural));
}
END_TEST

/* Room that is left is used: findings by name rather than none, packets rather than blanks. */
START_TEST(room_is_used)
{
	const size_t natural[COLUMN_COUNT] = { 14, 12, 13, 12, 5, 7, 7, 62 };
	struct layout layout;

	layout_fit(&layout, natural, 80);
	ck_assert_uint_eq(layout_width(&layout), 80);
	ck_assert(!layout.has_short_findings);
	layout_fit(&layout, natural, 76);
	ck_assert_uint_le(layout_width(&layout), 76);
	ck_assert(layout.has_short_findings || layout_width(&layout) == 76);
	layout_fit(&layout, natural, 140);
	ck_assert_uint_eq(layout_width(&layout), 139);
}
END_TEST

/* At 80 columns two IPv4 ends of full length stay whole, and so does the age. */
START_TEST(ipv4_at_80)
{
	const size_t natural[COLUMN_COUNT] = { 21, 12, 21, 12, 5, 9, 11, 30 };
	struct layout layout;

	layout_fit(&layout, natural, 80);
	ck_assert_uint_le(layout_width(&layout), 80);
	ck_assert_uint_eq(layout.width[COLUMN_CLIENT], 21);
	ck_assert_uint_eq(layout.width[COLUMN_SERVER], 21);
}
END_TEST

/* ---- Rows --------------------------------------------------------------------------------------------------- */

/* Nothing is padded, for the programs that read it. */
START_TEST(without_a_terminal)
{
	sample_finding(&record, WS_FINDING_simultaneous_close, 1);
	sample_finding(&record, WS_FINDING_fin_retransmitted, 2);
	sample_finding(&record, WS_FINDING_data_after_fin, 1);
	print();
	ck_assert_str_eq(text.data, "CLIENT  STATE  SERVER  STATE  AGE  PACKETS  BYTES  FINDINGS\n"
				    "10.9.0.1:40756  TIME-WAIT  10.9.0.2:5000  CLOSED?  1m02s  7/5  2/0  "
				    "data-after-fin,simultaneous-close,fin-retransmitted\n");
}
END_TEST

START_TEST(without_findings)
{
	record.endpoint[WS_CLIENT].bytes = 12345678;
	record.endpoint[WS_CLIENT].since = WS_TIME_NONE;
	record.endpoint[WS_SERVER].since = WS_TIME_NONE;
	record.endpoint[WS_CLIENT].state = WS_UNKNOWN;
	record.endpoint[WS_CLIENT].proven = WS_UNKNOWN;
	options.width = 100;
	print();
	ck_assert_str_eq(text.data, "CLIENT          STATE    SERVER         STATE    AGE  PACKETS    BYTES  FINDINGS\n"
				    "10.9.0.1:40756  UNKNOWN  10.9.0.2:5000  CLOSED?    -      7/5  12.3M/0  -\n");
}
END_TEST

/* Later rows may widen the columns; the heading is printed once. */
START_TEST(second_batch)
{
	options.width = 100;
	print();
	text_clear(&text);
	record.endpoint[WS_CLIENT].state = WS_SYN_RECEIVED;
	print();
	ck_assert_str_eq(text.data,
			 "10.9.0.1:40756  SYN-RECEIVED?  10.9.0.2:5000  CLOSED?  1m02s      7/5    2/0  -\n");
}
END_TEST

static const unsigned widths[] = { 28, 40, 60, 79, 80, 81, 100, 120, 132, 200 };

START_TEST(never_wider_than_the_terminal)
{
	sample_record_ipv6(&record);
	options.width = widths[_i];
	options.path = true;
	record.endpoint[WS_SERVER].state = WS_SYN_RECEIVED;
	for (unsigned i = 0; i < 8; i++)
		sample_finding(&record, (enum ws_finding_id)i, 1);
	for (size_t i = 1; i < WS_PATH_MAX; i++)
		record.endpoint[WS_CLIENT].path[i] = record.endpoint[WS_CLIENT].path[0];
	record.endpoint[WS_CLIENT].path_len = options.width >= 40 ? WS_PATH_MAX : 0;
	record.endpoint[WS_SERVER].path_len = options.width >= 60;
	print();
	ck_assert_uint_le(widest_line(text.data), options.width);
	ck_assert_ptr_nonnull(strstr(text.data, "TIME-WAIT"));
	ck_assert_ptr_nonnull(strstr(text.data, "SYN-RECEIVED?"));
}
END_TEST

/* What is cut out of an address is its middle: host's beginning, port and what was left out can be seen. */
START_TEST(ipv6_at_80)
{
	sample_record_ipv6(&record);
	options.width = 80;
	print();
	ck_assert_ptr_nonnull(strstr(text.data, "[2001:db8:"));
	ck_assert_ptr_nonnull(strstr(text.data, "..]:40756 "));
	ck_assert_ptr_nonnull(strstr(text.data, "..]:5000 "));
}
END_TEST

static void strip_colors(char *s)
{
	char *to = s;

	while (*s) {
		if (*s == '\x1B') {
			s += strcspn(s, "m") + 1;
			continue;
		}
		*to++ = *s++;
	}
	*to = '\0';
}

/* Colours change nothing but colours, and every one is closed. */
START_TEST(colors_take_no_room)
{
	char *plain;

	sample_finding(&record, WS_FINDING_data_after_fin, 1);
	options.path = true;
	options.width = _i == 0 ? 0 : 70;
	print();
	plain = strdup(text.data);
	rows->has_heading = false;
	text_clear(&text);
	options.color = true;
	print();
	ck_assert_ptr_nonnull(strstr(text.data, "\x1B[36mTIME-WAIT\x1B[0m"));
	ck_assert_ptr_nonnull(strstr(text.data, "\x1B[1;31mdata-after-fin\x1B[0m"));
	strip_colors(text.data);
	ck_assert_str_eq(text.data, plain);
	free(plain);
}
END_TEST

/* A batch says when it is full, and gives out all of it. */
START_TEST(a_full_batch)
{
	size_t lines = 0;

	for (size_t i = 1; i < ROWS_MAX; i++)
		ck_assert(!rows_add(rows, &record, NOW, &options));
	ck_assert(rows_add(rows, &record, NOW, &options));
	rows_print(rows, &text, &options);
	for (const char *s = text.data; *s; s++)
		lines += *s == '\n';
	ck_assert_uint_eq(lines, ROWS_MAX + 1);
	ck_assert_uint_eq(rows->len, 0);
}
END_TEST

/* ---- The path ----------------------------------------------------------------------------------------------- */

START_TEST(path_of_a_side)
{
	struct ws_endpoint *client = &record.endpoint[WS_CLIENT];

	client->path[1] = (struct ws_step){ WS_ESTABLISHED,        WS_PROVEN, SAMPLE_START + 180000,
					    SAMPLE_START + 190000, 9,         WS_CAUSE_RCV_SYN_ACK };
	client->path[2] = (struct ws_step){ WS_CLOSE_WAIT, WS_PRESUMED, SAMPLE_START + 1000000001,
					    WS_TIME_NONE,  12,          WS_CAUSE_RCV_FIN };
	client->path[3] =
		(struct ws_step){ WS_CLOSED, WS_TIMER, SAMPLE_START + 60000000000, WS_TIME_NONE, 0, WS_CAUSE_TIMEOUT };
	client->path_len = 4;
	steps_lines(&text, &record, WS_CLIENT, 0, false);
	ck_assert_str_eq(text.data, "  client  SYN-SENT #8 +0.000000  ESTABLISHED #9 +0.000180  "
				    "CLOSE-WAIT? #12 +1.000000  CLOSED timer +60.000000\n");
	text_clear(&text);
	steps_lines(&text, &record, WS_CLIENT, 64, false);
	ck_assert_str_eq(text.data, "  client  SYN-SENT #8 +0.000000  ESTABLISHED #9 +0.000180\n"
				    "          CLOSE-WAIT? #12 +1.000000  CLOSED timer +60.000000\n");
}
END_TEST

int main(void)
{
	TCase *tcase;
	Suite *suite = suite_new("table", &tcase);

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, fits);
	tcase_add_test(tcase, nothing_gives_way_without_need);
	tcase_add_test(tcase, room_is_used);
	tcase_add_test(tcase, ipv4_at_80);
	tcase_add_test(tcase, without_a_terminal);
	tcase_add_test(tcase, without_findings);
	tcase_add_test(tcase, second_batch);
	tcase_add_loop_test(tcase, never_wider_than_the_terminal, 0, sizeof(widths) / sizeof(widths[0]));
	tcase_add_test(tcase, ipv6_at_80);
	tcase_add_loop_test(tcase, colors_take_no_room, 0, 2);
	tcase_add_test(tcase, a_full_batch);
	tcase_add_test(tcase, path_of_a_side);
	return suite_run(suite);
}
