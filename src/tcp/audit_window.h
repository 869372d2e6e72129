/*
 * What the full audit remembers of the windows of a connection: what each side offered last, and since when nothing.
 */
#ifndef TCP_AUDIT_WINDOW_H
#define TCP_AUDIT_WINDOW_H

#include <stdbool.h>
#include <stdint.h>

#include "wirestat.h"

struct sight;
struct audit_memory;

enum window_flag {
	WINDOW_KNOWN = 1u << 0, /* a segment of the side counts for what stands here */
	WINDOW_EDGE = 1u << 1,  /* `right` counts */
	WINDOW_STUCK_TOLD = 1u << 2,
	WINDOW_UNSCALED_TOLD = 1u << 3,
};

/* For each side, by its newest segment that is no RST. */
struct window_memory {
	ws_time zero_ts[2]; /* its window is 0 since then; 0: it is not */
	uint32_t right[2];  /* right edge */
	uint32_t ack[2];
	uint16_t window[2]; /* as it stands in the header */
	uint8_t flags[2];
};

bool window_is_closed(const struct audit_memory *memory, unsigned who);

/* A segment in sequence that acknowledges and offers what the sender's segment before did. */
bool window_says_the_same(const struct sight *sight);

/* In bytes; an unknown scale (endpoint_shift) makes it as wide as it can be. */
uint32_t window_of(const struct sight *sight);

/* Of the topics in audit.h, those of this subject that are up. */
uint32_t audit_window_topics(const struct sight *sight);
void audit_window_note(const struct sight *sight, struct audit_memory *memory);

#endif
