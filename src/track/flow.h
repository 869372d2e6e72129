/*
 * The key of a connection: two addresses and ports in canonical order (the lower first), so that both directions meet
 * in one record, and the scope they were met in (scope.h). "Side 0" and "side 1" are meant in this order everywhere
 * below the public API; which of them is the client is decided by evidence.
 */
#ifndef TRACK_FLOW_H
#define TRACK_FLOW_H

#include <string.h>

#include "wire/segment.h"

struct flow_key {
	uint8_t addr[2][16];
	uint16_t port[2];
	uint8_t family;
	uint8_t scope[3]; /* a number; bytes, since there shall be no padding in what is hashed and compared as bytes */
};

/* A key and its hash in the table of the tracker (store_hash), worked out once for each segment. */
struct keyed {
	struct flow_key key;
	uint32_t hash;
};

#define FLOW_SCOPE_MAX ((UINT32_C(1) << 24) - 1)

static inline void flow_set_scope(struct flow_key *key, uint32_t scope)
{
	key->scope[0] = (uint8_t)(scope >> 16);
	key->scope[1] = (uint8_t)(scope >> 8);
	key->scope[2] = (uint8_t)scope;
}

static inline uint32_t flow_scope(const struct flow_key *key)
{
	return (uint32_t)key->scope[0] << 16 | (uint32_t)key->scope[1] << 8 | key->scope[2];
}

static inline bool flow_key_is_same(const struct flow_key *a, const struct flow_key *b)
{
	uint64_t x[sizeof *a / 8];
	uint64_t y[sizeof *a / 8];

	memcpy(x, a, sizeof x);
	memcpy(y, b, sizeof y);
	return ((x[0] ^ y[0]) | (x[1] ^ y[1]) | (x[2] ^ y[2]) | (x[3] ^ y[3]) | (x[4] ^ y[4])) == 0;
}

/* Fills `key`, scope 0; returns the side (0 or 1) that sent `s`. */
unsigned flow_key_of(const struct segment *s, struct flow_key *key);

struct ws_addr flow_addr(const struct flow_key *key, unsigned side);

#endif
