/*
 * Places of a slab: apart from each other, whole cache lines where they are that long, given out again before memory is
 * asked for, and all freed at the end.
 */
#include <check.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/slab.h"
#include "lib/alloc.h"
#include "lib/suite.h"

#define MANY 1000

static const size_t sizes[] = { 8, 16, 24, 40, 64, 65, 256, 304, 320 };
#define SIZES ((int)(sizeof(sizes) / sizeof(sizes[0])))

static void fill(void *object, size_t size, size_t n)
{
	memset(object, (int)(n % 251), size);
}

static bool is_filled(const void *object, size_t size, size_t n)
{
	const unsigned char *byte = object;

	for (size_t i = 0; i < size; i++)
		if (byte[i] != n % 251)
			return false;
	return true;
}

/* Each holds what was written into it, whichever of the others were given back and taken again. */
START_TEST(apart)
{
	static void *all[MANY];
	size_t size = sizes[_i];
	size_t live = alloc_live();
	struct slab slab;

	slab_init(&slab, size);
	for (size_t i = 0; i < MANY; i++) {
		all[i] = slab_take(&slab);
		ck_assert_ptr_nonnull(all[i]);
		ck_assert_uint_eq((uintptr_t)all[i] % (size >= SLAB_LINE ? SLAB_LINE : sizeof(void *)), 0);
		fill(all[i], size, i);
	}
	for (size_t i = 0; i < MANY; i += 3)
		slab_give(&slab, all[i]);
	for (size_t i = 0; i < MANY; i += 3) {
		all[i] = slab_take(&slab);
		fill(all[i], size, i);
	}
	for (size_t i = 0; i < MANY; i++)
		ck_assert(is_filled(all[i], size, i));
	slab_fini(&slab);
	ck_assert_uint_eq(alloc_live(), live);
}
END_TEST

static size_t seen;
static uintptr_t seen_sum;

static void see(void *place)
{
	seen++;
	seen_sum += (uintptr_t)place;
}

/* Every place that was ever taken, once. */
START_TEST(each)
{
	static const size_t counts[] = { 0, 1, 63, 64, 65, MANY };
	uintptr_t sum = 0;
	struct slab slab;
	void *last = NULL;

	slab_init(&slab, 304);
	for (size_t i = 0; i < counts[_i]; i++) {
		last = slab_take(&slab);
		sum += (uintptr_t)last;
	}
	if (last)
		slab_give(&slab, last);
	seen = 0;
	seen_sum = 0;
	slab_each(&slab, see);
	ck_assert_uint_eq(seen, counts[_i]);
	ck_assert_uint_eq(seen_sum, sum);
	slab_fini(&slab);
}
END_TEST

/* As many as were in use at one time need no more memory, ever. */
START_TEST(used_again)
{
	static void *all[MANY];
	struct slab slab;
	size_t missing = 0;

	slab_init(&slab, 64);
	for (size_t i = 0; i < MANY; i++)
		all[i] = slab_take(&slab);
	alloc_fail_from(1);
	for (size_t round = 0; round < 3; round++) {
		for (size_t i = 0; i < MANY; i++)
			slab_give(&slab, all[(i * 7 + round) % MANY]);
		for (size_t i = 0; i < MANY; i++) {
			all[i] = slab_take(&slab);
			missing += all[i] == NULL;
		}
	}
	alloc_fail_at(0);
	ck_assert_uint_eq(missing, 0);
	slab_fini(&slab);
}
END_TEST

static void *take_without_memory(struct slab *slab)
{
	void *object;

	alloc_fail_from(1);
	object = slab_take(slab);
	alloc_fail_at(0);
	return object;
}

START_TEST(no_memory)
{
	struct slab slab;
	size_t taken = 0;
	void *one;

	slab_init(&slab, 64);
	ck_assert_ptr_null(take_without_memory(&slab));
	one = slab_take(&slab);
	ck_assert_ptr_nonnull(one);
	while (take_without_memory(&slab))
		taken++;
	ck_assert_uint_gt(taken, 0);
	slab_give(&slab, one);
	ck_assert_ptr_eq(take_without_memory(&slab), one);
	ck_assert_ptr_null(take_without_memory(&slab));
	ck_assert_ptr_nonnull(slab_take(&slab));
	slab_fini(&slab);
	ck_assert_ptr_nonnull(slab_take(&slab)); /* it may be used again */
	slab_fini(&slab);
}
END_TEST

int main(void)
{
	TCase *t;
	Suite *suite = suite_new("slab", &t);

	tcase_add_loop_test(t, apart, 0, SIZES);
	tcase_add_loop_test(t, each, 0, 6);
	tcase_add_test(t, used_again);
	tcase_add_test(t, no_memory);
	return suite_run(suite);
}
