#include "view/host_text.h"

#include <string.h>

#include "base/clock.h"
#include "view/audit_people.h"
#include "view/parts.h"

static const struct ws_host_finding no_host = {
	.port = -1,
	.peer_port = -1,
	.interval_ns = -1,
	.age_ns = -1,
	.per_hour = -1,
	.first = WS_TIME_NONE,
	.last = WS_TIME_NONE,
};

void host_record(const struct ws_host_finding *host, struct ws_record *out)
{
	struct ws_endpoint *client = &out->endpoint[WS_CLIENT];
	struct ws_endpoint *server = &out->endpoint[WS_SERVER];

	memset(out, 0, sizeof(*out));
	out->file = UINT32_MAX;
	if (host->port >= 0) {
		server->addr = host->addr;
		server->port = (uint16_t)host->port;
		return;
	}
	client->addr = host->addr;
	server->addr = host->peer;
	server->port = host->peer_port >= 0 ? (uint16_t)host->peer_port : 0;
}

static void end(struct text *out, const struct ws_addr *addr, int32_t port)
{
	char text[PARTS_ENDPOINT_MAX];

	if (addr->family == 0)
		text_puts(out, "*");
	else if (port < 0)
		text_puts(out, ws_addr_text(addr, text));
	else
		parts_endpoint(addr, (uint16_t)port, text);
	if (addr->family != 0 && port >= 0)
		text_puts(out, text);
	else if (port >= 0)
		text_printf(out, ":%d", (int)port);
}

void host_ends(struct text *out, const struct ws_host_finding *host)
{
	if (host->addr.family == 0)
		return;
	text_puts(out, "  ");
	end(out, &host->addr, host->port);
	if (host->peer.family == 0 && host->peer_port < 0)
		return;
	text_puts(out, " -> ");
	end(out, &host->peer, host->peer_port);
}

/* ---- For machines -------------------------------------------------------------------------------------------- */

static void address(struct fields *f, const char *name, const struct ws_addr *addr)
{
	char text[WS_ADDR_TEXT_MAX];

	fields_string(f, name, addr->family != 0 ? ws_addr_text(addr, text) : NULL);
}

void host_columns(struct fields *f, const struct ws_event *event)
{
	const struct ws_host_finding *h = event && event->host ? event->host : &no_host;

	fields_string(f, "scope", h != &no_host ? ws_finding_info(event->finding)->scope : NULL);
	address(f, "addr", &h->addr);
	fields_i64(f, "port", h->port >= 0, h->port);
	address(f, "peer_addr", &h->peer);
	fields_i64(f, "peer_port", h->peer_port >= 0, h->peer_port);
	fields_u64(f, "connections", h != &no_host, h->connections);
	fields_u64(f, "hosts", h->hosts > 0, h->hosts);
	fields_u64(f, "ports", h->ports > 0, h->ports);
	fields_i64(f, "interval_ns", h->interval_ns >= 0, h->interval_ns);
	fields_i64(f, "age_ns", h->age_ns >= 0, h->age_ns);
	fields_i64(f, "per_hour", h->per_hour >= 0, h->per_hour);
	fields_time(f, "first", h->first);
	fields_time(f, "last", h->last);
}

void host_json(struct text *out, const struct ws_event *event)
{
	const struct ws_finding_info *info = ws_finding_info(event->finding);
	struct fields f;

	fields_begin(&f, out, FIELDS_JSON, event->host->is_final ? "host" : "finding");
	fields_time(&f, "ts", event->ts);
	fields_u64(&f, "frame", event->frame > 0, event->frame);
	fields_string(&f, "id", info->id);
	fields_string(&f, "level", ws_level_name(event->level));
	fields_string(&f, "expected", event->expected);
	fields_string(&f, "seen", event->seen);
	fields_string(&f, "rfc", info->source);
	fields_u64(&f, "count", true, event->host->count);
	host_columns(&f, event);
	fields_end(&f);
}

/* ---- For people ---------------------------------------------------------------------------------------------- */

void host_people(struct text *out, const struct ws_event *event, bool color)
{
	const struct ws_host_finding *host = event->host;
	char span[CLOCK_TEXT_MAX];

	audit_people_label(out, event->level, color);
	text_puts(out, ws_finding_info(event->finding)->id);
	host_ends(out, host);
	text_printf(out, "  %s", event->seen);
	if (host->hosts > 0 && host->ports > 0)
		text_printf(out, ", %llu ports", (unsigned long long)host->ports);
	if (host->connections > 0 && host->first < host->last)
		text_printf(out, "; %llu connections in %s", (unsigned long long)host->connections,
			    clock_duration_text(host->last - host->first, span));
	text_char(out, '\n');
}

bool host_is_wanted(const struct view_options *options)
{
	return !options->choice;
}
