/*
 * The order of the rows of the top view, and which of them the filter lets through.
 */
#include "view/top_order.h"

#include <stdlib.h>
#include <string.h>

#include "view/parts.h"

struct order {
	enum layout_column column;
	bool is_reversed;
};

static int compare(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

static int compare_ends(const struct top_row *a, const struct top_row *b, enum ws_side side)
{
	int result = compare(a->addr[side].family, b->addr[side].family);

	if (result == 0)
		result = memcmp(a->addr[side].bytes, b->addr[side].bytes, sizeof(a->addr[side].bytes));
	return result != 0 ? result : compare(a->port[side], b->port[side]);
}

/* When a side changed its state last; a connection that is over shows no age and comes last. */
static ws_time changed(const struct top_row *row)
{
	if (!row->is_open)
		return WS_TIME_NONE;
	return row->since[WS_CLIENT] > row->since[WS_SERVER] ? row->since[WS_CLIENT] : row->since[WS_SERVER];
}

static int compare_findings(const struct top_row *a, const struct top_row *b)
{
	int result = compare(b->level, a->level);

	return result != 0 ? result : compare(b->findings_len, a->findings_len);
}

static int compare_by(const struct top_row *a, const struct top_row *b, enum layout_column column)
{
	switch (column) {
	case COLUMN_CLIENT:
		return compare_ends(a, b, WS_CLIENT);
	case COLUMN_CLIENT_STATE:
		return compare(a->state[WS_CLIENT], b->state[WS_CLIENT]);
	case COLUMN_SERVER:
		return compare_ends(a, b, WS_SERVER);
	case COLUMN_SERVER_STATE:
		return compare(a->state[WS_SERVER], b->state[WS_SERVER]);
	case COLUMN_AGE:
		return changed(a) > changed(b) ? -1 : changed(a) < changed(b);
	case COLUMN_PACKETS:
		return compare(b->packets[0] + b->packets[1], a->packets[0] + a->packets[1]);
	case COLUMN_BYTES:
		return compare(b->bytes[0] + b->bytes[1], a->bytes[0] + a->bytes[1]);
	case COLUMN_FINDINGS:
		return compare_findings(a, b);
	case COLUMN_COUNT:
		break;
	}
	return compare(a->number, b->number);
}

static int compare_rows(const void *a, const void *b, void *user)
{
	const struct top_row *x = *(const struct top_row *const *)a;
	const struct top_row *y = *(const struct top_row *const *)b;
	const struct order *order = user;
	int result = compare_by(x, y, order->column);

	if (result != 0)
		return order->is_reversed ? -result : result;
	return compare(x->number, y->number);
}

void top_order_sort(const struct top_row **rows, size_t len, enum layout_column column, bool is_reversed)
{
	struct order order = { .column = column, .is_reversed = is_reversed };

	/* They come in the order of first frames. */
	if (len > 1 && (column != COLUMN_COUNT || is_reversed))
		qsort_r(rows, len, sizeof(const struct top_row *), compare_rows, &order);
}

const char *top_order_name(enum layout_column column)
{
	static const char *const names[COLUMN_COUNT + 1] = {
		[COLUMN_CLIENT] = "client",    [COLUMN_CLIENT_STATE] = "client state",
		[COLUMN_SERVER] = "server",    [COLUMN_SERVER_STATE] = "server state",
		[COLUMN_AGE] = "age",          [COLUMN_PACKETS] = "packets",
		[COLUMN_BYTES] = "bytes",      [COLUMN_FINDINGS] = "findings",
		[COLUMN_COUNT] = "first seen",
	};

	return names[column];
}

enum layout_column top_order_next(enum layout_column column, bool is_back)
{
	unsigned count = COLUMN_COUNT + 1;

	return (enum layout_column)(((unsigned)column + (is_back ? count - 1 : 1)) % count);
}

/* ---- The filter ---------------------------------------------------------------------------------------------- */

/* Everything of a row that a word may occur in. */
static void write_haystack(struct text *out, const struct top_row *row)
{
	char end[PARTS_ENDPOINT_MAX];

	text_clear(out);
	for (size_t i = 0; i < 2; i++) {
		text_write(out, end, parts_endpoint(&row->addr[i], row->port[i], end));
		text_char(out, ' ');
		parts_state(out, (enum ws_state)row->state[i], row->state[i] != row->proven[i]);
		text_char(out, ' ');
	}
	for (size_t i = 0; i < row->findings_len; i++) {
		text_puts(out, ws_finding_info((enum ws_finding_id)row->findings[i])->id);
		text_char(out, ' ');
	}
}

bool top_row_matches(const struct top_row *row, const char *filter, struct text *scratch)
{
	char words[TOP_FILTER_MAX];
	char *rest;

	if (filter[0] == '\0')
		return true;
	write_haystack(scratch, row);
	if (text_failed(scratch))
		return true;
	snprintf(words, sizeof(words), "%s", filter);
	for (char *word = strtok_r(words, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
		if (!strcasestr(scratch->data, word))
			return false;
	}
	return true;
}
