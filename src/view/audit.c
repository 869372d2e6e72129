/*
 * The audit: each finding as it comes, a verdict on the handshake and the close of each connection as it ends, then how
 * many findings there were, by id and level. A connection that has its verdict is marked by its user pointer.
 */
#include <stdlib.h>

#include "view/color.h"
#include "view/ndjson.h"
#include "view/parts.h"
#include "view/view.h"

struct audit {
	const struct view_options *options;
	struct text text;
	uint64_t verdicts;
	uint64_t findings[WS_FINDING_COUNT];
	uint64_t levels[WS_LEVEL_COUNT];
	ws_time now; /* as verdicts are given */
	int level;   /* highest, plus 1 */
};

/* ---- JSON and TSV ------------------------------------------------------------------------------------------- */

static const struct ws_event no_event;

/* TSV has the members of all three objects side by side. `count` belongs to a line of the summary. */
static void tsv_line(struct text *out, enum fields_mode mode, const char *type, const struct ws_event *event,
		     const struct ws_record *record, const uint64_t *count)
{
	const struct ws_event *e = event ? event : &no_event;
	const struct ws_finding_info *info = event ? ws_finding_info(e->finding) : NULL;
	bool is_finding = event && !count;
	bool is_verdict = record && !event;
	struct fields f;

	fields_begin(&f, out, mode, type);
	fields_column(&f, "type", type);
	fields_time(&f, "ts", is_finding ? e->ts : WS_TIME_NONE);
	fields_u64(&f, "frame", is_finding && e->frame > 0, e->frame);
	fields_string(&f, "uid", record ? record->uid : NULL);
	ndjson_end(&f, "client", record ? &record->endpoint[WS_CLIENT] : NULL);
	ndjson_end(&f, "server", record ? &record->endpoint[WS_SERVER] : NULL);
	fields_string(&f, "id", info ? info->id : NULL);
	fields_string(&f, "level", info ? ws_level_name(e->level) : NULL);
	fields_string(&f, "side", is_finding ? ws_side_name(e->side) : NULL);
	fields_string(&f, "expected", is_finding ? e->expected : NULL);
	fields_string(&f, "seen", is_finding ? e->seen : NULL);
	fields_string(&f, "rfc", info ? info->source : NULL);
	fields_string(&f, "handshake", is_verdict ? ws_handshake_name(record->handshake) : NULL);
	fields_string(&f, "close", is_verdict ? ws_close_name(record->close) : NULL);
	fields_map_begin(&f, "findings");
	for (size_t i = 0; is_verdict && i < record->findings_len; i++)
		fields_map_item(&f, ws_finding_info(record->findings[i].id)->id, record->findings[i].count);
	fields_map_end(&f);
	fields_u64(&f, "count", count != NULL, count ? *count : 0);
	fields_end(&f);
}

static void json_verdict(struct text *out, const struct ws_record *record)
{
	struct fields f;

	fields_begin(&f, out, FIELDS_JSON, "verdict");
	fields_string(&f, "uid", record->uid);
	fields_string(&f, "community_id", record->community_id);
	ndjson_end(&f, "client", &record->endpoint[WS_CLIENT]);
	ndjson_end(&f, "server", &record->endpoint[WS_SERVER]);
	fields_string(&f, "handshake", ws_handshake_name(record->handshake));
	fields_string(&f, "close", ws_close_name(record->close));
	fields_map_begin(&f, "findings");
	for (size_t i = 0; i < record->findings_len; i++)
		fields_map_item(&f, ws_finding_info(record->findings[i].id)->id, record->findings[i].count);
	fields_map_end(&f);
	fields_end(&f);
}

static void json_summary(struct text *out, const struct audit *audit)
{
	struct fields f;

	fields_begin(&f, out, FIELDS_JSON, "summary");
	fields_u64(&f, "connections", true, audit->verdicts);
	fields_map_begin(&f, "findings");
	for (unsigned i = 0; i < WS_FINDING_COUNT; i++) {
		if (audit->findings[i] > 0)
			fields_map_item(&f, ws_finding_info((enum ws_finding_id)i)->id, audit->findings[i]);
	}
	fields_map_end(&f);
	fields_map_begin(&f, "levels");
	for (unsigned i = WS_LEVEL_COUNT; i-- > 0;) {
		if (audit->levels[i] > 0)
			fields_map_item(&f, ws_level_name((enum ws_level)i), audit->levels[i]);
	}
	fields_map_end(&f);
	fields_end(&f);
}

static void tsv_summary(struct text *out, const struct audit *audit)
{
	for (unsigned i = 0; i < WS_FINDING_COUNT; i++) {
		struct ws_event event = { .finding = (enum ws_finding_id)i };

		event.level = ws_finding_info(event.finding)->level;
		if (audit->findings[i] > 0)
			tsv_line(out, FIELDS_TSV_VALUES, "summary", &event, NULL, &audit->findings[i]);
	}
}

/* ---- People ------------------------------------------------------------------------------------------------- */

#define LEVEL_WIDTH 7 /* "alert  " */

static void label(struct text *out, const char *s, enum ws_level level, bool color)
{
	size_t from;

	color_level(out, color, level);
	from = out->len;
	text_puts(out, s);
	text_pad(out, from, LEVEL_WIDTH);
	color_end(out, color);
}

static void people_finding(struct text *out, const struct ws_event *event, const struct ws_record *record, bool color)
{
	const struct ws_finding_info *info = ws_finding_info(event->finding);

	label(out, ws_level_name(event->level), event->level, color);
	text_puts(out, info->id);
	if (event->frame > 0) {
		text_puts(out, "  #");
		text_u64(out, event->frame);
	}
	if (record)
		parts_ends(out, record);
	text_puts(out, "  ");
	text_puts(out, ws_side_name(event->side));
	parts_values(out, event);
	text_puts(out, "  ");
	parts_source(out, info->source);
	text_char(out, '\n');
}

static void people_verdict(struct text *out, const struct ws_record *record, bool color)
{
	label(out, "verdict", WS_INFO, color);
	parts_ends(out, record);
	text_puts(out, "  handshake ");
	text_puts(out, ws_handshake_name(record->handshake));
	text_puts(out, "  close ");
	text_puts(out, ws_close_name(record->close));
	if (record->has_close_first && record->close != WS_CLOSE_SIMULTANEOUS) {
		text_puts(out, " by ");
		text_puts(out, ws_side_name(record->close_first));
	}
	for (size_t i = 0; i < record->findings_len; i++) {
		text_puts(out, i == 0 ? "  findings " : ",");
		text_puts(out, ws_finding_info(record->findings[i].id)->id);
	}
	text_char(out, '\n');
}

static void people_summary(struct text *out, const struct audit *audit, bool color)
{
	uint64_t total = 0;

	for (unsigned i = 0; i < WS_LEVEL_COUNT; i++)
		total += audit->levels[i];
	text_puts(out, "\nconnections ");
	text_u64(out, audit->verdicts);
	text_puts(out, ", findings ");
	text_u64(out, total);
	text_char(out, '\n');
	for (unsigned level = WS_LEVEL_COUNT; level-- > 0;) {
		for (unsigned i = 0; i < WS_FINDING_COUNT; i++) {
			const struct ws_finding_info *info = ws_finding_info((enum ws_finding_id)i);

			if (audit->findings[i] == 0 || info->level != (enum ws_level)level)
				continue;
			label(out, ws_level_name(info->level), info->level, color);
			parts_number(out, audit->findings[i], 8);
			text_puts(out, "  ");
			text_puts(out, info->id);
			text_puts(out, ": ");
			text_puts(out, info->title);
			text_char(out, '\n');
		}
	}
}

/* ---- The view ----------------------------------------------------------------------------------------------- */

static void *audit_create(const struct view_options *options)
{
	struct audit *audit = calloc(1, sizeof(*audit));

	if (!audit)
		return NULL;
	audit->options = options;
	if (options->format == VIEW_TSV) {
		tsv_line(&audit->text, FIELDS_TSV_NAMES, "", NULL, NULL, NULL);
		parts_emit(&audit->text, options->out);
	}
	return audit;
}

static void audit_destroy(void *self)
{
	struct audit *audit = self;

	text_fini(&audit->text);
	free(audit);
}

static void take_finding(struct audit *audit, const struct ws_event *event)
{
	const struct view_options *options = audit->options;
	struct ws_record storage;
	const struct ws_record *record = NULL;

	if (event->connection) {
		ws_connection_record(event->connection, &storage);
		record = &storage;
		if (!view_wants(options, record, event->ts))
			return;
	}
	audit->findings[event->finding]++;
	audit->levels[event->level]++;
	if ((int)event->level + 1 > audit->level)
		audit->level = (int)event->level + 1;
	if (options->format == VIEW_JSON)
		ndjson_event(&audit->text, FIELDS_JSON, event, record);
	else if (options->format == VIEW_TSV)
		tsv_line(&audit->text, FIELDS_TSV_VALUES, "finding", event, record, NULL);
	else
		people_finding(&audit->text, event, record, options->color);
	parts_emit(&audit->text, options->out);
}

static int give_verdict(void *user, ws_connection *connection)
{
	struct audit *audit = user;
	const struct view_options *options = audit->options;
	struct ws_record record;

	if (ws_connection_user(connection))
		return 0;
	ws_connection_set_user(connection, audit);
	ws_connection_record(connection, &record);
	if (!view_wants(options, &record, audit->now))
		return 0;
	audit->verdicts++;
	if (options->format == VIEW_JSON)
		json_verdict(&audit->text, &record);
	else if (options->format == VIEW_TSV)
		tsv_line(&audit->text, FIELDS_TSV_VALUES, "verdict", NULL, &record, NULL);
	else
		people_verdict(&audit->text, &record, options->color);
	parts_emit(&audit->text, options->out);
	return 0;
}

static void audit_on_event(void *self, const struct ws_event *event)
{
	struct audit *audit = self;

	audit->now = event->ts;
	if (event->type == WS_EVENT_FINDING)
		take_finding(audit, event);
	else if (event->type == WS_EVENT_END)
		give_verdict(audit, event->connection);
}

static int audit_finish(void *self, ws_tracker *tracker, const struct view_capture *capture)
{
	struct audit *audit = self;
	const struct view_options *options = audit->options;
	struct ws_totals totals;

	audit->now = ws_tracker_now(tracker);
	if (ws_tracker_each(tracker, give_verdict, audit) != 0)
		fputs("wirestat: out of memory, verdicts are missing\n", stderr);
	if (options->format == VIEW_JSON) {
		ws_tracker_totals(tracker, &totals);
		json_summary(&audit->text, audit);
		ndjson_capture(&audit->text, &totals, capture);
	} else if (options->format == VIEW_TSV) {
		tsv_summary(&audit->text, audit);
	} else {
		people_summary(&audit->text, audit, options->color);
	}
	parts_emit(&audit->text, options->out);
	return audit->level;
}

const struct view view_audit = {
	.name = "audit",
	.summary = "findings, and a verdict on the handshake and the close of each connection",
	.events = WS_MASK(WS_EVENT_FINDING) | WS_MASK(WS_EVENT_END),
	.full_audit = true,
	.create = audit_create,
	.on_event = audit_on_event,
	.finish = audit_finish,
	.destroy = audit_destroy,
};
