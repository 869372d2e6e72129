/*
 * Rules about what the capture lacks of a connection.
 */
#ifndef TCP_AUDIT_CAPTURE_H
#define TCP_AUDIT_CAPTURE_H

#include <stdint.h>

struct capture_memory {
	uint32_t gaps; /* acknowledged, not captured, and not shown since */
};

struct sight;
struct audit_memory;

/* After the rules: takes what `sight` shows into memory. */
void audit_capture_note(const struct sight *sight, struct audit_memory *memory);

#endif
