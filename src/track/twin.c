/* A table that cannot grow is no reason to exit: twins are just not found. */
#define HASH_NONFATAL_OOM 1

#include "track/twin.h"

#include <stdlib.h>

#include "base/hash.h"

/* How far beyond what was sent an acknowledgement may be: segments may have been lost by the capture. */
#define NEARBY (1 << 24)

void twins_init(struct twins *twins, uint64_t seed)
{
	*twins = (struct twins){ .table = NULL };
	hash_key_init(twins->key, seed);
}

void twins_fini(struct twins *twins)
{
	struct twin *twin = twins->table;

	/* They stay linked in the order in which they came. */
	HASH_CLEAR(hh, twins->table);
	while (twin) {
		struct twin *next = twin->hh.next;

		free(twin);
		twin = next;
	}
}

static unsigned hash_of(const struct twins *twins, const struct flow_key *key)
{
	return (unsigned)hash_keyed(key, sizeof *key, twins->key);
}

static struct twin *find(const struct twins *twins, const struct flow_key *key)
{
	struct twin *twin = NULL;

	HASH_FIND_BYHASHVALUE(hh, twins->table, key, sizeof *key, hash_of(twins, key), twin);
	return twin;
}

static void add(struct twins *twins, const struct flow_key *key, struct ws_connection *c)
{
	struct twin *twin = calloc(1, sizeof *twin);

	if (!twin)
		return;
	twin->key = *key;
	twin->newest = c;
	HASH_ADD_BYHASHVALUE(hh, twins->table, key, sizeof twin->key, hash_of(twins, key), twin);
	if (!twin->hh.tbl)
		free(twin);
}

struct ws_connection *twins_meet(struct twins *twins, struct ws_connection *c)
{
	struct flow_key key = c->key;
	struct ws_connection *other;
	struct twin *twin;

	flow_set_scope(&key, 0);
	twin = find(twins, &key);
	if (!twin) {
		add(twins, &key, c);
		return NULL;
	}
	other = twin->newest;
	twin->newest = c;
	return flow_scope(&other->key) != flow_scope(&c->key) ? other : NULL;
}

void twins_forget(struct twins *twins, const struct ws_connection *c)
{
	struct flow_key key = c->key;
	struct twin *twin;

	flow_set_scope(&key, 0);
	twin = find(twins, &key);
	if (!twin || twin->newest != c)
		return;
	HASH_DEL(twins->table, twin);
	free(twin);
}

size_t twins_bytes(const struct twins *twins)
{
	return HASH_COUNT(twins->table) * sizeof(struct twin);
}

bool twin_is_other_half(const struct ws_connection *other, unsigned who, const struct segment *s)
{
	const struct endpoint *x = &other->detail->pair.side[who];
	const struct endpoint *y = &other->detail->pair.side[!who];
	int32_t ahead;

	if (x->packets > 0 || y->packets == 0 || !(s->flags & WS_FLAG_ACK) || !y->has_seq)
		return false;
	ahead = seq_diff(s->ack, y->snd_max);
	return ahead > -NEARBY && ahead < NEARBY;
}
