/*
 * The table: every connection with the state of both its sides, like ss on both hosts at once. Those that closed are
 * shown, when asked for, each as it ends; those that are open, at the end of input or at the moment asked for. A
 * connection that was shown is marked by its user pointer, so that none is shown twice; repetitions of the table do not
 * count for that.
 */
#include <stdlib.h>

#include "base/clock.h"
#include "view/ndjson.h"
#include "view/parts.h"
#include "view/rows.h"
#include "view/screen.h"
#include "view/ticker.h"
#include "view/view.h"

/* How long, in capture time, closed connections wait for others to be aligned with. */
#define HOLD_BACK_NS (10 * NS_PER_SEC)

struct table {
	const struct view_options *options;
	struct text text;
	struct rows rows;
	ws_time held_since;
	ws_time now;
	int level;         /* highest shown, plus 1 */
	bool wants_closed; /* which of the two passes of finish this is */
	struct ticker repeat;
	struct ticker refresh;
	struct rows *page; /* what is on the screen; NULL: nothing is shown before the end */
	size_t open;       /* connections, more than the page has room for */
};

static enum fields_mode row_mode(const struct table *table)
{
	return table->options->format == VIEW_JSON ? FIELDS_JSON : FIELDS_TSV_VALUES;
}

static void *table_create(const struct view_options *options)
{
	struct table *table = calloc(1, sizeof(*table));

	if (!table)
		return NULL;
	table->options = options;
	table->held_since = WS_TIME_NONE;
	rows_init(&table->rows);
	ticker_init(&table->repeat, options->every_ns);
	ticker_init(&table->refresh, options->refresh_ns);
	if (options->refresh_ns > 0) {
		table->page = malloc(sizeof(*table->page));
		if (!table->page) {
			free(table);
			return NULL;
		}
		rows_init(table->page);
	}
	if (options->format == VIEW_TSV) {
		ndjson_connection(&table->text, FIELDS_TSV_NAMES, NULL, WS_TIME_NONE, options);
		parts_emit(&table->text, options->out);
	}
	return table;
}

static void table_destroy(void *self)
{
	struct table *table = self;

	text_fini(&table->text);
	rows_fini(&table->rows);
	if (table->page)
		rows_fini(table->page);
	free(table->page);
	free(table);
}

static void print_batch(struct table *table)
{
	rows_print(&table->rows, &table->text, table->options);
	parts_emit(&table->text, table->options->out);
	table->held_since = WS_TIME_NONE;
}

static void note_levels(struct table *table, const struct ws_record *record)
{
	for (size_t i = 0; i < record->findings_len; i++) {
		int level = (int)ws_finding_info(record->findings[i].id)->level + 1;

		if (level > table->level)
			table->level = level;
	}
}

static void add(struct table *table, const struct ws_record *record, ws_time now)
{
	if (table->options->format != VIEW_PEOPLE) {
		ndjson_connection(&table->text, row_mode(table), record, now, table->options);
		parts_emit(&table->text, table->options->out);
		return;
	}
	if (table->held_since == WS_TIME_NONE)
		table->held_since = now;
	if (rows_add(&table->rows, record, now, table->options))
		print_batch(table);
}

/* People are shown no names, and unless they ask for more, no more than a line. */
static void look_at(const struct table *table, const ws_connection *connection, struct ws_record *out)
{
	if (table->options->format == VIEW_PEOPLE && !table->options->path && !table->options->choice)
		ws_connection_glance(connection, out);
	else if (table->options->format == VIEW_PEOPLE)
		ws_connection_outline(connection, out);
	else
		ws_connection_record(connection, out);
}

static void show(struct table *table, ws_connection *connection, ws_time now)
{
	struct ws_record record;

	look_at(table, connection, &record);
	if (!view_wants(table->options, &record, now))
		return;
	ws_connection_set_user(connection, table);
	note_levels(table, &record);
	add(table, &record, now);
}

/* One that is open when the input ends is part of the final table; one that left the tracker earlier was not open
 * then, whatever its states were. */
static void table_on_event(void *self, const struct ws_event *event)
{
	struct table *table = self;
	struct ws_record record;

	if (ws_connection_is_open(event->connection)) {
		ws_connection_glance(event->connection, &record);
		if (record.end_reason == WS_END_OPEN || record.end_reason == WS_END_OF_INPUT)
			return;
	}
	show(table, event->connection, event->ts);
}

/* ---- Again and again ----------------------------------------------------------------------------------------- */

static int add_open(void *user, ws_connection *connection)
{
	struct table *table = user;
	struct ws_record record;

	if (!ws_connection_is_open(connection))
		return 0;
	look_at(table, connection, &record);
	if (view_wants(table->options, &record, table->now))
		add(table, &record, table->now);
	return 0;
}

/* Above each table of people stands its moment. */
static void print_moment(struct table *table, ws_time now)
{
	if (table->options->format != VIEW_PEOPLE)
		return;
	parts_time(&table->text, now);
	text_char(&table->text, '\n');
	table->rows.has_heading = false;
}

static void repeat(struct table *table, ws_tracker *tracker, ws_time now)
{
	print_moment(table, now);
	table->now = now;
	if (ws_tracker_each(tracker, add_open, table) != 0)
		fputs("wirestat: out of memory, the table is incomplete\n", stderr);
	if (table->options->format == VIEW_PEOPLE) {
		print_batch(table);
		fputc('\n', table->options->out);
	}
}

/* ---- A screen, every now and then ---------------------------------------------------------------------------- */

static int add_to_page(void *user, ws_connection *connection)
{
	struct table *table = user;
	struct ws_record record;

	if (!ws_connection_is_open(connection))
		return 0;
	look_at(table, connection, &record);
	if (!view_wants(table->options, &record, table->now))
		return 0;
	/* Above them stand two lines, below them nothing. */
	if (++table->open + 2 <= table->options->height && table->page->len + 1 < ROWS_MAX)
		(void)rows_add(table->page, &record, table->now, table->options);
	return 0;
}

static void refresh(struct table *table, ws_tracker *tracker, ws_time now)
{
	struct text page = { 0 };

	table->now = now;
	table->open = 0;
	rows_fini(table->page);
	rows_init(table->page);
	(void)ws_tracker_each(tracker, add_to_page, table);
	parts_time(&page, now);
	text_printf(&page, "  %zu %s open\n", table->open, table->open == 1 ? "connection" : "connections");
	rows_print(table->page, &page, table->options);
	if (!text_failed(&page))
		screen_show(&table->text, &page, table->options->height);
	text_fini(&page);
	parts_emit(&table->text, table->options->out);
	fflush(table->options->out);
}

static void table_on_time(void *self, ws_tracker *tracker, ws_time now)
{
	struct table *table = self;
	ws_time tick;

	while (ticker_passed(&table->repeat, now, &tick)) {
		ws_tracker_advance(tracker, tick);
		repeat(table, tracker, tick);
	}
	if (ticker_passed(&table->refresh, now, &tick)) {
		while (ticker_passed(&table->refresh, now, &tick))
			;
		ws_tracker_advance(tracker, tick);
		refresh(table, tracker, tick);
	}
	if (table->held_since != WS_TIME_NONE && now - table->held_since >= HOLD_BACK_NS)
		print_batch(table);
}

/* What will yet be held back, will be so from a later time on. */
static ws_time table_due(const void *self, ws_time now)
{
	const struct table *table = self;
	ws_time held_since = table->held_since != WS_TIME_NONE ? table->held_since : now;
	ws_time due = ticker_due(&table->repeat);

	if (ticker_due(&table->refresh) < due)
		due = ticker_due(&table->refresh);
	if (!table->options->all || table->options->format != VIEW_PEOPLE || held_since > INT64_MAX - HOLD_BACK_NS)
		return due;
	return held_since + HOLD_BACK_NS < due ? held_since + HOLD_BACK_NS : due;
}

static int show_rest(void *user, ws_connection *connection)
{
	struct table *table = user;

	if (ws_connection_user(connection) == NULL && ws_connection_is_open(connection) != table->wants_closed)
		show(table, connection, table->now);
	return 0;
}

static int table_finish(void *self, ws_tracker *tracker, const struct view_capture *capture)
{
	struct table *table = self;
	struct ws_totals totals;
	int result = 0;

	if (table->page)
		screen_clear(&table->text);
	if (table->repeat.has_begun) {
		table_on_time(table, tracker, ws_tracker_now(tracker));
		print_moment(table, ws_tracker_now(tracker));
	}
	table->now = ws_tracker_now(tracker);
	table->wants_closed = true;
	if (table->options->all)
		result = ws_tracker_each(tracker, show_rest, table);
	table->wants_closed = false;
	if (result == 0)
		result = ws_tracker_each(tracker, show_rest, table);
	if (result != 0)
		fputs("wirestat: out of memory, the table is incomplete\n", stderr);
	if (table->options->format == VIEW_PEOPLE && (table->rows.len > 0 || !table->rows.has_heading))
		print_batch(table);
	if (table->options->format == VIEW_JSON) {
		ws_tracker_totals(tracker, &totals);
		ndjson_capture(&table->text, &totals, capture);
		parts_emit(&table->text, table->options->out);
	}
	return table->level;
}

static unsigned table_events_for(const struct view_options *options)
{
	return options->all ? view_table.events : 0;
}

const struct view view_table = {
	.name = "table",
	.summary = "connections with the states of both sides, like ss",
	.events = WS_MASK(WS_EVENT_END),
	.events_for = table_events_for,
	.create = table_create,
	.on_event = table_on_event,
	.on_time = table_on_time,
	.due = table_due,
	.finish = table_finish,
	.destroy = table_destroy,
};
