/*
 * The page of the top view that lists connections: how many are in which states and pairs of states, then a row for
 * each, in the columns of the table view. Only the rows on the screen are formatted.
 */
#include <string.h>

#include "view/color.h"
#include "view/top.h"
#include "view/top_order.h"

/* A heading, a row and what stands around them. */
#define LIST_LEAST 8

static void add_lines(struct top_frame *frame, const struct text *text)
{
	const char *at = text->data;

	while (at && *at != '\0') {
		size_t len = strcspn(at, "\n");

		top_frame_line(frame, at, len, TOP_PLAIN);
		at += len + (at[len] == '\n');
	}
}

static size_t states_of(const struct tally *tally, enum ws_side side)
{
	size_t count = 0;

	for (unsigned i = 0; i < WS_STATE_COUNT; i++)
		count += tally->side[side][i] > 0;
	return count;
}

/* Pairs of states one behind the other, where the matrix does not fit. */
static void write_pairs(struct text *out, const struct tally *tally, bool color)
{
	const char *lead = "";

	for (unsigned i = 0; i < WS_STATE_COUNT; i++) {
		for (unsigned j = 0; j < WS_STATE_COUNT; j++) {
			if (tally->pair[i][j] == 0)
				continue;
			text_puts(out, lead);
			color_state(out, color, (enum ws_state)i);
			text_puts(out, ws_state_name((enum ws_state)i));
			color_end(out, color);
			text_char(out, '/');
			color_state(out, color, (enum ws_state)j);
			text_puts(out, ws_state_name((enum ws_state)j));
			color_end(out, color);
			text_char(out, ' ');
			text_u64(out, tally->pair[i][j]);
			lead = "  ";
		}
	}
}

static void add_pairs(struct top *top, struct text *text)
{
	const struct tally *tally = &top->model.tally;
	struct top_frame *frame = &top->frame;
	size_t room = frame->height / 3;
	bool fits = tally_matrix_width(tally) <= frame->width && states_of(tally, WS_CLIENT) < room;

	if (top->hides_pairs || tally->connections == 0 || frame->height < 2 * LIST_LEAST)
		return;
	text_clear(text);
	if (fits)
		tally_matrix(text, tally, top->options->color);
	else
		write_pairs(text, tally, top->options->color);
	if (fits)
		add_lines(frame, text);
	else if (text->len > 0)
		top_frame_wrap(frame, text->data, text->len, room);
}

static void add_counts(struct top *top, struct text *text)
{
	struct top_frame *frame = &top->frame;

	text_clear(text);
	tally_line(text, &top->model.tally, top->options->color);
	if (!text_failed(text) && frame->height >= LIST_LEAST)
		top_frame_wrap(frame, text->data, text->len, frame->height / 6);
	add_pairs(top, text);
}

/* "12 of 340 rows, sorted by age, reversed, filter 'x', closed shown" */
static void add_status(struct top *top, struct text *text)
{
	const struct top_model *model = &top->model;

	text_clear(text);
	if (model->shown_len > 0)
		text_printf(text, "%zu of %zu", model->selected + 1, model->shown_len);
	else
		text_puts(text, "none");
	text_printf(text, ", by %s%s", top_order_name(model->sort), model->is_reversed ? " reversed" : "");
	if (model->filter[0] != '\0')
		text_printf(text, ", filter '%s'", model->filter);
	if (model->shows_closed)
		text_puts(text, ", closed shown");
	if (model->forgotten > 0)
		text_printf(text, " (oldest %llu forgotten)", (unsigned long long)model->forgotten);
	if (top->now.has_drops)
		text_printf(text, ", drops: kernel %llu, interface %llu", (unsigned long long)top->now.kernel_drops,
			    (unsigned long long)top->now.interface_drops);
	if (model->failed)
		text_puts(text, ", out of memory: incomplete");
	top_frame_puts(&top->frame, text_failed(text) ? "" : text->data, TOP_PLAIN);
}

/* Where the name of the column by which the list is sorted stands in the heading; NULL when it is not there. */
static const char *sorted_name(const struct top *top, const char *heading)
{
	for (unsigned i = 0; i < COLUMN_COUNT; i++) {
		const char *name = layout_heading((enum layout_column)i);

		if ((top->batch->heading & 1u << i) == 0)
			continue;
		heading = strstr(heading, name);
		if (!heading || i == top->model.sort)
			return heading;
		heading += strlen(name);
	}
	return NULL;
}

static void add_heading(struct top *top, const char *heading, size_t len)
{
	const char *name = sorted_name(top, heading);
	struct text text = { 0 };

	if (!name || name >= heading + len) {
		top_frame_line(&top->frame, heading, len, TOP_PLAIN);
		return;
	}
	size_t before = (size_t)(name - heading);
	size_t width = strlen(layout_heading(top->model.sort));

	text_write(&text, heading, before);
	text_puts(&text, "\x1B[4m");
	text_write(&text, name, width);
	text_puts(&text, "\x1B[24m");
	text_write(&text, name + width, len - before - width);
	if (!text_failed(&text))
		top_frame_line(&top->frame, text.data, text.len, TOP_PLAIN);
	text_fini(&text);
}

static enum top_mark mark_of(const struct top_model *model, size_t i)
{
	if (i == model->selected)
		return TOP_SELECTED;
	return model->shown[i]->is_open ? TOP_PLAIN : TOP_FADED;
}

/* The heading is the first line of what the batch prints, then come the rows. */
static void add_batch(struct top *top, const struct text *text)
{
	const char *at = text->data;
	size_t row = top->model.first;
	bool is_heading = true;

	while (at && *at != '\0') {
		size_t len = strcspn(at, "\n");

		if (is_heading)
			add_heading(top, at, len);
		else
			top_frame_line(&top->frame, at, len, mark_of(&top->model, row++));
		is_heading = false;
		at += len + (at[len] == '\n');
	}
}

static void add_rows(struct top *top, struct text *text, size_t height)
{
	struct top_model *model = &top->model;
	struct view_options options = *top->options;
	struct ws_record record;

	options.width = (unsigned)top->frame.width;
	options.path = false;
	top_model_scroll(model, height);
	for (size_t i = model->first; i < model->shown_len && i - model->first < height; i++) {
		top_row_record(model->shown[i], &record);
		rows_add(top->batch, &record, model->now, &options);
	}
	text_clear(text);
	top->batch->has_heading = false;
	rows_print(top->batch, text, &options);
	if (!text_failed(text))
		add_batch(top, text);
	if (model->shown_len == 0)
		top_frame_puts(&top->frame,
			       model->filter[0] != '\0' ? "Nothing matches the filter." : "No connections.", TOP_PLAIN);
}

void top_list(struct top *top, size_t below)
{
	struct top_frame *frame = &top->frame;
	struct text text = { 0 };
	size_t used;

	add_counts(top, &text);
	add_status(top, &text);
	used = frame->len + 1 + below;
	top->page_height = frame->height > used ? frame->height - used : 1;
	add_rows(top, &text, top->page_height);
	text_fini(&text);
}
