/*
 * Folded multiplication: two 64-bit words, each hidden by the key or the running state, are multiplied to 128 bits and
 * the halves are added by exclusive or. Both factors of every product depend on the key, so nobody without it can
 * choose a factor 0 or a pair of inputs whose products agree. The running state stands in the second factor, the key in
 * the first, and the length in the last round.
 */
#include "base/hash.h"

#include "base/bytes.h"

#define HASH_BLOCK 16

/* The last 1 to 15 bytes as two words that may overlap: for a given length no two inputs load the same. */
static inline void load_tail(const uint8_t *p, size_t len, uint64_t word[2])
{
	if (len >= 8) {
		word[0] = load_u64le(p);
		word[1] = load_u64le(p + len - 8);
	} else if (len >= 4) {
		word[0] = load_u32le(p);
		word[1] = load_u32le(p + len - 4);
	} else {
		word[0] = (uint64_t)p[0] << 16 | (uint64_t)p[len / 2] << 8 | p[len - 1];
		word[1] = 0;
	}
}

uint64_t hash_keyed(const void *data, size_t len, const uint64_t key[2])
{
	const uint8_t *p = data;
	uint64_t state = key[0];
	size_t left = len;

	for (; left >= HASH_BLOCK; left -= HASH_BLOCK, p += HASH_BLOCK)
		state = hash_fold(load_u64le(p) ^ key[1], load_u64le(p + 8) ^ state);
	if (left > 0) {
		uint64_t word[2];

		load_tail(p, left, word);
		state = hash_fold(word[0] ^ key[1], word[1] ^ state);
	}
	return hash_fold(state ^ key[1], key[0] ^ (uint64_t)len);
}

/* splitmix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014). */
static uint64_t splitmix64(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9E3779B97F4A7C15);

	z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
	return z ^ (z >> 31);
}

void hash_words_init(uint64_t *key, size_t n, uint64_t seed)
{
	for (size_t i = 0; i < n; i++)
		key[i] = splitmix64(&seed);
}

void hash_key_init(uint64_t key[2], uint64_t seed)
{
	hash_words_init(key, 2, seed);
}
