#include "cli/kernel_check.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "capture/sockdiag.h"
#include "view/parts.h"

/* A difference of opinion about one end. They stand in the order of the connections' numbers, sides within. */
struct difference {
	uint64_t number;
	enum ws_side side;
	enum ws_state ours;
	enum ws_state kernel;
	bool is_told;
};

struct differences {
	struct difference *list;
	size_t len;
	size_t size;
};

/* What came out for one end at a time, added up. */
struct counts {
	uint64_t agreed;
	uint64_t divergent;
	uint64_t unsettled; /* differed for the first time */
	uint64_t unknown;   /* the kernel has a state, the segments tell none */
};

struct kernel_check {
	const struct ws_addr *addresses;
	size_t addresses_len;
	enum view_format format;
	FILE *out;
	struct sockdiag *kernel;
	struct differences before;
	struct differences now;
	size_t cursor; /* in `before` */
	uint64_t checks;
	uint64_t found; /* divergences, each counted once */
	struct counts current;
	struct counts total;
	struct text text; /* the divergences that are new */
	struct json json;
	ws_time time;
};

struct kernel_check *kernel_check_new(const struct ws_addr *addresses, size_t addresses_len, enum view_format format,
				      FILE *out)
{
	struct kernel_check *check = calloc(1, sizeof(*check));

	if (check == NULL)
		return NULL;
	check->addresses = addresses;
	check->addresses_len = addresses_len;
	check->format = format;
	check->out = out;
	check->kernel = sockdiag_new();
	if (check->kernel != NULL && sockdiag_take(check->kernel))
		return check;
	kernel_check_free(check);
	return NULL;
}

void kernel_check_free(struct kernel_check *check)
{
	if (check == NULL)
		return;
	sockdiag_free(check->kernel);
	free(check->before.list);
	free(check->now.list);
	text_fini(&check->text);
	free(check);
}

int kernel_check_descriptor(const struct kernel_check *check)
{
	return sockdiag_descriptor(check->kernel);
}

/* ---- Telling ------------------------------------------------------------------------------------------------- */

/* The share of those that were settled; without any, all is well. */
static double agreement(const struct counts *counts)
{
	uint64_t settled = counts->agreed + counts->divergent;

	return settled == 0 ? 1.0 : (double)counts->agreed / (double)settled;
}

static void tell_person(struct kernel_check *check, const struct ws_record *record, const struct difference *d)
{
	const struct ws_endpoint *local = &record->endpoint[d->side];
	const struct ws_endpoint *remote = &record->endpoint[d->side == WS_CLIENT ? WS_SERVER : WS_CLIENT];
	char ends[2][PARTS_ENDPOINT_MAX];

	parts_endpoint(&local->addr, local->port, ends[0]);
	parts_endpoint(&remote->addr, remote->port, ends[1]);
	text_printf(&check->text, "wirestat: kernel check: %s to %s: here ", ends[0], ends[1]);
	parts_state(&check->text, d->ours, parts_is_presumed(local));
	text_printf(&check->text, ", in the kernel %s\n", ws_state_name(d->kernel));
}

static void tell_machine(struct kernel_check *check, const struct ws_record *record, const struct difference *d)
{
	const struct ws_endpoint *local = &record->endpoint[d->side];
	const struct ws_endpoint *remote = &record->endpoint[d->side == WS_CLIENT ? WS_SERVER : WS_CLIENT];
	struct json *json = &check->json;
	char addr[WS_ADDR_TEXT_MAX];

	json_object_begin(json, NULL);
	json_string(json, "uid", record->uid);
	json_string(json, "side", ws_side_name(d->side));
	json_string(json, "addr", ws_addr_text(&local->addr, addr));
	json_u64(json, "port", local->port);
	json_string(json, "peer_addr", ws_addr_text(&remote->addr, addr));
	json_u64(json, "peer_port", remote->port);
	json_string(json, "state", ws_state_name(d->ours));
	json_string(json, "proven", ws_state_name(local->proven));
	json_string(json, "kernel", ws_state_name(d->kernel));
	json_object_end(json);
}

static void tell(struct kernel_check *check, const struct ws_record *record, struct difference *d)
{
	check->found++;
	d->is_told = true;
	if (check->format == VIEW_JSON)
		tell_machine(check, record, d);
	else
		tell_person(check, record, d);
}

static void begin_telling(struct kernel_check *check)
{
	text_clear(&check->text);
	if (check->format != VIEW_JSON)
		return;
	json_init(&check->json, &check->text);
	json_object_begin(&check->json, NULL);
	json_string(&check->json, "type", "check");
	json_u64(&check->json, "schema", 1);
	json_time(&check->json, "ts", check->time);
	json_array_begin(&check->json, "divergences");
}

static void end_telling(struct kernel_check *check)
{
	const struct counts *c = &check->current;
	struct json *json = &check->json;

	if (check->format != VIEW_JSON) {
		parts_emit(&check->text, stderr);
		return;
	}
	json_array_end(json);
	json_u64(json, "compared", c->agreed + c->divergent + c->unsettled);
	json_u64(json, "agreed", c->agreed);
	json_u64(json, "divergent", c->divergent);
	json_u64(json, "unsettled", c->unsettled);
	json_u64(json, "unknown", c->unknown);
	json_object_end(json);
	json_line_end(json);
	parts_emit(&check->text, check->out);
}

/* ---- Comparing ----------------------------------------------------------------------------------------------- */

static bool is_local(const struct kernel_check *check, const struct ws_addr *addr)
{
	for (size_t i = 0; i < check->addresses_len; i++)
		if (check->addresses[i].family == addr->family &&
		    memcmp(check->addresses[i].bytes, addr->bytes, sizeof(addr->bytes)) == 0)
			return true;
	return false;
}

static bool keep(struct differences *d, const struct difference *new)
{
	if (d->len == d->size) {
		size_t size = d->size > 0 ? 2 * d->size : 64;
		struct difference *list = reallocarray(d->list, size, sizeof(*list));

		if (list == NULL)
			return false;
		d->list = list;
		d->size = size;
	}
	d->list[d->len++] = *new;
	return true;
}

static bool is_before(const struct difference *a, const struct difference *b)
{
	return a->number != b->number ? a->number < b->number : a->side < b->side;
}

/* Both lists go through the connections in the same order. */
static const struct difference *last_time(struct kernel_check *check, const struct difference *d)
{
	const struct differences *before = &check->before;
	const struct difference *found;

	while (check->cursor < before->len && is_before(&before->list[check->cursor], d))
		check->cursor++;
	if (check->cursor == before->len)
		return NULL;
	found = &before->list[check->cursor];
	if (is_before(d, found))
		return NULL;
	return found->ours == d->ours && found->kernel == d->kernel ? found : NULL;
}

static int differ(struct kernel_check *check, const struct ws_record *record, struct difference *d)
{
	const struct difference *before = last_time(check, d);

	if (before == NULL) {
		check->current.unsettled++;
	} else {
		check->current.divergent++;
		d->is_told = before->is_told;
		if (!d->is_told)
			tell(check, record, d);
	}
	return keep(&check->now, d) ? 0 : WS_ERROR_MEMORY;
}

/* A side in LISTEN has no socket of its own for the connection. */
static enum ws_state with_socket(enum ws_state state)
{
	return state == WS_LISTEN ? WS_CLOSED : state;
}

static int compare_end(struct kernel_check *check, const struct ws_record *record, uint64_t number, enum ws_side side)
{
	const struct ws_endpoint *local = &record->endpoint[side];
	const struct ws_endpoint *remote = &record->endpoint[side == WS_CLIENT ? WS_SERVER : WS_CLIENT];
	struct difference d = { .number = number, .side = side, .ours = with_socket(local->state) };

	d.kernel = sockdiag_state(check->kernel, &local->addr, local->port, &remote->addr, remote->port);
	if (d.kernel == WS_CLOSED && (d.ours == WS_CLOSED || !is_local(check, &local->addr)))
		return 0;
	if (d.ours == WS_UNKNOWN)
		check->current.unknown += d.kernel != WS_CLOSED;
	else if (d.ours == d.kernel)
		check->current.agreed++;
	else
		return differ(check, record, &d);
	return 0;
}

static int compare_connection(void *user, ws_connection *connection)
{
	struct kernel_check *check = user;
	uint64_t number = ws_connection_number(connection);
	struct ws_record record;
	int result;

	ws_connection_record(connection, &record);
	result = compare_end(check, &record, number, WS_CLIENT);
	return result != 0 ? result : compare_end(check, &record, number, WS_SERVER);
}

static void add(struct counts *total, const struct counts *counts)
{
	total->agreed += counts->agreed;
	total->divergent += counts->divergent;
	total->unsettled += counts->unsettled;
	total->unknown += counts->unknown;
}

void kernel_check_run(struct kernel_check *check, ws_tracker *tracker, ws_time now)
{
	struct differences old = check->before;

	if (!sockdiag_take(check->kernel)) {
		fprintf(stderr, "wirestat: kernel check: the kernel does not answer: %s\n", strerror(errno));
		return;
	}
	check->time = now;
	check->cursor = 0;
	check->now.len = 0;
	check->current = (struct counts){ 0 };
	begin_telling(check);
	if (ws_tracker_each(tracker, compare_connection, check) != 0)
		fputs("wirestat: kernel check: out of memory, it is incomplete\n", stderr);
	end_telling(check);
	check->checks++;
	add(&check->total, &check->current);
	check->before = check->now;
	check->now = old;
}

void kernel_check_report(const struct kernel_check *check)
{
	const struct counts *c = &check->total;

	fprintf(stderr,
		"wirestat: kernel check: %.1f %% agreement in %llu %s: %llu agreed, %llu differed (%llu %s), "
		"%llu not settled, %llu unknown here\n",
		100.0 * agreement(c), (unsigned long long)check->checks, check->checks == 1 ? "check" : "checks",
		(unsigned long long)c->agreed, (unsigned long long)c->divergent, (unsigned long long)check->found,
		check->found == 1 ? "divergence" : "divergences", (unsigned long long)c->unsettled,
		(unsigned long long)c->unknown);
}
