/*
 * What the full audit remembers of what was sent, to tell what is sent again: a few payloads of each side as checksums,
 * how often the oldest was repeated, and when its retransmission timer was started.
 */
#ifndef TCP_AUDIT_AGAIN_H
#define TCP_AUDIT_AGAIN_H

#include <stdbool.h>
#include <stdint.h>

#include "wirestat.h"

struct sight;
struct audit_memory;

#define AGAIN_PAYLOADS 4

/* What was captured of a payload; `len` 0: nothing. */
struct payload {
	uint32_t seq;
	uint32_t len;
	uint32_t sum;
};

/* For each side. */
struct again_memory {
	/* Of those not acknowledged the oldest, which are the next to be repeated, and the newest. */
	struct payload payload[2][AGAIN_PAYLOADS];
	ws_time timer_ts[2]; /* RFC 6298 5: the timer was started, or restarted */
	uint32_t seq[2];     /* repeated last ... */
	uint8_t times[2];    /* ... so often, at most 255 */
};

/* Of the topics in audit.h, those of this subject that are up. */
uint32_t audit_again_topics(const struct sight *sight);
void audit_again_note(const struct sight *sight, struct audit_memory *memory);

#endif
