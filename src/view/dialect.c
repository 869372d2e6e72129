#include "view/dialect.h"

#include <stdlib.h>
#include <string.h>

#include "view/local.h"
#include "view/parts.h"
#include "view/ticker.h"

#define ROWS_MIN 256

struct dialect {
	const struct view_options *options;
	dialect_print_fn *print;
	struct text text;
	struct ticker ticker;
	struct local local;
	struct dialect_rows rows;
	unsigned family; /* of the pass through the connections */
	bool has_all;
};

/* ---- Rows ---------------------------------------------------------------------------------------------------- */

static int add(struct dialect_rows *rows, const struct dialect_row *row)
{
	if (rows->len == rows->size) {
		size_t size = rows->size ? 2 * rows->size : ROWS_MIN;
		struct dialect_row *more = reallocarray(rows->row, size, sizeof(*more));

		if (!more)
			return WS_ERROR_MEMORY;
		rows->row = more;
		rows->size = size;
	}
	rows->row[rows->len++] = *row;
	return 0;
}

/* A host lists what it has; what it has not, or what nothing is known of, only when all is asked for. A connection's side
 * in LISTEN has not got its SYN: the listener has a row of its own. */
static bool is_wanted(const struct ws_record *record, enum ws_side which, bool has_all)
{
	enum ws_state state = record->endpoint[which].state;

	if (state == WS_LISTEN)
		return record->uid[0] == '\0';
	return has_all || (state != WS_UNKNOWN && state != WS_CLOSED);
}

static int add_side(struct dialect *d, const struct ws_record *record, enum ws_side which)
{
	const struct ws_endpoint *side = &record->endpoint[which];
	const struct ws_endpoint *peer = &record->endpoint[which == WS_CLIENT ? WS_SERVER : WS_CLIENT];

	if (!local_has(&d->local, &side->addr) || !is_wanted(record, which, d->has_all) ||
	    !view_wants_side(d->options, record, d->rows.now, which))
		return 0;
	return add(&d->rows, &(struct dialect_row){ .local = side->addr,
						    .peer = peer->addr,
						    .local_port = side->port,
						    .peer_port = peer->port,
						    .state = side->state,
						    .since = side->since,
						    .two_msl_since = side->two_msl_since });
}

static int add_connection(void *user, ws_connection *connection)
{
	struct dialect *d = user;
	struct ws_record record;
	const struct ws_endpoint *client = &record.endpoint[WS_CLIENT];
	const struct ws_endpoint *server = &record.endpoint[WS_SERVER];
	int result;

	if (!d->has_all && !ws_connection_is_open(connection))
		return 0;
	ws_connection_record(connection, &record);
	if (client->addr.family != d->family)
		return 0;
	d->rows.others += !local_has(&d->local, &client->addr) && !local_has(&d->local, &server->addr);
	result = add_side(d, &record, WS_CLIENT);
	return result ? result : add_side(d, &record, WS_SERVER);
}

/* The server of a connection that any client may begin. */
static int add_listener(void *user, const struct ws_listener *listener)
{
	struct dialect *d = user;
	struct ws_record record = { .start = listener->first_seen, .end = listener->last_seen };

	if (listener->state != WS_PORT_LISTENING || listener->addr.family != d->family)
		return 0;
	record.endpoint[WS_CLIENT] = (struct ws_endpoint){ .addr = { .family = listener->addr.family } };
	record.endpoint[WS_SERVER] =
		(struct ws_endpoint){ .addr = listener->addr, .port = listener->port, .state = WS_LISTEN };
	for (unsigned i = 0; i < 2; i++) {
		record.endpoint[i].since = WS_TIME_NONE;
		record.endpoint[i].two_msl_since = WS_TIME_NONE;
	}
	return add_side(d, &record, WS_SERVER);
}

static int collect_family(struct dialect *d, ws_tracker *tracker, unsigned family)
{
	int result = 0;

	d->family = family;
	if (d->has_all || d->options->listening)
		result = ws_tracker_listeners(tracker, add_listener, d);
	if (result == 0 && (d->has_all || !d->options->listening))
		result = ws_tracker_each(tracker, add_connection, d);
	return result;
}

static int collect(struct dialect *d, ws_tracker *tracker)
{
	int result = local_choose(&d->local, d->options, tracker);

	d->rows.len = 0;
	d->rows.others = 0;
	d->rows.now = ws_tracker_now(tracker);
	if (result == 0)
		result = collect_family(d, tracker, 4);
	return result ? result : collect_family(d, tracker, 6);
}

struct dialect_timer dialect_timer(const struct dialect_row *row, const struct dialect_rows *rows,
				   const struct view_options *options)
{
	int64_t two_msl = options->time_wait_ns > 0 ? options->time_wait_ns : WS_TIME_WAIT_NS;
	int64_t ns;

	if (row->since == WS_TIME_NONE || rows->now == WS_TIME_NONE)
		return (struct dialect_timer){ NULL, 0 };
	ns = row->two_msl_since != WS_TIME_NONE ? row->two_msl_since - rows->now + two_msl : rows->now - row->since;
	return (struct dialect_timer){ row->two_msl_since != WS_TIME_NONE ? "timewait" : "age", ns > 0 ? ns : 0 };
}

/* ---- The view ------------------------------------------------------------------------------------------------ */

void *dialect_create(const struct view_options *options, dialect_print_fn *print, bool has_all)
{
	struct dialect *d = calloc(1, sizeof(*d));

	if (!d)
		return NULL;
	d->options = options;
	d->print = print;
	d->has_all = has_all || options->all;
	ticker_init(&d->ticker, options->every_ns);
	return d;
}

static void show(struct dialect *d, ws_tracker *tracker)
{
	if (collect(d, tracker) != 0)
		fputs("wirestat: out of memory, the list is incomplete\n", stderr);
	d->print(&d->text, &d->rows, d->options);
	parts_emit(&d->text, d->options->out);
}

void dialect_on_time(void *self, ws_tracker *tracker, ws_time now)
{
	struct dialect *d = self;
	ws_time tick;

	while (ticker_passed(&d->ticker, now, &tick)) {
		ws_tracker_advance(tracker, tick);
		show(d, tracker);
	}
}

ws_time dialect_due(const void *self, ws_time now)
{
	const struct dialect *d = self;

	(void)now;
	return ticker_due(&d->ticker);
}

int dialect_finish(void *self, ws_tracker *tracker, const struct view_capture *capture)
{
	struct dialect *d = self;

	(void)capture;
	if (d->ticker.has_begun)
		dialect_on_time(d, tracker, ws_tracker_now(tracker));
	show(d, tracker);
	fflush(d->options->out);
	local_tell(&d->local, stderr);
	if (d->rows.others > 0)
		fprintf(stderr, "wirestat: %llu connections of other hosts are not shown\n",
			(unsigned long long)d->rows.others);
	return 0;
}

void dialect_destroy(void *self)
{
	struct dialect *d = self;

	text_fini(&d->text);
	free(d->rows.row);
	free(d);
}
