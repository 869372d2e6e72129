/*
 * What the full audit remembers of the acknowledgements of a connection: of the cumulative ones (audit_ack.c) and of the
 * selective ones (audit_sack.c).
 */
#ifndef TCP_AUDIT_ACK_H
#define TCP_AUDIT_ACK_H

#include <stdbool.h>
#include <stdint.h>

#include "wirestat.h"

struct sight;
struct audit_memory;

/* For each side. */
struct ack_memory {
	uint32_t unseen[2]; /* highest number acknowledged that was not captured, as far as told */
	uint32_t newest[2]; /* highest number acknowledged, by a RST as well */
	bool has_unseen[2];
	bool has_newest[2];
	uint8_t duplicates[2]; /* in a row, at most 255 */

	/* An exchange of bare ACKs that nobody gets anything from. */
	uint8_t storm;      /* those that cannot be accepted, at most 255 */
	uint8_t storm_from; /* who sent the newest */
	ws_time storm_ts;
};

struct sack_memory {
	ws_time ts[2]; /* of the segment that reported `left` to `right` */
	uint32_t left[2];
	uint32_t right[2];
	bool is_set[2];
};

/* Of the topics in audit.h, those of this subject that are up. */
uint32_t audit_ack_topics(const struct sight *sight);
void audit_ack_note(const struct sight *sight, struct audit_memory *memory);
void audit_sack_note(const struct sight *sight, struct audit_memory *memory);

#endif
