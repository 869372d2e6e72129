/*
 * Comparison modulo 2^32 (RFC 9293 3.4), against arithmetic in 64 bits that knows nothing of two's complement: `b` is
 * behind `a` by the number of steps that lead from `a` to `b` upwards, and "before" means less than half the circle.
 */
#include <check.h>

#include "base/seq.h"
#include "lib/suite.h"

#define CIRCLE (UINT64_C(1) << 32)
#define HALF (CIRCLE / 2)
#define LENGTH(array) ((int)(sizeof(array) / sizeof((array)[0])))

/* Where comparisons go wrong: about zero, half the circle, and both ends of what a signed number holds. */
static const uint32_t places[] = { 0,          1,          2,          65535,      0x7ffffffe, 0x7fffffff,
				   0x80000000, 0x80000001, 0xfffffffe, 0xffffffff, 0x12345678, 0xedcba988 };

static const uint32_t steps[] = { 1, 2, 1460, 65535, 1u << 30, 0x7ffffffe, 0x7fffffff };

/* Steps upwards from `a` to `b`, 0 to 2^32 - 1. */
static uint64_t steps_up(uint32_t a, uint32_t b)
{
	return ((uint64_t)b + CIRCLE - a) % CIRCLE;
}

static void check_order(uint32_t before, uint32_t after)
{
	ck_assert(seq_lt(before, after) && !seq_lt(after, before));
	ck_assert(seq_leq(before, after) && !seq_leq(after, before));
	ck_assert(seq_gt(after, before) && !seq_gt(before, after));
	ck_assert(seq_geq(after, before) && !seq_geq(before, after));
	ck_assert_uint_eq(seq_max(before, after), after);
	ck_assert_uint_eq(seq_max(after, before), after);
}

START_TEST(same_number)
{
	uint32_t a = places[_i];

	ck_assert_int_eq(seq_diff(a, a), 0);
	ck_assert(!seq_lt(a, a) && !seq_gt(a, a));
	ck_assert(seq_leq(a, a) && seq_geq(a, a));
	ck_assert_uint_eq(seq_max(a, a), a);
}
END_TEST

/* From every place, every step below half the circle leads to a later number, across the wrap as anywhere. */
START_TEST(step_leads_on)
{
	uint32_t a = places[_i];

	for (int i = 0; i < LENGTH(steps); i++) {
		uint32_t b = (uint32_t)(((uint64_t)a + steps[i]) % CIRCLE);

		check_order(a, b);
		ck_assert_int_eq(seq_diff(b, a), (int64_t)steps[i]);
		ck_assert_int_eq(seq_diff(a, b), -(int64_t)steps[i]);
	}
}
END_TEST

/* All pairs of places: what is less than half the circle ahead is later. */
START_TEST(half_the_circle)
{
	uint32_t a = places[_i];

	for (int i = 0; i < LENGTH(places); i++) {
		uint64_t up = steps_up(a, places[i]);

		if (up > 0 && up < HALF)
			check_order(a, places[i]);
		else if (up > HALF)
			check_order(places[i], a);
	}
}
END_TEST

/* Exactly opposite numbers have no order: each comparison holds for one of the two directions at most, and the distance is
 * the documented end of the range. */
START_TEST(opposite)
{
	uint32_t a = places[_i];
	uint32_t b = a + (uint32_t)HALF;

	ck_assert_int_eq(seq_diff(a, b), INT32_MIN);
	ck_assert_int_eq(seq_diff(b, a), INT32_MIN);
	ck_assert(!seq_gt(a, b) && !seq_gt(b, a));
}
END_TEST

/* lo <= x < lo + size, wherever the window lies. */
START_TEST(window)
{
	uint32_t lo = places[_i];

	ck_assert(!seq_within(lo, lo, 0));
	ck_assert(seq_within(lo, lo, 1));
	ck_assert(!seq_within(lo + 1, lo, 1));
	ck_assert(!seq_within(lo - 1, lo, 1));
	for (int i = 0; i < LENGTH(steps); i++) {
		ck_assert(seq_within(lo + steps[i] - 1, lo, steps[i]));
		ck_assert(!seq_within(lo + steps[i], lo, steps[i]));
		ck_assert(!seq_within(lo - 1, lo, steps[i]));
	}
}
END_TEST

int main(void)
{
	TCase *t;
	Suite *suite = suite_new("seq", &t);

	tcase_add_loop_test(t, same_number, 0, LENGTH(places));
	tcase_add_loop_test(t, step_leads_on, 0, LENGTH(places));
	tcase_add_loop_test(t, half_the_circle, 0, LENGTH(places));
	tcase_add_loop_test(t, opposite, 0, LENGTH(places));
	tcase_add_loop_test(t, window, 0, LENGTH(places));
	return suite_run(suite);
}
