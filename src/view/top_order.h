/*
 * The order of the rows of the top view, and which of them the filter lets through. What one looks for comes first: the most packets, bytes and findings, the
 * latest change; addresses and states in their own order. Rows that are alike stand in the order of first frames.
 */
#ifndef VIEW_TOP_ORDER_H
#define VIEW_TOP_ORDER_H

#include "view/top_model.h"

/* By `column`; COLUMN_COUNT is the order of first frames. */
void top_order_sort(const struct top_row **rows, size_t len, enum layout_column column, bool is_reversed);

/* "first seen", "client", "client state", ... */
const char *top_order_name(enum layout_column column);

/* The column after this one, or before it; round through COLUMN_COUNT. */
enum layout_column top_order_next(enum layout_column column, bool is_back);

/* Whether each word of `filter` occurs in the row's addresses, ports, states or findings, in any case. */
bool top_row_matches(const struct top_row *row, const char *filter, struct text *scratch);

#endif
