/*
 * What the full audit remembers of how a connection opened: what each side's SYNs offered, which numbers they and the
 * SYN-ACKs had, and when they were sent.
 */
#ifndef TCP_AUDIT_HANDSHAKE_H
#define TCP_AUDIT_HANDSHAKE_H

#include <stdint.h>

#include "wirestat.h"

struct sight;
struct audit_memory;

/* Bits of opening_memory.seen. */
#define SEEN_OPENING_SYN 1u
#define SEEN_OPENING_SYN_ACK 2u
#define SEEN_PROVOKED 4u /* a SYN or a RST has come that is to be answered by a challenge ACK, and no ACK since */
#define SEEN_PROVOKED_BY_SYN 8u /* it was a SYN */
#define SEEN_CHALLENGE 16u      /* it has answered a SYN so */

/* Of one side. */
struct opening_memory {
	ws_time last_ts;      /* of its newest SYN or SYN-ACK */
	int64_t gap_ns;       /* between the last two, where a timer has sent the second; 0: not known */
	ws_time provoked_ts;  /* where SEEN_PROVOKED */
	uint64_t syns;        /* its SYNs that differ, each a bit by its hash */
	uint64_t syn_acks;    /* its SYN-ACKs that differ, likewise */
	uint32_t syn_ack_seq; /* of its newest SYN-ACK */
	uint32_t syn_ack_ack;
	uint32_t tsval_first; /* of its SYNs */
	uint32_t tsval_last;
	uint16_t window; /* of its first SYN */
	uint16_t mss;
	uint8_t wscale;
	uint8_t offered_first; /* options of its first SYN, enum option_bit */
	uint8_t offered;       /* of all of them */
	uint8_t seen;
};

struct handshake_memory {
	struct opening_memory side[2];
};

void audit_handshake_note(const struct sight *sight, struct audit_memory *memory);
void audit_resyn_note(const struct sight *sight, struct opening_memory *side);

#endif
