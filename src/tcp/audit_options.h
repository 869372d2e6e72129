/*
 * What the full audit remembers of the options of a connection. audit_options.c has the rules about a segment alone,
 * audit_agreed.c those about what the SYNs have agreed on.
 */
#ifndef TCP_AUDIT_OPTIONS_H
#define TCP_AUDIT_OPTIONS_H

#include <stdint.h>

struct sight;
struct audit_memory;

/* Bits of options_memory.seen beyond those of enum option_oddity. */
#define SEEN_AUTH (UINT32_C(1) << 27) /* MD5 or AO */
#define SEEN_MPTCP (UINT32_C(1) << 28)
#define SEEN_SYN_CUT (UINT32_C(1) << 29)    /* its SYN may have had options that were not captured, or cannot be told */
#define SEEN_TSVAL (UINT32_C(1) << 30)      /* `tsval` counts */
#define SEEN_FAST_CLOCK (UINT32_C(1) << 31) /* its time stamps tick faster than once a millisecond */

/* What Linux raises a smaller MSS to (TCP_MIN_MSS): less leaves no room beside the longest headers. */
#define MSS_MIN 88

/* For each side. */
struct options_memory {
	uint32_t seen[2];
	uint32_t tsval[2]; /* newest, of whatever segment */
};

/* Of the topics in audit.h, those of audit_agreed.c that are up. */
uint32_t audit_agreed_topics(const struct sight *sight);
void audit_options_note(const struct sight *sight, struct audit_memory *memory);
void audit_agreed_note(const struct sight *sight, struct options_memory *memory);

#endif
