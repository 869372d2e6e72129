/*
 * Which hosts and services the connections belong to.
 */
#include "view/hosts.h"

#include <stdlib.h>
#include <string.h>

#include "view/color.h"
#include "view/parts.h"

#define PORTS 65536
#define ENDS_MIN 256
#define CONNECTIONS_WIDTH 13 /* "  CONNECTIONS" */

void hosts_fini(struct hosts *hosts)
{
	free(hosts->ends);
	free(hosts->groups);
	free(hosts->services);
	*hosts = (struct hosts){ 0 };
}

static bool reserve(struct hosts *hosts)
{
	if (!hosts->services) {
		hosts->services = calloc(PORTS, sizeof(*hosts->services));
		if (!hosts->services)
			return false;
	}
	if (hosts->ends_size - hosts->ends_len >= 2)
		return true;

	size_t size = hosts->ends_size ? 2 * hosts->ends_size : ENDS_MIN;
	struct hosts_end *ends = reallocarray(hosts->ends, size, sizeof(*ends));

	if (!ends)
		return false;
	hosts->ends = ends;
	hosts->ends_size = size;
	return true;
}

void hosts_add(struct hosts *hosts, const struct ws_record *record)
{
	if (hosts->failed || !reserve(hosts)) {
		hosts->failed = true;
		return;
	}
	for (size_t i = 0; i < 2; i++) {
		hosts->ends[hosts->ends_len++] = (struct hosts_end){
			.addr = record->endpoint[i].addr,
			.state = (uint8_t)record->endpoint[i].state,
		};
	}

	const struct ws_endpoint *server = &record->endpoint[WS_SERVER];
	struct hosts_service *service = &hosts->services[server->port];

	service->connections++;
	service->states[server->state]++;
}

static int compare_addr(const struct ws_addr *a, const struct ws_addr *b)
{
	if (a->family != b->family)
		return a->family < b->family ? -1 : 1;
	return memcmp(a->bytes, b->bytes, sizeof(a->bytes));
}

static int by_addr(const void *a, const void *b)
{
	const struct hosts_end *x = a;
	const struct hosts_end *y = b;

	return compare_addr(&x->addr, &y->addr);
}

/* Groups were made in the order of addresses, so that of `start` decides between equals. */
static int by_len(const void *a, const void *b)
{
	const struct hosts_group *x = a;
	const struct hosts_group *y = b;

	if (x->len != y->len)
		return x->len > y->len ? -1 : 1;
	return x->start < y->start ? -1 : x->start > y->start;
}

static int by_connections(const void *a, const void *b)
{
	const struct hosts_service *x = a;
	const struct hosts_service *y = b;

	if (x->connections != y->connections)
		return x->connections > y->connections ? -1 : 1;
	return x->port < y->port ? -1 : x->port > y->port;
}

static size_t run_length(const struct hosts *hosts, size_t start)
{
	size_t end = start + 1;

	while (end < hosts->ends_len && compare_addr(&hosts->ends[start].addr, &hosts->ends[end].addr) == 0)
		end++;
	return end - start;
}

static void rank_hosts(struct hosts *hosts)
{
	size_t count = 0;

	if (hosts->ends_len == 0)
		return;
	qsort(hosts->ends, hosts->ends_len, sizeof(*hosts->ends), by_addr);
	for (size_t i = 0; i < hosts->ends_len; i += run_length(hosts, i))
		count++;
	hosts->groups = calloc(count, sizeof(*hosts->groups));
	if (!hosts->groups) {
		hosts->failed = true;
		return;
	}
	for (size_t i = 0; i < hosts->ends_len; i += hosts->groups[hosts->groups_len++].len)
		hosts->groups[hosts->groups_len] = (struct hosts_group){ .start = i, .len = run_length(hosts, i) };
	qsort(hosts->groups, hosts->groups_len, sizeof(*hosts->groups), by_len);
}

static void rank_services(struct hosts *hosts)
{
	if (!hosts->services)
		return;
	for (size_t port = 0; port < PORTS; port++) {
		if (hosts->services[port].connections == 0)
			continue;
		hosts->services[hosts->services_len] = hosts->services[port];
		hosts->services[hosts->services_len++].port = (uint16_t)port;
	}
	qsort(hosts->services, hosts->services_len, sizeof(*hosts->services), by_connections);
}

void hosts_rank(struct hosts *hosts)
{
	rank_hosts(hosts);
	rank_services(hosts);
}

static void group_states(const struct hosts *hosts, const struct hosts_group *group, uint64_t states[WS_STATE_COUNT])
{
	memset(states, 0, WS_STATE_COUNT * sizeof(states[0]));
	for (size_t i = 0; i < group->len; i++)
		states[hosts->ends[group->start + i].state]++;
}

static void states_object(struct json *json, const uint64_t states[WS_STATE_COUNT])
{
	json_object_begin(json, "states");
	for (unsigned i = 0; i < WS_STATE_COUNT; i++) {
		if (states[i] > 0)
			json_u64(json, ws_state_name((enum ws_state)i), states[i]);
	}
	json_object_end(json);
}

static size_t at_most(size_t len, size_t top)
{
	return len < top ? len : top;
}

/* In TSV addr=connections. */
static void hosts_members(struct fields *f, const struct hosts *hosts, size_t top)
{
	char addr[WS_ADDR_TEXT_MAX];
	uint64_t states[WS_STATE_COUNT];

	for (size_t i = 0; i < at_most(hosts->groups_len, top); i++) {
		const struct hosts_group *group = &hosts->groups[i];

		ws_addr_text(&hosts->ends[group->start].addr, addr);
		if (f->mode != FIELDS_JSON) {
			fields_map_item(f, addr, group->len);
			continue;
		}
		group_states(hosts, group, states);
		json_object_begin(&f->json, NULL);
		json_string(&f->json, "addr", addr);
		json_u64(&f->json, "connections", group->len);
		states_object(&f->json, states);
		json_object_end(&f->json);
	}
}

static void services_members(struct fields *f, const struct hosts *hosts, size_t top)
{
	for (size_t i = 0; i < at_most(hosts->services_len, top); i++) {
		const struct hosts_service *service = &hosts->services[i];
		char port[8];

		if (f->mode != FIELDS_JSON) {
			snprintf(port, sizeof(port), "%u", (unsigned)service->port);
			fields_map_item(f, port, service->connections);
			continue;
		}
		json_object_begin(&f->json, NULL);
		json_u64(&f->json, "port", service->port);
		json_u64(&f->json, "connections", service->connections);
		states_object(&f->json, service->states);
		json_object_end(&f->json);
	}
}

void hosts_fields(struct fields *f, const struct hosts *hosts, size_t top)
{
	fields_list_begin(f, "hosts");
	hosts_members(f, hosts, top);
	fields_list_end(f);
	fields_list_begin(f, "services");
	services_members(f, hosts, top);
	fields_list_end(f);
}

/* What does not fit into `room` columns (0: anything does) gives way to dots. */
static void states_text(struct text *out, const uint64_t states[WS_STATE_COUNT], size_t room, bool color)
{
	size_t used = 0;

	for (unsigned i = 0; i < WS_STATE_COUNT; i++) {
		const char *name = ws_state_name((enum ws_state)i);
		char number[24];

		if (states[i] == 0)
			continue;
		snprintf(number, sizeof(number), " %llu", (unsigned long long)states[i]);
		used += 2 + strlen(name) + strlen(number);
		if (room > 0 && used + 4 > room) {
			text_puts(out, "  ..");
			return;
		}
		text_puts(out, "  ");
		color_state(out, color, (enum ws_state)i);
		text_puts(out, name);
		color_end(out, color);
		text_puts(out, number);
	}
}

struct table_line {
	const char *name;
	size_t name_width;
	uint64_t connections;
	const uint64_t *states;
};

static void table_line(struct text *out, const struct table_line *line, size_t width, bool color)
{
	size_t used = line->name_width + CONNECTIONS_WIDTH;
	size_t from = out->len;

	text_puts(out, line->name);
	text_pad(out, from, line->name_width);
	parts_number(out, line->connections, CONNECTIONS_WIDTH);
	if (width == 0 || width > used)
		states_text(out, line->states, width > 0 ? width - used : 0, color);
	text_char(out, '\n');
}

static void table_heading(struct text *out, const char *name, size_t name_width, bool color)
{
	color_bold(out, color);
	text_puts(out, name);
	text_pad(out, out->len, name_width - strlen(name));
	text_puts(out, "  CONNECTIONS  STATES");
	color_end(out, color);
	text_char(out, '\n');
}

static void host_lines(struct text *out, const struct hosts *hosts, size_t shown, size_t width, bool color)
{
	size_t name_width = strlen("ADDRESS");
	char addr[WS_ADDR_TEXT_MAX];
	uint64_t states[WS_STATE_COUNT];

	for (size_t i = 0; i < shown; i++) {
		size_t len = strlen(ws_addr_text(&hosts->ends[hosts->groups[i].start].addr, addr));

		name_width = len > name_width ? len : name_width;
	}
	table_heading(out, "ADDRESS", name_width, color);
	for (size_t i = 0; i < shown; i++) {
		const struct hosts_group *group = &hosts->groups[i];
		struct table_line line = { addr, name_width, group->len, states };

		ws_addr_text(&hosts->ends[group->start].addr, addr);
		group_states(hosts, group, states);
		table_line(out, &line, width, color);
	}
}

static void service_lines(struct text *out, const struct hosts *hosts, size_t shown, size_t width, bool color)
{
	size_t name_width = strlen("SERVER PORT");
	char port[8];

	table_heading(out, "SERVER PORT", name_width, color);
	for (size_t i = 0; i < shown; i++) {
		const struct hosts_service *service = &hosts->services[i];
		struct table_line line = { port, name_width, service->connections, service->states };

		snprintf(port, sizeof(port), "%u", (unsigned)service->port);
		table_line(out, &line, width, color);
	}
}

void hosts_table(struct text *out, const struct hosts *hosts, size_t top, size_t width, bool color)
{
	size_t host_count = at_most(hosts->groups_len, top);
	size_t service_count = at_most(hosts->services_len, top);

	if (host_count > 0) {
		text_char(out, '\n');
		host_lines(out, hosts, host_count, width, color);
	}
	if (service_count > 0) {
		text_char(out, '\n');
		service_lines(out, hosts, service_count, width, color);
	}
}
