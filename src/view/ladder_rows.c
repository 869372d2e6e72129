/*
 * One connection as the rungs of a ladder.
 */
#include "view/ladder_rows.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "view/parts.h"

/* How many rows back the frame of a finding is looked for; nearly always it is the last. */
#define SEARCH_ROWS 256
#define SIZE_MIN 8

static void take_ends(struct ladder *ladder, const struct ws_record *record)
{
	for (size_t i = 0; i < 2; i++) {
		ladder->addr[i] = record->endpoint[i].addr;
		ladder->port[i] = record->endpoint[i].port;
	}
}

struct ladder *ladder_new(const struct ws_record *record, size_t *budget)
{
	struct ladder *ladder = calloc(1, sizeof(*ladder));

	if (!ladder)
		return NULL;
	ladder->budget = budget;
	take_ends(ladder, record);
	return ladder;
}

void ladder_free(struct ladder *ladder)
{
	*ladder->budget += ladder->rows_len;
	free(ladder->rows);
	free(ladder->notes);
	free(ladder);
}

static bool is_end(const struct ladder *ladder, size_t side, const struct ws_endpoint *endpoint)
{
	return ladder->port[side] == endpoint->port &&
	       memcmp(&ladder->addr[side], &endpoint->addr, sizeof(endpoint->addr)) == 0;
}

static void follow_roles(struct ladder *ladder, const struct ws_record *record)
{
	if (is_end(ladder, WS_CLIENT, &record->endpoint[WS_CLIENT]))
		return;
	take_ends(ladder, record);
	for (size_t i = 0; i < ladder->rows_len; i++) {
		struct ladder_row *row = &ladder->rows[i];
		uint8_t state = row->state[WS_CLIENT];
		bool is_presumed = row->is_presumed[WS_CLIENT];

		row->state[WS_CLIENT] = row->state[WS_SERVER];
		row->state[WS_SERVER] = state;
		row->is_presumed[WS_CLIENT] = row->is_presumed[WS_SERVER];
		row->is_presumed[WS_SERVER] = is_presumed;
		row->segment.from = row->segment.from == WS_CLIENT ? WS_SERVER : WS_CLIENT;
	}
}

static void take_states(struct ladder_row *row, const struct ws_record *record)
{
	for (size_t i = 0; i < 2; i++) {
		row->state[i] = (uint8_t)record->endpoint[i].state;
		row->is_presumed[i] = parts_is_presumed(&record->endpoint[i]);
	}
}

static void *grow(void *array, size_t *size, size_t element)
{
	size_t wanted = *size ? 2 * *size : SIZE_MIN;
	void *grown = reallocarray(array, wanted, element);

	if (grown)
		*size = wanted;
	return grown;
}

/* NULL when the ladder is full; the row is counted then. */
static struct ladder_row *new_row(struct ladder *ladder, const struct ws_event *event, const struct ws_record *record)
{
	follow_roles(ladder, record);
	if (ladder->left_out > 0 || ladder->rows_len == LADDER_ROWS_MAX || *ladder->budget == 0) {
		ladder->left_out++;
		return NULL;
	}
	if (ladder->rows_len == ladder->rows_size) {
		struct ladder_row *rows = grow(ladder->rows, &ladder->rows_size, sizeof(*rows));

		if (!rows) {
			ladder->failed = true;
			ladder->left_out++;
			return NULL;
		}
		ladder->rows = rows;
	}
	--*ladder->budget;

	struct ladder_row *row = &ladder->rows[ladder->rows_len++];

	*row = (struct ladder_row){ .ts = event->ts, .frame = event->frame };
	take_states(row, record);
	return row;
}

void ladder_segment(struct ladder *ladder, const struct ws_event *event, const struct ws_record *record)
{
	struct ladder_row *row = new_row(ladder, event, record);

	if (row)
		row->segment = *event->segment;
}

void ladder_timer(struct ladder *ladder, const struct ws_event *event, const struct ws_record *record)
{
	struct ladder_row *row = ladder->rows_len > 0 ? &ladder->rows[ladder->rows_len - 1] : NULL;

	if (row && row->is_timer && row->ts == event->ts) {
		follow_roles(ladder, record);
		take_states(row, record);
		return;
	}
	row = new_row(ladder, event, record);
	if (row)
		row->is_timer = true;
}

/* The row of the finding's frame; rows_len when its segment is still to come. Frames of two files may have one number, but
 * hardly one time. */
static size_t row_of(const struct ladder *ladder, const struct ws_event *event)
{
	size_t end = ladder->rows_len;
	size_t start = end > SEARCH_ROWS ? end - SEARCH_ROWS : 0;

	for (size_t i = end; i > start; i--) {
		const struct ladder_row *row = &ladder->rows[i - 1];

		if (!row->is_timer && row->frame == event->frame && row->ts == event->ts)
			return i - 1;
	}
	return end;
}

void ladder_finding(struct ladder *ladder, const struct ws_event *event, const struct ws_record *record)
{
	size_t row;

	if (ladder->left_out > 0 || ladder->notes_len == LADDER_ROWS_MAX)
		return;
	if (event->frame > 0) {
		row = row_of(ladder, event);
	} else {
		if (ladder->rows_len == 0 || ladder->rows[ladder->rows_len - 1].ts < event->ts)
			ladder_timer(ladder, event, record);
		if (ladder->rows_len == 0)
			return;
		row = ladder->rows_len - 1;
	}
	if (ladder->notes_len == ladder->notes_size) {
		struct ladder_note *notes = grow(ladder->notes, &ladder->notes_size, sizeof(*notes));

		if (!notes) {
			ladder->failed = true;
			return;
		}
		ladder->notes = notes;
	}
	ladder->notes[ladder->notes_len] =
		(struct ladder_note){ (uint32_t)row, (uint32_t)ladder->notes_len, event->finding };
	ladder->notes_len++;
}

static int by_row(const void *a, const void *b)
{
	const struct ladder_note *x = a;
	const struct ladder_note *y = b;

	if (x->row != y->row)
		return x->row < y->row ? -1 : 1;
	return x->order < y->order ? -1 : x->order > y->order;
}

static bool is_noted(const struct ladder *ladder, size_t len, const struct ladder_note *note)
{
	for (size_t i = len; i > 0 && ladder->notes[i - 1].row == note->row; i--) {
		if (ladder->notes[i - 1].finding == note->finding)
			return true;
	}
	return false;
}

void ladder_settle(struct ladder *ladder, const struct ws_record *record)
{
	size_t kept = 0;

	follow_roles(ladder, record);
	for (size_t i = 0; i < ladder->notes_len; i++) {
		if (ladder->notes[i].row >= ladder->rows_len)
			ladder->notes[i].row = ladder->rows_len > 0 ? (uint32_t)ladder->rows_len - 1 : 0;
	}
	if (ladder->notes_len > 0)
		qsort(ladder->notes, ladder->notes_len, sizeof(*ladder->notes), by_row);
	for (size_t i = 0; i < ladder->notes_len; i++) {
		if (!is_noted(ladder, kept, &ladder->notes[i]))
			ladder->notes[kept++] = ladder->notes[i];
	}
	ladder->notes_len = kept;
}

unsigned ladder_decimals(const struct ladder *ladder, ws_time start)
{
	for (size_t i = 0; i < ladder->rows_len; i++) {
		if ((ladder->rows[i].ts - start) % NS_PER_US != 0)
			return 9;
	}
	return 6;
}
