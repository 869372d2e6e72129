/*
 * The pages of the top view as text, on screens of every size: each has exactly as many lines as the screen, none wider;
 * states are whole wherever there is room for them; and what the keys do to them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/sample.h"
#include "lib/suite.h"
#include "view/top.h"

static struct top top;
static struct rows batch;
static struct view_options options;
static struct view_file file = { .name = "a.pcap", .frames = 7 };

#define NOW (SAMPLE_START + NS_PER_SEC)

static void setup(void)
{
	options = (struct view_options){ .files = &file, .files_len = 1, .can_seek = true, .color = true };
	top = (struct top){
		.options = &options,
		.batch = &batch,
		.budget = LADDER_BUDGET,
		.moment = WS_TIME_NONE,
		.step_ns = NS_PER_SEC,
		.now = { .first = SAMPLE_START, .last = SAMPLE_START + 60 * NS_PER_SEC, .moment = WS_TIME_NONE },
	};
	top_model_init(&top.model);
	rows_init(&batch);
}

static void teardown(void)
{
	top_model_fini(&top.model);
	rows_fini(&batch);
	text_fini(&top.frame.text);
	text_fini(&top.figure.text);
}

static void add(bool is_ipv6, enum ws_state client, enum ws_state server)
{
	struct ws_record record;
	struct top_row *row = top_model_add(&top.model, top.model.len + 1);

	if (is_ipv6)
		sample_record_ipv6(&record);
	else
		sample_record(&record);
	snprintf(record.uid, sizeof(record.uid), "C%zu", top.model.len);
	record.endpoint[WS_CLIENT].state = client;
	record.endpoint[WS_SERVER].state = server;
	sample_finding(&record, WS_FINDING_simultaneous_close, 1);
	top_row_fill(row, &record, true);
}

/* Every pair of states, a few of them between IPv6 addresses. */
static void add_many(void)
{
	for (unsigned i = 0; i < WS_STATE_COUNT; i++) {
		for (unsigned j = 0; j < WS_STATE_COUNT; j++)
			add((i + j) % 3 == 0, (enum ws_state)i, (enum ws_state)j);
	}
}

static void draw(size_t width, size_t height)
{
	if (top.is_due || top.model.shown_len == 0)
		top_model_arrange(&top.model, NOW);
	top.is_due = false;
	top_page(&top, width, height);
	ck_assert(!text_failed(&top.frame.text));
	ck_assert_uint_eq(top.frame.len, height);
	for (size_t i = 0; i < height; i++) {
		const char *line = top.frame.text.data + top.frame.at[i];
		size_t len = top.frame.at[i + 1] - top.frame.at[i];

		ck_assert_uint_le(top_frame_columns(line, len), width);
		ck_assert_ptr_null(memchr(line, '\n', len));
	}
}

/* Line `i` of the frame without its colours. */
static const char *line(size_t i)
{
	static char out[1000];
	const char *s = top.frame.text.data + top.frame.at[i];
	size_t len = top.frame.at[i + 1] - top.frame.at[i];
	size_t at = 0;

	for (size_t j = 0; j < len && at + 1 < sizeof(out);) {
		size_t code = top_frame_code(s + j, len - j);

		if (code == 0)
			out[at++] = s[j];
		j += code > 0 ? code : 1;
	}
	out[at] = '\0';
	return out;
}

static bool has(const char *words)
{
	for (size_t i = 0; i < top.frame.len; i++) {
		if (strstr(line(i), words))
			return true;
	}
	return false;
}

static void press(const char *keys)
{
	for (; *keys; keys++)
		top_key(&top, *keys);
}

/* ---- Sizes -------------------------------------------------------------------------------------------------- */

START_TEST(fits_any_screen)
{
	add_many();
	for (int mode = TOP_LIST; mode <= TOP_HELP; mode++) {
		top.mode = (enum top_mode)mode;
		for (size_t width = 1; width < 210; width += 7) {
			for (size_t height = 1; height < 70; height += 3)
				draw(width, height);
		}
	}
}
END_TEST

START_TEST(fits_with_no_connections)
{
	for (size_t width = 1; width < 210; width += 7) {
		for (size_t height = 1; height < 70; height += 3)
			draw(width, height);
	}
	ck_assert(has("No connections."));
}
END_TEST

/* Both states of the row that is selected, from the width that both of them and their gap need. */
START_TEST(states_are_whole)
{
	add(true, WS_SYN_RECEIVED, WS_SYN_RECEIVED);
	for (size_t width = 27; width < 200; width++) {
		size_t selected = 0;

		draw(width, 24);
		while (selected + 1 < top.frame.len && top.frame.mark[selected] != TOP_SELECTED)
			selected++;
		ck_assert_ptr_nonnull(strstr(line(selected), "SYN-RECEIVED? "));
		ck_assert_msg(strstr(strstr(line(selected), "SYN-RECEIVED? ") + 1, "SYN-RECEIVED?") != NULL,
			      "width %zu: %s", width, line(selected));
	}
}
END_TEST

/* On 80x24 as many rows as there is room for, and an IPv6 address keeps its port. */
START_TEST(usual_screen)
{
	size_t rows = 0;

	add_many();
	draw(80, 24);
	for (size_t i = 0; i < top.frame.len; i++)
		rows += strstr(line(i), "]:") != NULL || strstr(line(i), "10.9.0.1:") != NULL;
	ck_assert_uint_ge(rows, 5);
	ck_assert_uint_eq(rows, top.page_height);
	ck_assert(has("]:40756"));
	ck_assert(has("a.pcap"));
	ck_assert(has("q quit"));
	ck_assert(has("step 1.0s"));
}
END_TEST

/* A name is not obeyed. */
START_TEST(foreign_name)
{
	file.name = "a\x1B[2Jb\n";
	draw(80, 24);
	file.name = "a.pcap";
	ck_assert(strstr(line(0), "a?[2Jb?") != NULL);
}
END_TEST

START_TEST(wrapped)
{
	struct top_frame *frame = &top.frame;
	const char *items = "aaaa  bb  \x1B[1mccc\x1B[0m  dddddddddddd  e";

	top_frame_begin(frame, 8, 10);
	top_frame_wrap(frame, items, strlen(items), 10);
	ck_assert_uint_eq(frame->len, 4);
	ck_assert_str_eq(line(0), "aaaa  bb");
	ck_assert_str_eq(line(1), "ccc");
	ck_assert_str_eq(line(2), "dddddddd");
	ck_assert_str_eq(line(3), "e");
	top_frame_begin(frame, 8, 10);
	top_frame_wrap(frame, items, strlen(items), 2);
	ck_assert_uint_eq(frame->len, 2);
}
END_TEST

/* ---- Keys --------------------------------------------------------------------------------------------------- */

START_TEST(filter_is_typed)
{
	add(false, WS_ESTABLISHED, WS_CLOSE_WAIT);
	add(true, WS_ESTABLISHED, WS_ESTABLISHED);
	press("/close-waitx");
	draw(80, 24);
	ck_assert(has("filter: close-waitx_"));
	ck_assert(has("Nothing matches"));
	top_key(&top, TOP_KEY_BACKSPACE);
	top_key(&top, TOP_KEY_ENTER);
	draw(80, 24);
	ck_assert_uint_eq(top.model.shown_len, 1);
	ck_assert(has("filter 'close-wait'"));
	press("/[");
	draw(80, 24);
	ck_assert_uint_eq(top.model.shown_len, 1);
	ck_assert(has("filter: [_"));
	top_key(&top, TOP_KEY_ESCAPE);
	ck_assert_str_eq(top.model.filter, "close-wait");
	press("/");
	top_key(&top, TOP_KEY_ENTER);
	draw(80, 24);
	ck_assert_uint_eq(top.model.shown_len, 2);
}
END_TEST

START_TEST(filter_has_an_end)
{
	press("/");
	for (int i = 0; i < 3 * TOP_FILTER_MAX; i++)
		press("x");
	ck_assert_uint_eq(strlen(top.model.filter), TOP_FILTER_MAX - 1);
	for (int i = 0; i < 3 * TOP_FILTER_MAX; i++)
		top_key(&top, TOP_KEY_BACKSPACE);
	ck_assert_str_eq(top.model.filter, "");
}
END_TEST

START_TEST(time_keys)
{
	const ws_time first = SAMPLE_START;
	const ws_time last = SAMPLE_START + 60 * NS_PER_SEC;

	top_key(&top, TOP_KEY_LEFT);
	ck_assert(top.wants_seek);
	ck_assert_int_eq(top.moment, last - NS_PER_SEC);
	top_key(&top, TOP_KEY_FAR_LEFT);
	ck_assert_int_eq(top.moment, last - 11 * NS_PER_SEC);
	press("-");
	top_key(&top, TOP_KEY_RIGHT);
	ck_assert_int_eq(top.moment, last - 11 * NS_PER_SEC + 500 * NS_PER_MS);
	top_key(&top, TOP_KEY_HOME);
	ck_assert_int_eq(top.moment, first);
	top.wants_seek = false;
	top_key(&top, TOP_KEY_LEFT);
	ck_assert(!top.wants_seek);
	press(">");
	ck_assert_int_eq(top.moment, first + 5 * NS_PER_SEC);
	top_key(&top, TOP_KEY_END);
	ck_assert_int_eq(top.moment, WS_TIME_NONE);
}
END_TEST

START_TEST(no_time_travel)
{
	options.can_seek = false;
	top_key(&top, TOP_KEY_LEFT);
	ck_assert(!top.wants_seek);
	draw(80, 24);
	ck_assert(has("cannot be read a second time"));
	press("x");
	draw(80, 24);
	ck_assert(!has("cannot be read a second time"));
}
END_TEST

START_TEST(pages)
{
	add(false, WS_ESTABLISHED, WS_ESTABLISHED);
	draw(80, 24);
	press("h");
	draw(80, 24);
	ck_assert(has("reverse it"));
	press("q");
	draw(80, 24);
	ck_assert(has("1 of 1"));
	top_key(&top, TOP_KEY_ENTER);
	ck_assert_int_eq(top.mode, TOP_LADDER);
	ck_assert(top.wants_seek);
	ck_assert_str_eq(top.figure.uid, "C1");
	press("?q");
	ck_assert_int_eq(top.mode, TOP_LADDER);
	top_key(&top, TOP_KEY_ESCAPE);
	ck_assert_int_eq(top.mode, TOP_LIST);
	ck_assert(!top.wants_quit);
	press("q");
	ck_assert(top.wants_quit);
}
END_TEST

/* The help scrolls to its end and no further, on a screen smaller than it. */
START_TEST(help_scrolls)
{
	press("h");
	draw(80, 10);
	ck_assert(!has("the first packet"));
	press("G");
	draw(80, 10);
	ck_assert(has("the first packet"));
	press("g");
	draw(80, 10);
	ck_assert(has("Each row is a connection"));
}
END_TEST

/* Of a file that was read nothing moves; while it is read, pause holds it. */
START_TEST(pause_holds)
{
	add(false, WS_ESTABLISHED, WS_ESTABLISHED);
	press("p");
	ck_assert(!top.is_paused);
	top.now.is_reading = true;
	press("p");
	ck_assert(top.is_paused);
	top.now.is_reading = false;
	draw(80, 24);
	ck_assert(has("PAUSED"));
	add(false, WS_ESTABLISHED, WS_ESTABLISHED);
	top.is_due = true;
	draw(80, 24);
	ck_assert_uint_eq(top.model.shown_len, 1);
	press("p");
	draw(80, 24);
	ck_assert_uint_eq(top.model.shown_len, 2);
}
END_TEST

int main(void)
{
	TCase *tcase;
	Suite *suite = suite_new("top_page", &tcase);

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, fits_any_screen);
	tcase_add_test(tcase, fits_with_no_connections);
	tcase_add_test(tcase, states_are_whole);
	tcase_add_test(tcase, usual_screen);
	tcase_add_test(tcase, foreign_name);
	tcase_add_test(tcase, wrapped);
	tcase_add_test(tcase, filter_is_typed);
	tcase_add_test(tcase, filter_has_an_end);
	tcase_add_test(tcase, time_keys);
	tcase_add_test(tcase, no_time_travel);
	tcase_add_test(tcase, pages);
	tcase_add_test(tcase, help_scrolls);
	tcase_add_test(tcase, pause_holds);
	return suite_run(suite);
}
