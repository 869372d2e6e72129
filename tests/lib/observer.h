/*
 * Listens to the tracker of an exchange: holds every event against wirestat.h (contract.h) and, since it knows when each
 * frame was sent, against that time. Counts, and can keep the story of it all.
 */
#ifndef TESTS_OBSERVER_H
#define TESTS_OBSERVER_H

#include "contract.h"
#include "exchange.h"

#define OBSERVER_FRAMES_MAX 2000

struct observer {
	struct contract contract;
	struct exchange *exchange;
	ws_time frame_ts[OBSERVER_FRAMES_MAX]; /* when each frame was taken */
	uint64_t segments;
	uint64_t retracted;
	uint64_t findings;
	char *story; /* if wanted: one line an event, everything in it but the pointers */
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
