/*
 * What the full audit remembers of the close of a connection. audit_close.c has
 * the rules that are always asked, audit_teardown.c the rest.
 */
#ifndef TCP_AUDIT_TEARDOWN_H
#define TCP_AUDIT_TEARDOWN_H

#include <stdbool.h>
#include <stdint.h>

struct sight;
struct audit_memory;

struct teardown_memory {
	uint32_t next[2];             /* beyond each side's newest segment, wherever that lies */
	bool has_sent_half_closed[2]; /* data, after it had the peer's FIN */
};

void audit_teardown_note(const struct sight *sight, struct audit_memory *memory);

#endif
