/*
 * All connections of a tracker: found by 4-tuple (uthash with a keyed hash), kept in the order in which they may be evicted,
 * bounded in number. Owns them.
 */
#ifndef TRACK_STORE_H
#define TRACK_STORE_H

#include "track/connection.h"

struct store {
	struct ws_connection *table;     /* uthash: the newest incarnation of each 4-tuple */
	struct ws_connection *embryonic; /* seen from one side only: the first to be evicted, oldest first */
	struct ws_connection *grown;
	uint64_t key[2];
	size_t len;
	uint64_t made;
};

void store_init(struct store *store, uint64_t seed);
void store_fini(struct store *store);

struct ws_connection *store_find(const struct store *store, const struct flow_key *key);

/* A new connection begun by `s`; `older`, if any, was the newest of its 4-tuple. NULL when out of memory. */
struct ws_connection *store_add(struct store *store, const struct flow_key *key, const struct segment *s,
				struct ws_connection *older);

/* A connection that was there before `c` (which has no older one) but shows itself by `s` only now. */
struct ws_connection *store_add_behind(struct store *store, struct ws_connection *c, const struct segment *s);

/* Takes `c` out and frees it. Its timer must have been cancelled. */
void store_remove(struct store *store, struct ws_connection *c);

/* Both sides have spoken: it is no longer among the first to go. */
void store_grow(struct store *store, struct ws_connection *c);

/* The next one to be evicted, but not `keep` (which may be NULL); NULL when there is none. */
struct ws_connection *store_victim(const struct store *store, const struct ws_connection *keep);

/* Bytes of the connections, without what they point to, and of the table. */
uint64_t store_bytes(const struct store *store);

/* All of them in the order of first frames, as a NULL-terminated array that the caller frees; NULL when out of memory. */
struct ws_connection **store_sorted(const struct store *store);

#endif
