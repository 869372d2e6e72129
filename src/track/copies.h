/*
 * Which segments the capture has shown before: two mirror ports, both sides of a router or a bridge, a device that
 * shows a packet on its way in and again on its way out. One table for all connections, each segment in the set that
 * its keyed hash gives it, in place of the oldest there: what a flood pushes out is at worst a copy that goes
 * unnoticed. A set is one cache line.
 *
 * A copy has all that the sender gave the segment. It may differ in what the way changes (TTL, link headers, VLAN
 * tags), in what the capture cut off, and in a checksum that the network card of the sender has yet to fill in.
 */
#ifndef TRACK_COPIES_H
#define TRACK_COPIES_H

#include "track/connection.h"

#define COPIES_SETS 4096 /* a power of 2 */
#define COPIES_WAYS 3
#define COPIES_LINE 64 /* bytes */

/* Enough of a segment to know it again. */
struct footprint {
	ws_time ts; /* as captured, even where the clock ran backwards */
	uint32_t tsval;
	uint16_t checksum;
	uint8_t ttl;
	uint8_t traits;
};

struct footprint_set {
	uint32_t check[COPIES_WAYS]; /* of the hash */
	uint32_t next;               /* the way written next */
	struct footprint footprint[COPIES_WAYS];
};

struct copies {
	uint64_t key[3];
	int64_t latest_ns;         /* how late copies have come that could be nothing else */
	struct footprint_set *set; /* COPIES_SETS of them in `room`, from where a line begins */
	struct footprint_set room[COPIES_SETS + 1];
};

/* `copies`, all zero before, becomes an empty table. It must stay where it is. */
void copies_init(struct copies *copies, uint64_t seed);

/* Was `s`, of side `who` of `c`, here before? If not, it is remembered. `ts` is its time as captured. Needs
 * no detail of the connection, and changes only `turn` and `had_good`. */
bool copies_take(struct copies *copies, struct ws_connection *c, unsigned who, const struct segment *s, ws_time ts);

/* The same, but nothing is remembered. */
bool copies_has(struct copies *copies, const struct ws_connection *c, unsigned who, const struct segment *s,
		ws_time ts);

/* `s`, of side `who` of `c`, which is plain (plain.h): it cannot have been here before. It is remembered. */
void copies_note(struct copies *copies, struct ws_connection *c, unsigned who, const struct segment *s, ws_time ts);

#endif
