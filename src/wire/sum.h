/*
 * The ones' complement sum of RFC 1071, 64 bits at a time: words are taken as they stand in memory, since the sum is the same
 * in any byte order, its bytes swapped (section 2); only constants need turning. A carry out of the top is added at the
 * bottom, so that a sum is 0 only when all of its words are.
 */
#ifndef WIRE_SUM_H
#define WIRE_SUM_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

static inline uint64_t sum_add(uint64_t a, uint64_t b)
{
	uint64_t sum;
	bool carry = __builtin_add_overflow(a, b, &sum);

	return sum + carry;
}

/* To 16 bits. */
static inline uint16_t sum_fold(uint64_t sum)
{
	uint64_t high = sum + (sum << 32 | sum >> 32);
	uint32_t word = (uint32_t)(high >> 32);
	uint32_t half = word + (word << 16 | word >> 16);

	return (uint16_t)(half >> 16);
}

/* Whether a right checksum is among what was summed, of which not all is zero: the sum is divided by 0xFFFF without a rest.
 * The product is the quotient then, and otherwise more than any quotient (Hacker's Delight 10-17). */
static inline bool sum_is_right(uint64_t sum)
{
	return sum * UINT64_C(0xFFFEFFFEFFFEFFFF) <= UINT64_MAX / 0xFFFF;
}

/* Constants as they stand in memory in network byte order. */
static inline uint16_t sum_constant(uint16_t value)
{
	const uint8_t bytes[2] = { (uint8_t)(value >> 8), (uint8_t)value };
	uint16_t out;

	memcpy(&out, bytes, sizeof(out));
	return out;
}

static inline uint32_t sum_constant32(uint32_t value)
{
	const uint8_t bytes[4] = { (uint8_t)(value >> 24), (uint8_t)(value >> 16), (uint8_t)(value >> 8),
				   (uint8_t)value };
	uint32_t out;

	memcpy(&out, bytes, sizeof(out));
	return out;
}

static inline uint64_t sum_load64(const uint8_t *p)
{
	uint64_t word;

	memcpy(&word, p, sizeof(word));
	return word;
}

static inline uint64_t sum_load32(const uint8_t *p)
{
	uint32_t word;

	memcpy(&word, p, sizeof(word));
	return word;
}

/* Of the 20 bytes of an IPv4 or TCP header without options. */
static inline uint64_t sum_header20(const uint8_t *p)
{
	return sum_add(sum_add(sum_load64(p), sum_load64(p + 8)), sum_load32(p + 16));
}

/* Of `len` bytes at any place in memory (sum.c); of an odd number, as if a zero followed. */
uint64_t sum_bytes(const uint8_t *p, uint32_t len);

#endif
