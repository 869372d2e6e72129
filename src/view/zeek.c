/*
 * Zeek's conn.log in its tab-separated form (https://docs.zeek.org, logs/conn): a line for each connection as it ends, the
 * client as the originator. Capture time stands for #open and #close, so that one capture gives one file.
 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "view/local.h"
#include "view/parts.h"

struct zeek_log {
	const struct view_options *options;
	struct text text;
	struct local local; /* only what --host tells */
	ws_time now;
	bool has_begun;
};

static const struct {
	const char *name;
	const char *type;
} columns[] = {
	{ "ts", "time" },          { "uid", "string" },          { "id.orig_h", "addr" },
	{ "id.orig_p", "port" },   { "id.resp_h", "addr" },      { "id.resp_p", "port" },
	{ "proto", "enum" },       { "service", "string" },      { "duration", "interval" },
	{ "orig_bytes", "count" }, { "resp_bytes", "count" },    { "conn_state", "string" },
	{ "local_orig", "bool" },  { "local_resp", "bool" },     { "missed_bytes", "count" },
	{ "history", "string" },   { "orig_pkts", "count" },     { "orig_ip_bytes", "count" },
	{ "resp_pkts", "count" },  { "resp_ip_bytes", "count" }, { "tunnel_parents", "set[string]" },
};

#define COLUMNS (sizeof(columns) / sizeof(columns[0]))

/* ---- Head and foot ------------------------------------------------------------------------------------------- */

/* "#open", "#close": 2026-01-02-03-04-05 */
static void mark(struct text *out, const char *name, ws_time t)
{
	char when[CLOCK_TEXT_MAX];

	clock_text(t, when);
	when[strcspn(when, ".Z")] = '\0';
	for (char *at = when; *at; at++)
		if (*at == 'T' || *at == ':')
			*at = '-';
	text_printf(out, "%s\t%s\n", name, when);
}

static void begin(struct zeek_log *log)
{
	if (log->has_begun)
		return;
	log->has_begun = true;
	text_puts(&log->text,
		  "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tconn\n");
	mark(&log->text, "#open", log->now);
	text_puts(&log->text, "#fields");
	for (size_t i = 0; i < COLUMNS; i++)
		text_printf(&log->text, "\t%s", columns[i].name);
	text_puts(&log->text, "\n#types");
	for (size_t i = 0; i < COLUMNS; i++)
		text_printf(&log->text, "\t%s", columns[i].type);
	text_char(&log->text, '\n');
}

/* ---- Lines --------------------------------------------------------------------------------------------------- */

static void seconds(struct text *out, int64_t ns)
{
	parts_seconds(out, ns, 6, 0);
	text_char(out, '\t');
}

static void word(struct text *out, const char *value)
{
	text_printf(out, "%s\t", value && *value ? value : "-");
}

static void count(struct text *out, bool is_known, uint64_t value)
{
	if (is_known)
		text_printf(out, "%llu\t", (unsigned long long)value);
	else
		text_puts(out, "-\t");
}

static void end(struct text *out, const struct ws_endpoint *endpoint)
{
	char addr[WS_ADDR_TEXT_MAX];

	word(out, ws_addr_text(&endpoint->addr, addr));
	count(out, true, endpoint->port);
}

/* As Zeek does: one packet has no duration, and then sizes are not told either. */
static void amounts(struct text *out, const struct ws_record *record)
{
	bool has_duration = record->end > record->start;

	if (has_duration)
		seconds(out, record->end - record->start);
	else
		word(out, NULL);
	count(out, has_duration, record->endpoint[WS_CLIENT].bytes);
	count(out, has_duration, record->endpoint[WS_SERVER].bytes);
}

static void write_line(struct zeek_log *log, const struct ws_record *record)
{
	const struct ws_endpoint *client = &record->endpoint[WS_CLIENT];
	const struct ws_endpoint *server = &record->endpoint[WS_SERVER];
	bool knows_local = log->local.hosts_len > 0;
	struct text *out = &log->text;

	seconds(out, record->start);
	word(out, record->uid);
	end(out, client);
	end(out, server);
	word(out, "tcp");
	word(out, NULL);
	amounts(out, record);
	word(out, record->conn_state);
	word(out, !knows_local ? NULL : local_has(&log->local, &client->addr) ? "T" : "F");
	word(out, !knows_local ? NULL : local_has(&log->local, &server->addr) ? "T" : "F");
	count(out, (record->tags & WS_TAG_GAPS) == 0, 0);
	word(out, record->history);
	count(out, true, client->packets);
	count(out, true, client->ip_bytes);
	count(out, true, server->packets);
	count(out, true, server->ip_bytes);
	text_puts(out, "-\n");
}

static void show(struct zeek_log *log, ws_connection *connection)
{
	struct ws_record record;

	ws_connection_record(connection, &record);
	ws_connection_set_user(connection, log);
	if (!view_wants(log->options, &record, log->now))
		return;
	begin(log);
	write_line(log, &record);
	parts_emit(&log->text, log->options->out);
}

/* ---- The view ------------------------------------------------------------------------------------------------ */

static void *zeek_create(const struct view_options *options)
{
	struct zeek_log *log = calloc(1, sizeof(*log));

	if (!log)
		return NULL;
	log->options = options;
	log->local = (struct local){ .hosts = options->hosts, .hosts_len = options->hosts_len };
	log->now = WS_TIME_NONE;
	return log;
}

static void zeek_on_time(void *self, ws_tracker *tracker, ws_time now)
{
	struct zeek_log *log = self;

	(void)tracker;
	log->now = now;
	begin(log);
}

/* A choice may ask for the time. */
static ws_time zeek_due(const void *self, ws_time now)
{
	const struct zeek_log *log = self;

	(void)now;
	return log->options->choice != NULL ? WS_TIME_NONE : INT64_MAX;
}

static void zeek_on_event(void *self, const struct ws_event *event)
{
	struct zeek_log *log = self;

	if (event->type == WS_EVENT_END)
		show(log, event->connection);
}

/* At the moment of --at no connection has ended for that: they are told as they stand. */
static int show_rest(void *user, ws_connection *connection)
{
	if (ws_connection_user(connection) == NULL)
		show(user, connection);
	return 0;
}

static int zeek_finish(void *self, ws_tracker *tracker, const struct view_capture *capture)
{
	struct zeek_log *log = self;

	(void)capture;
	if (ws_tracker_now(tracker) != WS_TIME_NONE)
		log->now = ws_tracker_now(tracker);
	begin(log);
	if (ws_tracker_each(tracker, show_rest, log) != 0)
		fputs("wirestat: out of memory, the log is incomplete\n", stderr);
	mark(&log->text, "#close", log->now);
	parts_emit(&log->text, log->options->out);
	return 0;
}

static void zeek_destroy(void *self)
{
	struct zeek_log *log = self;

	text_fini(&log->text);
	free(log);
}

const struct view view_zeek = {
	.name = "table",
	.summary = "connections as they end, in the form of Zeek's conn.log",
	.events = WS_MASK(WS_EVENT_END),
	.create = zeek_create,
	.on_event = zeek_on_event,
	.on_time = zeek_on_time,
	.due = zeek_due,
	.finish = zeek_finish,
	.destroy = zeek_destroy,
};
