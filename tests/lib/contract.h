/*
 * Listens to a tracker that is fed anything at all and holds every event and record against wirestat.h: the order of
 * events, states that begin where the last one told ended, values in their ranges, times and frames that do not run
 * back, and at the end the sums. Says what is broken and aborts, so it serves fuzzing and Check alike.
 */
#ifndef TESTS_CONTRACT_H
#define TESTS_CONTRACT_H

#include "wirestat.h"

#define CONTRACT_EVENTS (WS_MASK(WS_EVENT_COUNT) - 1)

struct contract {
	ws_tracker *tracker; /* NULL: there was no memory for it */
	size_t max_connections;
	uint64_t opened;
	uint64_t ended;
	uint64_t segments;
	uint64_t packets; /* of records that have ended, copies included */
	uint64_t events;
	ws_event_fn *on_event; /* who listens besides, after each check; may be NULL */
	void *user;
};

/* Puts itself into `config` as who listens to all events; whoever listened before (may be NULL) is told after it. Then
 * `tracker` is to be set to what is made with the config. */
void contract_listen(struct contract *contract, struct ws_config *config);

/* Both at once: a new tracker, listened to. `config` may be NULL; its events are not looked at. */
void contract_begin(struct contract *contract, const struct ws_config *config);

/* After each packet: what the tracker holds is within its bounds, and each of it in order. */
void contract_check(const struct contract *contract);

/* The input ends, everything is compared with the totals, and the tracker is freed. */
void contract_end(struct contract *contract);

/* One record, whenever. */
void contract_check_record(const struct ws_record *record);

#endif
