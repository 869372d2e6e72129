/*
 * Addresses and ports to which connections were tried: those that answered SYN-ACK were in LISTEN; others refused, or gave
 * no answer. A connection is folded in once, when it leaves the tracker; those still there are added whenever somebody asks,
 * so that no segment costs anything for this. Bounded: ports that never listened are forgotten first, then the one that
 * was touched longest ago, and counted.
 */
#ifndef TRACK_LISTENER_H
#define TRACK_LISTENER_H

#include "track/store.h"

#define LISTENERS_MAX 65536

/* Hashed and compared as bytes: `unused` is zero. */
struct listener_key {
	uint8_t addr[16];
	uint16_t port;
	uint8_t family;
	uint8_t unused;
};

/* What connections to it met, by enum ws_port_state. */
struct sightings {
	uint64_t count;
	ws_time first;
	ws_time last;
};

struct listener {
	UT_hash_handle hh;
	struct listener *prev; /* in its list, touched longest ago first */
	struct listener *next;
	struct listener_key key;
	struct sightings seen[WS_PORT_STATE_COUNT];
	uint64_t accepted;
	uint64_t half_open;
};

struct listeners {
	struct listener *table;    /* uthash */
	struct listener *answered; /* has sent a SYN-ACK */
	struct listener *others;
	uint64_t key[2];
	size_t len;
	size_t max;
	uint64_t evicted; /* or not taken for lack of memory */
};

void listeners_init(struct listeners *listeners, uint64_t seed, size_t max);
void listeners_fini(struct listeners *listeners);

/* Takes what `c` tells of its responder. `is_over`: it leaves, so that nothing is half open and no answer can come. */
void listeners_fold(struct listeners *listeners, const struct ws_connection *c, ws_time now, bool is_over);

/* Every listener and other port, those of the connections in `store` included, by family, address and port. Stops when
 * `fn` returns non-zero and returns that; WS_ERROR_MEMORY when there is none. Changes nothing. */
int listeners_each(const struct listeners *past, const struct store *store, ws_time now, ws_listener_fn *fn,
		   void *user);

#endif
