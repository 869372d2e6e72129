#include "view/verdict_fields.h"

#include "view/verdict.h"

static void option(struct fields *f, const char *name, bool offered, bool answered)
{
	const char *word = offered && answered ? "agreed" : offered ? "declined" : "unasked";

	fields_string(f, name, offered || answered ? word : NULL);
}

static void options(struct fields *f, const struct ws_record *record)
{
	const struct ws_endpoint *client = &record->endpoint[WS_CLIENT];
	const struct ws_endpoint *server = &record->endpoint[WS_SERVER];
	bool has_any = client->wscale >= 0 || server->wscale >= 0 || client->sack || server->sack ||
		       client->timestamps || server->timestamps;

	if (!fields_group_begin(f, "options", client->saw_syn && server->saw_syn && has_any))
		return;
	option(f, "window_scale", client->wscale >= 0, server->wscale >= 0);
	option(f, "sack", client->sack, server->sack);
	option(f, "timestamps", client->timestamps, server->timestamps);
	fields_group_end(f);
}

static void repeats(struct fields *f, const char *name, const struct instances_repeats *r)
{
	if (!fields_group_begin(f, name, r->len > 0))
		return;
	fields_i64(f, "first_gap_ns", true, r->first_gap);
	fields_bool(f, "doubled", r->len > 1, r->is_doubled);
	fields_group_end(f);
}

void verdict_handshake_fields(struct fields *f, const struct ws_record *record, const struct instances *instances)
{
	fields_string(f, "numbers", verdict_numbers(record));
	options(f, record);
	if (!instances || !fields_group_begin(f, "repeats", instances->repeats[0].len + instances->repeats[1].len > 0))
		return;
	repeats(f, "syn", &instances->repeats[0]);
	repeats(f, "syn_ack", &instances->repeats[1]);
	fields_group_end(f);
}
