/*
 * What every fuzz target does with a tracker, and what must be true of it whatever was fed.
 */
#ifndef TESTS_FUZZ_EXERCISE_H
#define TESTS_FUZZ_EXERCISE_H

#include <stdlib.h>

#include "wirestat.h"

/* Reads every byte that an event and its connection hand out. */
static void exercise_event(void *user, const struct ws_event *event)
{
	struct ws_record record;
	size_t *sum = user;

	*sum += (size_t)event->from + (size_t)event->to;
	if (event->connection == NULL)
		return;
	ws_connection_record(event->connection, &record);
	if (record.findings_len > WS_FINDINGS_MAX || record.endpoint[WS_CLIENT].path_len > WS_PATH_MAX ||
	    record.endpoint[WS_SERVER].path_len > WS_PATH_MAX)
		abort();
}

/* A bounded tracker that tells of everything. NULL when out of memory. */
static ws_tracker *exercise_new(size_t *sum)
{
	struct ws_config config = {
		.on_event = exercise_event,
		.user = sum,
		.events = WS_MASK(WS_EVENT_COUNT) - 1,
		.max_connections = 16,
	};

	return ws_tracker_new(&config);
}

/* Each packet is a segment or counted under exactly one reason. */
static void exercise_end(ws_tracker *tracker)
{
	struct ws_totals totals;
	uint64_t told;

	ws_tracker_finish(tracker);
	ws_tracker_totals(tracker, &totals);
	told = totals.segments;
	for (size_t i = 0; i < WS_UNDECODED_COUNT; i++)
		told += totals.undecoded[i];
	if (told != totals.packets)
		abort();
	ws_tracker_free(tracker);
}

#endif
