/*
 * A group: entries (gate.h) that were made ahead and are then taken in order, each at its own time. What will be needed of
 * memory is known for all of them before the first is taken, and is fetched meanwhile.
 */
#ifndef TRACK_GROUP_H
#define TRACK_GROUP_H

#include "track/gate.h"

/* Fewer leave the memory idle, more do not stay in the cache. */
#define GROUP_MAX 32
/* Of payloads: of two of the longest packets of IP. Longer ones are seldom. */
#define GROUP_BYTES 131072

/* All zero is an empty one that keeps no payloads. */
struct group {
	size_t len;
	size_t bytes_len;
	uint8_t *bytes; /* payloads that must outlive their packets; NULL: none must */
	struct entry entry[GROUP_MAX];
};

/* Payloads of its entries shall be kept, from now on. False when out of memory. */
bool group_keep_payloads(struct group *group);
void group_fini(struct group *group);

/* Takes all entries: then it is empty. 0, or WS_ERROR_MEMORY when there was no memory for one of them. */
int group_take(ws_tracker *t, struct group *group);

/* Room for one more entry of the tracker. When the group that it fills has none, that is passed on: taken, or handed to the
 * crew. */
struct entry *group_room(ws_tracker *t);

/* With a crew: sees to it that an entry with so many bytes of payload finds room for them. */
void group_reserve(ws_tracker *t, size_t bytes);

/* With a crew: the payload of the newest entry may be looked at after its packet is gone. */
void group_keep(ws_tracker *t, struct entry *entry);

/* Passes on what there is. 0, or WS_ERROR_MEMORY when since the last call there was no memory for an entry. */
int group_pass(ws_tracker *t);

#endif
