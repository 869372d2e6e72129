/*
 * Folded multiplication: two 64-bit words, each hidden by the key or the running state, are multiplied to 128 bits and
 * the halves are added by exclusive or. Both factors of every product depend on the key, so nobody without it can
 * choose a factor 0 or a pair of inputs whose products agree. The running state stands in the second factor, the key in
 * the first, and the length in the last round.
 */
#include "base/hash.h"

#include "base/bytes.h"

#define HASH_BLOCK 16

#ifdef __SIZEOF_INT128__
__extension__ typedef unsigned __int128 uint128;

static inline uint64_t fold_multiply(uint64_t a, uint64_t b)
{
	uint128 product = (uint128)a * b;

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}
#else
static inline uint64_t fold_multiply(uint64_t a, uint64_t b)
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
		state = fold_multiply(load_u64le(p) ^ key[1], load_u64le(p + 8) ^ state);
	if (left > 0) {
		uint64_t word[2];

		load_tail(p, left, word);
		state = fold_multiply(word[0] ^ key[1], word[1] ^ state);
	}
	return fold_multiply(state ^ key[1], key[0] ^ (uint64_t)len);
}

/* splitmix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014). */
static uint64_t splitmix64(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9E3779B97F4A7C15);

	z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
	return z ^ (z >> 31);
}

void hash_key_init(uint64_t key[2], uint64_t seed)
{
	key[0] = splitmix64(&seed);
	key[1] = splitmix64(&seed);
}
