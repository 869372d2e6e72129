/*
 * A group: entries (gate.h) that were made ahead and are then taken in order, each at its own time. What will be needed of
 * memory is known for all of them before the first is taken, and is fetched meanwhile.
 */
#ifndef TRACK_GROUP_H
#define TRACK_GROUP_H

#include "track/gate.h"

/* Fewer leave the memory idle, more do not stay in the cache. */
#define GROUP_MAX 32
/* Of payloads: of the longest packet that libpcap knows. */
#define GROUP_BYTES 262144

struct group {
	size_t len;
	size_t bytes_len;
	uint8_t *bytes; /* payloads that must outlive their packets; NULL: none must */
	struct entry entry[GROUP_MAX];
};

/* An empty one. False when out of memory. */
bool group_init(struct group *group, bool keeps_payloads);
void group_fini(struct group *group);

/* Takes all entries: then it is empty. 0, or WS_ERROR_MEMORY when there was no memory for one of them. */
int group_take(ws_tracker *t, struct group *group);

/* Of the group that the tracker fills: room for one more entry. When there is none, the group is passed on: taken, or
 * handed to the crew. */
struct entry *group_room(ws_tracker *t);

/* Sees to it that an entry with so many bytes of payload finds room for them. */
void group_reserve(ws_tracker *t, size_t bytes);

/* The payload of the newest entry may be looked at after its packet is gone. */
void group_keep(ws_tracker *t, struct entry *entry);

/* Passes on what there is. 0, or WS_ERROR_MEMORY when since the last call there was no memory for an entry. */
int group_pass(ws_tracker *t);

#endif
