/*
 * The audit as SARIF 2.1.0 (OASIS), for the machinery that collects what static and dynamic analysers find. One run, whose
 * rules are the whole catalogue; the results are written as they come, so that memory does not grow with the input. A
 * result's place is its file and, as a logical location, its frame; its fingerprint is its key, which holds for the next
 * capture too. Findings that the baseline accepts are there, suppressed.
 */
#include <stdlib.h>
#include <string.h>
#include <utlist.h>

#include "view/audit_data.h"
#include "view/finding_key.h"
#include "view/host_text.h"
#include "view/parts.h"
#include "view/sarif_text.h"

#define SCHEMA "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

struct sarif {
	const struct view_options *options;
	struct text text;
	struct json json;
	struct instances *list;
	bool has_begun;
	int level;
};

static void *sarif_create(const struct view_options *options)
{
	struct sarif *sarif = calloc(1, sizeof(*sarif));

	if (!sarif)
		return NULL;
	sarif->options = options;
	json_init(&sarif->json, &sarif->text);
	return sarif;
}

static void drop(struct sarif *sarif, struct instances *instances)
{
	DL_DELETE(sarif->list, instances);
	instances_free(instances);
}

static void sarif_destroy(void *self)
{
	struct sarif *sarif = self;

	while (sarif->list)
		drop(sarif, sarif->list);
	text_fini(&sarif->text);
	free(sarif);
}

/* ---- What stands before the results ------------------------------------------------------------------------- */

static void artifacts(struct json *json, const struct view_options *options)
{
	struct text uri = { 0 };

	json_array_begin(json, "artifacts");
	for (size_t i = 0; i < options->files_len; i++) {
		text_clear(&uri);
		sarif_uri(&uri, options->files[i].name);
		json_object_begin(json, NULL);
		json_object_begin(json, "location");
		json_string(json, "uri", text_failed(&uri) ? "" : uri.data);
		json_object_end(json);
		json_array_begin(json, "roles");
		json_string(json, NULL, "analysisTarget");
		json_array_end(json);
		json_object_end(json);
	}
	json_array_end(json);
	text_fini(&uri);
}

static void begin(struct sarif *sarif)
{
	struct json *json = &sarif->json;

	if (sarif->has_begun)
		return;
	sarif->has_begun = true;
	json_object_begin(json, NULL);
	json_string(json, "$schema", SCHEMA);
	json_string(json, "version", "2.1.0");
	json_array_begin(json, "runs");
	json_object_begin(json, NULL);
	json_object_begin(json, "tool");
	json_object_begin(json, "driver");
	json_string(json, "name", "wirestat");
	json_string(json, "version", ws_version());
	json_string(json, "semanticVersion", ws_version());
	sarif_rules(json);
	json_object_end(json);
	json_object_end(json);
	artifacts(json, sarif->options);
	json_array_begin(json, "results");
}

/* ---- A result ------------------------------------------------------------------------------------------------ */

static void place(struct json *json, const struct view_options *options, const struct ws_record *record, uint64_t frame)
{
	char name[32];

	json_array_begin(json, "locations");
	json_object_begin(json, NULL);
	if (record && record->file < options->files_len) {
		json_object_begin(json, "physicalLocation");
		json_object_begin(json, "artifactLocation");
		json_u64(json, "index", record->file);
		json_object_end(json);
		json_object_end(json);
	}
	if (frame > 0) {
		snprintf(name, sizeof(name), "frame %llu", (unsigned long long)frame);
		json_array_begin(json, "logicalLocations");
		json_object_begin(json, NULL);
		json_string(json, "name", name);
		json_string(json, "kind", "frame");
		json_object_end(json);
		json_array_end(json);
	}
	json_object_end(json);
	json_array_end(json);
}

static void fingerprint(struct json *json, const struct ws_record *record, enum ws_finding_id id)
{
	struct text key = { 0 };

	finding_key(&key, id, record);
	json_object_begin(json, "partialFingerprints");
	if (!text_failed(&key))
		json_string(json, "finding/v1", key.data);
	json_object_end(json);
	text_fini(&key);
}

static void suppression(struct json *json, enum view_standing standing)
{
	json_array_begin(json, "suppressions");
	if (standing == VIEW_ACCEPTED) {
		json_object_begin(json, NULL);
		json_string(json, "kind", "external");
		json_string(json, "justification", "accepted by the baseline");
		json_object_end(json);
	}
	json_array_end(json);
}

static void properties(struct json *json, const struct ws_event *event, const struct ws_record *record)
{
	json_object_begin(json, "properties");
	json_time(json, "ts", event->ts);
	if (event->frame > 0)
		json_u64(json, "frame", event->frame);
	json_string(json, "side", event->host ? NULL : ws_side_name(event->side));
	json_string(json, "expected", event->expected);
	json_string(json, "seen", event->seen);
	json_string(json, "uid", record && !event->host ? record->uid : NULL);
	json_object_end(json);
}

/* `count` is how often it was seen; above 1 for those that were not told one by one. */
static void result(struct sarif *sarif, const struct ws_event *event, const struct ws_record *record, uint32_t count,
		   enum view_standing standing)
{
	struct json *json = &sarif->json;
	struct text message = { 0 };

	begin(sarif);
	sarif_message(&message, event, record, count);
	json_object_begin(json, NULL);
	json_string(json, "ruleId", ws_finding_info(event->finding)->id);
	json_u64(json, "ruleIndex", event->finding);
	json_string(json, "kind", event->level == WS_INFO ? "informational" : "fail");
	json_string(json, "level", sarif_level(event->level));
	json_object_begin(json, "message");
	json_string(json, "text", text_failed(&message) ? "" : message.data);
	json_object_end(json);
	place(json, sarif->options, record, event->frame);
	if (count > 1)
		json_u64(json, "occurrenceCount", count);
	fingerprint(json, record, event->finding);
	suppression(json, standing);
	properties(json, event, record);
	json_object_end(json);
	text_char(&sarif->text, '\n');
	parts_emit(&sarif->text, sarif->options->out);
	text_fini(&message);
}

/* ---- Events -------------------------------------------------------------------------------------------------- */

static struct instances *instances_at(struct sarif *sarif, ws_connection *connection)
{
	struct instances *instances = ws_connection_user(connection);

	if (instances)
		return instances;
	instances = instances_new();
	if (instances)
		DL_APPEND(sarif->list, instances);
	ws_connection_set_user(connection, instances);
	return instances;
}

static void take_finding(struct sarif *sarif, const struct ws_event *event)
{
	struct ws_record storage;
	const struct ws_record *record = NULL;
	struct instances *instances = NULL;
	enum view_standing standing;

	if (event->host) {
		if (event->host->is_final || !host_is_wanted(sarif->options))
			return;
		host_record(event->host, &storage);
		record = &storage;
	}
	if (event->connection) {
		ws_connection_record(event->connection, &storage);
		record = &storage;
		if (!view_wants(sarif->options, record, event->ts))
			return;
	}
	standing = view_judge(sarif->options, record, event->finding);
	if (standing == VIEW_LEFT_OUT)
		return;
	if (standing == VIEW_COUNTS && (int)event->level + 1 > sarif->level)
		sarif->level = (int)event->level + 1;
	if (event->connection)
		instances = instances_at(sarif, event->connection);
	if (!instances || instances_take(instances, event, AUDIT_TOLD_MACHINES))
		result(sarif, event, record, 1, standing);
}

/* The ones beyond those told one by one, as one result for each finding. */
static int sum_up(void *user, ws_connection *connection)
{
	struct sarif *sarif = user;
	struct instances *instances = ws_connection_user(connection);
	struct ws_record record;

	if (!instances)
		return 0;
	ws_connection_set_user(connection, NULL);
	ws_connection_record(connection, &record);
	for (size_t i = 0; i < instances->len; i++) {
		const struct instances_item *item = &instances->items[i];
		struct ws_event event = {
			.ts = record.end,
			.frame = item->last_frame,
			.side = WS_BOTH,
			.finding = item->id,
			.level = ws_finding_info(item->id)->level,
		};

		if (item->count > item->told)
			result(sarif, &event, &record, item->count - item->told,
			       view_judge(sarif->options, &record, item->id));
	}
	drop(sarif, instances);
	return 0;
}

static void sarif_on_event(void *self, const struct ws_event *event)
{
	struct sarif *sarif = self;

	if (event->type == WS_EVENT_FINDING || event->type == WS_EVENT_HOST)
		take_finding(sarif, event);
	else if (event->type == WS_EVENT_END)
		sum_up(sarif, event->connection);
}

static int sarif_finish(void *self, ws_tracker *tracker, const struct view_capture *capture)
{
	struct sarif *sarif = self;
	struct json *json = &sarif->json;

	if (ws_tracker_each(tracker, sum_up, sarif) != 0)
		fputs("wirestat: out of memory, sums are missing\n", stderr);
	begin(sarif);
	json_array_end(json);
	sarif_invocation(json, tracker, capture);
	json_string(json, "columnKind", "utf16CodeUnits");
	json_object_end(json);
	json_array_end(json);
	json_object_end(json);
	json_line_end(json);
	parts_emit(&sarif->text, sarif->options->out);
	return sarif->level;
}

const struct view view_sarif = {
	.name = "audit",
	.summary = "findings as SARIF 2.1.0",
	.events = WS_MASK(WS_EVENT_FINDING) | WS_MASK(WS_EVENT_HOST) | WS_MASK(WS_EVENT_END),
	.full_audit = true,
	.is_document = true,
	.create = sarif_create,
	.on_event = sarif_on_event,
	.finish = sarif_finish,
	.destroy = sarif_destroy,
};
