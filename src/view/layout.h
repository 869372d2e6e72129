/*
 * The columns of the people's table and how they are fitted into a terminal. States are never cut or dropped; what
 * matters least gives way first. Pure.
 */
#ifndef VIEW_LAYOUT_H
#define VIEW_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>

/* Blanks between columns, where there is room for them. */
#define LAYOUT_GAP 2

enum layout_column {
	COLUMN_CLIENT,
	COLUMN_CLIENT_STATE,
	COLUMN_SERVER,
	COLUMN_SERVER_STATE,
	COLUMN_AGE,
	COLUMN_PACKETS,
	COLUMN_BYTES,
	COLUMN_FINDINGS,
	COLUMN_COUNT
};

/* Terminal columns that each column takes, 0 = dropped; blanks between two. */
struct layout {
	size_t width[COLUMN_COUNT];
	size_t gap;
	bool has_short_findings; /* "warn 2" instead of the names */
	bool is_ragged;          /* no terminal: cells are as wide as what they hold */
};

/* Room for the short form of findings, "alert 12". */
#define LAYOUT_SHORT_FINDINGS 8

const char *layout_heading(enum layout_column column);

/* Numbers stand at the right of their column. */
bool layout_is_right(enum layout_column column);

/* Fits columns of the widths `natural` into `terminal` columns (0: no limit, nothing gives way, nothing is padded). Only the two states
 * and their gap can make a line wider than the terminal. */
void layout_fit(struct layout *layout, const size_t natural[COLUMN_COUNT], size_t terminal);

/* Width of a whole line. */
size_t layout_width(const struct layout *layout);

#endif
