/*
 * One connection explained: the verdicts, then for each side every step of its settled path with its time, its frame, the
 * clause of the RFC, how it is known, and what evidence would have changed it; then what had been presumed and was taken
 * back, and the findings.
 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "view/color.h"
#include "view/parts.h"
#include "view/reason.h"
#include "view/segment_text.h"
#include "view/story.h"
#include "view/verdict.h"
#include "view/view.h"

#define WIDTH_DEFAULT 100
#define INDENT 6

struct explain {
	const struct view_options *options;
	struct text text;
	struct story story;
	struct instances *instances;
	ws_connection *connection; /* the one asked for; NULL: it has not come, or is gone */
	bool has_met;
	int level;
	char unwanted; /* its address marks the other connections */
};

static void *explain_create(const struct view_options *options)
{
	struct explain *explain = calloc(1, sizeof(*explain));

	if (!explain)
		return NULL;
	explain->options = options;
	explain->instances = instances_new();
	if (explain->instances)
		return explain;
	free(explain);
	return NULL;
}

static void explain_destroy(void *self)
{
	struct explain *explain = self;

	story_fini(&explain->story);
	instances_free(explain->instances);
	text_fini(&explain->text);
	free(explain);
}

/* ---- Prose --------------------------------------------------------------------------------------------------- */

/* Sentences, wrapped and indented. */
static void paragraph(struct explain *explain, const char *s)
{
	size_t width = explain->options->width > 40 ? explain->options->width : WIDTH_DEFAULT;
	struct text *out = &explain->text;
	size_t column = 0;

	for (s += strspn(s, " "); *s; s += strspn(s, " ")) {
		size_t len = strcspn(s, " ");

		if (column > 0 && column + 1 + len > width) {
			text_char(out, '\n');
			column = 0;
		}
		if (column == 0)
			text_printf(out, "%*s", INDENT, "");
		else
			text_char(out, ' ');
		column = column == 0 ? INDENT + len : column + 1 + len;
		text_write(out, s, len);
		s += len;
	}
	text_char(out, '\n');
}

/* "#31, 10.9.0.1's S. 0:0(0) ack 1" */
static void evidence_segment(struct text *out, const struct explain *explain, const struct ws_record *record,
			     uint64_t frame)
{
	const struct ws_segment *segment = story_segment(&explain->story, frame);
	uint32_t base[2] = { 0, 0 };

	text_printf(out, "#%llu", (unsigned long long)frame);
	if (!segment)
		return;
	for (unsigned side = WS_CLIENT; side <= WS_SERVER; side++)
		base[side] = record->endpoint[side].has_isn ? record->endpoint[side].isn : 0;
	text_printf(out, ", the %s's ", ws_side_name(segment->from));
	segment_text(out, segment, SEGMENT_NUMBERS, base);
}

/* ---- Steps --------------------------------------------------------------------------------------------------- */

static enum ws_state state_before(const struct ws_endpoint *endpoint, size_t i)
{
	enum ws_cause cause = endpoint->path[i].cause;

	if (i > 0)
		return endpoint->path[i - 1].state;
	if (cause == WS_CAUSE_RCV_SYN || cause == WS_CAUSE_SND_SYN_ACK)
		return WS_LISTEN;
	return cause == WS_CAUSE_SND_SYN || cause == WS_CAUSE_SND_RST ? WS_CLOSED : WS_UNKNOWN;
}

static bool is_own_act(enum ws_cause cause)
{
	return cause == WS_CAUSE_SND_SYN || cause == WS_CAUSE_SND_SYN_ACK || cause == WS_CAUSE_SND_FIN ||
	       cause == WS_CAUSE_SND_RST;
}

static void evidence(struct text *out, const struct explain *explain, const struct ws_record *record, enum ws_side side,
		     const struct ws_step *step)
{
	const struct story_note *proof = story_proof(&explain->story, side, step->state);

	if (step->evidence == WS_TIMER) {
		text_puts(out, " Known by the time.");
	} else if (step->evidence == WS_PRESUMED) {
		text_puts(out, " Presumed: it would be proven by this: ");
		text_puts(out, reason_proof(step->cause));
		text_char(out, '.');
	} else if (proof && proof->frame != step->frame) {
		text_puts(out, " Proven by ");
		if (proof->frame > 0)
			evidence_segment(out, explain, record, proof->frame);
		else
			text_puts(out, "time");
		text_printf(out, ": %s.", reason_proof(step->cause));
	} else if (is_own_act(step->cause)) {
		text_puts(out, " Proven by the segment itself.");
	} else {
		text_printf(out, " Proven: %s.", reason_proof(step->cause));
	}
}

static void step_heading(struct explain *explain, const struct ws_record *record, const struct ws_step *step)
{
	struct text *out = &explain->text;
	bool color = explain->options->color;

	text_puts(out, "  ");
	color_state(out, color, step->state);
	parts_state(out, step->state, step->evidence == WS_PRESUMED);
	color_end(out, color);
	if (step->earliest != WS_TIME_NONE) {
		text_puts(out, step->earliest < record->start ? "  " : "  +");
		parts_seconds(out, step->earliest - record->start, 6, 0);
	}
	text_puts(out, "  ");
	if (step->frame > 0)
		evidence_segment(out, explain, record, step->frame);
	else
		text_puts(out, step->evidence == WS_TIMER ? "timer" : "not captured");
	text_char(out, '\n');
}

static void step(struct explain *explain, const struct ws_record *record, enum ws_side side, size_t i)
{
	const struct ws_endpoint *endpoint = &record->endpoint[side];
	const struct ws_step *step = &endpoint->path[i];
	struct reason reason = reason_of(state_before(endpoint, i), step->cause, step->state);
	struct text words = { 0 };

	step_heading(explain, record, step);
	text_printf(&words, "%s: %s", ws_cause_name(step->cause), reason.what);
	if (reason.clause)
		text_printf(&words, " (RFC 9293 %s)", reason.clause);
	text_char(&words, '.');
	evidence(&words, explain, record, side, step);
	text_printf(&words, " Otherwise: %s.", reason_otherwise(step->cause, step->state));
	paragraph(explain, text_failed(&words) ? "" : words.data);
	text_fini(&words);
}

static void steps(struct explain *explain, const struct ws_record *record, enum ws_side side)
{
	const struct ws_endpoint *endpoint = &record->endpoint[side];
	char end[PARTS_ENDPOINT_MAX];

	parts_endpoint(&endpoint->addr, endpoint->port, end);
	text_puts(&explain->text, "\n");
	color_bold(&explain->text, explain->options->color);
	text_printf(&explain->text, "%s %s", ws_side_name(side), end);
	color_end(&explain->text, explain->options->color);
	text_puts(&explain->text, endpoint->path_len == 0 ? ": nothing is known of it\n" : "\n");
	for (size_t i = 0; i < endpoint->path_len; i++)
		step(explain, record, side, i);
}

/* ---- The rest ------------------------------------------------------------------------------------------------ */

static void heading(struct explain *explain, const struct ws_record *record)
{
	struct text *out = &explain->text;

	text_puts(out, record->uid);
	parts_ends(out, record);
	text_printf(out, "\nroles known by %s, confidence %s", ws_role_source_name(record->role_source),
		    ws_confidence_name(record->confidence));
	for (unsigned bit = 0; bit < WS_TAG_COUNT; bit++)
		if (record->tags & (1u << bit))
			text_printf(out, ", %s", ws_tag_name((enum ws_tag)(1u << bit)));
	text_puts(out, "\nhandshake ");
	verdict_handshake_line(out, record, explain->instances);
	text_puts(out, "\nclose ");
	verdict_close_line(out, record);
	text_char(out, '\n');
}

static void retractions(struct explain *explain)
{
	struct text *out = &explain->text;
	bool has_any = false;

	for (size_t i = 0; i < explain->story.len; i++) {
		const struct story_note *note = &explain->story.notes[i];

		if (note->type != WS_EVENT_RETRACT)
			continue;
		text_puts(out, has_any ? "" : "\ntaken back\n");
		has_any = true;
		text_printf(out, "  %s  %s -> %s", ws_side_name(note->side), ws_state_name(note->from),
			    ws_state_name(note->to));
		if (note->frame > 0)
			text_printf(out, "  #%llu", (unsigned long long)note->frame);
		text_printf(out, "  %s\n", reason_of_retraction(note->why));
	}
	if (explain->story.left_out > 0)
		text_printf(out, "\n%llu proofs and retractions more were not kept\n",
			    (unsigned long long)explain->story.left_out);
}

static void findings(struct explain *explain, const struct ws_record *record)
{
	struct text *out = &explain->text;

	text_puts(out, record->findings_len > 0 ? "\nfindings\n" : "");
	for (size_t i = 0; i < record->findings_len; i++) {
		const struct ws_finding_count *finding = &record->findings[i];
		const struct ws_finding_info *info = ws_finding_info(finding->id);

		text_printf(out, "  %s %s", ws_level_name(info->level), info->id);
		if (finding->count > 1)
			text_printf(out, " x%u", (unsigned)finding->count);
		if (finding->first_frame > 0)
			text_printf(out, " #%llu", (unsigned long long)finding->first_frame);
		text_printf(out, ": %s (", info->title);
		parts_source(out, info->source);
		text_puts(out, ")\n");
	}
}

static void print(struct explain *explain)
{
	struct ws_record record;

	ws_connection_record(explain->connection, &record);
	heading(explain, &record);
	steps(explain, &record, WS_CLIENT);
	steps(explain, &record, WS_SERVER);
	retractions(explain);
	findings(explain, &record);
	parts_emit(&explain->text, explain->options->out);
	ws_connection_set_user(explain->connection, &explain->unwanted);
	explain->connection = NULL;
}

/* ---- The view ------------------------------------------------------------------------------------------------ */

static bool is_asked_for(struct explain *explain, ws_connection *connection, struct ws_record *record)
{
	if (ws_connection_user(connection) == &explain->unwanted)
		return false;
	ws_connection_record(connection, record);
	if (connection == explain->connection)
		return true;
	if (explain->has_met || strcmp(record->uid, explain->options->uid) != 0) {
		ws_connection_set_user(connection, &explain->unwanted);
		return false;
	}
	explain->has_met = true;
	explain->connection = connection;
	return true;
}

static void explain_on_event(void *self, const struct ws_event *event)
{
	struct explain *explain = self;
	struct ws_record record;

	if (!event->connection || !is_asked_for(explain, event->connection, &record))
		return;
	if (event->type == WS_EVENT_END) {
		print(explain);
	} else if (event->type == WS_EVENT_FINDING) {
		if ((int)event->level + 1 > explain->level)
			explain->level = (int)event->level + 1;
		instances_repeat(explain->instances, event, &record);
	} else {
		story_take(&explain->story, event, &record);
	}
}

static int explain_finish(void *self, ws_tracker *tracker, const struct view_capture *capture)
{
	struct explain *explain = self;

	(void)tracker;
	(void)capture;
	if (explain->connection)
		print(explain);
	if (!explain->has_met)
		fprintf(stderr, "wirestat: no connection has the UID %s\n", explain->options->uid);
	return explain->level;
}

const struct view view_explain = {
	.name = "audit",
	.summary = "one connection explained",
	.events = WS_MASK(WS_EVENT_SEGMENT) | WS_MASK(WS_EVENT_STATE) | WS_MASK(WS_EVENT_RETRACT) |
		  WS_MASK(WS_EVENT_PROOF) | WS_MASK(WS_EVENT_FINDING) | WS_MASK(WS_EVENT_END),
	.full_audit = true,
	.create = explain_create,
	.on_event = explain_on_event,
	.finish = explain_finish,
	.destroy = explain_destroy,
};
