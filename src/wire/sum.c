#include "wire/sum.h"

/* Carries are counted beside the sum: waiting for them would double the time. Two sums, so that neither waits for the
 * other. */
static uint64_t sum_blocks(const uint8_t *p, uint32_t blocks)
{
	uint64_t even = 0;
	uint64_t odd = 0;
	uint64_t carries = 0;

	for (; blocks > 0; blocks--, p += 32) {
		carries += __builtin_add_overflow(even, sum_load64(p), &even);
		carries += __builtin_add_overflow(odd, sum_load64(p + 8), &odd);
		carries += __builtin_add_overflow(even, sum_load64(p + 16), &even);
		carries += __builtin_add_overflow(odd, sum_load64(p + 24), &odd);
	}
	return sum_add(sum_add(even, odd), carries);
}

/* Fewer than eight bytes. */
static uint64_t sum_tail(uint64_t sum, const uint8_t *p, uint32_t len)
{
	uint16_t half;

	if (len & 4) {
		sum = sum_add(sum, sum_load32(p));
		p += 4;
	}
	if (len & 2) {
		memcpy(&half, p, sizeof(half));
		sum = sum_add(sum, half);
		p += 2;
	}
	return len & 1 ? sum_add(sum, sum_constant((uint16_t)(p[0] << 8))) : sum;
}

uint64_t sum_bytes(const uint8_t *p, uint32_t len)
{
	uint64_t sum = sum_blocks(p, len / 32);

	p += len & ~UINT32_C(31);
	for (unsigned words = len / 8 % 4; words > 0; words--, p += 8)
		sum = sum_add(sum, sum_load64(p));
	return sum_tail(sum, p, len % 8);
}
