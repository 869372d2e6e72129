/*
 * The top view from inside: what its files share. The model says what is listed, the page makes a frame of text of it,
 * the keys change both; only the screen knows curses.
 */
#ifndef VIEW_TOP_H
#define VIEW_TOP_H

#include "view/rows.h"
#include "view/top_frame.h"
#include "view/top_model.h"
#include "view/view.h"

enum top_mode { TOP_LIST, TOP_LADDER, TOP_HELP };

#define TOP_MESSAGE_MAX 200

/* The figure of one connection. */
struct top_figure {
	char uid[20];      /* whose; empty: nobody's */
	struct text text;  /* lines, with colours */
	size_t lines;      /* of the text */
	size_t first;      /* at the top of the screen */
	bool is_missing;   /* at this moment there is no such connection, or its segments were not kept */
	uint64_t left_out; /* segments of its transfer */
	size_t width;      /* it was drawn for */
	bool is_stale;
};

struct top {
	const struct view_options *options;
	struct top_model model;
	struct rows *batch; /* the rows on the screen */
	struct top_frame frame;
	struct top_figure figure;
	size_t budget; /* ladder rows that may still be kept */
	struct view_now now;
	ws_time moment;  /* wanted; as view_now.moment */
	int64_t step_ns; /* of the slider; 0: not chosen yet */
	enum top_mode mode;
	enum top_mode mode_before_help;
	size_t help_first;
	bool is_paused;
	bool hides_pairs;
	bool is_typing; /* the filter */
	char typed_before[TOP_FILTER_MAX];
	char message[TOP_MESSAGE_MAX]; /* until the next key */
	bool is_due;                   /* top_model_arrange is */
	bool wants_seek;
	bool wants_quit;
	size_t page_height; /* rows that PgUp and PgDn move by */
	int level;          /* highest finding plus 1 */
};

/* ---- Keys (top_keys.c) ---- */

/* Those without a character; all others are their character. */
enum top_key {
	TOP_KEY_NONE = 0,
	TOP_KEY_ESCAPE = 27,
	TOP_KEY_UP = 0x100,
	TOP_KEY_DOWN,
	TOP_KEY_PAGE_UP,
	TOP_KEY_PAGE_DOWN,
	TOP_KEY_LEFT,
	TOP_KEY_RIGHT,
	TOP_KEY_FAR_LEFT,
	TOP_KEY_FAR_RIGHT,
	TOP_KEY_HOME,
	TOP_KEY_END,
	TOP_KEY_ENTER,
	TOP_KEY_BACKSPACE,
	TOP_KEY_REDRAW, /* also when the screen was resized */
	TOP_KEY_GONE,   /* no key will come any more */
};

void top_key(struct top *top, int key);

/* What `?` shows: lines. */
extern const char *const top_help[];
extern const size_t top_help_len;

/* ---- The page (top_page.c, top_list.c) ---- */

/* Makes the frame of what is to be seen. The figure was drawn for this width. */
void top_page(struct top *top, size_t width, size_t height);

/* The list: counts, pairs, connections; `below`: lines to leave free at the bottom. */
void top_list(struct top *top, size_t below);

/* ---- Figures (top_figure.c) ---- */

/* An event of the row's connection: a rung of its ladder, if one is kept. */
void top_figure_event(struct top *top, struct top_row *row, const struct ws_event *event);

/* Shows the figure of the selected connection. */
void top_figure_open(struct top *top);

/* Draws it anew. */
void top_figure_draw(struct top *top, ws_tracker *tracker, size_t width);

/* Frees the ladders of all but the last connections that are over. */
void top_figure_trim(struct top *top);

#endif
