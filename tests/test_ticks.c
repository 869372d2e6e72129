/*
 * The clocks of pcapng interfaces against exact numbers: those with decimals were computed with whole numbers of any size
 * (bc), rounded down.
 */
#include "capture/ticks.h"

#include "base/clock.h"
#include "lib/suite.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))
#define TWO 0x80
/* The largest time that is ever told: half of what ws_time holds, in whole seconds. */
#define FAR (INT64_MAX / NS_PER_SEC / 2 * NS_PER_SEC)

static const struct {
	uint8_t resolution;
	uint64_t count;
	ws_time time;
} clocks[] = {
	{ 0, 1700000000, 1700000000000000000 },
	{ 3, 1700000000123, 1700000000123000000 },
	{ 6, 1700000000123456, 1700000000123456000 },
	{ 9, 1700000000123456789, 1700000000123456789 },
	{ 10, 17000000001234567899u, 1700000000123456789 },
	{ 12, 1234567890123999, 1234567890123 },
	{ 28, 18446744073709551615u, 1 },
	{ 29, 18446744073709551615u, 0 },
	{ 127, 18446744073709551615u, 0 },
	{ TWO | 0, 1700000000, 1700000000000000000 },
	{ TWO | 1, 3, 1500000000 },
	{ TWO | 20, 1782579200000001, 1700000000000000953 },
	{ TWO | 32, 7301444403730242560u, 1700000000123456716 },
	{ TWO | 31, 2147483647, 999999999 },
	{ TWO | 32, 4294967295, 999999999 },
	{ TWO | 33, 8589934591, 999999999 },
	{ TWO | 63, 18446744073709551615u, 1999999999 },
	{ TWO | 64, 18446744073709551615u, 999999999 },
	{ TWO | 65, 18446744073709551615u, 499999999 },
	{ TWO | 93, 18446744073709551615u, 1 },
	{ TWO | 95, 18446744073709551615u, 0 },
	{ TWO | 127, 18446744073709551615u, 0 },
};

START_TEST(of_each_resolution)
{
	struct ticks ticks;

	ticks_init(&ticks, clocks[_i].resolution);
	ck_assert_int_eq(ticks_time(&ticks, clocks[_i].count), clocks[_i].time);
	ticks_set_offset(&ticks, -3600);
	ck_assert_int_eq(ticks_time(&ticks, clocks[_i].count), clocks[_i].time - 3600 * NS_PER_SEC);
}
END_TEST

/* Whatever clock and offset: no overflow, and never later than the latest or earlier than the earliest there is. */
START_TEST(far_away)
{
	static const int64_t offsets[] = { 0, 1, -1, INT64_MAX, INT64_MIN, INT64_MAX / NS_PER_SEC };
	struct ticks ticks;

	for (size_t i = 0; i < LENGTH(offsets); i++) {
		ticks_init(&ticks, (uint8_t)_i);
		ticks_set_offset(&ticks, offsets[i]);
		for (unsigned shift = 0; shift < 64; shift++) {
			ws_time time = ticks_time(&ticks, UINT64_MAX >> shift);

			ck_assert_int_le(time, 2 * FAR);
			ck_assert_int_ge(time, -FAR);
		}
	}
}
END_TEST

START_TEST(brought_into_range)
{
	struct ticks ticks;

	ticks_init(&ticks, 0);
	ck_assert_int_eq(ticks_time(&ticks, UINT64_MAX), FAR);
	ticks_init(&ticks, TWO | 0);
	ck_assert_int_eq(ticks_time(&ticks, UINT64_MAX), FAR);
	ticks_init(&ticks, 9);
	ck_assert_int_eq(ticks_time(&ticks, (uint64_t)FAR), FAR);
	ck_assert_int_eq(ticks_time(&ticks, (uint64_t)FAR + 1), FAR);
	ck_assert_int_eq(ticks_time(&ticks, (uint64_t)FAR - 1), FAR - 1);
}
END_TEST

int main(void)
{
	TCase *t;
	Suite *suite = suite_new("ticks", &t);

	tcase_add_loop_test(t, of_each_resolution, 0, LENGTH(clocks));
	tcase_add_loop_test(t, far_away, 0, 256);
	tcase_add_test(t, brought_into_range);
	return suite_run(suite);
}
