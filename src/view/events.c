/*
 * Events: every change of a side's state as it happens, retractions, findings, openings and closings. For people a line
 * has the time of day; the date stands on a line of its own whenever it changes.
 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "view/color.h"
#include "view/ndjson.h"
#include "view/parts.h"
#include "view/view.h"

#define DATE_LEN 10 /* of RFC 3339: "2026-01-02" */
#define TIME_LEN 15 /* "03:04:05.000006" */
#define TIME_START (DATE_LEN + 1)

struct events {
	const struct view_options *options;
	struct text text;
	char date[DATE_LEN + 1]; /* last printed */
	int level;
};

static void *events_create(const struct view_options *options)
{
	struct events *events = calloc(1, sizeof(*events));

	if (!events)
		return NULL;
	events->options = options;
	if (options->format == VIEW_TSV) {
		ndjson_event(&events->text, FIELDS_TSV_NAMES, NULL, NULL);
		parts_emit(&events->text, options->out);
	}
	return events;
}

static void events_destroy(void *self)
{
	struct events *events = self;

	text_fini(&events->text);
	free(events);
}

static void print_time(struct events *events, ws_time ts)
{
	struct text *out = &events->text;
	char text[CLOCK_TEXT_MAX];

	clock_text(ts, text);
	if (strlen(text) < TIME_START + TIME_LEN) {
		text_puts(out, text);
		return;
	}
	if (memcmp(text, events->date, DATE_LEN) != 0) {
		memcpy(events->date, text, DATE_LEN);
		color_dim(out, events->options->color);
		text_puts(out, events->date);
		text_puts(out, " UTC");
		color_end(out, events->options->color);
		text_char(out, '\n');
	}
	text_write(out, text + TIME_START, TIME_LEN);
}

static void print_change(struct text *out, const struct ws_event *event, bool color)
{
	bool is_presumed = event->evidence == WS_PRESUMED;
	char flags[PARTS_FLAGS_MAX];
	char held[CLOCK_TEXT_MAX];

	color_state(out, color, event->from);
	text_puts(out, ws_state_name(event->from));
	color_end(out, color);
	text_puts(out, " -> ");
	color_state(out, color, event->to);
	parts_state(out, event->to, is_presumed && event->type == WS_EVENT_STATE);
	color_end(out, color);
	if (event->type == WS_EVENT_RETRACT)
		return;
	text_puts(out, "  ");
	text_puts(out, event->flags ? parts_flags(event->flags, flags) : "timer");
	if (event->held_ns > 0) {
		text_puts(out, "  after ");
		text_puts(out, clock_duration_text(event->held_ns, held));
	}
}

static void print_finding(struct text *out, const struct ws_event *event, bool color)
{
	const struct ws_finding_info *info = ws_finding_info(event->finding);

	color_level(out, color, event->level);
	text_puts(out, ws_level_name(event->level));
	text_char(out, ' ');
	text_puts(out, info->id);
	color_end(out, color);
	parts_values(out, event);
	text_puts(out, "  ");
	parts_source(out, info->source);
}

static void print_close(struct text *out, const struct ws_record *record)
{
	text_puts(out, "  closed: ");
	text_puts(out, ws_close_name(record->close));
	if (record->has_close_first) {
		text_puts(out, ", first ");
		text_puts(out, ws_side_name(record->close_first));
	}
}

static void print_people(struct events *events, const struct ws_event *event, const struct ws_record *record)
{
	struct text *out = &events->text;
	bool color = events->options->color;

	print_time(events, event->ts);
	text_puts(out, event->frame > 0 ? "  #" : "  -");
	if (event->frame > 0)
		text_u64(out, event->frame);
	if (record)
		parts_ends(out, record);
	if (event->type == WS_EVENT_CLOSE) {
		if (record)
			print_close(out, record);
	} else {
		text_puts(out, "  ");
		text_puts(out, ws_side_name(event->side));
		text_puts(out, event->type == WS_EVENT_PROOF ? "  proven " : "  ");
		text_puts(out, event->type == WS_EVENT_RETRACT ? "taken back " : "");
		if (event->type == WS_EVENT_FINDING)
			print_finding(out, event, color);
		else
			print_change(out, event, color);
		if (event->type == WS_EVENT_RETRACT && event->why) {
			text_puts(out, "  ");
			text_puts(out, event->why);
		}
	}
	text_char(out, '\n');
}

/* Only begin and end need more of the connection than its name or its ends. */
static void look_at(const struct events *events, const struct ws_event *event, struct ws_record *out)
{
	bool is_for_people = events->options->format == VIEW_PEOPLE;
	bool is_whole = events->options->choice || event->type == WS_EVENT_OPEN || event->type == WS_EVENT_CLOSE;

	if (is_whole && !is_for_people) {
		ws_connection_record(event->connection, out);
		return;
	}
	if (is_whole)
		ws_connection_outline(event->connection, out);
	else
		ws_connection_glance(event->connection, out);
	if (!is_for_people)
		ws_connection_uid(event->connection, out->uid);
}

static void events_on_event(void *self, const struct ws_event *event)
{
	struct events *events = self;
	const struct view_options *options = events->options;
	struct ws_record storage;
	const struct ws_record *record = NULL;

	if (event->type == WS_EVENT_PROOF && !options->evidence)
		return;
	if (event->type == WS_EVENT_OPEN && options->format == VIEW_PEOPLE)
		return; /* the change of state that opens it says as much */
	if (event->connection) {
		look_at(events, event, &storage);
		record = &storage;
		if (!view_wants(options, record, event->ts))
			return;
	}
	if (event->type == WS_EVENT_FINDING && (int)event->level + 1 > events->level)
		events->level = (int)event->level + 1;
	if (options->format == VIEW_PEOPLE)
		print_people(events, event, record);
	else
		ndjson_event(&events->text, options->format == VIEW_JSON ? FIELDS_JSON : FIELDS_TSV_VALUES, event,
			     record);
	parts_emit(&events->text, options->out);
}

static int events_finish(void *self, ws_tracker *tracker, const struct view_capture *capture)
{
	struct events *events = self;
	struct ws_totals totals;

	if (events->options->format == VIEW_JSON) {
		ws_tracker_totals(tracker, &totals);
		ndjson_capture(&events->text, &totals, capture);
		parts_emit(&events->text, events->options->out);
	}
	return events->level;
}

const struct view view_events = {
	.name = "events",
	.summary = "every change of state as it happens",
	.events = WS_MASK(WS_EVENT_OPEN) | WS_MASK(WS_EVENT_STATE) | WS_MASK(WS_EVENT_RETRACT) |
		  WS_MASK(WS_EVENT_PROOF) | WS_MASK(WS_EVENT_FINDING) | WS_MASK(WS_EVENT_CLOSE),
	.create = events_create,
	.on_event = events_on_event,
	.finish = events_finish,
	.destroy = events_destroy,
};
