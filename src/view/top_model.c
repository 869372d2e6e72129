/*
 * What the top view lists. Invariant: `shown` points to rows, or while frozen into `frozen`; whoever frees one of them
 * must arrange before anything is drawn.
 */
#include "view/top_model.h"

#include <stdlib.h>
#include <string.h>

#include "view/top_order.h"

#define SIZE_MIN 64

void top_model_init(struct top_model *model)
{
	memset(model, 0, sizeof(*model));
	model->now = WS_TIME_NONE;
	model->sort = COLUMN_COUNT;
}

void top_row_forget_ladder(struct top_row *row)
{
	if (row->ladder)
		ladder_free(row->ladder);
	free(row->record);
	row->ladder = NULL;
	row->record = NULL;
}

static void free_row(struct top_row *row)
{
	top_row_forget_ladder(row);
	free(row);
}

void top_model_clear(struct top_model *model)
{
	for (size_t i = 0; i < model->len; i++)
		free_row(model->rows[i]);
	top_model_thaw(model);
	model->len = 0;
	model->past = 0;
	model->forgotten = 0;
	model->shown_len = 0;
}

void top_model_fini(struct top_model *model)
{
	top_model_clear(model);
	free(model->rows);
	free(model->shown);
	text_fini(&model->scratch);
}

/* ---- Rows --------------------------------------------------------------------------------------------------- */

static bool make_room(struct top_model *model)
{
	size_t size = model->size > 0 ? 2 * model->size : SIZE_MIN;
	struct top_row **rows;

	if (model->len < model->size)
		return true;
	rows = reallocarray(model->rows, size, sizeof(struct top_row *));
	if (!rows)
		return false;
	model->rows = rows;
	model->size = size;
	return true;
}

struct top_row *top_model_add(struct top_model *model, uint64_t number)
{
	struct top_row *row = make_room(model) ? calloc(1, sizeof(*row)) : NULL;

	if (!row) {
		model->failed = true;
		return NULL;
	}
	row->number = number;
	row->is_wanted = true;
	row->is_stale = true;
	row->closed = WS_TIME_NONE;
	model->rows[model->len++] = row;
	return row;
}

static void fill_side(struct top_row *row, size_t side, const struct ws_endpoint *endpoint)
{
	row->addr[side] = endpoint->addr;
	row->port[side] = endpoint->port;
	row->state[side] = (uint8_t)endpoint->state;
	row->proven[side] = (uint8_t)endpoint->proven;
	row->since[side] = endpoint->since;
	row->packets[side] = endpoint->packets;
	row->bytes[side] = endpoint->bytes;
}

void top_row_fill(struct top_row *row, const struct ws_record *record, bool is_open)
{
	memcpy(row->uid, record->uid, sizeof(row->uid));
	fill_side(row, WS_CLIENT, &record->endpoint[WS_CLIENT]);
	fill_side(row, WS_SERVER, &record->endpoint[WS_SERVER]);
	row->findings_len = (uint8_t)record->findings_len;
	row->level = 0;
	for (size_t i = 0; i < record->findings_len; i++) {
		uint8_t level = (uint8_t)(ws_finding_info(record->findings[i].id)->level + 1);

		row->findings[i] = (uint16_t)record->findings[i].id;
		row->level = level > row->level ? level : row->level;
	}
	row->is_open = is_open;
	row->closed = is_open ? WS_TIME_NONE : row->since[row->since[WS_CLIENT] < row->since[WS_SERVER]];
	row->is_stale = false;
}

void top_model_retire(struct top_model *model, struct top_row *row, ws_time now)
{
	row->is_past = true;
	row->is_stale = false;
	if (row->is_open)
		row->closed = now;
	row->is_open = false;
	model->past++;
}

void top_model_trim(struct top_model *model)
{
	size_t excess = model->past > TOP_PAST_MAX ? model->past - TOP_PAST_MAX / 2 : 0;
	size_t kept = 0;

	if (excess == 0)
		return;
	model->past -= excess;
	model->forgotten += excess;
	for (size_t i = 0; i < model->len; i++) {
		if (excess > 0 && model->rows[i]->is_past) {
			excess--;
			free_row(model->rows[i]);
		} else {
			model->rows[kept++] = model->rows[i];
		}
	}
	model->len = kept;
}

struct top_row *top_model_find(const struct top_model *model, const char *uid)
{
	for (size_t i = model->len; i > 0; i--) {
		if (strcmp(model->rows[i - 1]->uid, uid) == 0)
			return model->rows[i - 1];
	}
	return NULL;
}

void top_row_record(const struct top_row *row, struct ws_record *out)
{
	memset(out, 0, sizeof(*out));
	for (size_t i = 0; i < 2; i++) {
		struct ws_endpoint *endpoint = &out->endpoint[i];

		endpoint->addr = row->addr[i];
		endpoint->port = row->port[i];
		endpoint->state = (enum ws_state)row->state[i];
		endpoint->proven = (enum ws_state)row->proven[i];
		endpoint->since = row->since[i];
		endpoint->packets = row->packets[i];
		endpoint->bytes = row->bytes[i];
	}
	out->findings_len = row->findings_len;
	for (size_t i = 0; i < row->findings_len; i++)
		out->findings[i].id = (enum ws_finding_id)row->findings[i];
}

/* ---- What is shown ------------------------------------------------------------------------------------------- */

bool top_model_freeze(struct top_model *model)
{
	struct top_row *frozen = reallocarray(NULL, model->len + 1, sizeof(*frozen));

	if (!frozen)
		return false;
	for (size_t i = 0; i < model->len; i++)
		frozen[i] = *model->rows[i];
	free(model->frozen);
	model->frozen = frozen;
	model->frozen_len = model->len;
	return true;
}

void top_model_thaw(struct top_model *model)
{
	free(model->frozen);
	model->frozen = NULL;
	model->frozen_len = 0;
	model->shown_len = 0;
}

static bool is_faded(const struct top_model *model, const struct top_row *row)
{
	return !row->is_open && !model->shows_closed &&
	       (row->closed == WS_TIME_NONE || model->now == WS_TIME_NONE || model->now - row->closed >= TOP_FADE_NS);
}

static bool make_room_for_shown(struct top_model *model, size_t len)
{
	const struct top_row **shown;

	if (len <= model->shown_size)
		return true;
	shown = reallocarray(model->shown, 2 * len, sizeof(const struct top_row *));
	if (!shown) {
		model->failed = true;
		return false;
	}
	model->shown = shown;
	model->shown_size = 2 * len;
	return true;
}

/* Where the selected connection is now; the same place when it is gone. */
static void follow_selection(struct top_model *model)
{
	bool is_found = false;

	for (size_t i = 0; model->is_pinned && i < model->shown_len && !is_found; i++) {
		is_found = strcmp(model->shown[i]->uid, model->selected_uid) == 0;
		if (is_found)
			model->selected = i;
	}
	if (model->selected >= model->shown_len)
		model->selected = model->shown_len > 0 ? model->shown_len - 1 : 0;
}

void top_model_arrange(struct top_model *model, ws_time now)
{
	size_t len = model->frozen ? model->frozen_len : model->len;

	if (!model->frozen)
		model->now = now;
	model->shown_len = 0;
	memset(&model->tally, 0, sizeof(model->tally));
	if (!make_room_for_shown(model, len))
		return;
	for (size_t i = 0; i < len; i++) {
		const struct top_row *row = model->frozen ? &model->frozen[i] : model->rows[i];

		if (!row->is_wanted)
			continue;
		if (row->is_open)
			tally_add(&model->tally, (enum ws_state)row->state[WS_CLIENT],
				  (enum ws_state)row->state[WS_SERVER]);
		if (!is_faded(model, row) && top_row_matches(row, model->filter, &model->scratch))
			model->shown[model->shown_len++] = row;
	}
	top_order_sort(model->shown, model->shown_len, model->sort, model->is_reversed);
	follow_selection(model);
}

/* ---- The selection ------------------------------------------------------------------------------------------- */

void top_model_select(struct top_model *model, ptrdiff_t by)
{
	size_t back = by < 0 ? 0 - (size_t)by : 0;
	size_t on = by > 0 ? (size_t)by : 0;

	if (model->shown_len == 0)
		return;
	model->selected = model->selected > back ? model->selected - back : 0;
	model->selected = model->shown_len - 1 - model->selected > on ? model->selected + on : model->shown_len - 1;
	model->is_pinned = true;
	memcpy(model->selected_uid, model->shown[model->selected]->uid, sizeof(model->selected_uid));
}

void top_model_scroll(struct top_model *model, size_t height)
{
	size_t last = model->shown_len > height ? model->shown_len - height : 0;

	if (model->first > last)
		model->first = last;
	if (model->selected < model->first)
		model->first = model->selected;
	else if (height > 0 && model->selected - model->first >= height)
		model->first = model->selected - height + 1;
}
