/*
 * The audit: each finding as it comes, a verdict on the handshake and the close of each connection as it ends, then how
 * many findings there were, by id and level. What was told of a connection hangs on its user pointer; the view's own
 * address there marks one that has its verdict.
 */
#include <stdlib.h>
#include <utlist.h>

#include "view/audit_people.h"
#include "view/host_text.h"
#include "view/ndjson.h"
#include "view/parts.h"
#include "view/quality.h"

struct audit {
	const struct view_options *options;
	struct text text;
	struct audit_sum sum;
	struct instances *list; /* of the connections that have no verdict yet */
	ws_time now;            /* as verdicts are given */
	int level;              /* highest, plus 1 */
	bool has_hosts;         /* the section on hosts has begun */
	bool lacks_memory;      /* of what was told of a connection */
};

static void *audit_create(const struct view_options *options)
{
	struct audit *audit = calloc(1, sizeof(*audit));

	if (!audit)
		return NULL;
	audit->options = options;
	if (options->format == VIEW_TSV) {
		audit_tsv(&audit->text, FIELDS_TSV_NAMES, options, "", NULL, NULL, NULL);
		parts_emit(&audit->text, options->out);
	}
	return audit;
}

static void drop(struct audit *audit, struct instances *instances)
{
	DL_DELETE(audit->list, instances);
	instances_free(instances);
}

static void audit_destroy(void *self)
{
	struct audit *audit = self;

	while (audit->list)
		drop(audit, audit->list);
	text_fini(&audit->text);
	free(audit);
}

/* ---- Findings ----------------------------------------------------------------------------------------------- */

/* What was told of the connection; NULL when it has its verdict, or there is no memory: then all is told. */
static struct instances *instances_at(struct audit *audit, ws_connection *connection)
{
	struct instances *instances = ws_connection_user(connection);

	if ((void *)instances == audit)
		return NULL;
	if (instances)
		return instances;
	instances = instances_new();
	if (!instances) {
		audit->lacks_memory = true;
		return NULL;
	}
	DL_APPEND(audit->list, instances);
	ws_connection_set_user(connection, instances);
	return instances;
}

/* Adds it up, unless it is left out or accepted. */
static bool counts(struct audit *audit, const struct ws_event *event, const struct ws_record *record)
{
	enum view_standing standing = view_judge(audit->options, record, event->finding);

	audit->sum.accepted += standing == VIEW_ACCEPTED;
	if (standing != VIEW_COUNTS)
		return false;
	audit->sum.findings[event->finding]++;
	audit->sum.levels[event->level]++;
	if ((int)event->level + 1 > audit->level)
		audit->level = (int)event->level + 1;
	return true;
}

static bool is_to_be_told(struct audit *audit, const struct ws_event *event, const struct ws_record *record)
{
	uint32_t most = audit->options->format == VIEW_PEOPLE ? AUDIT_TOLD_PEOPLE : AUDIT_TOLD_MACHINES;
	struct instances *instances = record ? instances_at(audit, event->connection) : NULL;
	bool is_told;

	if (instances && record)
		instances_repeat(instances, event, record);
	if (!counts(audit, event, record))
		return false;
	if (!instances)
		return true;
	is_told = instances_take(instances, event, most);
	audit->lacks_memory |= !instances_of(instances, event->finding);
	return is_told;
}

/* Names take longest, and no line for people has any; a baseline may tell connections by whether they have one. */
static void read_record(const struct audit *audit, const ws_connection *connection, struct ws_record *out)
{
	if (audit->options->format == VIEW_PEOPLE && !audit->options->sieve)
		ws_connection_outline(connection, out);
	else
		ws_connection_record(connection, out);
}

static void take_finding(struct audit *audit, const struct ws_event *event)
{
	const struct view_options *options = audit->options;
	struct ws_record storage;
	const struct ws_record *record = NULL;

	if (event->connection) {
		read_record(audit, event->connection, &storage);
		record = &storage;
		if (!view_wants(options, record, event->ts))
			return;
	}
	if (!is_to_be_told(audit, event, record))
		return;
	if (options->format == VIEW_JSON)
		ndjson_event(&audit->text, FIELDS_JSON, event, record);
	else if (options->format == VIEW_TSV)
		audit_tsv(&audit->text, FIELDS_TSV_VALUES, options, "finding", event, record, NULL);
	else
		audit_people_finding(&audit->text, event, record, options->color);
	parts_emit(&audit->text, options->out);
}

/* ---- Verdicts ----------------------------------------------------------------------------------------------- */

static void print_verdict(struct audit *audit, const struct ws_record *record, const struct instances *instances)
{
	const struct view_options *options = audit->options;

	audit->sum.verdicts++;
	if (options->format == VIEW_JSON)
		audit_json_verdict(&audit->text, options, record, instances);
	else if (options->format == VIEW_TSV)
		audit_tsv(&audit->text, FIELDS_TSV_VALUES, options, "verdict", NULL, record, NULL);
	else
		audit_people_verdict(&audit->text, options, record, instances);
	parts_emit(&audit->text, options->out);
}

static int give_verdict(void *user, ws_connection *connection)
{
	struct audit *audit = user;
	struct instances *instances = ws_connection_user(connection);
	struct ws_record record;

	if ((void *)instances == audit)
		return 0;
	ws_connection_set_user(connection, audit);
	read_record(audit, connection, &record);
	if (view_wants(audit->options, &record, audit->now))
		print_verdict(audit, &record, instances);
	if (instances)
		drop(audit, instances);
	return 0;
}

/* ---- Hosts -------------------------------------------------------------------------------------------------- */

static void print_host(struct audit *audit, const struct ws_event *event)
{
	const struct view_options *options = audit->options;
	bool is_final = event->host->is_final;

	if (options->format == VIEW_JSON) {
		host_json(&audit->text, event);
	} else if (options->format == VIEW_TSV) {
		audit_tsv(&audit->text, FIELDS_TSV_VALUES, options, is_final ? "host" : "finding", event, NULL, NULL);
	} else if (is_final) {
		text_puts(&audit->text, audit->has_hosts ? "" : "\nhosts\n");
		audit->has_hosts = true;
		host_people(&audit->text, event, options->color);
	} else {
		audit_people_finding(&audit->text, event, NULL, options->color);
	}
	parts_emit(&audit->text, options->out);
}

/* Its last numbers count no second time. */
static void take_host(struct audit *audit, const struct ws_event *event)
{
	struct ws_record record;
	bool is_wanted;

	if (!host_is_wanted(audit->options))
		return;
	host_record(event->host, &record);
	if (event->host->is_final)
		is_wanted = view_judge(audit->options, &record, event->finding) == VIEW_COUNTS;
	else
		is_wanted = counts(audit, event, &record);
	if (is_wanted)
		print_host(audit, event);
}

static void audit_on_event(void *self, const struct ws_event *event)
{
	struct audit *audit = self;

	audit->now = event->ts;
	if (event->type == WS_EVENT_FINDING)
		take_finding(audit, event);
	else if (event->type == WS_EVENT_HOST)
		take_host(audit, event);
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
	if (audit->lacks_memory)
		fputs("wirestat: out of memory, verdicts may lack findings\n", stderr);
	ws_tracker_totals(tracker, &totals);
	if (options->format == VIEW_JSON) {
		audit_json_summary(&audit->text, &audit->sum);
		ndjson_capture(&audit->text, &totals, capture);
	} else if (options->format == VIEW_TSV) {
		audit_tsv_summary(&audit->text, options, &audit->sum);
	} else {
		text_char(&audit->text, '\n');
		quality_people(&audit->text, &totals, capture);
		audit_people_summary(&audit->text, &audit->sum, options->color);
	}
	parts_emit(&audit->text, options->out);
	return audit->level;
}

const struct view view_audit = {
	.name = "audit",
	.summary = "findings, and a verdict on the handshake and the close of each connection",
	.events = WS_MASK(WS_EVENT_FINDING) | WS_MASK(WS_EVENT_HOST) | WS_MASK(WS_EVENT_END),
	.full_audit = true,
	.create = audit_create,
	.on_event = audit_on_event,
	.finish = audit_finish,
	.destroy = audit_destroy,
};
