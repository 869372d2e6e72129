/*
 * The key of a connection: two addresses and ports in canonical order (the lower first), so that both directions meet
 * in one record, and the scope they were met in (scope.h). "Side 0" and "side 1" are meant in this order everywhere
 * below the public API; which of them is the client is decided by evidence.
 */
#ifndef TRACK_FLOW_H
#define TRACK_FLOW_H

#include <stddef.h>
#include <string.h>

#include "base/bytes.h"
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

/* What follows the addresses: the ports, the family and the scope. */
#define FLOW_TAIL offsetof(struct flow_key, port)

/* It with scope 0, made in a register: a word that is stored in pieces cannot be loaded soon after. `ports`: the
 * lower side's in the low half. */
static inline uint64_t flow_tail(uint32_t ports, unsigned family)
{
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	return (uint64_t)family << 32 | ports;
#else
	uint8_t bytes[8] = { 0 };
	uint16_t port[2] = { (uint16_t)ports, (uint16_t)(ports >> 16) };
	uint64_t word;

	memcpy(bytes, port, sizeof port);
	bytes[4] = (uint8_t)family;
	memcpy(&word, bytes, sizeof word);
	return word;
#endif
}

static inline void flow_key_fill(const struct segment *s, struct flow_key *key, unsigned sender)
{
	uint64_t ports = (uint64_t)s->sport << 32 | (uint64_t)s->dport << 16 | s->sport;
	uint64_t tail = flow_tail((uint32_t)(ports >> 16 * sender), s->src.family);

	memcpy(key->addr[sender], s->src.bytes, sizeof key->addr[0]);
	memcpy(key->addr[!sender], s->dst.bytes, sizeof key->addr[1]);
	memcpy((char *)key + FLOW_TAIL, &tail, sizeof tail);
}

/* flow_key_of for those that it does not do itself. */
unsigned flow_key_of_ipv6(const struct segment *s, struct flow_key *key);

/* Fills `key`, scope 0; returns the side (0 or 1) that sent `s`: 1 where its address and port, read as one number,
 * come after the other's. Nobody could foretell that, so there is no branch on it. */
static inline unsigned flow_key_of(const struct segment *s, struct flow_key *key)
{
	uint64_t a = (uint64_t)load_u32be(s->src.bytes) << 16 | s->sport;
	uint64_t b = (uint64_t)load_u32be(s->dst.bytes) << 16 | s->dport;

	if (s->src.family != 4)
		return flow_key_of_ipv6(s, key);
	flow_key_fill(s, key, a > b);
	return a > b;
}

struct ws_addr flow_addr(const struct flow_key *key, unsigned side);

#endif
