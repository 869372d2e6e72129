/*
 * One connection as the rungs of a ladder: a row for each segment, and for each moment at which a timer moved a state,
 * with the states of both sides as they were known then. Rows are never changed later, but for the roles: when the
 * tracker exchanges client and server, all rows are exchanged with them.
 */
#ifndef VIEW_LADDER_ROWS_H
#define VIEW_LADDER_ROWS_H

#include "wirestat.h"

#define LADDER_ROWS_MAX 10000
/* All ladders of a run together; a row takes about 140 bytes. */
#define LADDER_BUDGET (1u << 20)

struct ladder_row {
	ws_time ts;
	uint64_t frame;
	bool is_timer; /* no segment */
	uint8_t state[2];
	bool is_presumed[2];
	struct ws_segment segment;
};

/* A finding at a row; `row` may be the one that comes next. */
struct ladder_note {
	uint32_t row;
	uint32_t order;
	enum ws_finding_id finding;
};

struct ladder {
	struct ws_addr addr[2]; /* by side, as the tracker labels them now */
	uint16_t port[2];
	struct ladder_row *rows;
	size_t rows_len;
	size_t rows_size;
	struct ladder_note *notes;
	size_t notes_len;
	size_t notes_size;
	uint64_t left_out;          /* rows beyond the limits */
	bool failed;                /* out of memory: something is missing */
	size_t *budget;             /* rows still allowed to all ladders */
	struct ladder *prev, *next; /* the view's list (utlist) */
};

/* NULL when out of memory. */
struct ladder *ladder_new(const struct ws_record *record, size_t *budget);
void ladder_free(struct ladder *ladder);

/* `record` is the connection's at the moment of the event. */
void ladder_segment(struct ladder *ladder, const struct ws_event *event, const struct ws_record *record);
void ladder_timer(struct ladder *ladder, const struct ws_event *event, const struct ws_record *record);
void ladder_finding(struct ladder *ladder, const struct ws_event *event, const struct ws_record *record);

/* The connection ended: takes over its last roles and sorts the notes by row, each finding once a row. */
void ladder_settle(struct ladder *ladder, const struct ws_record *record);

/* 6, or 9 when a time of the ladder, counted from `start`, needs more. */
unsigned ladder_decimals(const struct ladder *ladder, ws_time start);

#endif
