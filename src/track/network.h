/*
 * The networks of a tracker whose keys tell them apart (ws_config.key), and nothing at all where 4-tuples do: which
 * scope a segment is in (scope.h), and which two connections are halves of one (twin.h).
 */
#ifndef TRACK_NETWORK_H
#define TRACK_NETWORK_H

#include "track/scope.h"
#include "track/twin.h"

struct networks {
	enum ws_key key;
	struct scopes scopes;
	struct twins twins;
};

void networks_init(struct networks *networks, enum ws_key key, uint64_t seed);
void networks_fini(struct networks *networks);

/* The scope of `s` goes into `key`, and stays at least until networks_leave is told the same key. False when out of
 * memory. */
bool networks_enter_scope(struct networks *networks, const struct segment *s, struct flow_key *key);

static inline bool networks_enter(struct networks *networks, const struct segment *s, struct flow_key *key)
{
	return networks->key == WS_KEY_4TUPLE || outer_is_clear(&s->outer) || networks_enter_scope(networks, s, key);
}

static inline void networks_leave(struct networks *networks, const struct flow_key *key)
{
	if (networks->key != WS_KEY_4TUPLE)
		scopes_leave(&networks->scopes, flow_scope(key));
}

/* `c` is new, begun while its scope was entered. Returns the connection whose other half it may be, or NULL. */
struct ws_connection *networks_join(struct networks *networks, struct ws_connection *c);

/* `c` goes. */
void networks_part(struct networks *networks, const struct ws_connection *c);

/* Bytes in use, the buckets of the tables left out. */
size_t networks_bytes(const struct networks *networks);

#endif
