/*
 * Connections of the same addresses and ports in different scopes, kept where a key has scopes: one of them may be the
 * missing half of the other, its packets tagged differently on their way back.
 */
#ifndef TRACK_TWIN_H
#define TRACK_TWIN_H

#include "track/connection.h"

struct twin {
	UT_hash_handle hh;
	struct flow_key key; /* without a scope */
	struct ws_connection *newest;
};

struct twins {
	struct twin *table;
	uint64_t key[2];
};

void twins_init(struct twins *twins, uint64_t seed);
void twins_fini(struct twins *twins);

/* `c` is new. The newest connection before it of the same addresses and ports, if that is in another scope; else NULL. Out of
 * memory it is as if there were none. */
struct ws_connection *twins_meet(struct twins *twins, struct ws_connection *c);

/* `c` goes. */
void twins_forget(struct twins *twins, const struct ws_connection *c);

size_t twins_bytes(const struct twins *twins);

/* Whether `other`, whose detail is there, has been sent all its segments by the one side that `who` is not, and `s` of side
 * `who` answers them. */
bool twin_is_other_half(const struct ws_connection *other, unsigned who, const struct segment *s);

#endif
