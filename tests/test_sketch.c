/*
 * The sketch against sets of known size: few things nearly exactly, many to within what its size allows.
 */
#include <check.h>

#include "base/hash.h"
#include "base/sketch.h"
#include "lib/suite.h"

static uint64_t key[2];

static struct sketch sketch_of(uint32_t from, uint32_t len)
{
	struct sketch sketch = { { 0 } };

	for (uint32_t i = from; i < from + len; i++)
		sketch_add(&sketch, hash_keyed(&i, sizeof i, key));
	return sketch;
}

START_TEST(nothing)
{
	struct sketch sketch = { { 0 } };

	ck_assert_uint_eq(sketch_count(&sketch), 0);
}
END_TEST

START_TEST(the_same_again_changes_nothing)
{
	struct sketch sketch = { { 0 } };
	uint64_t hash = hash_keyed("a", 1, key);

	ck_assert(sketch_add(&sketch, hash));
	ck_assert(!sketch_add(&sketch, hash));
	ck_assert_uint_eq(sketch_count(&sketch), 1);
}
END_TEST

/* The standard error is 1.04 / sqrt(128), a tenth; of few it is less. Of a hundred keys the mean is far nearer. */
START_TEST(count_is_about_right)
{
	static const uint32_t sizes[] = { 5, 15, 25, 50, 100, 300, 500, 1000, 10000, 65535, 200000 };
	uint32_t size = sizes[_i];
	double sum = 0;
	unsigned runs = size > 5000 ? 20 : 100;

	for (unsigned run = 0; run < runs; run++) {
		struct sketch sketch;
		double share;

		hash_key_init(key, run);
		sketch = sketch_of(run * 7, size);
		share = (double)sketch_count(&sketch) / size;
		ck_assert_msg(share > 0.6 && share < 1.4, "%u: %f", size, share);
		sum += share;
	}
	ck_assert_msg(sum / runs > 0.94 && sum / runs < 1.06, "%u: mean %f", size, sum / runs);
}
END_TEST

START_TEST(merged_is_as_if_added)
{
	struct sketch a = sketch_of(0, 100);
	struct sketch b = sketch_of(50, 100);
	struct sketch both = sketch_of(0, 150);

	sketch_merge(&a, &b);
	ck_assert_mem_eq(&a, &both, sizeof a);
}
END_TEST

START_TEST(no_hash_goes_beyond)
{
	struct sketch sketch = { { 0 } };

	for (unsigned i = 0; i < SKETCH_REGISTERS; i++)
		ck_assert(sketch_add(&sketch, i));
	ck_assert(!sketch_add(&sketch, UINT64_MAX));
	ck_assert_uint_gt(sketch_count(&sketch), 1000000);
}
END_TEST

int main(void)
{
	TCase *t;
	Suite *suite = suite_new("sketch", &t);

	hash_key_init(key, 1);
	tcase_add_test(t, nothing);
	tcase_add_test(t, the_same_again_changes_nothing);
	tcase_add_loop_test(t, count_is_about_right, 0, 11);
	tcase_add_test(t, merged_is_as_if_added);
	tcase_add_test(t, no_hash_goes_beyond);
	return suite_run(suite);
}
