/*
 * Segments that only ask whether the peer is still there, or still has no room: keep-alives (RFC 9293 3.8.4) and probes of
 * a closed window (3.8.6.1). Deployed stacks send both in the same form, a number that was used before; a closed window
 * tells them apart.
 */
#ifndef TCP_AUDIT_PROBE_H
#define TCP_AUDIT_PROBE_H

#include <stdbool.h>
#include <stdint.h>

struct sight;
struct audit_memory;

enum probe { PROBE_NONE, PROBE_KEEP_ALIVE, PROBE_WINDOW };

/* For each side. */
struct probe_memory {
	uint8_t last[2];        /* enum probe: what its newest segment was */
	uint8_t keep_alives[2]; /* in a row that nothing has answered, at most 255 */
	uint8_t byte[2];        /* the newest probe of a window had one, beyond all that was sent */
};

/* What the segment is, by how things stood before it. */
enum probe probe_of(const struct sight *sight);

/* It acknowledges the byte that the peer has just sent to probe its window. */
bool probe_is_taken(const struct sight *sight);

/* Of the topics in audit.h, those of this subject that are up. */
uint32_t audit_probe_topics(const struct sight *sight);
void audit_probe_note(const struct sight *sight, struct audit_memory *memory);

#endif
