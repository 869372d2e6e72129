/*
 * Rows of the people's table. A batch of them is held back so that the columns can be aligned; columns only ever grow
 * from one batch to the next. When one has to be dropped for that, the heading is printed again. Where there is nothing to
 * align, in no terminal, a row is a line at once.
 */
#ifndef VIEW_ROWS_H
#define VIEW_ROWS_H

#include "base/text.h"
#include "view/layout.h"
#include "view/view.h"

#define ROWS_MAX 1000

/* Cell i of a row is cells[at[i], at[i + 1]); one more than the columns: the path lines under the row. */
struct row {
	size_t at[COLUMN_COUNT + 2];
	enum ws_state state[2];
	enum ws_level level; /* the highest of its findings */
	size_t findings_len;
};

struct rows {
	struct text cells; /* or the lines themselves */
	size_t len;
	struct row row[ROWS_MAX];
	size_t natural[COLUMN_COUNT];
	bool has_heading; /* one was printed */
	unsigned heading; /* bits of the columns it names */
};

void rows_init(struct rows *rows);
void rows_fini(struct rows *rows);

/* Adds a connection as it is at `now`. True when the batch is full and must be printed. */
bool rows_add(struct rows *rows, const struct ws_record *record, ws_time now, const struct view_options *options);

/* Appends the batch to `out`, below a heading when it is the first one or other columns fit now, and
 * empties it. */
void rows_print(struct rows *rows, struct text *out, const struct view_options *options);

#endif
