/*
 * The top view: events make rows stale, ticks fill them again, put them in order and show them. A connection's user
 * pointer is its row; one whose row belongs to the past has the view's mark instead.
 */
#include "view/top.h"

#include <stdlib.h>
#include <string.h>

#include "view/top_guard.h"
#include "view/top_screen.h"
#include "view/top_slider.h"

/* Of about a tenth of a second: how often what moves is shown, and how much less often when there is much of it. */
#define TICKS_BETWEEN 5
#define ROWS_PER_TICK 10000

struct top_view {
	struct top top;
	struct rows batch;
	unsigned long ticks; /* since the rows were shown last */
	bool is_open;        /* the screen */
	bool was_shown;
	bool was_reading;
	bool is_seeking; /* the old screen stays until the moment asked for is there */
	ws_time filled;  /* when rows were filled last */
	char past;       /* its address marks connections of the past */
};

/* ---- Rows ---------------------------------------------------------------------------------------------------- */

static struct top_row *row_of(struct top_view *view, ws_connection *connection)
{
	struct top_row *row = ws_connection_user(connection);

	if (row == (void *)&view->past)
		return NULL;
	if (!row) {
		row = top_model_add(&view->top.model, ws_connection_number(connection));
		ws_connection_set_user(connection, row);
	}
	return row;
}

static void retire(struct top_view *view, struct top_row *row, const struct ws_event *event)
{
	bool is_open = ws_connection_is_open(event->connection);
	struct ws_record record;

	ws_connection_record(event->connection, &record);
	if (is_open && (record.end_reason == WS_END_OPEN || record.end_reason == WS_END_OF_INPUT))
		return;
	top_row_fill(row, &record, is_open);
	row->is_wanted = view_wants(view->top.options, &record, event->ts);
	top_model_retire(&view->top.model, row, event->ts);
	if (row->ladder) {
		row->record = malloc(sizeof(*row->record));
		if (row->record)
			*row->record = record;
	}
	ws_connection_set_user(event->connection, &view->past);
}

static void top_on_event(void *self, const struct ws_event *event)
{
	struct top_view *view = self;
	struct top_row *row = event->connection ? row_of(view, event->connection) : NULL;

	if (event->type == WS_EVENT_FINDING && (int)event->level + 1 > view->top.level)
		view->top.level = (int)event->level + 1;
	if (!row)
		return;
	row->is_stale = true;
	top_figure_event(&view->top, row, event);
	if (event->type == WS_EVENT_END)
		retire(view, row, event);
}

/* Whether a connection is chosen may be a matter of its age: then it is asked every time. */
static int fill(void *user, ws_connection *connection)
{
	struct top_view *view = user;
	struct top_row *row = row_of(view, connection);
	struct ws_record record;

	if (row && (row->is_stale || view->top.options->choice)) {
		ws_connection_record(connection, &record);
		top_row_fill(row, &record, ws_connection_is_open(connection));
		row->is_wanted = view_wants(view->top.options, &record, view->filled);
	}
	return 0;
}

/* ---- The screen ---------------------------------------------------------------------------------------------- */

static void show(struct top_view *view, ws_tracker *tracker)
{
	struct top *top = &view->top;
	size_t width = top_screen_width();

	if (top->mode == TOP_LADDER && (top->figure.is_stale || top->figure.width != width))
		top_figure_draw(top, tracker, width);
	top_page(top, width, top_screen_height());
	top_screen_show(&top->frame);
}

/* The columns need not be as wide as they were. */
static void narrow(struct top_view *view)
{
	rows_fini(&view->batch);
	rows_init(&view->batch);
}

/* True when there was any. */
static bool take_keys(struct top_view *view)
{
	bool was_any = false;
	int key;

	while ((key = top_screen_key()) != TOP_KEY_NONE && !view->top.wants_quit) {
		if (key == TOP_KEY_REDRAW) {
			top_screen_forget();
			narrow(view);
		}
		top_key(&view->top, key);
		was_any = true;
	}
	return was_any;
}

/* While something moves, now and then; when it has come to rest, once. */
static bool is_refresh_due(struct top_view *view)
{
	bool is_moving = view->top.now.is_live || view->top.now.is_reading;
	bool has_stopped = view->was_reading && !view->top.now.is_reading;

	view->was_reading = view->top.now.is_reading;
	return has_stopped ||
	       (is_moving && ++view->ticks >= TICKS_BETWEEN + (unsigned long)(view->top.model.len / ROWS_PER_TICK));
}

static void refresh(struct top_view *view, ws_tracker *tracker)
{
	struct top *top = &view->top;

	view->ticks = 0;
	view->filled = ws_tracker_now(tracker);
	top_model_trim(&top->model);
	top_figure_trim(top);
	if (!top->is_paused && ws_tracker_each(tracker, fill, view) != 0)
		top->model.failed = true;
	top->figure.is_stale = top->figure.is_stale || !top->is_paused;
	top->is_due = true;
}

static enum view_wish seek(struct top_view *view, struct view_now *now)
{
	view->top.wants_seek = false;
	view->top.now.is_reading = true;
	view->was_reading = true;
	view->is_seeking = true;
	now->moment = view->top.moment;
	return VIEW_SEEK;
}

static enum view_wish top_tick(void *self, ws_tracker *tracker, struct view_now *now)
{
	struct top_view *view = self;
	struct top *top = &view->top;
	bool must_show = !view->was_shown;

	if (!view->is_open && !top_screen_open()) {
		fputs("wirestat: top: the terminal cannot be used\n", stderr);
		return VIEW_QUIT;
	}
	view->is_open = true;
	view->was_shown = true;
	top->now = *now;
	if (top->step_ns == 0 && !now->is_reading && now->first != WS_TIME_NONE) {
		top->moment = now->moment;
		top->step_ns = top_slider_step(now->first, now->last);
	}
	must_show = top_guard_message(top->message, sizeof(top->message)) || must_show;
	must_show = take_keys(view) || must_show;
	if (top->wants_quit)
		return VIEW_QUIT;
	if (top->wants_seek)
		return seek(view, now);
	if (is_refresh_due(view))
		refresh(view, tracker);
	if (view->is_seeking && now->is_reading)
		return VIEW_GO_ON;
	view->is_seeking = false;
	if (top->is_due)
		top_model_arrange(&top->model, ws_tracker_now(tracker));
	if (top->is_due || must_show)
		show(view, tracker);
	top->is_due = false;
	return VIEW_GO_ON;
}

/* ---- Beginning and end ---------------------------------------------------------------------------------------- */

static void *top_create(const struct view_options *options)
{
	struct top_view *view = calloc(1, sizeof(*view));

	if (!view)
		return NULL;
	view->top.options = options;
	view->top.batch = &view->batch;
	view->top.budget = LADDER_BUDGET;
	view->top.moment = WS_TIME_NONE;
	view->was_reading = true;
	top_model_init(&view->top.model);
	rows_init(&view->batch);
	/* A pipe may let wait for its first packet; behind an open interface no terminal can be opened any more. */
	if (!options->can_seek)
		view->is_open = top_screen_open();
	return view;
}

static void top_restart(void *self)
{
	struct top_view *view = self;

	top_model_clear(&view->top.model);
	view->top.figure.is_stale = true;
}

static int top_finish(void *self, ws_tracker *tracker, const struct view_capture *capture)
{
	struct top_view *view = self;

	(void)tracker;
	(void)capture;
	if (view->is_open)
		top_screen_close();
	view->is_open = false;
	return view->top.level;
}

static void top_destroy(void *self)
{
	struct top_view *view = self;

	if (view->is_open)
		top_screen_close();
	top_model_fini(&view->top.model);
	text_fini(&view->top.frame.text);
	text_fini(&view->top.figure.text);
	rows_fini(&view->batch);
	free(view);
}

static int top_input(void *self)
{
	(void)self;
	return top_screen_input();
}

const struct view view_top = {
	.name = "top",
	.summary = "full screen, live or with a time slider over files",
	.events = WS_MASK(WS_EVENT_OPEN) | WS_MASK(WS_EVENT_SEGMENT) | WS_MASK(WS_EVENT_STATE) |
		  WS_MASK(WS_EVENT_RETRACT) | WS_MASK(WS_EVENT_PROOF) | WS_MASK(WS_EVENT_FINDING) |
		  WS_MASK(WS_EVENT_CLOSE) | WS_MASK(WS_EVENT_END),
	.create = top_create,
	.on_event = top_on_event,
	.finish = top_finish,
	.destroy = top_destroy,
	.obstacle = top_screen_obstacle,
	.input = top_input,
	.tick = top_tick,
	.restart = top_restart,
};
