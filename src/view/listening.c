/*
 * The addresses and ports that connections were opened to: those in LISTEN, and beside them those that refused or kept
 * silent. No side is local here: all hosts of the capture are listed.
 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "view/color.h"
#include "view/ndjson.h"
#include "view/parts.h"
#include "view/ticker.h"

#define GAP 2
#define ADDRESS_LEAST 12

enum column { ADDRESS, STATE, FIRST, LAST, ACCEPTED, HALF_OPEN, REFUSED, UNANSWERED, COLUMNS };

static const char *const headings[COLUMNS] = {
	[ADDRESS] = "ADDRESS",   [STATE] = "STATE",         [FIRST] = "FIRST AGO", [LAST] = "LAST AGO",
	[ACCEPTED] = "ACCEPTED", [HALF_OPEN] = "HALF-OPEN", [REFUSED] = "REFUSED", [UNANSWERED] = "SILENT",
};

struct listening {
	const struct view_options *options;
	struct text text;
	struct ticker ticker;
	ws_time now;
	enum ws_port_state state; /* of the pass */
	size_t width[COLUMNS];
};

/* ---- People -------------------------------------------------------------------------------------------------- */

#define CELL_MAX PARTS_ENDPOINT_MAX

struct cells {
	char text[COLUMNS][CELL_MAX];
};

static void age(char out[CELL_MAX], ws_time then, ws_time now)
{
	char text[CLOCK_TEXT_MAX];

	snprintf(out, CELL_MAX, "%s", clock_duration_text(now > then ? now - then : 0, text));
}

static void fill(struct cells *cells, const struct ws_listener *l, ws_time now)
{
	cells->text[ADDRESS][parts_endpoint(&l->addr, l->port, cells->text[ADDRESS])] = '\0';
	snprintf(cells->text[STATE], CELL_MAX, "%s", ws_port_state_name(l->state));
	age(cells->text[FIRST], l->first_seen, now);
	age(cells->text[LAST], l->last_seen, now);
	snprintf(cells->text[ACCEPTED], CELL_MAX, "%llu", (unsigned long long)l->accepted);
	snprintf(cells->text[HALF_OPEN], CELL_MAX, "%llu", (unsigned long long)l->half_open);
	snprintf(cells->text[REFUSED], CELL_MAX, "%llu", (unsigned long long)l->refused);
	snprintf(cells->text[UNANSWERED], CELL_MAX, "%llu", (unsigned long long)l->unanswered);
}

static int measure(void *user, const struct ws_listener *l)
{
	struct listening *v = user;
	struct cells cells;

	fill(&cells, l, v->now);
	for (unsigned i = 0; i < COLUMNS; i++) {
		size_t len = strlen(cells.text[i]);

		if (len > v->width[i])
			v->width[i] = len;
	}
	return 0;
}

/* Only the address gives way. */
static void fit(struct listening *v)
{
	size_t width = (COLUMNS - 1) * GAP;

	for (unsigned i = 0; i < COLUMNS; i++)
		width += v->width[i];
	if (v->options->width == 0 || width <= v->options->width)
		return;
	width -= v->options->width;
	v->width[ADDRESS] = v->width[ADDRESS] > ADDRESS_LEAST + width ? v->width[ADDRESS] - width : ADDRESS_LEAST;
}

/* Through a pipe nothing is padded. */
static void print_cells(struct listening *v, const struct cells *cells)
{
	for (unsigned i = 0; i < COLUMNS; i++) {
		size_t from = v->text.len;
		size_t len = strlen(cells->text[i]);
		size_t width = v->options->width > 0 ? v->width[i] : len;

		if (i >= FIRST && len < width)
			text_pad(&v->text, from, width - len);
		parts_cut(&v->text, cells->text[i], len, width);
		if (i + 1 < COLUMNS)
			text_pad(&v->text, from, width + GAP);
	}
}

static int print_row(void *user, const struct ws_listener *l)
{
	struct listening *v = user;
	struct cells cells;

	if (l->state != v->state)
		return 0;
	fill(&cells, l, v->now);
	print_cells(v, &cells);
	text_char(&v->text, '\n');
	return 0;
}

static int show_people(struct listening *v, const ws_tracker *tracker)
{
	struct cells heading;
	int result;

	for (unsigned i = 0; i < COLUMNS; i++) {
		snprintf(heading.text[i], CELL_MAX, "%s", headings[i]);
		v->width[i] = strlen(headings[i]);
	}
	result = ws_tracker_listeners(tracker, measure, v);
	fit(v);
	color_bold(&v->text, v->options->color);
	print_cells(v, &heading);
	color_end(&v->text, v->options->color);
	text_char(&v->text, '\n');
	for (unsigned i = 0; i < WS_PORT_STATE_COUNT && result == 0; i++) {
		v->state = (enum ws_port_state)i;
		result = ws_tracker_listeners(tracker, print_row, v);
	}
	return result;
}

/* ---- Machines ------------------------------------------------------------------------------------------------ */

static void object(struct listening *v, enum fields_mode mode, const struct ws_listener *l)
{
	char addr[WS_ADDR_TEXT_MAX];
	struct fields f;

	fields_begin(&f, &v->text, mode, "listener");
	if (v->options->every_ns > 0)
		fields_time(&f, "at", v->now);
	fields_string(&f, "addr", ws_addr_text(&l->addr, addr));
	fields_u64(&f, "port", true, l->port);
	fields_string(&f, "state", ws_port_state_name(l->state));
	fields_time(&f, "first_seen", l->first_seen);
	fields_time(&f, "last_seen", l->last_seen);
	fields_u64(&f, "accepted", true, l->accepted);
	fields_u64(&f, "half_open", true, l->half_open);
	fields_u64(&f, "refused", true, l->refused);
	fields_u64(&f, "unanswered", true, l->unanswered);
	fields_end(&f);
}

static int write_object(void *user, const struct ws_listener *l)
{
	struct listening *v = user;

	object(v, v->options->format == VIEW_JSON ? FIELDS_JSON : FIELDS_TSV_VALUES, l);
	parts_emit(&v->text, v->options->out);
	return 0;
}

/* ---- The view ------------------------------------------------------------------------------------------------ */

static void *listening_create(const struct view_options *options)
{
	static const struct ws_listener any = { .addr = { .family = 4 } };
	struct listening *v = calloc(1, sizeof(*v));

	if (!v)
		return NULL;
	v->options = options;
	ticker_init(&v->ticker, options->every_ns);
	if (options->format == VIEW_TSV) {
		object(v, FIELDS_TSV_NAMES, &any);
		parts_emit(&v->text, options->out);
	}
	return v;
}

static void show(struct listening *v, const ws_tracker *tracker)
{
	int result;

	v->now = ws_tracker_now(tracker);
	if (v->options->format == VIEW_PEOPLE)
		result = show_people(v, tracker);
	else
		result = ws_tracker_listeners(tracker, write_object, v);
	if (result != 0)
		fputs("wirestat: out of memory, the list is incomplete\n", stderr);
	parts_emit(&v->text, v->options->out);
}

static void listening_on_time(void *self, ws_tracker *tracker, ws_time now)
{
	struct listening *v = self;
	ws_time tick;

	while (ticker_passed(&v->ticker, now, &tick)) {
		ws_tracker_advance(tracker, tick);
		show(v, tracker);
	}
}

static int listening_finish(void *self, ws_tracker *tracker, const struct view_capture *capture)
{
	struct listening *v = self;
	struct ws_totals totals;

	if (v->ticker.has_begun)
		listening_on_time(v, tracker, ws_tracker_now(tracker));
	show(v, tracker);
	ws_tracker_totals(tracker, &totals);
	if (v->options->format == VIEW_JSON) {
		ndjson_capture(&v->text, &totals, capture);
		parts_emit(&v->text, v->options->out);
	}
	if (totals.listeners_evicted > 0)
		fprintf(stderr, "wirestat: %llu ports were forgotten to make room for others\n",
			(unsigned long long)totals.listeners_evicted);
	return 0;
}

static void listening_destroy(void *self)
{
	struct listening *v = self;

	text_fini(&v->text);
	free(v);
}

const struct view view_listening = {
	.name = "table",
	.summary = "addresses and ports that connections were opened to",
	.create = listening_create,
	.on_time = listening_on_time,
	.finish = listening_finish,
	.destroy = listening_destroy,
};
