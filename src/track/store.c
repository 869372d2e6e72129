/* A table that cannot grow is no reason to exit: the connection is just not added. */
#define HASH_NONFATAL_OOM 1

#include "track/store.h"

#include <stdlib.h>
#include <utlist.h>

#include "base/hash.h"

static unsigned hash_of(const struct store *store, const struct flow_key *key)
{
	return (unsigned)hash_keyed(key, sizeof *key, store->key);
}

void store_init(struct store *store, uint64_t seed)
{
	*store = (struct store){ .table = NULL };
	hash_key_init(store->key, seed);
}

static void free_list(struct ws_connection *head)
{
	struct ws_connection *c;
	struct ws_connection *next;

	DL_FOREACH_SAFE(head, c, next) {
		connection_fini(c);
		free(c);
	}
}

void store_fini(struct store *store)
{
	HASH_CLEAR(hh, store->table);
	free_list(store->embryonic);
	free_list(store->grown);
}

struct ws_connection *store_find(const struct store *store, const struct flow_key *key)
{
	struct ws_connection *found = NULL;

	HASH_FIND_BYHASHVALUE(hh, store->table, key, sizeof *key, hash_of(store, key), found);
	return found;
}

/* Whether it is in the table now. */
static bool enter(struct store *store, struct ws_connection *c)
{
	unsigned hash = hash_of(store, &c->key);

	c->hh.tbl = NULL;
	HASH_ADD_BYHASHVALUE(hh, store->table, key, sizeof c->key, hash, c);
	return c->hh.tbl != NULL;
}

/* `c` takes the place of `old`, another incarnation. A table that is not empty and need not grow allocates nothing, so this
 * cannot fail. */
static void replace(struct store *store, struct ws_connection *old, struct ws_connection *c)
{
	UT_hash_table *table = store->table->hh.tbl;
	unsigned noexpand = table->noexpand;

	table->noexpand = 1;
	enter(store, c);
	table->noexpand = noexpand;
	HASH_DEL(store->table, old);
}

static void enlist(struct store *store, struct ws_connection *c)
{
	c->is_embryonic = true;
	c->number = ++store->made;
	store->len++;
	DL_APPEND(store->embryonic, c);
}

struct ws_connection *store_add_behind(struct store *store, struct ws_connection *c, const struct segment *s)
{
	struct ws_connection *behind = malloc(sizeof *behind);

	if (!behind)
		return NULL;
	connection_init(behind, &c->key, s);
	behind->newer = c;
	/* Not one that any other of the 4-tuple will have, since the uid comes of it. */
	behind->incarnation = UINT32_MAX - c->incarnation;
	c->older = behind;
	enlist(store, behind);
	return behind;
}

struct ws_connection *store_add(struct store *store, const struct flow_key *key, const struct segment *s,
				struct ws_connection *older)
{
	struct ws_connection *c = malloc(sizeof *c);

	if (!c)
		return NULL;
	connection_init(c, key, s);
	if (!older && !enter(store, c)) {
		free(c);
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
			HASH_DEL(store->table, c);
	}
	if (c->older)
		c->older->newer = c->newer;
	if (c->is_embryonic)
		DL_DELETE(store->embryonic, c);
	else
		DL_DELETE(store->grown, c);
	store->len--;
	connection_fini(c);
	free(c);
}

void store_grow(struct store *store, struct ws_connection *c)
{
	if (!c->is_embryonic)
		return;
	DL_DELETE(store->embryonic, c);
	DL_APPEND(store->grown, c);
	c->is_embryonic = false;
}

static struct ws_connection *first_but(struct ws_connection *head, const struct ws_connection *keep)
{
	return head && head == keep ? head->next : head;
}

struct ws_connection *store_victim(const struct store *store, const struct ws_connection *keep)
{
	struct ws_connection *victim = first_but(store->embryonic, keep);

	return victim ? victim : first_but(store->grown, keep);
}

/* What malloc adds. */
#define OVERHEAD 16

uint64_t store_bytes(const struct store *store)
{
	uint64_t bytes = store->len * (sizeof(struct ws_connection) + OVERHEAD);

	if (store->table)
		bytes += HASH_OVERHEAD(hh, store->table) - store->table->hh.tbl->num_items * sizeof(UT_hash_handle);
	return bytes;
}

static int by_number(const void *a, const void *b)
{
	const struct ws_connection *const *x = a;
	const struct ws_connection *const *y = b;

	return ((*x)->number > (*y)->number) - ((*x)->number < (*y)->number);
}

struct ws_connection **store_sorted(const struct store *store)
{
	struct ws_connection **all = malloc((store->len + 1) * sizeof(struct ws_connection *));
	struct ws_connection *c;
	size_t n = 0;

	if (!all)
		return NULL;
	DL_FOREACH(store->embryonic, c)
		all[n++] = c;
	DL_FOREACH(store->grown, c)
		all[n++] = c;
	qsort(all, n, sizeof(struct ws_connection *), by_number);
	all[n] = NULL;
	return all;
}
