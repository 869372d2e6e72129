/*
 * SHA-1 as FIPS 180-4 section 6.1.2 writes it: 64-byte blocks, eighty rounds with a schedule of eighty words.
 */
#include "base/sha1.h"

#include <string.h>

#define BLOCK_SIZE 64

static uint32_t rotl(uint32_t x, unsigned n)
{
	return x << n | x >> (32 - n);
}

static void schedule(const uint8_t *block, uint32_t *w)
{
	for (size_t t = 0; t < 16; t++)
		w[t] = (uint32_t)block[4 * t] << 24 | (uint32_t)block[4 * t + 1] << 16 |
		       (uint32_t)block[4 * t + 2] << 8 | block[4 * t + 3];
	for (size_t t = 16; t < 80; t++)
		w[t] = rotl(w[t - 3] ^ w[t - 8] ^ w[t - 14] ^ w[t - 16], 1);
}

/* f(t) and K(t) of FIPS 180-4 sections 4.1.1 and 4.2.1, added up. */
static uint32_t round_function(size_t t, uint32_t b, uint32_t c, uint32_t d)
{
	if (t < 20)
		return ((b & c) ^ (~b & d)) + 0x5a827999u;
	if (t < 40)
		return (b ^ c ^ d) + 0x6ed9eba1u;
	if (t < 60)
		return ((b & c) ^ (b & d) ^ (c & d)) + 0x8f1bbcdcu;
	return (b ^ c ^ d) + 0xca62c1d6u;
}

static void digest_block(uint32_t *h, const uint8_t *block)
{
	uint32_t w[80];
	uint32_t a = h[0], b = h[1], c = h[2], d = h[3], e = h[4];

	schedule(block, w);
	for (size_t t = 0; t < 80; t++) {
		uint32_t next = rotl(a, 5) + round_function(t, b, c, d) + e + w[t];

		e = d;
		d = c;
		c = rotl(b, 30);
		b = a;
		a = next;
	}
	h[0] += a;
	h[1] += b;
	h[2] += c;
	h[3] += d;
	h[4] += e;
}

/* The last `len` bytes (less than a block), the 1 bit, zeros, and the length in bits of the whole message. */
static void digest_tail(uint32_t *h, const uint8_t *data, size_t len, uint64_t total_bytes)
{
	uint8_t block[2 * BLOCK_SIZE] = { 0 };
	size_t size = len + 9 <= BLOCK_SIZE ? BLOCK_SIZE : 2 * BLOCK_SIZE;

	if (len)
		memcpy(block, data, len);
	block[len] = 0x80;
	for (size_t i = 0; i < 8; i++)
		block[size - 1 - i] = (uint8_t)(total_bytes * 8 >> 8 * i);
	for (size_t at = 0; at < size; at += BLOCK_SIZE)
		digest_block(h, block + at);
}

void sha1(const void *data, size_t len, uint8_t *out)
{
	uint32_t h[5] = { 0x67452301u, 0xefcdab89u, 0x98badcfeu, 0x10325476u, 0xc3d2e1f0u };
	const uint8_t *bytes = data;
	size_t at = 0;

	for (; len - at >= BLOCK_SIZE; at += BLOCK_SIZE)
		digest_block(h, bytes + at);
	digest_tail(h, len ? bytes + at : NULL, len - at, len);
	for (size_t i = 0; i < SHA1_SIZE; i++)
		out[i] = (uint8_t)(h[i / 4] >> (24 - 8 * (i % 4)));
}
