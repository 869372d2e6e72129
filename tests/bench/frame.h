/*
 * What the programs that make frames share: numbers in network byte order, and the Internet checksum (RFC 1071). Not that of
 * the program under measurement.
 */
#ifndef TESTS_BENCH_FRAME_H
#define TESTS_BENCH_FRAME_H

#include <stddef.h>
#include <stdint.h>

static inline void put16(uint8_t *at, uint32_t value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
}

static inline void put32(uint8_t *at, uint32_t value)
{
	put16(at, value >> 16);
	put16(at + 2, value & 0xffff);
}

/* Adds `len` bytes, fewer than 128 kB, to `s`. */
static inline uint32_t sum(uint32_t s, const uint8_t *at, size_t len)
{
	for (size_t i = 0; i + 1 < len; i += 2)
		s += (uint32_t)(at[i] << 8 | at[i + 1]);
	return len % 2 == 1 ? s + (uint32_t)(at[len - 1] << 8) : s;
}

/* The checksum that such a sum makes. */
static inline uint32_t folded(uint32_t s)
{
	while (s >> 16)
		s = (s & 0xffff) + (s >> 16);
	return ~s & 0xffff;
}

#endif
