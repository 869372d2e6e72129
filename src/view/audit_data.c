/*
 * The audit's objects for machines: the verdict of a connection, the summary of all, and the same as lines of TSV.
 */
#include "view/audit_data.h"

#include "view/host_text.h"
#include "view/ndjson.h"
#include "view/verdict.h"
#include "view/verdict_fields.h"

static const struct ws_event no_event;

/* Of the findings that count, those that a baseline accepts left out. */
static void finding_counts(struct fields *f, const struct view_options *options, const struct ws_record *record)
{
	for (size_t i = 0; i < record->findings_len; i++) {
		const struct ws_finding_count *finding = &record->findings[i];

		if (view_judge(options, record, finding->id) == VIEW_COUNTS)
			fields_map_item(f, ws_finding_info(finding->id)->id, finding->count);
	}
}

static void finding_sums(struct json *json, const struct view_options *options, const struct ws_record *record,
			 const struct instances *instances)
{
	json_array_begin(json, "sums");
	for (size_t i = 0; i < record->findings_len; i++) {
		const struct ws_finding_count *finding = &record->findings[i];
		const struct instances_item *item = instances_of(instances, finding->id);

		if (view_judge(options, record, finding->id) != VIEW_COUNTS)
			continue;
		json_object_begin(json, NULL);
		json_string(json, "id", ws_finding_info(finding->id)->id);
		json_string(json, "level", ws_level_name(ws_finding_info(finding->id)->level));
		json_u64(json, "count", finding->count);
		if (finding->first_frame > 0)
			json_u64(json, "first_frame", finding->first_frame);
		if (finding->last_frame > 0)
			json_u64(json, "last_frame", finding->last_frame);
		json_u64(json, "told", item ? item->told : 0);
		json_object_end(json);
	}
	json_array_end(json);
}

void audit_tsv(struct text *out, enum fields_mode mode, const struct view_options *options, const char *type,
	       const struct ws_event *event, const struct ws_record *record, const uint64_t *count)
{
	const struct ws_event *e = event ? event : &no_event;
	const struct ws_finding_info *info = event ? ws_finding_info(e->finding) : NULL;
	bool is_finding = event && !count;
	const struct ws_host_finding *host = e->host;
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
	fields_string(&f, "side", is_finding && !host ? ws_side_name(e->side) : NULL);
	fields_string(&f, "expected", is_finding ? e->expected : NULL);
	fields_string(&f, "seen", is_finding ? e->seen : NULL);
	fields_string(&f, "rfc", info ? info->source : NULL);
	fields_string(&f, "handshake", is_verdict ? ws_handshake_name(record->handshake) : NULL);
	fields_string(&f, "close", is_verdict ? ws_close_name(record->close) : NULL);
	fields_map_begin(&f, "findings");
	if (is_verdict)
		finding_counts(&f, options, record);
	fields_map_end(&f);
	fields_u64(&f, "count", count || host, count ? *count : host ? host->count : 0);
	host_columns(&f, event);
	fields_end(&f);
}

void audit_json_verdict(struct text *out, const struct view_options *options, const struct ws_record *record,
			const struct instances *instances)
{
	const struct ws_endpoint *client = &record->endpoint[WS_CLIENT];
	const struct ws_endpoint *server = &record->endpoint[WS_SERVER];
	struct fields f;

	fields_begin(&f, out, FIELDS_JSON, "verdict");
	fields_string(&f, "uid", record->uid);
	fields_string(&f, "community_id", record->community_id);
	ndjson_end(&f, "client", &record->endpoint[WS_CLIENT]);
	ndjson_end(&f, "server", &record->endpoint[WS_SERVER]);
	fields_string(&f, "handshake", ws_handshake_name(record->handshake));
	fields_string(&f, "close", ws_close_name(record->close));
	fields_string(&f, "close_first", record->has_close_first ? ws_side_name(record->close_first) : NULL);
	fields_string(&f, "reset_by", record->has_reset_by ? ws_side_name(record->reset_by) : NULL);
	fields_i64(&f, "client_lost", client->outstanding_bytes >= 0, client->outstanding_bytes);
	fields_i64(&f, "server_lost", server->outstanding_bytes >= 0, server->outstanding_bytes);
	fields_u64(&f, "syns", true, record->syns);
	fields_u64(&f, "syn_acks", true, record->syn_acks);
	fields_i64(&f, "server_rtt_ns", record->server_rtt_ns >= 0, record->server_rtt_ns);
	fields_i64(&f, "client_rtt_ns", record->client_rtt_ns >= 0, record->client_rtt_ns);
	fields_string(&f, "tap", verdict_tap_place(record));
	verdict_handshake_fields(&f, record, instances);
	fields_map_begin(&f, "findings");
	finding_counts(&f, options, record);
	fields_map_end(&f);
	finding_sums(&f.json, options, record, instances);
	fields_end(&f);
}

void audit_json_summary(struct text *out, const struct audit_sum *sum)
{
	struct fields f;

	fields_begin(&f, out, FIELDS_JSON, "summary");
	fields_u64(&f, "connections", true, sum->verdicts);
	fields_map_begin(&f, "findings");
	for (unsigned i = 0; i < WS_FINDING_COUNT; i++) {
		if (sum->findings[i] > 0)
			fields_map_item(&f, ws_finding_info((enum ws_finding_id)i)->id, sum->findings[i]);
	}
	fields_map_end(&f);
	fields_map_begin(&f, "levels");
	for (unsigned i = WS_LEVEL_COUNT; i-- > 0;) {
		if (sum->levels[i] > 0)
			fields_map_item(&f, ws_level_name((enum ws_level)i), sum->levels[i]);
	}
	fields_map_end(&f);
	fields_u64(&f, "accepted", sum->accepted > 0, sum->accepted);
	fields_end(&f);
}

void audit_tsv_summary(struct text *out, const struct view_options *options, const struct audit_sum *sum)
{
	for (unsigned i = 0; i < WS_FINDING_COUNT; i++) {
		struct ws_event event = { .finding = (enum ws_finding_id)i };

		event.level = ws_finding_info(event.finding)->level;
		if (sum->findings[i] > 0)
			audit_tsv(out, FIELDS_TSV_VALUES, options, "summary", &event, NULL, &sum->findings[i]);
	}
}
