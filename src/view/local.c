/*
 * Whose side is "local". The ends of all connections are sorted by address: no hash that hostile addresses could slow down.
 */
#include "view/local.h"

#include <stdlib.h>
#include <string.h>

#define ENDS_MIN 256

struct end {
	struct ws_addr addr;
	bool is_server;
};

struct ends {
	struct end *end;
	size_t len;
	size_t size;
};

static bool is_same(const struct ws_addr *a, const struct ws_addr *b)
{
	return a->family == b->family && memcmp(a->bytes, b->bytes, sizeof(a->bytes)) == 0;
}

/* 127.0.0.0/8 (RFC 1122 3.2.1.3), ::1 (RFC 4291 2.5.3). */
static bool is_loopback(const struct ws_addr *addr)
{
	static const uint8_t one[16] = { [15] = 1 };

	return addr->family == 4 ? addr->bytes[0] == 127 : memcmp(addr->bytes, one, sizeof(one)) == 0;
}

bool local_has(const struct local *local, const struct ws_addr *addr)
{
	if (is_loopback(addr))
		return true;
	for (size_t i = 0; i < local->hosts_len; i++)
		if (is_same(&local->hosts[i], addr))
			return true;
	for (size_t i = 0; i < 2; i++)
		if (is_same(&local->chosen[i], addr))
			return true;
	return false;
}

/* ---- Choosing ------------------------------------------------------------------------------------------------ */

static bool reserve(struct ends *ends)
{
	size_t size = ends->size ? 2 * ends->size : ENDS_MIN;
	struct end *end;

	if (ends->size - ends->len >= 2)
		return true;
	end = reallocarray(ends->end, size, sizeof(*end));
	if (!end)
		return false;
	ends->end = end;
	ends->size = size;
	return true;
}

static int take_ends(void *user, ws_connection *connection)
{
	struct ends *ends = user;
	struct ws_record record;

	if (!reserve(ends))
		return WS_ERROR_MEMORY;
	ws_connection_outline(connection, &record);
	for (unsigned i = 0; i < 2; i++)
		if (!is_loopback(&record.endpoint[i].addr))
			ends->end[ends->len++] = (struct end){ record.endpoint[i].addr, i == WS_SERVER };
	return 0;
}

static int by_addr(const void *a, const void *b)
{
	const struct end *x = a;
	const struct end *y = b;

	if (x->addr.family != y->addr.family)
		return x->addr.family < y->addr.family ? -1 : 1;
	return memcmp(x->addr.bytes, y->addr.bytes, sizeof(x->addr.bytes));
}

static void choose(struct local *local, const struct ends *ends)
{
	size_t most[2] = { 0 };
	size_t most_served[2] = { 0 };
	size_t run = 0;

	for (size_t i = 0; i < ends->len; i += run) {
		const struct ws_addr *addr = &ends->end[i].addr;
		unsigned family = addr->family == 6;
		size_t served = 0;

		for (run = 0; i + run < ends->len && is_same(&ends->end[i + run].addr, addr); run++)
			served += ends->end[i + run].is_server;
		if (run < most[family] || (run == most[family] && served <= most_served[family]))
			continue;
		most[family] = run;
		most_served[family] = served;
		local->chosen[family] = *addr;
	}
}

int local_choose(struct local *local, const struct view_options *options, ws_tracker *tracker)
{
	struct ends ends = { 0 };
	int result;

	local->hosts = options->hosts;
	local->hosts_len = options->hosts_len;
	if (local->hosts_len > 0)
		return 0;
	result = ws_tracker_each(tracker, take_ends, &ends);
	if (result == 0) {
		if (ends.len > 0)
			qsort(ends.end, ends.len, sizeof(*ends.end), by_addr);
		choose(local, &ends);
	}
	free(ends.end);
	return result;
}

void local_tell(const struct local *local, FILE *out)
{
	char text[WS_ADDR_TEXT_MAX];
	const char *lead = "wirestat: local is ";

	if (local->hosts_len > 0)
		return;
	for (size_t i = 0; i < 2; i++) {
		if (local->chosen[i].family == 0)
			continue;
		fprintf(out, "%s%s", lead, ws_addr_text(&local->chosen[i], text));
		lead = " and ";
	}
	if (*lead == ' ')
		fputs(", which most connections have; --host chooses another\n", out);
}
