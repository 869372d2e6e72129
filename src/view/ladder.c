/*
 * The ladder view: a figure for each connection, drawn as it ends, those left at the end of input in the order of their
 * first frames. A connection's ladder hangs on its user pointer.
 */
#include <stdlib.h>
#include <string.h>
#include <utlist.h>

#include "view/ladder_text.h"
#include "view/ndjson.h"
#include "view/parts.h"
#include "view/view.h"

struct ladders {
	const struct view_options *options;
	struct text text;
	struct ladder *list; /* under construction */
	size_t budget;
	ws_time start; /* first segment of all that is drawn: the clock of a case */
	ws_time now;   /* as ladders are drawn */
	bool has_begun;
	bool has_printed;
	bool has_met_uid;
	int level;
	char unwanted; /* its address marks connections not to be drawn, or drawn already */
};

static void *ladder_create(const struct view_options *options)
{
	struct ladders *ladders = calloc(1, sizeof(*ladders));

	if (!ladders)
		return NULL;
	ladders->options = options;
	ladders->budget = LADDER_BUDGET;
	return ladders;
}

static void drop(struct ladders *ladders, struct ladder *ladder)
{
	DL_DELETE(ladders->list, ladder);
	ladder_free(ladder);
}

static void ladder_destroy(void *self)
{
	struct ladders *ladders = self;

	while (ladders->list)
		drop(ladders, ladders->list);
	text_fini(&ladders->text);
	free(ladders);
}

static void fail(void)
{
	fputs("wirestat: out of memory, a ladder is incomplete\n", stderr);
}

static bool is_asked_for(struct ladders *ladders, const struct ws_record *record)
{
	if (!ladders->options->uid)
		return true;
	if (strcmp(ladders->options->uid, record->uid) != 0)
		return false;
	ladders->has_met_uid = true;
	return true;
}

/* The connection's ladder, begun now if it has none; NULL when it is not wanted. */
static struct ladder *ladder_of(struct ladders *ladders, ws_connection *connection, const struct ws_record *record)
{
	struct ladder *ladder;

	if (ws_connection_user(connection))
		return ws_connection_user(connection);
	ladder = NULL;
	if (is_asked_for(ladders, record) && view_may_want(ladders->options, record)) {
		ladder = ladder_new(record, &ladders->budget);
		if (ladder)
			DL_APPEND(ladders->list, ladder);
		else
			fail();
	}
	ws_connection_set_user(connection, ladder ? (void *)ladder : &ladders->unwanted);
	return ladder;
}

static void print(struct ladders *ladders, const struct ladder *ladder, const struct ws_record *record)
{
	const struct view_options *options = ladders->options;

	if (ladder->failed)
		fail();
	if (ladders->has_printed && options->format != VIEW_JSON)
		text_char(&ladders->text, '\n');
	ladders->has_printed = true;
	switch (options->format) {
	case VIEW_JSON:
		ladder_json(&ladders->text, ladder, record);
		break;
	case VIEW_TSV:
		ladder_case(&ladders->text, ladder, ladders->start);
		break;
	case VIEW_PEOPLE:
		ladder_people(&ladders->text, ladder, record, options);
		break;
	}
	parts_emit(&ladders->text, options->out);
}

static int draw(void *user, ws_connection *connection)
{
	struct ladders *ladders = user;
	struct ladder *ladder = ws_connection_user(connection);
	struct ws_record record;

	if (!ladder || (void *)ladder == &ladders->unwanted)
		return 0;
	ws_connection_record(connection, &record);
	ladder_settle(ladder, &record);
	if ((ladder->rows_len > 0 || ladder->left_out > 0) && view_wants(ladders->options, &record, ladders->now))
		print(ladders, ladder, &record);
	drop(ladders, ladder);
	ws_connection_set_user(connection, &ladders->unwanted);
	return 0;
}

static void add(struct ladders *ladders, struct ladder *ladder, const struct ws_event *event,
		const struct ws_record *record)
{
	if (event->type == WS_EVENT_SEGMENT) {
		if (!ladders->has_begun)
			ladders->start = event->ts;
		ladders->has_begun = true;
		ladder_segment(ladder, event, record);
	} else if (event->type == WS_EVENT_FINDING) {
		if ((int)event->level + 1 > ladders->level)
			ladders->level = (int)event->level + 1;
		ladder_finding(ladder, event, record);
	} else if (event->frame == 0) {
		ladder_timer(ladder, event, record);
	}
}

static void ladder_on_event(void *self, const struct ws_event *event)
{
	struct ladders *ladders = self;
	struct ws_record record;
	struct ladder *ladder;

	if (!event->connection || ws_connection_user(event->connection) == &ladders->unwanted)
		return;
	ladders->now = event->ts;
	if (event->type == WS_EVENT_END) {
		draw(ladders, event->connection);
		return;
	}
	if ((event->type == WS_EVENT_STATE || event->type == WS_EVENT_RETRACT) && event->frame > 0)
		return; /* its segment tells */
	ws_connection_record(event->connection, &record);
	ladder = ladder_of(ladders, event->connection, &record);
	if (ladder)
		add(ladders, ladder, event, &record);
}

static int ladder_finish(void *self, ws_tracker *tracker, const struct view_capture *capture)
{
	struct ladders *ladders = self;
	struct ws_totals totals;

	ladders->now = ws_tracker_now(tracker);
	if (ws_tracker_each(tracker, draw, ladders) != 0)
		fail();
	if (ladders->options->uid && !ladders->has_met_uid)
		fprintf(stderr, "wirestat: no connection has the UID %s\n", ladders->options->uid);
	if (ladders->options->format == VIEW_JSON) {
		ws_tracker_totals(tracker, &totals);
		ndjson_capture(&ladders->text, &totals, capture);
		parts_emit(&ladders->text, ladders->options->out);
	}
	return ladders->level;
}

const struct view view_ladder = {
	.name = "ladder",
	.summary = "each connection drawn as in the RFC's figures: state, segment, state",
	.events = WS_MASK(WS_EVENT_SEGMENT) | WS_MASK(WS_EVENT_STATE) | WS_MASK(WS_EVENT_RETRACT) |
		  WS_MASK(WS_EVENT_FINDING) | WS_MASK(WS_EVENT_END),
	.create = ladder_create,
	.on_event = ladder_on_event,
	.finish = ladder_finish,
	.destroy = ladder_destroy,
};
