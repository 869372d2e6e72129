/*
 * A keyed 64-bit hash for tables that hostile traffic fills: without the key no set of inputs can be made to collide.
 * Not for authentication.
 */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

/* The same on every machine for the same bytes and key. All 64 bits are good; use any of them. */
uint64_t hash_keyed(const void *data, size_t len, const uint64_t key[2]);

/* A key from one number, so that one seed gives one run. A seed that others cannot guess gives a key they cannot. */
void hash_key_init(uint64_t key[2], uint64_t seed);

#endif
