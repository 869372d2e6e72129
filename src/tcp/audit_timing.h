/*
 * What the full audit remembers of the time that things take: since when data
 * waits for its acknowledgement, and how a segment is repeated. Times are in
 * milliseconds, modulo 2^32.
 */
#ifndef TCP_AUDIT_TIMING_H
#define TCP_AUDIT_TIMING_H

#include <stdbool.h>
#include <stdint.h>

struct sight;
struct audit_memory;

struct timing_side {
	uint32_t waits_ms;  /* its oldest unacknowledged byte was sent, or the last
                        finding about that */
	uint32_t again_seq; /* of what it repeated last, while the peer keeps silent */
	uint32_t again_ms;
	uint32_t gap_ms; /* between the last two repetitions of it; 0: there was one */
	bool is_waiting;
	bool is_again;
};

struct timing_memory {
	struct timing_side side[2];
};

void audit_timing_note(const struct sight *sight, struct audit_memory *memory);

#endif
