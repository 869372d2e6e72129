#include "base/sketch.h"

#define RANK_MAX 15
#define ALPHA 0.7152704932638152 /* 0.7213 / (1 + 1.079 / 128) */

static unsigned get(const struct sketch *sketch, unsigned i)
{
	return (unsigned)sketch->pairs[i / 2] >> (i % 2 * 4) & 15u;
}

static void set(struct sketch *sketch, unsigned i, unsigned rank)
{
	unsigned shift = i % 2 * 4;

	sketch->pairs[i / 2] = (uint8_t)((sketch->pairs[i / 2] & ~(15u << shift)) | rank << shift);
}

bool sketch_add(struct sketch *sketch, uint64_t hash)
{
	unsigned i = hash % SKETCH_REGISTERS;
	uint64_t rest = hash / SKETCH_REGISTERS | UINT64_C(1) << (RANK_MAX - 1);
	unsigned rank = (unsigned)__builtin_ctzll(rest) + 1;

	if (rank <= get(sketch, i))
		return false;
	set(sketch, i, rank);
	return true;
}

void sketch_merge(struct sketch *sketch, const struct sketch *other)
{
	for (unsigned i = 0; i < SKETCH_REGISTERS; i++)
		if (get(other, i) > get(sketch, i))
			set(sketch, i, get(other, i));
}

/* So many things it takes on the average until all but `empty` registers have been met. */
static double count_few(unsigned empty)
{
	double sum = 0;

	for (unsigned k = empty + 1; k <= SKETCH_REGISTERS; k++)
		sum += (double)SKETCH_REGISTERS / k;
	return sum;
}

uint64_t sketch_count(const struct sketch *sketch)
{
	unsigned empty = 0;
	uint64_t sum = 0; /* of 2 ^ -rank, times 2 ^ RANK_MAX */
	double count;

	for (unsigned i = 0; i < SKETCH_REGISTERS; i++) {
		empty += get(sketch, i) == 0;
		sum += UINT64_C(1) << (RANK_MAX - get(sketch, i));
	}
	count = ALPHA * SKETCH_REGISTERS * SKETCH_REGISTERS * (double)(1u << RANK_MAX) / (double)sum;
	if (empty > 0 && count <= 2.5 * SKETCH_REGISTERS)
		count = count_few(empty);
	return (uint64_t)(count + 0.5);
}
