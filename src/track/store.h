/*
 * All connections of a tracker: found by 4-tuple (uthash with a keyed hash), kept in the order in which they may be
 * evicted, bounded in number. Owns them.
 *
 * The table is cut into slices by the highest bits of the hash, each a table of uthash of its own: one that doubles
 * stops the tracker no longer than its share takes. Of uthash the buckets are used and the links of its handles, but
 * not the order of a table, which would be one per slice: the links for that order hold the two lists, which go through
 * all slices.
 */
#ifndef TRACK_STORE_H
#define TRACK_STORE_H

#include "base/fetch.h"
#include "base/hash.h"
#include "base/slab.h"
#include "track/connection.h"

#define STORE_SLICE_BITS 11
#define STORE_SLICES (1u << STORE_SLICE_BITS)

/* Of a record: those that the ordinary segment needs. */
#define STORE_LINES_FETCHED 2
#define STORE_COURSE_LINES 6
#define STORE_AHEAD 8

/* What finding needs of a table, copied from it so that the table itself need not be touched. */
struct slice {
	UT_hash_bucket *buckets; /* NULL while nothing was ever in it */
	uint32_t mask;           /* one less than there are */
};

/* Oldest first, by the handles' links. */
struct row {
	struct ws_connection *first;
	struct ws_connection *last;
};

struct store {
	struct slice slice[STORE_SLICES]; /* of `table`: the newest incarnation of each 4-tuple */
	UT_hash_table *table[STORE_SLICES];
	struct row embryonic; /* seen from one side only: the first to be evicted */
	struct row grown;
	struct slab slab;
	uint64_t key[4];
	size_t len;
	uint64_t made;
	uint64_t table_bytes;
	struct ws_connection **sorted; /* NULL when they have changed since */
};

/* The one after `c` in its row. */
static inline struct ws_connection *store_next(const struct ws_connection *c)
{
	return (struct ws_connection *)c->hh.next;
}

void store_init(struct store *store, uint64_t seed);
void store_fini(struct store *store);

static inline uint32_t store_hash(const struct store *store, const struct flow_key *key)
{
	return (uint32_t)hash_tuple(key, store->key);
}

static inline const struct slice *store_slice(const struct store *store, uint32_t hash)
{
	return &store->slice[hash >> (32 - STORE_SLICE_BITS)];
}

static inline void store_fetch_lines(const void *p, size_t lines)
{
	if (!p)
		return;
	for (size_t i = 0; i < lines; i++)
		fetch_line((const char *)p + i * SLAB_LINE);
}

/* Fetches what store_find will need, and what will be needed of what it finds, in three steps, each of which looks
 * at what the one before has fetched. First the bucket; NULL when there is none. */
static inline const UT_hash_bucket *store_prefetch_bucket(const struct store *store, uint32_t hash)
{
	const struct slice *slice = store_slice(store, hash);
	const UT_hash_bucket *bucket = slice->buckets ? &slice->buckets[hash & slice->mask] : NULL;

	fetch_line(bucket);
	return bucket;
}

/* Its first record; NULL when there is none. */
static inline const UT_hash_handle *store_prefetch_record(const UT_hash_bucket *bucket)
{
	store_fetch_lines(bucket->hh_head, STORE_LINES_FETCHED);
	return bucket->hh_head;
}

/* What the ordinary segment needs of its course (courses.h); or the next record, where another comes first. */
static inline void store_prefetch_course(const UT_hash_handle *hh, uint32_t hash)
{
	if (hh->hashv != hash)
		store_fetch_lines(hh->hh_next, STORE_LINES_FETCHED);
	else
		store_fetch_lines(((const struct ws_connection *)(const void *)hh)->course, STORE_COURSE_LINES);
}

/* Fetches what will be looked at soon by whoever goes through an array that ends with NULL, `at` its next. */
static inline void store_prefetch_ahead(struct ws_connection *const *at)
{
	for (size_t i = 0; i < STORE_AHEAD; i++)
		if (!at[i])
			return;
	store_fetch_lines(at[STORE_AHEAD - 1], STORE_LINES_FETCHED);
	store_fetch_lines(at[STORE_AHEAD / 2]->course, STORE_COURSE_LINES);
}

struct ws_connection *store_find(const struct store *store, const struct keyed *keyed);

/* A new connection begun by `s`; `older`, if any, was the newest of its 4-tuple. NULL when out of memory. */
struct ws_connection *store_add(struct store *store, const struct keyed *keyed, const struct segment *s,
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

/* All of them in the order of first frames, as a NULL-terminated array that stays until one comes or goes; NULL when
 * out of memory. */
struct ws_connection *const *store_sorted(struct store *store);

#endif
