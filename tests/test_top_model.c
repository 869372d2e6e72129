/*
 * What the top view lists: which rows, in which order, by which filter; that the selection stays with its connection;
 * that closed connections fade out; that nothing moves while frozen. No terminal is needed for any of it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/sample.h"
#include "lib/suite.h"
#include "view/top_model.h"
#include "view/top_order.h"
#include "view/top_slider.h"

static struct top_model model;

static void setup(void)
{
	top_model_init(&model);
}

static void teardown(void)
{
	top_model_fini(&model);
}

/* A connection like the sample, of a client with this port. */
static struct top_row *add(uint16_t port, enum ws_state client, enum ws_state server)
{
	struct ws_record record;
	struct top_row *row = top_model_add(&model, model.len + 1);

	sample_record(&record);
	snprintf(record.uid, sizeof(record.uid), "C%u", port);
	record.endpoint[WS_CLIENT].port = port;
	record.endpoint[WS_CLIENT].state = client;
	record.endpoint[WS_CLIENT].proven = client;
	record.endpoint[WS_SERVER].state = server;
	record.endpoint[WS_SERVER].proven = server;
	ck_assert_ptr_nonnull(row);
	top_row_fill(row, &record, client != WS_CLOSED || server != WS_CLOSED);
	return row;
}

/* The client ports of what is shown, "1 2 3". */
static const char *shown(void)
{
	static char text[400];
	size_t len = 0;

	text[0] = '\0';
	for (size_t i = 0; i < model.shown_len && len + 8 < sizeof(text); i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%u", i > 0 ? " " : "",
					model.shown[i]->port[WS_CLIENT]);
	return text;
}

#define NOW (SAMPLE_START + NS_PER_SEC)

/* ---- Order -------------------------------------------------------------------------------------------------- */

START_TEST(order_by_number)
{
	add(3, WS_ESTABLISHED, WS_ESTABLISHED);
	add(1, WS_ESTABLISHED, WS_ESTABLISHED);
	add(2, WS_ESTABLISHED, WS_ESTABLISHED);
	top_model_arrange(&model, NOW);
	ck_assert_str_eq(shown(), "3 1 2");
	model.is_reversed = true;
	top_model_arrange(&model, NOW);
	ck_assert_str_eq(shown(), "2 1 3");
}
END_TEST

/* Each column with three rows that differ in it alone, and in the two directions. */
START_TEST(order_by_column)
{
	struct top_row *a = add(2, WS_ESTABLISHED, WS_CLOSE_WAIT);
	struct top_row *b = add(1, WS_SYN_SENT, WS_TIME_WAIT);
	struct top_row *c = add(3, WS_LAST_ACK, WS_LISTEN);
	/* clang-format off */
	static const struct {
		enum layout_column column;
		const char *order;
		const char *reversed;
	} cases[] = {
		{ COLUMN_CLIENT, "1 2 3", "3 2 1" },
		{ COLUMN_CLIENT_STATE, "1 2 3", "3 2 1" },
		{ COLUMN_SERVER, "3 1 2", "2 1 3" },
		{ COLUMN_SERVER_STATE, "3 1 2", "2 1 3" },
		{ COLUMN_AGE, "1 3 2", "2 3 1" },
		{ COLUMN_PACKETS, "3 2 1", "1 2 3" },
		{ COLUMN_BYTES, "2 3 1", "1 3 2" },
		{ COLUMN_FINDINGS, "1 3 2", "2 3 1" },
		{ COLUMN_COUNT, "2 1 3", "3 1 2" },
	};
	/* clang-format on */

	a->addr[WS_SERVER].bytes[3] = 9;
	b->addr[WS_SERVER].bytes[3] = 8;
	c->addr[WS_SERVER].bytes[3] = 7;
	a->since[WS_SERVER] = SAMPLE_START + 10000000;
	b->since[WS_CLIENT] = SAMPLE_START + 30000000;
	c->since[WS_CLIENT] = SAMPLE_START + 20000000;
	a->packets[0] = 20, b->packets[0] = 10, c->packets[0] = 1;
	a->packets[1] = 0, b->packets[1] = 1, c->packets[1] = 30;
	a->bytes[0] = 300, b->bytes[1] = 100, c->bytes[0] = 200;
	b->level = 3, c->level = 1, c->findings_len = 5;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		model.sort = cases[i].column;
		model.is_reversed = false;
		top_model_arrange(&model, NOW);
		ck_assert_msg(strcmp(shown(), cases[i].order) == 0, "by %s: %s", top_order_name(model.sort), shown());
		model.is_reversed = true;
		top_model_arrange(&model, NOW);
		ck_assert_msg(strcmp(shown(), cases[i].reversed) == 0, "by %s reversed: %s", top_order_name(model.sort),
			      shown());
	}
}
END_TEST

/* Any order has every row once. */
START_TEST(order_loses_nothing)
{
	unsigned seed = 7;

	for (uint16_t i = 1; i <= 1000; i++) {
		struct top_row *row = add(i, (enum ws_state)(rand_r(&seed) % WS_STATE_COUNT), WS_ESTABLISHED);

		row->packets[0] = (uint64_t)rand_r(&seed) % 10;
	}
	for (unsigned column = 0; column <= COLUMN_COUNT; column++) {
		uint64_t sum = 0;

		model.sort = (enum layout_column)column;
		top_model_arrange(&model, NOW);
		ck_assert_uint_eq(model.shown_len, 1000);
		for (size_t i = 0; i < 1000; i++)
			sum += model.shown[i]->number;
		ck_assert_uint_eq(sum, 500500);
	}
}
END_TEST

START_TEST(every_column_has_its_turn)
{
	enum layout_column column = COLUMN_COUNT;
	unsigned seen = 0;

	for (unsigned i = 0; i <= COLUMN_COUNT; i++) {
		column = top_order_next(column, false);
		seen |= 1u << column;
		ck_assert_int_eq(top_order_next(top_order_next(column, true), false), column);
	}
	ck_assert_uint_eq(seen, (1u << (COLUMN_COUNT + 1)) - 1);
}
END_TEST

/* ---- Filter and fading --------------------------------------------------------------------------------------- */

START_TEST(filter_words)
{
	/* clang-format off */
	static const struct {
		const char *filter;
		bool matches;
	} cases[] = {
		{ "", true }, { "10.9.0.1", true }, { "10.9.0.3", false }, { ":40756", true }, { "[", false },
		{ "close-wait", true }, { "CLOSE-WAIT established", true }, { "close-wait time-wait", false },
		{ "simultaneous", true }, { "half-open", false }, { "  10.9   5000 ", true }, { "closed", false },
	};
	/* clang-format on */
	struct top_row *row = add(40756, WS_ESTABLISHED, WS_CLOSE_WAIT);

	row->findings[0] = WS_FINDING_simultaneous_close;
	row->findings_len = 1;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		snprintf(model.filter, sizeof(model.filter), "%s", cases[i].filter);
		top_model_arrange(&model, NOW);
		ck_assert_msg((model.shown_len == 1) == cases[i].matches, "'%s'", cases[i].filter);
	}
}
END_TEST

/* The sample's sides changed their state last at 2 ms. */
START_TEST(closed_fade)
{
	ws_time closed = SAMPLE_START + 2000000;

	add(1, WS_CLOSED, WS_CLOSED);
	add(2, WS_CLOSED, WS_TIME_WAIT);
	top_model_arrange(&model, closed);
	ck_assert_str_eq(shown(), "1 2");
	ck_assert_uint_eq(model.tally.connections, 1);
	top_model_arrange(&model, closed + TOP_FADE_NS - 1);
	ck_assert_str_eq(shown(), "1 2");
	top_model_arrange(&model, closed + TOP_FADE_NS);
	ck_assert_str_eq(shown(), "2");
	model.shows_closed = true;
	top_model_arrange(&model, closed + 1000 * TOP_FADE_NS);
	ck_assert_str_eq(shown(), "1 2");
	ck_assert_uint_eq(model.tally.connections, 1);
}
END_TEST

/* One that left the tracker while open (evicted, its port used again) is over from then on. */
START_TEST(retired_fade)
{
	struct top_row *row = add(1, WS_ESTABLISHED, WS_ESTABLISHED);

	top_model_retire(&model, row, NOW);
	top_model_arrange(&model, NOW + TOP_FADE_NS - 1);
	ck_assert_str_eq(shown(), "1");
	ck_assert_uint_eq(model.tally.connections, 0);
	top_model_arrange(&model, NOW + TOP_FADE_NS);
	ck_assert_str_eq(shown(), "");
}
END_TEST

START_TEST(past_is_bounded)
{
	struct top_row *last = NULL;

	add(1, WS_ESTABLISHED, WS_ESTABLISHED);
	for (size_t i = 0; i <= TOP_PAST_MAX; i++) {
		last = top_model_add(&model, model.len + 1);
		top_model_retire(&model, last, NOW);
	}
	top_model_trim(&model);
	ck_assert_uint_eq(model.past, TOP_PAST_MAX / 2);
	ck_assert_uint_eq(model.forgotten, TOP_PAST_MAX / 2 + 1);
	ck_assert_uint_eq(model.len, TOP_PAST_MAX / 2 + 1);
	ck_assert_uint_eq(model.rows[0]->port[WS_CLIENT], 1);
	ck_assert_ptr_eq(model.rows[model.len - 1], last);
}
END_TEST

/* ---- Selection ---------------------------------------------------------------------------------------------- */

START_TEST(selection_follows)
{
	for (uint16_t i = 1; i <= 5; i++)
		add(i, WS_ESTABLISHED, WS_ESTABLISHED)->packets[0] = i;
	top_model_arrange(&model, NOW);
	top_model_select(&model, 1);
	ck_assert_uint_eq(model.shown[model.selected]->port[0], 2);
	model.sort = COLUMN_PACKETS;
	top_model_arrange(&model, NOW);
	ck_assert_uint_eq(model.selected, 3);
	ck_assert_uint_eq(model.shown[model.selected]->port[0], 2);
	/* Gone: the place stays, as far as there is one. */
	snprintf(model.filter, sizeof(model.filter), ":5");
	model.rows[1]->port[0] = 77;
	model.rows[1]->port[1] = 77;
	top_model_arrange(&model, NOW);
	ck_assert_uint_eq(model.selected, 3);
	snprintf(model.filter, sizeof(model.filter), "nothing");
	top_model_arrange(&model, NOW);
	ck_assert_uint_eq(model.selected, 0);
	top_model_select(&model, 1);
	ck_assert_uint_eq(model.selected, 0);
}
END_TEST

/* Any moves in lists of any length on screens of any height: the selection is in the list and on the screen. */
START_TEST(selection_is_visible)
{
	unsigned seed = 3;

	for (uint16_t i = 1; i <= 50; i++) {
		add(i, WS_ESTABLISHED, WS_ESTABLISHED);
		top_model_arrange(&model, NOW);
		for (int j = 0; j < 200; j++) {
			size_t height = 1 + (size_t)rand_r(&seed) % 30;

			top_model_select(&model, (ptrdiff_t)(rand_r(&seed) % 80) - 40);
			top_model_scroll(&model, height);
			ck_assert_uint_lt(model.selected, model.shown_len);
			ck_assert_uint_ge(model.selected, model.first);
			ck_assert_uint_lt(model.selected - model.first, height);
			/* No empty lines below a list that could fill the screen. */
			ck_assert(model.first == 0 || model.first + height <= model.shown_len);
		}
	}
}
END_TEST

START_TEST(frozen)
{
	struct top_row *row = add(1, WS_ESTABLISHED, WS_ESTABLISHED);

	top_model_arrange(&model, NOW);
	ck_assert(top_model_freeze(&model));
	row->state[WS_CLIENT] = WS_CLOSED;
	add(2, WS_SYN_SENT, WS_LISTEN);
	top_model_arrange(&model, NOW + TOP_FADE_NS);
	ck_assert_str_eq(shown(), "1");
	ck_assert_uint_eq(model.shown[0]->state[WS_CLIENT], WS_ESTABLISHED);
	ck_assert_int_eq(model.now, NOW);
	top_model_thaw(&model);
	top_model_arrange(&model, NOW + TOP_FADE_NS);
	ck_assert_str_eq(shown(), "1 2");
	ck_assert_uint_eq(model.shown[0]->state[WS_CLIENT], WS_CLOSED);
}
END_TEST

/* ---- The slider ---------------------------------------------------------------------------------------------- */

START_TEST(slider_steps)
{
	int64_t step = top_slider_step(0, 66 * NS_PER_SEC);

	ck_assert_int_eq(step, 2 * NS_PER_SEC);
	ck_assert_int_eq(top_slider_resize(step, true), 5 * NS_PER_SEC);
	ck_assert_int_eq(top_slider_resize(5 * NS_PER_SEC, true), 10 * NS_PER_SEC);
	ck_assert_int_eq(top_slider_resize(10 * NS_PER_SEC, false), 5 * NS_PER_SEC);
	ck_assert_int_eq(top_slider_resize(5 * NS_PER_SEC, false), 2 * NS_PER_SEC);
	ck_assert_int_eq(top_slider_resize(NS_PER_US, false), NS_PER_US);
	ck_assert_int_eq(top_slider_step(5, 5), NS_PER_US);
	for (step = NS_PER_US; top_slider_resize(step, true) != step; step = top_slider_resize(step, true))
		ck_assert_int_eq(top_slider_resize(top_slider_resize(step, true), false), step);
}
END_TEST

START_TEST(slider_moves)
{
	ck_assert_int_eq(top_slider_move(100, 200, 150, 10), 160);
	ck_assert_int_eq(top_slider_move(100, 200, 150, -10), 140);
	ck_assert_int_eq(top_slider_move(100, 200, 105, -10), 100);
	ck_assert_int_eq(top_slider_move(100, 200, 195, 10), WS_TIME_NONE);
	ck_assert_int_eq(top_slider_move(100, 200, 190, 10), WS_TIME_NONE);
	ck_assert_int_eq(top_slider_move(100, 200, WS_TIME_NONE, -10), 190);
	ck_assert_int_eq(top_slider_move(100, 200, WS_TIME_NONE, 10), WS_TIME_NONE);
	ck_assert_int_eq(top_slider_move(100, 200, 50, 10), 110);
}
END_TEST

/* The line is as wide as asked for, and its mark where the moment lies. */
START_TEST(slider_line)
{
	for (size_t width = 60; width < 200; width++) {
		struct text text = { 0 };

		for (int64_t at = 0; at <= 100; at += 10) {
			size_t bar;
			size_t mark;

			text_clear(&text);
			top_slider_line(&text, 0, 100 * NS_PER_SEC, at * NS_PER_SEC, NS_PER_SEC, width);
			ck_assert_uint_eq(text.len, width);
			bar = (size_t)(strchr(text.data, ']') - text.data) - 2;
			mark = (size_t)(strchr(text.data, '|') - text.data) - 1;
			ck_assert_uint_eq(mark, bar * (size_t)at / 100);
		}
		text_fini(&text);
	}
}
END_TEST

int main(void)
{
	TCase *tcase;
	Suite *suite = suite_new("top_model", &tcase);

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, order_by_number);
	tcase_add_test(tcase, order_by_column);
	tcase_add_test(tcase, order_loses_nothing);
	tcase_add_test(tcase, every_column_has_its_turn);
	tcase_add_test(tcase, filter_words);
	tcase_add_test(tcase, closed_fade);
	tcase_add_test(tcase, retired_fade);
	tcase_add_test(tcase, past_is_bounded);
	tcase_add_test(tcase, selection_follows);
	tcase_add_test(tcase, selection_is_visible);
	tcase_add_test(tcase, frozen);
	tcase_add_test(tcase, slider_steps);
	tcase_add_test(tcase, slider_moves);
	tcase_add_test(tcase, slider_line);
	return suite_run(suite);
}
