/*
 * Counts of connections by the states of their sides.
 */
#include "view/tally.h"

#include <string.h>

#include "view/color.h"
#include "view/parts.h"

#define STATE_WIDTH 14
#define NUMBER_WIDTH 9
#define PAIR_TEXT_MAX 32

void tally_add(struct tally *tally, enum ws_state client, enum ws_state server)
{
	tally->connections++;
	tally->side[WS_CLIENT][client]++;
	tally->side[WS_SERVER][server]++;
	tally->pair[client][server]++;
}

void tally_remove(struct tally *tally, enum ws_state client, enum ws_state server)
{
	tally->connections--;
	tally->side[WS_CLIENT][client]--;
	tally->side[WS_SERVER][server]--;
	tally->pair[client][server]--;
}

static uint64_t both(const struct tally *tally, unsigned state)
{
	return tally->side[WS_CLIENT][state] + tally->side[WS_SERVER][state];
}

/* JSON names the states that occur; TSV has a column for each, so that lines of a series agree. */
static void state_counts(struct fields *f, const char *name, const struct tally *tally, enum ws_side side)
{
	if (!fields_group_begin(f, name, true))
		return;
	for (unsigned i = 0; i < WS_STATE_COUNT; i++) {
		uint64_t n = side == WS_BOTH ? both(tally, i) : tally->side[side][i];

		fields_u64(f, ws_state_name((enum ws_state)i), n > 0 || f->mode != FIELDS_JSON, n);
	}
	fields_group_end(f);
}

static void pair_counts(struct fields *f, const struct tally *tally)
{
	char key[PAIR_TEXT_MAX];

	fields_map_begin(f, "pairs");
	for (unsigned i = 0; i < WS_STATE_COUNT; i++) {
		for (unsigned j = 0; j < WS_STATE_COUNT; j++) {
			if (tally->pair[i][j] == 0)
				continue;
			snprintf(key, sizeof(key), "%s/%s", ws_state_name((enum ws_state)i),
				 ws_state_name((enum ws_state)j));
			fields_map_item(f, key, tally->pair[i][j]);
		}
	}
	fields_map_end(f);
}

void tally_fields(struct fields *f, const struct tally *tally)
{
	fields_u64(f, "connections", true, tally->connections);
	if (fields_group_begin(f, "states", true)) {
		state_counts(f, "client", tally, WS_CLIENT);
		state_counts(f, "server", tally, WS_SERVER);
		state_counts(f, "both", tally, WS_BOTH);
		fields_group_end(f);
	}
	pair_counts(f, tally);
}

static void state_cell(struct text *out, unsigned state, size_t width, bool color)
{
	const char *name = ws_state_name((enum ws_state)state);

	color_state(out, color, (enum ws_state)state);
	text_puts(out, name);
	color_end(out, color);
	if (strlen(name) < width)
		text_pad(out, out->len, width - strlen(name));
}

static void heading(struct text *out, const char *s, bool color)
{
	color_bold(out, color);
	text_puts(out, s);
	color_end(out, color);
}

static void state_lines(struct text *out, const struct tally *tally, bool color)
{
	heading(out, "STATE            CLIENT   SERVER     BOTH", color);
	text_char(out, '\n');
	for (unsigned i = 0; i < WS_STATE_COUNT; i++) {
		if (both(tally, i) == 0)
			continue;
		state_cell(out, i, STATE_WIDTH, color);
		parts_number(out, tally->side[WS_CLIENT][i], NUMBER_WIDTH);
		parts_number(out, tally->side[WS_SERVER][i], NUMBER_WIDTH);
		parts_number(out, both(tally, i), NUMBER_WIDTH);
		text_char(out, '\n');
	}
	text_puts(out, "connections   ");
	parts_number(out, tally->connections, NUMBER_WIDTH);
	text_char(out, '\n');
}

/* A column of the matrix is as wide as the name of its state and a gap. */
static size_t matrix_column(unsigned state)
{
	size_t len = strlen(ws_state_name((enum ws_state)state)) + 2;

	return len < NUMBER_WIDTH ? NUMBER_WIDTH : len;
}

size_t tally_matrix_width(const struct tally *tally)
{
	size_t width = STATE_WIDTH + 2;

	for (unsigned j = 0; j < WS_STATE_COUNT; j++)
		width += tally->side[WS_SERVER][j] > 0 ? matrix_column(j) : 0;
	return width;
}

void tally_matrix(struct text *out, const struct tally *tally, bool color)
{
	heading(out, "CLIENT \\ SERVER ", color);
	for (unsigned j = 0; j < WS_STATE_COUNT; j++) {
		if (tally->side[WS_SERVER][j] == 0)
			continue;
		text_pad(out, out->len, matrix_column(j) - strlen(ws_state_name((enum ws_state)j)));
		state_cell(out, j, 0, color);
	}
	text_char(out, '\n');
	for (unsigned i = 0; i < WS_STATE_COUNT; i++) {
		if (tally->side[WS_CLIENT][i] == 0)
			continue;
		state_cell(out, i, STATE_WIDTH + 2, color);
		for (unsigned j = 0; j < WS_STATE_COUNT; j++) {
			if (tally->side[WS_SERVER][j] > 0)
				parts_number(out, tally->pair[i][j], matrix_column(j));
		}
		text_char(out, '\n');
	}
}

static void pair_lines(struct text *out, const struct tally *tally, bool color)
{
	heading(out, "CLIENT          SERVER        CONNECTIONS", color);
	text_char(out, '\n');
	for (unsigned i = 0; i < WS_STATE_COUNT; i++) {
		for (unsigned j = 0; j < WS_STATE_COUNT; j++) {
			if (tally->pair[i][j] == 0)
				continue;
			state_cell(out, i, STATE_WIDTH + 2, color);
			state_cell(out, j, STATE_WIDTH, color);
			parts_number(out, tally->pair[i][j], 11);
			text_char(out, '\n');
		}
	}
}

void tally_table(struct text *out, const struct tally *tally, size_t width, bool color)
{
	state_lines(out, tally, color);
	if (tally->connections == 0)
		return;
	text_char(out, '\n');
	if (width == 0 || tally_matrix_width(tally) <= width)
		tally_matrix(out, tally, color);
	else
		pair_lines(out, tally, color);
}

void tally_line(struct text *out, const struct tally *tally, bool color)
{
	text_puts(out, "connections ");
	text_u64(out, tally->connections);
	for (unsigned i = 0; i < WS_STATE_COUNT; i++) {
		if (both(tally, i) == 0)
			continue;
		text_puts(out, "  ");
		state_cell(out, i, 0, color);
		text_char(out, ' ');
		text_u64(out, tally->side[WS_CLIENT][i]);
		text_char(out, '/');
		text_u64(out, tally->side[WS_SERVER][i]);
	}
}
