/*
 * Keyed 64-bit hashes for tables that hostile traffic fills, by folded multiplication. What they promise: without the
 * key, which is drawn anew for each run, nobody can prepare inputs that collide; inputs that differ in one bit, or count
 * up, lie as if thrown. What they do not: that somebody who is told hashes, or can measure them one by one, will not
 * find the key. Not for authentication.
 */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Two 64-bit words multiplied to 128 bits, whose halves are added by exclusive or. */
#ifdef __SIZEOF_INT128__
static inline uint64_t hash_fold(uint64_t a, uint64_t b)
{
	__extension__ typedef unsigned __int128 uint128;
	uint128 product = (uint128)a * b;

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}
#else
static inline uint64_t hash_fold(uint64_t a, uint64_t b)
{
	uint64_t a0 = (uint32_t)a;
	uint64_t a1 = a >> 32;
	uint64_t b0 = (uint32_t)b;
	uint64_t b1 = b >> 32;
	uint64_t low = a0 * b0;
	uint64_t middle = a1 * b0 + (low >> 32);
	uint64_t other = a0 * b1 + (uint32_t)middle;
	uint64_t high = a1 * b1 + (middle >> 32) + (other >> 32);

	return (other << 32 | (uint32_t)low) ^ high;
}
#endif

/* The same on every machine for the same bytes and key. All 64 bits are good; use any of them. */
uint64_t hash_keyed(const void *data, size_t len, const uint64_t key[2]);

#define HASH_TUPLE_SIZE 40

/* The same for exactly HASH_TUPLE_SIZE bytes, which is what a segment is looked up by: in a third of the time. Its
 * words are in the order of this machine, so values differ from machine to machine (and from hash_keyed's). No word
 * of the input is a factor by itself, and none is added to another: each is hidden by the key, or by a product that
 * is. */
static inline uint64_t hash_tuple(const void *data, const uint64_t key[4])
{
	uint64_t word[HASH_TUPLE_SIZE / 8];
	uint64_t low;
	uint64_t high;

	memcpy(word, data, sizeof word);
	low = hash_fold(word[0] ^ key[0], word[1] ^ key[1]);
	high = hash_fold(word[2] ^ key[2], word[3] ^ key[3]);
	return hash_fold(hash_fold(low ^ word[4], high ^ key[0]) ^ key[1], key[2]);
}

/* A key of `n` words from one number, so that one seed gives one run. A seed that others cannot guess gives a key
 * they cannot. */
void hash_words_init(uint64_t *key, size_t n, uint64_t seed);
void hash_key_init(uint64_t key[2], uint64_t seed); /* of 2 */

#endif
