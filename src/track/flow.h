/*
 * The key of a connection: two addresses and ports in canonical order (the lower first), so that both directions meet
 * in one record. "Side 0" and "side 1" are meant in this order everywhere below the public API; which of them is the
 * client is decided by evidence.
 */
#ifndef TRACK_FLOW_H
#define TRACK_FLOW_H

#include "wire/segment.h"

struct flow_key {
	uint8_t addr[2][16];
	uint16_t port[2];
	uint8_t family;
	uint8_t unused[3]; /* zero, since the key is hashed and compared as bytes */
};

/* Fills `key`; returns the side (0 or 1) that sent `s`. */
unsigned flow_key_of(const struct segment *s, struct flow_key *key);

struct ws_addr flow_addr(const struct flow_key *key, unsigned side);

#endif
