/*
 * Listens to a tracker and holds every event against the contract of wirestat.h: the order within a segment, states that
 * begin where the last one ended, the time of an event, CLOSE and END where they belong, one uid throughout, and at the end
 * the totals. Fails the test where it is broken.
 */
#ifndef TESTS_OBSERVER_H
#define TESTS_OBSERVER_H

#include "exchange.h"

#define OBSERVER_EVENTS (WS_MASK(WS_EVENT_COUNT) - 1)
#define OBSERVER_FRAMES_MAX 2000

struct observer {
	struct exchange *exchange;
	ws_time frame_ts[OBSERVER_FRAMES_MAX]; /* when each frame was taken */
	uint64_t segments;
	uint64_t opened;
	uint64_t ended;
	uint64_t retracted;
	uint64_t findings;
	uint64_t packets; /* of records that have ended, copies included */
	char *story;      /* if wanted: one line an event, everything in it but the pointers */
	size_t story_len;
	size_t story_size;
};

/* A new tracker in `x`, listened to. */
void observer_begin(struct observer *observer, struct exchange *x, uint64_t seed);

/* The same, and the story is kept; the caller frees it. */
void observer_begin_story(struct observer *observer, struct exchange *x, uint64_t seed);

/* The input ends, everything is compared with the totals, and the tracker is freed. */
void observer_end(struct observer *observer, struct exchange *x);

#endif
