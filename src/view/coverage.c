/*
 * The view of coverage: every connection's settled path, taken when no more can come of it.
 */
#include "view/coverage.h"

#include <stdlib.h>

#include "view/ndjson.h"
#include "view/parts.h"

struct covering {
	const struct view_options *options;
	struct text text;
	struct coverage sum;
};

static void *coverage_create(const struct view_options *options)
{
	struct covering *covering = calloc(1, sizeof(*covering));

	if (!covering)
		return NULL;
	covering->options = options;
	if (options->merged)
		covering->sum = *options->merged;
	return covering;
}

static void coverage_destroy(void *self)
{
	struct covering *covering = self;

	text_fini(&covering->text);
	free(covering);
}

static int take(void *user, ws_connection *connection)
{
	struct covering *covering = user;
	struct ws_record record;

	if (ws_connection_user(connection))
		return 0;
	ws_connection_set_user(connection, covering);
	ws_connection_record(connection, &record);
	if (view_wants(covering->options, &record, record.end))
		coverage_add(&covering->sum, &record);
	return 0;
}

static void coverage_on_event(void *self, const struct ws_event *event)
{
	take(self, event->connection);
}

static int coverage_finish(void *self, ws_tracker *tracker, const struct view_capture *capture)
{
	struct covering *covering = self;
	struct ws_totals totals;

	if (ws_tracker_each(tracker, take, covering) != 0)
		fputs("wirestat: out of memory, connections are missing\n", stderr);
	if (covering->options->svg)
		coverage_svg(&covering->text, &covering->sum);
	else
		coverage_write(&covering->text, &covering->sum, covering->options);
	if (covering->options->format == VIEW_JSON) {
		ws_tracker_totals(tracker, &totals);
		ndjson_capture(&covering->text, &totals, capture);
	}
	parts_emit(&covering->text, covering->options->out);
	return 0;
}

void view_coverage_merged(FILE *out, const struct view_options *options)
{
	struct text text = { 0 };

	if (options->svg)
		coverage_svg(&text, options->merged);
	else
		coverage_write(&text, options->merged, options);
	parts_emit(&text, out);
	text_fini(&text);
}

const struct view view_coverage = {
	.name = "audit",
	.summary = "which arrows of the state machine were gone along",
	.events = WS_MASK(WS_EVENT_END),
	.create = coverage_create,
	.on_event = coverage_on_event,
	.finish = coverage_finish,
	.destroy = coverage_destroy,
};
