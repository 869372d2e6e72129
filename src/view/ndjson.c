/*
 * The objects of machine output. Whatever is not known is left out: a -1, a false `has_`, WS_TIME_NONE.
 */
#include "view/ndjson.h"

#include "view/outer.h"
#include "view/parts.h"
#include "view/quality.h"

/* For the walk that writes names: any record will do. */
static const struct ws_record no_record = { .endpoint = { { .addr = { .family = 4 } }, { .addr = { .family = 4 } } } };
static const struct ws_event no_event;

static void path_step(struct fields *f, const struct ws_step *step)
{
	struct json *json = &f->json;

	json_object_begin(json, NULL);
	json_string(json, "state", ws_state_name(step->state));
	json_time(json, "earliest", step->earliest);
	json_time(json, "latest", step->latest);
	if (step->frame > 0)
		json_u64(json, "frame", step->frame);
	json_string(json, "evidence", ws_evidence_name(step->evidence));
	json_object_end(json);
}

/* In TSV a step is STATE:FRAME:EVIDENCE. */
static void path_column(struct fields *f, const struct ws_endpoint *endpoint)
{
	struct text step = { 0 };

	for (size_t i = 0; i < endpoint->path_len; i++) {
		text_clear(&step);
		text_puts(&step, ws_state_name(endpoint->path[i].state));
		text_char(&step, ':');
		text_u64(&step, endpoint->path[i].frame);
		text_char(&step, ':');
		text_puts(&step, ws_evidence_name(endpoint->path[i].evidence));
		if (text_failed(&step))
			f->out->failed = true;
		else
			fields_list_item(f, step.data);
	}
	text_fini(&step);
}

static void path(struct fields *f, const struct ws_endpoint *endpoint)
{
	fields_list_begin(f, "path");
	if (f->mode == FIELDS_JSON) {
		for (size_t i = 0; i < endpoint->path_len; i++)
			path_step(f, &endpoint->path[i]);
	} else {
		path_column(f, endpoint);
	}
	fields_list_end(f);
}

static void address(struct fields *f, const char *addr_name, const char *port_name, const struct ws_endpoint *endpoint)
{
	char addr[WS_ADDR_TEXT_MAX];

	fields_string(f, addr_name, endpoint ? ws_addr_text(&endpoint->addr, addr) : NULL);
	fields_u64(f, port_name, endpoint != NULL, endpoint ? endpoint->port : 0);
}

static ws_time time_wait_end(const struct ws_endpoint *endpoint, const struct view_options *options)
{
	int64_t two_msl = options->time_wait_ns > 0 ? options->time_wait_ns : WS_TIME_WAIT_NS;

	return endpoint->two_msl_since == WS_TIME_NONE ? WS_TIME_NONE : endpoint->two_msl_since + two_msl;
}

static void endpoint_members(struct fields *f, const struct ws_endpoint *endpoint, const struct view_options *options)
{
	address(f, "addr", "port", endpoint);
	fields_string(f, "state", ws_state_name(endpoint->state));
	fields_string(f, "proven", ws_state_name(endpoint->proven));
	fields_time(f, "since", endpoint->since);
	if (options->timers)
		fields_time(f, "time_wait_until", time_wait_end(endpoint, options));
	fields_u64(f, "packets", true, endpoint->packets);
	fields_u64(f, "bytes", true, endpoint->bytes);
	fields_u64(f, "ip_bytes", true, endpoint->ip_bytes);
	fields_u64(f, "retransmitted", true, endpoint->retransmitted);
	fields_u64(f, "duplicates", true, endpoint->duplicates);
	fields_u64(f, "isn", endpoint->has_isn, endpoint->isn);
	fields_i64(f, "mss", endpoint->mss >= 0, endpoint->mss);
	fields_i64(f, "wscale", endpoint->wscale >= 0, endpoint->wscale);
	fields_bool(f, "sack", endpoint->saw_syn, endpoint->sack);
	fields_bool(f, "timestamps", endpoint->saw_syn, endpoint->timestamps);
	if (options->path)
		path(f, endpoint);
}

static void endpoint_group(struct fields *f, const char *name, const struct ws_endpoint *endpoint,
			   const struct view_options *options)
{
	if (!fields_group_begin(f, name, true))
		return;
	endpoint_members(f, endpoint, options);
	fields_group_end(f);
}

static void handshake_group(struct fields *f, const struct ws_record *record)
{
	if (!fields_group_begin(f, "handshake", true))
		return;
	fields_string(f, "verdict", ws_handshake_name(record->handshake));
	fields_i64(f, "server_rtt_ns", record->server_rtt_ns >= 0, record->server_rtt_ns);
	fields_i64(f, "client_rtt_ns", record->client_rtt_ns >= 0, record->client_rtt_ns);
	fields_u64(f, "syns", true, record->syns);
	fields_u64(f, "syn_acks", true, record->syn_acks);
	fields_group_end(f);
}

static void close_group(struct fields *f, const struct ws_record *record, bool is_known)
{
	if (!fields_group_begin(f, "close", is_known))
		return;
	fields_string(f, "kind", ws_close_name(record->close));
	fields_string(f, "first", record->has_close_first ? ws_side_name(record->close_first) : NULL);
	fields_group_end(f);
}

static void findings_list(struct fields *f, const struct ws_record *record)
{
	fields_list_begin(f, "findings");
	for (size_t i = 0; i < record->findings_len; i++)
		fields_list_item(f, ws_finding_info(record->findings[i].id)->id);
	fields_list_end(f);
}

static void tags_list(struct fields *f, const struct ws_record *record)
{
	fields_list_begin(f, "tags");
	for (unsigned bit = 0; bit < WS_TAG_COUNT; bit++) {
		if (record->tags & (1u << bit))
			fields_list_item(f, ws_tag_name((enum ws_tag)(1u << bit)));
	}
	fields_list_end(f);
}

static const char *file_name(const struct ws_record *record, const struct view_options *options)
{
	return record->file < options->files_len ? options->files[record->file].name : NULL;
}

void ndjson_connection(struct text *out, enum fields_mode mode, const struct ws_record *record, ws_time at,
		       const struct view_options *options)
{
	const struct ws_record *r = record ? record : &no_record;
	struct fields f;

	fields_begin(&f, out, mode, "connection");
	if (options->every_ns > 0)
		fields_time(&f, "at", at);
	fields_string(&f, "uid", r->uid);
	fields_string(&f, "community_id", r->community_id);
	fields_string(&f, "role_source", ws_role_source_name(r->role_source));
	fields_string(&f, "confidence", ws_confidence_name(r->confidence));
	endpoint_group(&f, "client", &r->endpoint[WS_CLIENT], options);
	endpoint_group(&f, "server", &r->endpoint[WS_SERVER], options);
	fields_time(&f, "start", r->start);
	fields_time(&f, "end", r->end);
	fields_u64(&f, "first_frame", true, r->first_frame);
	fields_u64(&f, "last_frame", true, r->last_frame);
	fields_string(&f, "file", file_name(r, options));
	handshake_group(&f, r);
	close_group(&f, r, true);
	fields_string(&f, "history", r->history);
	fields_string(&f, "conn_state", r->conn_state);
	findings_list(&f, r);
	fields_bool(&f, "final", true, r->final);
	fields_string(&f, "end_reason", ws_end_reason_name(r->end_reason));
	tags_list(&f, r);
	outer_members(&f, r);
	fields_end(&f);
}

void ndjson_end(struct fields *f, const char *name, const struct ws_endpoint *endpoint)
{
	if (!fields_group_begin(f, name, endpoint != NULL))
		return;
	address(f, "addr", "port", endpoint);
	fields_group_end(f);
}

static const char *const event_types[WS_EVENT_COUNT] = {
	[WS_EVENT_OPEN] = "open",       [WS_EVENT_SEGMENT] = "segment", [WS_EVENT_STATE] = "state",
	[WS_EVENT_RETRACT] = "retract", [WS_EVENT_PROOF] = "proof",     [WS_EVENT_FINDING] = "finding",
	[WS_EVENT_CLOSE] = "close",     [WS_EVENT_END] = "end",         [WS_EVENT_HOST] = "host",
};

/* Members of every event whose subject is one side. */
static void event_side(struct fields *f, const struct ws_event *event, const struct ws_record *record)
{
	bool is_step = event->type == WS_EVENT_STATE || event->type == WS_EVENT_PROOF;
	bool has_side = is_step || event->type == WS_EVENT_RETRACT || event->type == WS_EVENT_FINDING;
	const struct ws_endpoint *self = NULL;
	const struct ws_endpoint *peer = NULL;

	if (is_step && record && event->side != WS_BOTH) {
		self = &record->endpoint[event->side];
		peer = &record->endpoint[event->side == WS_CLIENT ? WS_SERVER : WS_CLIENT];
	}
	fields_string(f, "side", has_side ? ws_side_name(event->side) : NULL);
	address(f, "addr", "port", self);
	address(f, "peer_addr", "peer_port", peer);
}

static void event_step(struct fields *f, const struct ws_event *event)
{
	bool is_step = event->type == WS_EVENT_STATE || event->type == WS_EVENT_PROOF;
	bool is_change = is_step || event->type == WS_EVENT_RETRACT;
	char flags[PARTS_FLAGS_MAX];

	fields_string(f, "from", is_change ? ws_state_name(event->from) : NULL);
	fields_string(f, "to", is_change ? ws_state_name(event->to) : NULL);
	fields_string(f, "evidence", is_step ? ws_evidence_name(event->evidence) : NULL);
	fields_string(f, "segment", is_step && event->flags ? parts_flags(event->flags, flags) : NULL);
	fields_i64(f, "held_ns", is_step, event->held_ns);
	fields_string(f, "why", event->type == WS_EVENT_RETRACT ? event->why : NULL);
}

/* One walk serves all types: each has its members in the order of the contract, and TSV the union of them. */
void ndjson_event(struct text *out, enum fields_mode mode, const struct ws_event *event, const struct ws_record *record)
{
	const struct ws_event *e = event ? event : &no_event;
	const struct ws_finding_info *info = e->type == WS_EVENT_FINDING ? ws_finding_info(e->finding) : NULL;
	bool names_ends = e->type == WS_EVENT_OPEN || e->type == WS_EVENT_CLOSE;
	const struct ws_record *ends = names_ends ? record : NULL;
	struct fields f;

	fields_begin(&f, out, mode, event_types[e->type]);
	fields_column(&f, "type", event_types[e->type]);
	fields_time(&f, "ts", e->ts);
	fields_u64(&f, "frame", e->frame > 0, e->frame);
	fields_string(&f, "uid", record ? record->uid : NULL);
	fields_string(&f, "community_id", ends ? ends->community_id : NULL);
	ndjson_end(&f, "client", ends ? &ends->endpoint[WS_CLIENT] : NULL);
	ndjson_end(&f, "server", ends ? &ends->endpoint[WS_SERVER] : NULL);
	fields_string(&f, "id", info ? info->id : NULL);
	fields_string(&f, "level", info ? ws_level_name(e->level) : NULL);
	event_side(&f, e, record);
	event_step(&f, e);
	fields_string(&f, "expected", info ? e->expected : NULL);
	fields_string(&f, "seen", info ? e->seen : NULL);
	fields_string(&f, "rfc", info ? info->source : NULL);
	fields_string(&f, "kind", ends && e->type == WS_EVENT_CLOSE ? ws_close_name(ends->close) : NULL);
	fields_string(&f, "first",
		      ends && e->type == WS_EVENT_CLOSE && ends->has_close_first ? ws_side_name(ends->close_first)
										 : NULL);
	fields_end(&f);
}

static void capture_input(struct json *json, const struct view_capture *capture)
{
	uint64_t frames = 0;

	json_array_begin(json, "files");
	for (size_t i = 0; i < capture->files_len; i++) {
		json_object_begin(json, NULL);
		json_string(json, "name", capture->files[i].name);
		json_u64(json, "frames", capture->files[i].frames);
		json_object_end(json);
		frames += capture->files[i].frames;
	}
	json_array_end(json);
	json_u64(json, "frames", frames);
}

static void capture_link_types(struct json *json, const struct view_capture *capture)
{
	json_array_begin(json, "link_types");
	for (size_t i = 0; i < capture->linktypes_len; i++) {
		const char *name = ws_linktype_name(capture->linktypes[i]);
		char number[16];

		snprintf(number, sizeof(number), "%u", (unsigned)capture->linktypes[i]);
		json_string(json, NULL, name ? name : number);
	}
	json_array_end(json);
}

static void capture_undecoded(struct json *json, const struct ws_totals *totals)
{
	json_object_begin(json, "undecoded");
	for (unsigned i = 0; i < WS_UNDECODED_COUNT; i++) {
		if (totals->undecoded[i] > 0)
			json_u64(json, ws_undecoded_name((enum ws_undecoded)i), totals->undecoded[i]);
	}
	json_object_end(json);
}

static void capture_noticed(struct json *json, const struct ws_totals *totals)
{
	json_object_begin(json, "noticed");
	for (unsigned i = 0; i < WS_NOTICED_COUNT; i++) {
		if (totals->noticed[i] > 0)
			json_u64(json, ws_noticed_name((enum ws_noticed)i), totals->noticed[i]);
	}
	json_object_end(json);
}

static void capture_tunnels(struct json *json, const struct ws_totals *totals)
{
	json_object_begin(json, "tunnelled");
	for (unsigned i = WS_TUNNEL_NONE + 1; i < WS_TUNNEL_COUNT; i++) {
		if (totals->tunnelled[i] > 0)
			json_u64(json, ws_tunnel_name((enum ws_tunnel)i), totals->tunnelled[i]);
	}
	json_object_end(json);
}

void ndjson_capture_members(struct fields *f, const struct ws_totals *totals, const struct view_capture *capture)
{
	struct json *json = &f->json;

	capture_input(json, capture);
	json_time(json, "first", totals->first);
	json_time(json, "last", totals->last);
	capture_link_types(json, capture);
	json_u64(json, "packets", totals->packets);
	json_u64(json, "decoded", totals->segments);
	capture_undecoded(json, totals);
	capture_noticed(json, totals);
	capture_tunnels(json, totals);
	json_u64(json, "duplicates", totals->duplicates);
	json_u64(json, "bad_checksums", totals->bad_checksums);
	json_u64(json, "offload_checksums", totals->offload_checksums);
	json_u64(json, "truncated", totals->truncated);
	json_u64(json, "reordered", totals->reordered);
	json_u64(json, "backward", totals->backward);
	if (totals->backward_first_frame > 0) {
		json_u64(json, "backward_first_frame", totals->backward_first_frame);
		json_i64(json, "backward_ns", totals->backward_ns);
	}
	json_u64(json, "connections", totals->connections);
	json_u64(json, "one_way", totals->one_way);
	json_u64(json, "vlan_asymmetric", totals->vlan_asymmetric);
	json_u64(json, "evicted", totals->evicted);
	if (totals->hosts_evicted > 0)
		json_u64(json, "hosts_evicted", totals->hosts_evicted);
	if (totals->memory_failures > 0)
		json_u64(json, "memory_failures", totals->memory_failures);
	if (capture->has_drops) {
		json_u64(json, "kernel_drops", capture->kernel_drops);
		json_u64(json, "interface_drops", capture->interface_drops);
	}
	if (capture->untimed > 0)
		json_u64(json, "untimed", capture->untimed);
	if (capture->unknown_blocks > 0)
		json_u64(json, "unknown_blocks", capture->unknown_blocks);
	json_bool(json, "damaged", capture->is_damaged);
	quality_json(json, totals, capture);
}

void ndjson_capture(struct text *out, const struct ws_totals *totals, const struct view_capture *capture)
{
	struct fields f;

	fields_begin(&f, out, FIELDS_JSON, "capture");
	ndjson_capture_members(&f, totals, capture);
	fields_end(&f);
}
