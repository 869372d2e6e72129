/*
 * Counts: connections by state, once at the end of input or as a series, one line for each multiple of an interval of
 * capture time. A line tells the states just before that moment's packets, timers expired. The series keeps its counts
 * by events (each connection's user pointer is the cell of the matrix it was last counted in), so that a tick costs nothing however
 * many connections there are; the final counts are taken from the connections themselves.
 */
#include <stdlib.h>
#include <string.h>

#include "view/hosts.h"
#include "view/ndjson.h"
#include "view/parts.h"
#include "view/tally.h"
#include "view/ticker.h"
#include "view/view.h"

struct count {
	const struct view_options *options;
	struct text text;
	struct tally running; /* of the series */
	struct tally chosen;  /* the same of a choice */
	ws_time now;          /* as the choice is asked */
	struct ticker ticker;
	struct tally total; /* at the end */
	struct hosts hosts;
};

/* ---- The series --------------------------------------------------------------------------------------------- */

static void move(struct count *count, ws_connection *connection, bool is_counted)
{
	uint64_t *cells = &count->running.pair[0][0];
	uint64_t *cell = ws_connection_user(connection);
	struct ws_record record;

	if (cell)
		tally_remove(&count->running, (enum ws_state)((cell - cells) / WS_STATE_COUNT),
			     (enum ws_state)((cell - cells) % WS_STATE_COUNT));
	ws_connection_set_user(connection, NULL);
	if (!is_counted)
		return;
	ws_connection_glance(connection, &record);

	enum ws_state client = record.endpoint[WS_CLIENT].state;
	enum ws_state server = record.endpoint[WS_SERVER].state;

	tally_add(&count->running, client, server);
	ws_connection_set_user(connection, &count->running.pair[client][server]);
}

static void count_on_event(void *self, const struct ws_event *event)
{
	struct count *count = self;

	if (event->connection)
		move(count, event->connection, event->type != WS_EVENT_END && ws_connection_is_open(event->connection));
}

/* The object of one moment; in JSON hosts and services belong to the last one of a run alone. */
static void object_members(struct fields *f, const struct count *count, ws_time at, const struct tally *tally,
			   bool is_last)
{
	fields_time(f, "at", at);
	tally_fields(f, tally);
	if (is_last || f->mode != FIELDS_JSON)
		hosts_fields(f, &count->hosts, count->options->top);
}

static void print_tick(struct count *count, ws_time at, const struct tally *tally)
{
	const struct view_options *options = count->options;
	struct fields f;

	if (options->format == VIEW_PEOPLE) {
		parts_time(&count->text, at);
		text_puts(&count->text, "  ");
		tally_line(&count->text, tally, options->color);
		text_char(&count->text, '\n');
	} else {
		fields_begin(&f, &count->text, options->format == VIEW_JSON ? FIELDS_JSON : FIELDS_TSV_VALUES, "count");
		object_members(&f, count, at, tally, false);
		fields_end(&f);
	}
	parts_emit(&count->text, options->out);
}

static int add_chosen(void *user, ws_connection *connection)
{
	struct count *count = user;
	struct ws_record record;

	if (!ws_connection_is_open(connection))
		return 0;
	ws_connection_outline(connection, &record);
	if (view_wants(count->options, &record, count->now))
		tally_add(&count->chosen, record.endpoint[WS_CLIENT].state, record.endpoint[WS_SERVER].state);
	return 0;
}

/* What a choice asks of can change without an event, so its counts are taken anew. */
static const struct tally *tally_at(struct count *count, ws_tracker *tracker, ws_time tick)
{
	if (!count->options->choice)
		return &count->running;
	count->now = tick;
	memset(&count->chosen, 0, sizeof(count->chosen));
	if (ws_tracker_each(tracker, add_chosen, count) != 0)
		fputs("wirestat: out of memory, the counts are incomplete\n", stderr);
	return &count->chosen;
}

static void count_on_time(void *self, ws_tracker *tracker, ws_time now)
{
	struct count *count = self;
	ws_time tick;

	while (ticker_passed(&count->ticker, now, &tick)) {
		ws_tracker_advance(tracker, tick);
		print_tick(count, tick, tally_at(count, tracker, tick));
	}
}

static ws_time count_due(const void *self, ws_time now)
{
	const struct count *count = self;

	(void)now;
	return ticker_due(&count->ticker);
}

/* ---- The end ------------------------------------------------------------------------------------------------ */

static int add_open(void *user, ws_connection *connection)
{
	struct count *count = user;
	struct ws_record record;

	if (!ws_connection_is_open(connection))
		return 0;
	if (count->options->choice)
		ws_connection_outline(connection, &record);
	else
		ws_connection_glance(connection, &record);
	if (!view_wants(count->options, &record, count->now))
		return 0;
	tally_add(&count->total, record.endpoint[WS_CLIENT].state, record.endpoint[WS_SERVER].state);
	if (count->options->top > 0)
		hosts_add(&count->hosts, &record);
	return 0;
}

static void print_last_object(struct count *count, ws_tracker *tracker, const struct view_capture *capture)
{
	bool is_json = count->options->format == VIEW_JSON;
	struct ws_totals totals;
	struct fields f;

	ws_tracker_totals(tracker, &totals);
	fields_begin(&f, &count->text, is_json ? FIELDS_JSON : FIELDS_TSV_VALUES, "count");
	object_members(&f, count, ws_tracker_now(tracker), &count->total, true);
	if (is_json && fields_group_begin(&f, "capture", true)) {
		ndjson_capture_members(&f, &totals, capture);
		fields_group_end(&f);
	}
	fields_end(&f);
	if (is_json)
		ndjson_capture(&count->text, &totals, capture);
}

static int count_finish(void *self, ws_tracker *tracker, const struct view_capture *capture)
{
	struct count *count = self;
	const struct view_options *options = count->options;

	if (count->ticker.has_begun)
		count_on_time(count, tracker, ws_tracker_now(tracker));
	count->now = ws_tracker_now(tracker);
	if (ws_tracker_each(tracker, add_open, count) != 0)
		fputs("wirestat: out of memory, the counts are incomplete\n", stderr);
	hosts_rank(&count->hosts);
	if (count->hosts.failed)
		fputs("wirestat: out of memory, hosts and services are incomplete\n", stderr);
	if (options->format != VIEW_PEOPLE) {
		print_last_object(count, tracker, capture);
	} else if (options->every_ns > 0) {
		if (count->ticker.has_begun)
			print_tick(count, ws_tracker_now(tracker), &count->total);
	} else {
		tally_table(&count->text, &count->total, options->width, options->color);
		hosts_table(&count->text, &count->hosts, options->top, options->width, options->color);
	}
	parts_emit(&count->text, options->out);
	return 0;
}

static void *count_create(const struct view_options *options)
{
	struct count *count = calloc(1, sizeof(*count));
	struct fields f;

	if (!count)
		return NULL;
	count->options = options;
	ticker_init(&count->ticker, options->every_ns);
	if (options->format == VIEW_TSV) {
		fields_begin(&f, &count->text, FIELDS_TSV_NAMES, "count");
		object_members(&f, count, WS_TIME_NONE, &count->total, false);
		fields_end(&f);
		parts_emit(&count->text, options->out);
	}
	return count;
}

static void count_destroy(void *self)
{
	struct count *count = self;

	text_fini(&count->text);
	hosts_fini(&count->hosts);
	free(count);
}

/* Only the series is kept by events. */
static unsigned count_events_for(const struct view_options *options)
{
	return options->every_ns > 0 ? view_count.events : 0;
}

const struct view view_count = {
	.name = "count",
	.summary = "connections per state and side, per pair of states, host and service",
	.events = WS_MASK(WS_EVENT_OPEN) | WS_MASK(WS_EVENT_STATE) | WS_MASK(WS_EVENT_RETRACT) |
		  WS_MASK(WS_EVENT_CLOSE) | WS_MASK(WS_EVENT_END),
	.events_for = count_events_for,
	.create = count_create,
	.on_event = count_on_event,
	.on_time = count_on_time,
	.due = count_due,
	.finish = count_finish,
	.destroy = count_destroy,
};
