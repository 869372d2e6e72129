/*
 * Networks in which the same addresses and ports mean different connections (ws_config.key): VLAN tags and the ids of
 * tunnels, and with WS_KEY_OUTER the addresses outside as well. Each has a number, which goes into the keys of its
 * connections: compared exactly, never by a hash. Those that no connection is in any more are forgotten, so there are
 * never more of them than connections, and one.
 */
#ifndef TRACK_SCOPE_H
#define TRACK_SCOPE_H

#include <uthash.h>

#include "wire/outer.h"

/* What both directions of a connection have in common, as a rule. An id counts that is not each receiver's own choice: of
 * VXLAN, Geneve, GRE, NVGRE and PPPoE. */
struct scope_tags {
	uint16_t vlans[WS_VLANS_MAX];
	uint32_t id;
	uint8_t vlans_len;
	uint8_t kind; /* enum ws_tunnel, if the id counts */
	uint8_t unused[2];
};

struct scope_key {
	struct scope_tags tags;
	uint8_t addr[2][16]; /* the lower one first */
	uint8_t family;      /* of the addresses; 0: they do not count */
	uint8_t kind;        /* with them */
	uint8_t unused[2];
};

struct scope {
	UT_hash_handle hh;
	struct scope_key key;
	uint32_t number; /* from 1 */
	uint32_t users;
};

struct scopes {
	struct scope *table;
	struct scope **scope; /* by number, less 1; NULL: that number is free */
	uint32_t *unused;     /* numbers that are free, as many as `size` less those in use */
	uint32_t size;
	uint32_t used;
	uint64_t key[2];
};

#define SCOPE_NONE UINT32_MAX

void scopes_init(struct scopes *scopes, uint64_t seed);
void scopes_fini(struct scopes *scopes);

/* The number of the scope of `outer`, with one more user; 0 when there is nothing around it. SCOPE_NONE when out of memory
 * or numbers. */
uint32_t scopes_enter(struct scopes *scopes, enum ws_key key, const struct outer *outer);

/* One more user, and one less. 0 may be given. */
void scopes_hold(struct scopes *scopes, uint32_t number);
void scopes_leave(struct scopes *scopes, uint32_t number);

size_t scopes_bytes(const struct scopes *scopes);

void scope_tags_of(const struct outer *outer, struct scope_tags *out);

#endif
