/*
 * What the top view lists: a row for each connection met, those that are over among them until there are too many, and
 * the order, the filter and the selection by which they are shown. Rows are filled from records; nothing here knows a
 * terminal. While frozen, everything is answered from a copy of the rows, whatever comes in meanwhile.
 */
#ifndef VIEW_TOP_MODEL_H
#define VIEW_TOP_MODEL_H

#include "base/clock.h"
#include "base/text.h"
#include "view/ladder_rows.h"
#include "view/layout.h"
#include "view/tally.h"

/* Closed connections stay this long in the list, in capture time. */
#define TOP_FADE_NS (5 * NS_PER_SEC)
/* Rows of connections that have left the tracker; beyond it the oldest half goes. */
#define TOP_PAST_MAX 200000
#define TOP_FILTER_MAX 64

struct top_row {
	uint64_t number; /* of the connection, in the order of first frames */
	char uid[20];
	struct ws_addr addr[2];
	uint16_t port[2];
	uint8_t state[2];
	uint8_t proven[2];
	ws_time since[2];
	uint64_t packets[2];
	uint64_t bytes[2];
	uint16_t findings[WS_FINDINGS_MAX];
	uint8_t findings_len;
	uint8_t level;  /* the highest of its findings plus 1; 0: it has none */
	bool is_wanted; /* by --where; true unless set otherwise */
	bool is_open;   /* what netstat would show */
	bool is_past;   /* it left the tracker: never filled again */
	bool is_stale;  /* something happened to it since it was filled */
	ws_time closed; /* when it ceased to be open */

	/* Owned by the row; NULL: none. */
	struct ladder *ladder;
	struct ws_record *record; /* the last one, of a past row that has a ladder */
	uint64_t left_out;        /* segments that the ladder left out */
	bool is_closing;          /* a FIN or RST has come: the ladder leaves out nothing more */
};

struct top_model {
	struct top_row **rows; /* in the order of first frames */
	size_t len;
	size_t size;
	size_t past;
	uint64_t forgotten;     /* rows dropped */
	struct top_row *frozen; /* copies of the rows; NULL: not frozen */
	size_t frozen_len;
	const struct top_row **shown; /* sorted; of len or frozen_len at most */
	size_t shown_len;
	size_t shown_size;
	struct tally tally; /* of those open */
	ws_time now;
	enum layout_column sort; /* COLUMN_COUNT: by first frame */
	bool is_reversed;
	bool shows_closed;
	char filter[TOP_FILTER_MAX]; /* words, each of which must occur in a row; empty: all rows */
	size_t selected;             /* index in shown */
	size_t first;                /* index in shown of the row at the top */
	bool is_pinned;              /* the selection goes where its connection goes */
	char selected_uid[20];
	bool failed; /* out of memory: something is missing */
	struct text scratch;
};

void top_model_init(struct top_model *model);
void top_model_fini(struct top_model *model);

/* Forgets all rows but nothing of how they are shown. */
void top_model_clear(struct top_model *model);

/* A new row, of the next connection; empty and stale. NULL when out of memory. */
struct top_row *top_model_add(struct top_model *model, uint64_t number);

/* `is_open` as ws_connection_is_open says. */
void top_row_fill(struct top_row *row, const struct ws_record *record, bool is_open);

/* The connection left the tracker at `now`; it was filled a last time. */
void top_model_retire(struct top_model *model, struct top_row *row, ws_time now);

/* Drops past rows when there are too many. Rows in `shown` may be among them: top_model_arrange is due. */
void top_model_trim(struct top_model *model);

/* Makes `tally` and `shown` anew and keeps the selection. Frozen, `now` has no meaning. */
void top_model_arrange(struct top_model *model, ws_time now);

/* False when out of memory. top_model_arrange is due after both. */
bool top_model_freeze(struct top_model *model);
void top_model_thaw(struct top_model *model);

/* Moves the selection. */
void top_model_select(struct top_model *model, ptrdiff_t by);

/* Makes `first` such that the selection is among the `height` rows below it. */
void top_model_scroll(struct top_model *model, size_t height);

/* The row of this connection among all rows; NULL when there is none. */
struct top_row *top_model_find(const struct top_model *model, const char *uid);

/* Frees its ladder and record. */
void top_row_forget_ladder(struct top_row *row);

/* What rows_add of view/rows.h looks at, nothing else. */
void top_row_record(const struct top_row *row, struct ws_record *out);

#endif
