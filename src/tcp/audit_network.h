/*
 * Rules about what lies below TCP: addresses that no connection can have, and a side whose link address or hop count
 * changes on the way.
 */
#ifndef TCP_AUDIT_NETWORK_H
#define TCP_AUDIT_NETWORK_H

#include <stdint.h>

/* Of each side. */
struct network_memory {
	uint32_t link[2][2]; /* source addresses of its frames, folded (wire/outer.h), the two seen last; 0: none */
	uint32_t tap;        /* file and interface that they were seen at */
	uint8_t ttl[2];      /* usual; 0: nothing was seen */
	uint8_t ttl_odd[2];  /* of its newest segment, if that was not the usual one; else 0 */
};

struct sight;
struct audit_memory;

/* After the rules: takes what `sight` shows into memory. */
/* Of the topics in audit.h, those of this subject that are up. */
uint32_t audit_network_topics(const struct sight *sight);
void audit_network_note(const struct sight *sight, struct audit_memory *memory);

#endif
