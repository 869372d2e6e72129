/*
 * The figure of the selected connection. Where the input can be read again, only the ladder of the connection asked for
 * is kept, by reading again; elsewhere one is kept for every connection, in short: the first segments, and all from the
 * first FIN or RST on.
 */
#include <stdlib.h>
#include <string.h>

#include "view/ladder_text.h"
#include "view/parts.h"
#include "view/top.h"

#define OPENING_ROWS 200
#define PAST_LADDERS 1000

/* ---- Recording ----------------------------------------------------------------------------------------------- */

static bool is_wanted(const struct top *top, const struct ws_record *record)
{
	return !top->options->can_seek || strcmp(top->figure.uid, record->uid) == 0;
}

/* In the middle of a transfer that is too long to keep. */
static bool is_left_out(const struct top *top, struct top_row *row, const struct ws_event *event)
{
	const uint8_t turns = WS_FLAG_SYN | WS_FLAG_FIN | WS_FLAG_RST;

	if (top->options->can_seek)
		return false;
	if (event->type == WS_EVENT_FINDING)
		return row->left_out > 0 && event->frame > 0 && row->ladder->rows_len > 0 &&
		       row->ladder->rows[row->ladder->rows_len - 1].frame != event->frame;
	if (event->type != WS_EVENT_SEGMENT)
		return false;
	if (event->segment->flags & (WS_FLAG_FIN | WS_FLAG_RST))
		row->is_closing = true;
	if (row->is_closing || row->ladder->rows_len < OPENING_ROWS || (event->segment->flags & turns) != 0)
		return false;
	row->left_out++;
	return true;
}

void top_figure_event(struct top *top, struct top_row *row, const struct ws_event *event)
{
	struct ws_record record;

	if (event->type == WS_EVENT_OPEN && (!top->options->can_seek || top->figure.uid[0] != '\0')) {
		ws_connection_record(event->connection, &record);
		row->ladder = is_wanted(top, &record) ? ladder_new(&record, &top->budget) : NULL;
	}
	if (!row->ladder || is_left_out(top, row, event))
		return;
	if (event->type == WS_EVENT_SEGMENT || event->type == WS_EVENT_FINDING || event->frame == 0)
		ws_connection_record(event->connection, &record);
	if (event->type == WS_EVENT_SEGMENT)
		ladder_segment(row->ladder, event, &record);
	else if (event->type == WS_EVENT_FINDING)
		ladder_finding(row->ladder, event, &record);
	else if ((event->type == WS_EVENT_STATE || event->type == WS_EVENT_RETRACT) && event->frame == 0)
		ladder_timer(row->ladder, event, &record);
}

void top_figure_trim(struct top *top)
{
	size_t kept = 0;

	for (size_t i = top->model.len; i > 0; i--) {
		struct top_row *row = top->model.rows[i - 1];

		if (!row->is_past || !row->ladder)
			continue;
		if (kept == PAST_LADDERS)
			top_row_forget_ladder(row);
		else
			kept++;
	}
}

/* ---- Drawing ------------------------------------------------------------------------------------------------- */

struct search {
	const struct top_row *row;
	struct ws_record *record;
};

static int look(void *user, ws_connection *connection)
{
	struct search *search = user;

	if (ws_connection_user(connection) != search->row)
		return 0;
	ws_connection_record(connection, search->record);
	return 1;
}

static bool find_record(ws_tracker *tracker, const struct top_row *row, struct ws_record *record)
{
	struct search search = { .row = row, .record = record };

	if (row->record) {
		*record = *row->record;
		return true;
	}
	return !row->is_past && ws_tracker_each(tracker, look, &search) == 1;
}

static size_t count_lines(const struct text *text)
{
	size_t lines = 0;

	for (size_t i = 0; i < text->len; i++)
		lines += text->data[i] == '\n';
	return lines;
}

void top_figure_draw(struct top *top, ws_tracker *tracker, size_t width)
{
	struct top_figure *figure = &top->figure;
	struct top_row *row = top_model_find(&top->model, figure->uid);
	struct view_options options = *top->options;
	struct ws_record record;

	figure->width = width;
	figure->is_stale = false;
	text_clear(&figure->text);
	figure->is_missing = !row || !row->ladder || !find_record(tracker, row, &record);
	if (!figure->is_missing) {
		options.width = (unsigned)width;
		ladder_settle(row->ladder, &record);
		ladder_people(&figure->text, row->ladder, &record, &options);
		figure->left_out = row->left_out;
	}
	figure->lines = count_lines(&figure->text);
}

void top_figure_open(struct top *top)
{
	const struct top_model *model = &top->model;
	struct top_figure *figure = &top->figure;

	if (model->shown_len == 0)
		return;
	memcpy(figure->uid, model->shown[model->selected]->uid, sizeof(figure->uid));
	figure->first = 0;
	figure->is_stale = true;
	top->mode = TOP_LADDER;
	top->wants_seek = top->wants_seek || top->options->can_seek;
}
