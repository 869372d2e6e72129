/*
 * Rows of the people's table. Invariant: the cells of all rows of the batch stand one after the other in one buffer; where
 * they are neither aligned nor coloured, as the text that will be printed.
 */
#include "view/rows.h"

#include <string.h>

#include "base/clock.h"
#include "view/color.h"
#include "view/parts.h"
#include "view/steps.h"

void rows_init(struct rows *rows)
{
	memset(rows, 0, sizeof(*rows));
	for (unsigned i = 0; i < COLUMN_COUNT; i++)
		rows->natural[i] = strlen(layout_heading((enum layout_column)i));
}

void rows_fini(struct rows *rows)
{
	text_fini(&rows->cells);
}

/* ---- Cells: written where they will stand, up to CELL_MAX bytes; returned is their end ------------------------------ */

#define CELL_MAX (2 * (CLOCK_TEXT_MAX + 8) + PARTS_ENDPOINT_MAX)

static char *put(char *at, const char *s)
{
	while (*s)
		*at++ = *s++;
	return at;
}

static char *put_duration(char *at, int64_t ns)
{
	return at + strlen(clock_duration_text(ns > 0 ? ns : 0, at));
}

static char *put_state(char *at, const struct ws_endpoint *side)
{
	at = put(at, ws_state_name(side->state));
	if (parts_is_presumed(side))
		*at++ = '?';
	return at;
}

/* Time since a side last changed its state; nothing for a connection that is over. */
static char *put_age(char *at, const struct ws_record *record, ws_time now)
{
	const struct ws_endpoint *client = &record->endpoint[WS_CLIENT];
	const struct ws_endpoint *server = &record->endpoint[WS_SERVER];
	ws_time since = client->since > server->since ? client->since : server->since;

	if (since == WS_TIME_NONE || now == WS_TIME_NONE || (client->state == WS_CLOSED && server->state == WS_CLOSED))
		return put(at, "-");
	return put_duration(at, now > since ? now - since : 0);
}

/* What is left of TIME-WAIT, or how long a side has been in its state. */
static char *put_timer(char *at, const struct ws_endpoint *side, ws_time now, const struct view_options *options)
{
	int64_t two_msl = options->time_wait_ns > 0 ? options->time_wait_ns : WS_TIME_WAIT_NS;

	if (side->since == WS_TIME_NONE || now == WS_TIME_NONE || side->state == WS_CLOSED)
		return put(at, "-");
	if (side->two_msl_since == WS_TIME_NONE)
		return put_duration(at, now - side->since);
	return put(put_duration(at, side->two_msl_since - now + two_msl), " left");
}

/* With --timers the column tells more than the age: that of each side. */
static char *put_timers(char *at, const struct ws_record *record, ws_time now, const struct view_options *options)
{
	at = put_timer(at, &record->endpoint[WS_CLIENT], now, options);
	*at++ = '/';
	return put_timer(at, &record->endpoint[WS_SERVER], now, options);
}

static const char *heading_of(enum layout_column column, const struct view_options *options)
{
	return column == COLUMN_AGE && options->timers ? "TIMERS" : layout_heading(column);
}

static char *put_amounts(char *at, uint64_t client, uint64_t server)
{
	at = parts_put_amount(at, client);
	*at++ = '/';
	return parts_put_amount(at, server);
}

static char *put_cell(char *at, enum layout_column column, const struct ws_record *record, ws_time now,
		      const struct view_options *options)
{
	const struct ws_endpoint *client = &record->endpoint[WS_CLIENT];
	const struct ws_endpoint *server = &record->endpoint[WS_SERVER];

	switch (column) {
	case COLUMN_CLIENT:
		return at + parts_endpoint(&client->addr, client->port, at);
	case COLUMN_CLIENT_STATE:
		return put_state(at, client);
	case COLUMN_SERVER:
		return at + parts_endpoint(&server->addr, server->port, at);
	case COLUMN_SERVER_STATE:
		return put_state(at, server);
	case COLUMN_AGE:
		return options->timers ? put_timers(at, record, now, options) : put_age(at, record, now);
	case COLUMN_PACKETS:
		return put_amounts(at, client->packets, server->packets);
	case COLUMN_BYTES:
		return put_amounts(at, client->bytes, server->bytes);
	case COLUMN_FINDINGS:
	case COLUMN_COUNT:
		break;
	}
	return at;
}

/* The gravest first: what is cut off is the end. */
static void findings_cell(struct text *cells, const struct ws_record *record)
{
	const char *lead = "";

	for (unsigned level = WS_LEVEL_COUNT; record->findings_len > 0 && level-- > 0;) {
		for (size_t i = 0; i < record->findings_len; i++) {
			const struct ws_finding_info *info = ws_finding_info(record->findings[i].id);

			if (info->level != (enum ws_level)level)
				continue;
			text_puts(cells, lead);
			text_puts(cells, info->id);
			lead = ",";
		}
	}
	if (record->findings_len == 0)
		text_char(cells, '-');
}

/* The findings are as long as they are many. */
static void write_cell(struct text *cells, enum layout_column column, const struct ws_record *record, ws_time now,
		       const struct view_options *options)
{
	char *at;

	if (column == COLUMN_FINDINGS) {
		findings_cell(cells, record);
		return;
	}
	at = text_room(cells, CELL_MAX);
	if (at)
		text_took(cells, put_cell(at, column, record, now, options));
}

static bool is_plain(const struct view_options *options)
{
	return options->width == 0 && !options->color;
}

static void write_path(struct text *out, const struct ws_record *record, const struct view_options *options)
{
	steps_outer_line(out, record);
	steps_lines(out, record, WS_CLIENT, options->width, options->color);
	steps_lines(out, record, WS_SERVER, options->width, options->color);
}

_Static_assert(COLUMN_FINDINGS + 1 == COLUMN_COUNT, "findings end the line");

static void write_line(struct text *out, const struct ws_record *record, ws_time now,
		       const struct view_options *options)
{
	char *at = text_room(out, (size_t)COLUMN_COUNT * (CELL_MAX + LAYOUT_GAP));

	if (!at)
		return;
	for (unsigned i = 0; i < COLUMN_FINDINGS; i++) {
		at = put_cell(at, (enum layout_column)i, record, now, options);
		memset(at, ' ', LAYOUT_GAP);
		at += LAYOUT_GAP;
	}
	text_took(out, at);
	findings_cell(out, record);
	text_char(out, '\n');
	if (options->path)
		write_path(out, record, options);
}

bool rows_add(struct rows *rows, const struct ws_record *record, ws_time now, const struct view_options *options)
{
	struct row *row = &rows->row[rows->len++];

	if (is_plain(options)) {
		write_line(&rows->cells, record, now, options);
		return rows->len == ROWS_MAX;
	}

	for (unsigned i = 0; i < COLUMN_COUNT; i++) {
		row->at[i] = rows->cells.len;
		write_cell(&rows->cells, (enum layout_column)i, record, now, options);
		if (rows->cells.len - row->at[i] > rows->natural[i])
			rows->natural[i] = rows->cells.len - row->at[i];
	}
	row->at[COLUMN_COUNT] = rows->cells.len;
	if (options->path)
		write_path(&rows->cells, record, options);
	row->at[COLUMN_COUNT + 1] = rows->cells.len;
	row->state[WS_CLIENT] = record->endpoint[WS_CLIENT].state;
	row->state[WS_SERVER] = record->endpoint[WS_SERVER].state;
	row->findings_len = record->findings_len;
	row->level = WS_INFO;
	for (size_t i = 0; i < record->findings_len; i++) {
		enum ws_level level = ws_finding_info(record->findings[i].id)->level;

		if (level > row->level)
			row->level = level;
	}
	return rows->len == ROWS_MAX;
}

/* One line under construction: blanks are written only when something follows them. */
struct line {
	struct text *out;
	size_t pending;
};

static void line_cell(struct line *line, const char *s, size_t len, size_t width, bool is_right)
{
	size_t shown = len < width ? len : width;
	size_t blanks = line->pending + (is_right ? width - shown : 0);

	text_pad(line->out, line->out->len, blanks);
	parts_cut(line->out, s, len, width);
	line->pending = is_right ? 0 : width - shown;
}

static void color_begin(struct text *out, const struct row *row, enum layout_column column, bool is_on)
{
	if (column == COLUMN_CLIENT_STATE || column == COLUMN_SERVER_STATE)
		color_state(out, is_on, row->state[column == COLUMN_CLIENT_STATE ? WS_CLIENT : WS_SERVER]);
	else
		color_level(out, is_on && row->findings_len > 0, row->level);
}

/* The blanks before a coloured cell stay outside its colour. */
static void colored_cell(struct line *line, const struct row *row, enum layout_column column, const char *s, size_t len,
			 size_t width, bool is_on)
{
	bool has_color = is_on && (column != COLUMN_FINDINGS || row->findings_len > 0);

	text_pad(line->out, line->out->len, line->pending);
	line->pending = 0;
	color_begin(line->out, row, column, has_color);
	line_cell(line, s, len, width, false);
	color_end(line->out, has_color);
}

static void short_findings(const struct row *row, struct text *out)
{
	text_clear(out);
	if (row->findings_len == 0) {
		text_char(out, '-');
		return;
	}
	text_puts(out, ws_level_name(row->level));
	text_char(out, ' ');
	text_u64(out, row->findings_len);
}

static void print_row(const struct rows *rows, const struct row *row, const struct layout *layout, struct text *out,
		      bool is_colored)
{
	struct line line = { .out = out };
	struct text findings = { 0 };
	const char *cells = rows->cells.data;
	bool is_first = true;

	for (unsigned i = 0; i < COLUMN_COUNT; i++) {
		enum layout_column column = (enum layout_column)i;
		const char *s = cells + row->at[i];
		size_t len = row->at[i + 1] - row->at[i];
		size_t width;

		if (layout->width[i] == 0)
			continue;
		line.pending += is_first ? 0 : layout->gap;
		is_first = false;
		if (column == COLUMN_FINDINGS && layout->has_short_findings) {
			short_findings(row, &findings);
			s = findings.data;
			len = findings.len;
		}
		width = layout->is_ragged ? len : layout->width[i];
		if (column == COLUMN_CLIENT_STATE || column == COLUMN_SERVER_STATE || column == COLUMN_FINDINGS)
			colored_cell(&line, row, column, s, len, width, is_colored);
		else
			line_cell(&line, s, len, width, layout_is_right(column));
	}
	text_fini(&findings);
	text_char(out, '\n');
	text_write(out, cells + row->at[COLUMN_COUNT], row->at[COLUMN_COUNT + 1] - row->at[COLUMN_COUNT]);
}

static void print_heading(const struct layout *layout, struct text *out, const struct view_options *options)
{
	struct line line = { .out = out };

	color_bold(out, options->color);
	for (unsigned i = 0; i < COLUMN_COUNT; i++) {
		const char *heading = heading_of((enum layout_column)i, options);

		if (layout->width[i] == 0)
			continue;
		line_cell(&line, heading, strlen(heading), layout->is_ragged ? strlen(heading) : layout->width[i],
			  layout_is_right((enum layout_column)i));
		line.pending += layout->gap;
	}
	color_end(out, options->color);
	text_char(out, '\n');
}

static unsigned shown_columns(const struct layout *layout)
{
	unsigned bits = 0;

	for (unsigned i = 0; i < COLUMN_COUNT; i++)
		bits |= layout->width[i] > 0 ? 1u << i : 0;
	return bits;
}

void rows_print(struct rows *rows, struct text *out, const struct view_options *options)
{
	struct layout layout;

	if (text_failed(&rows->cells))
		out->failed = true;
	for (unsigned i = 0; i < COLUMN_COUNT; i++) {
		size_t least = strlen(heading_of((enum layout_column)i, options));

		if (rows->natural[i] < least)
			rows->natural[i] = least;
	}
	layout_fit(&layout, rows->natural, options->width);

	unsigned heading = shown_columns(&layout);

	if (!rows->has_heading || heading != rows->heading)
		print_heading(&layout, out, options);
	rows->has_heading = true;
	rows->heading = heading;
	if (is_plain(options))
		text_write(out, rows->cells.data, rows->cells.len);
	for (size_t i = 0; i < rows->len && !is_plain(options) && !text_failed(out); i++)
		print_row(rows, &rows->row[i], &layout, out, options->color);
	rows->len = 0;
	text_clear(&rows->cells);
}
