/*
 * The gate: all that can be done about a packet before it is known which connection it belongs to. The packet is given its
 * time and decoded, and becomes an entry; entries are taken in order (group.h), one after the other.
 *
 * Invariant: the gate knows nothing of what entries lead to, so it may run ahead of those who take them. What is counted
 * is counted when an entry is taken, so that totals are always those of that moment.
 */
#ifndef TRACK_GATE_H
#define TRACK_GATE_H

#include "track/flow.h"
#include "wire/decode.h"

enum entry_kind {
	ENTRY_SEGMENT,   /* of a packet */
	ENTRY_GIVEN_UP,  /* the segment of a first fragment that waits no longer; its packet is counted already */
	ENTRY_UNDECODED, /* a packet that became none: `reason` */
	ENTRY_RECOUNT,   /* other fragments that are waited for no longer: `lost` */
	ENTRY_TIME,      /* nothing but time */
};

/* Fragments whose first one was not seen in time, and those that there was no room for. */
struct lost_fragments {
	uint64_t incomplete;
	uint64_t ignored;
};

struct entry {
	ws_time now;      /* when it is taken: the newest time so far */
	ws_time captured; /* of a packet: as it was read, which is earlier where the clock ran backwards */
	uint8_t kind;     /* enum entry_kind */
	uint8_t reason;   /* enum ws_undecoded */
	bool is_cut;      /* by the snap length */
	uint8_t who;      /* of a segment: the side that sent it */
	union {
		struct keyed keyed; /* of a segment, scope 0 */
		struct lost_fragments lost;
		struct icmp_quote quote; /* with WS_UNDECODED_icmp_error_for_flow */
	};
	struct segment segment; /* of an undecoded packet: only frame, noticed and outer */
};

struct gate {
	struct decoder *decoder;
	ws_time now;     /* of the newest entry; WS_TIME_NONE before */
	ws_time flushed; /* fragments were last looked at */
};

/* False when out of memory. */
bool gate_init(struct gate *gate);
void gate_fini(struct gate *gate);

/* Entries for a packet, for time that goes by without one, and for what is held back at the end of the input. They go where
 * group_room says; a payload is borrowed from the packet, unless there is a crew. */
void gate_packet(ws_tracker *t, const struct ws_packet *packet);
void gate_time(ws_tracker *t, ws_time now);
void gate_end(ws_tracker *t);

#endif
