/*
 * Connections as netstat and ss list them: one row for each local side, none for what happens between others. What the
 * tools read from the kernel and a tap cannot know, the queues, is 0. netstat.c and ss.c print the rows; all else that
 * the two have in common is here.
 */
#ifndef VIEW_DIALECT_H
#define VIEW_DIALECT_H

#include "base/text.h"
#include "view/view.h"

struct dialect_row {
	struct ws_addr local;
	struct ws_addr peer; /* of a listener: the wildcard */
	uint16_t local_port;
	uint16_t peer_port; /* 0: any */
	enum ws_state state;
	ws_time since;
	ws_time two_msl_since;
};

/* In the tools' order: IPv4 before IPv6, and of each the listeners first. */
struct dialect_rows {
	struct dialect_row *row;
	size_t len;
	size_t size;
	uint64_t others; /* connections that no local side has part in */
	ws_time now;
};

typedef void dialect_print_fn(struct text *out, const struct dialect_rows *rows, const struct view_options *options);

/* Names and values for the two tools' ways to show a timer. */
struct dialect_timer {
	const char *name; /* "timewait": time left; "age": time in this state, not a timer of theirs; NULL: neither */
	int64_t ns;
};
struct dialect_timer dialect_timer(const struct dialect_row *row, const struct dialect_rows *rows,
				   const struct view_options *options);

/* The functions of struct view. Rows are those that options->all and options->listening ask for, open connections without
 * either; `has_all`: all whatever they say. */
void *dialect_create(const struct view_options *options, dialect_print_fn *print, bool has_all);
void dialect_on_time(void *self, ws_tracker *tracker, ws_time now);
ws_time dialect_due(const void *self, ws_time now);
int dialect_finish(void *self, ws_tracker *tracker, const struct view_capture *capture);
void dialect_destroy(void *self);

#endif
