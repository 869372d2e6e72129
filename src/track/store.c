/* A table that cannot grow is no reason to exit: the connection is just not added. */
#define HASH_NONFATAL_OOM 1

#include "track/store.h"

#include <stdlib.h>

/* There are many tables, which begin small and double by the number that is in them: never because some lie
 * together, which is nothing that somebody outside should be able to bring about. */
#define LOAD_MAX 1
#undef HASH_INITIAL_NUM_BUCKETS
#undef HASH_INITIAL_NUM_BUCKETS_LOG2
#define HASH_INITIAL_NUM_BUCKETS 4U
#define HASH_INITIAL_NUM_BUCKETS_LOG2 2U

_Static_assert(offsetof(struct ws_connection, hh) == 0, "a handle is its connection");

void store_init(struct store *store, uint64_t seed)
{
	memset(store, 0, sizeof *store);
	hash_words_init(store->key, sizeof store->key / sizeof store->key[0], seed);
	slab_init(&store->slab, sizeof(struct ws_connection));
}

/* Of those that have gone nothing is left to be freed. */
static void fini_one(void *place)
{
	connection_fini(place);
}

void store_fini(struct store *store)
{
	free(store->sorted);
	slab_each(&store->slab, fini_one);
	for (size_t i = 0; i < STORE_SLICES; i++) {
		free(store->slice[i].buckets);
		free(store->table[i]);
	}
	slab_fini(&store->slab);
}

/* ---- The table ------------------------------------------------------------------------------------------------- */

struct ws_connection *store_find(const struct store *store, const struct keyed *keyed)
{
	const struct slice *slice = store_slice(store, keyed->hash);
	UT_hash_handle *hh = slice->buckets ? slice->buckets[keyed->hash & slice->mask].hh_head : NULL;

	for (; hh; hh = hh->hh_next) {
		struct ws_connection *c = (struct ws_connection *)(void *)hh;

		if (hh->hashv == keyed->hash && flow_key_is_same(&c->key, &keyed->key))
			return c;
	}
	return NULL;
}

static size_t slice_of(const struct ws_connection *c)
{
	return c->hh.hashv >> (32 - STORE_SLICE_BITS);
}

/* What malloc adds. */
#define OVERHEAD 16

static size_t size_of(const UT_hash_table *table)
{
	return sizeof *table + table->num_buckets * sizeof *table->buckets + 2 * (size_t)OVERHEAD;
}

/* Whether the table of the slice of `c` is there now. */
static bool open_table(struct store *store, struct ws_connection *c)
{
	size_t i = slice_of(c);
	int is_out_of_memory = 0;

	if (store->table[i])
		return true;
	HASH_MAKE_TABLE(hh, c, is_out_of_memory);
	if (is_out_of_memory)
		return false;
	c->hh.tbl->noexpand = 1; /* by itself */
	store->table[i] = c->hh.tbl;
	store->slice[i] = (struct slice){ c->hh.tbl->buckets, c->hh.tbl->num_buckets - 1 };
	store->table_bytes += size_of(c->hh.tbl);
	return true;
}

/* Without memory to double it, chains just become longer. */
static void make_room(struct store *store, size_t i)
{
	UT_hash_table *table = store->table[i];
	int is_out_of_memory = 0;

	if (table->num_items < LOAD_MAX * table->num_buckets)
		return;
	store->table_bytes -= size_of(table);
	HASH_EXPAND_BUCKETS(hh, table, is_out_of_memory);
	store->table_bytes += size_of(table);
	store->slice[i] = (struct slice){ table->buckets, table->num_buckets - 1 };
	(void)is_out_of_memory;
}

static UT_hash_bucket *bucket_of(struct store *store, const struct ws_connection *c)
{
	const struct slice *slice = &store->slice[slice_of(c)];

	return &slice->buckets[c->hh.hashv & slice->mask];
}

static void put(struct store *store, struct ws_connection *c)
{
	int is_out_of_memory = 0;

	c->hh.tbl = store->table[slice_of(c)];
	HASH_ADD_TO_BKT(*bucket_of(store, c), hh, &c->hh, is_out_of_memory);
	(void)is_out_of_memory; /* which a table that does not double cannot be */
	c->hh.tbl->num_items++;
}

static void leave(struct store *store, struct ws_connection *c)
{
	HASH_DEL_IN_BKT(*bucket_of(store, c), &c->hh);
	c->hh.tbl->num_items--;
}

/* Whether it is in the table now. */
static bool enter(struct store *store, struct ws_connection *c)
{
	if (!open_table(store, c))
		return false;
	make_room(store, slice_of(c));
	put(store, c);
	return true;
}

/* `c` takes the place of `old`, another incarnation. Needs no memory. */
static void replace(struct store *store, struct ws_connection *old, struct ws_connection *c)
{
	put(store, c);
	leave(store, old);
}

/* ---- The rows -------------------------------------------------------------------------------------------------- */

static struct ws_connection *before(const struct ws_connection *c)
{
	return (struct ws_connection *)c->hh.prev;
}

static void append(struct row *row, struct ws_connection *c)
{
	c->hh.prev = row->last;
	c->hh.next = NULL;
	if (row->last)
		row->last->hh.next = c;
	else
		row->first = c;
	row->last = c;
}

static void take_out(struct row *row, struct ws_connection *c)
{
	if (c->hh.prev)
		before(c)->hh.next = c->hh.next;
	else
		row->first = store_next(c);
	if (c->hh.next)
		store_next(c)->hh.prev = c->hh.prev;
	else
		row->last = before(c);
}

/* ---- In and out ------------------------------------------------------------------------------------------------ */

static struct ws_connection *make(struct store *store, const struct keyed *keyed, const struct segment *s)
{
	struct ws_connection *c = slab_take(&store->slab);

	if (!c)
		return NULL;
	connection_init(c, &keyed->key, s);
	c->hh.hashv = keyed->hash;
	return c;
}

/* One has come, or goes. */
static void change_len(struct store *store, int by)
{
	store->len += (size_t)by;
	if (store->sorted) {
		free(store->sorted);
		store->sorted = NULL;
	}
}

static void enlist(struct store *store, struct ws_connection *c)
{
	c->is_embryonic = true;
	c->number = ++store->made;
	c->salt = (uint16_t)c->number;
	change_len(store, 1);
	append(&store->embryonic, c);
}

struct ws_connection *store_add_behind(struct store *store, struct ws_connection *c, const struct segment *s)
{
	const struct keyed keyed = { c->key, c->hh.hashv };
	struct ws_connection *behind = make(store, &keyed, s);

	if (!behind)
		return NULL;
	behind->newer = c;
	/* Not one that any other of the 4-tuple will have, since the uid comes of it. */
	behind->incarnation = UINT32_MAX - c->incarnation;
	c->older = behind;
	enlist(store, behind);
	return behind;
}

struct ws_connection *store_add(struct store *store, const struct keyed *keyed, const struct segment *s,
				struct ws_connection *older)
{
	struct ws_connection *c = make(store, keyed, s);

	if (!c)
		return NULL;
	if (!older && !enter(store, c)) {
		slab_give(&store->slab, c);
		return NULL;
	}
	if (older) {
		replace(store, older, c);
		c->older = older;
		older->newer = c;
		c->incarnation = older->incarnation + 1;
	}
	enlist(store, c);
	return c;
}

void store_remove(struct store *store, struct ws_connection *c)
{
	if (c->newer) {
		c->newer->older = c->older;
	} else {
		if (c->older)
			replace(store, c, c->older);
		else
			leave(store, c);
	}
	if (c->older)
		c->older->newer = c->newer;
	take_out(c->is_embryonic ? &store->embryonic : &store->grown, c);
	change_len(store, -1);
	connection_fini(c);
	slab_give(&store->slab, c);
}

void store_grow(struct store *store, struct ws_connection *c)
{
	if (!c->is_embryonic)
		return;
	take_out(&store->embryonic, c);
	append(&store->grown, c);
	c->is_embryonic = false;
}

static struct ws_connection *first_but(const struct row *row, const struct ws_connection *keep)
{
	return row->first && row->first == keep ? store_next(row->first) : row->first;
}

struct ws_connection *store_victim(const struct store *store, const struct ws_connection *keep)
{
	struct ws_connection *victim = first_but(&store->embryonic, keep);

	return victim ? victim : first_but(&store->grown, keep);
}

uint64_t store_bytes(const struct store *store)
{
	return store->len * store->slab.size + store->table_bytes;
}

/* ---- In order -------------------------------------------------------------------------------------------------- */

static int by_number(const void *a, const void *b)
{
	const struct ws_connection *const *x = a;
	const struct ws_connection *const *y = b;

	return ((*x)->number > (*y)->number) - ((*x)->number < (*y)->number);
}

/* None is below it. */
static uint64_t lowest_number(const struct store *store)
{
	uint64_t lowest = store->made + 1;

	if (store->made <= 2 * (uint64_t)store->len)
		return 1;
	if (store->embryonic.first) /* which is in order */
		lowest = store->embryonic.first->number;
	for (const struct ws_connection *c = store->grown.first; c; c = store_next(c))
		lowest = c->number < lowest ? c->number : lowest;
	return lowest;
}

/* Each at the place that its number tells, the empty places taken out. */
static struct ws_connection **place_all(const struct store *store, uint64_t lowest)
{
	uint64_t places = store->made + 1 - lowest;
	struct ws_connection **all = calloc(places + 1, sizeof(struct ws_connection *));
	struct ws_connection *c;
	size_t n = 0;

	if (!all)
		return NULL;
	for (c = store->embryonic.first; c; c = store_next(c))
		all[c->number - lowest] = c;
	for (c = store->grown.first; c; c = store_next(c))
		all[c->number - lowest] = c;
	for (uint64_t i = 0; i < places; i++)
		if (all[i])
			all[n++] = all[i];
	all[n] = NULL;
	return all;
}

static struct ws_connection **sort_all(const struct store *store)
{
	struct ws_connection **all = malloc((store->len + 1) * sizeof(struct ws_connection *));
	struct ws_connection *c;
	size_t n = 0;

	if (!all)
		return NULL;
	for (c = store->embryonic.first; c; c = store_next(c))
		all[n++] = c;
	for (c = store->grown.first; c; c = store_next(c))
		all[n++] = c;
	qsort(all, n, sizeof(struct ws_connection *), by_number);
	all[n] = NULL;
	return all;
}

struct ws_connection *const *store_sorted(struct store *store)
{
	uint64_t lowest;

	if (store->sorted)
		return store->sorted;
	lowest = lowest_number(store);
	/* No more memory than qsort would take. */
	store->sorted =
		store->made + 1 - lowest <= 2 * (uint64_t)store->len ? place_all(store, lowest) : sort_all(store);
	return store->sorted;
}
