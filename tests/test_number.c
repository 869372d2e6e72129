/*
 * Numbers as people type them.
 */
#include "cli/number.h"

#include "lib/suite.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

static const struct {
	const char *text;
	uint64_t value;
} good[] = {
	{ "0", 0 }, { "7", 7 }, { "007", 7 }, { "1000000", 1000000 }, { "18446744073709551615", UINT64_MAX },
};

START_TEST(number)
{
	uint64_t value = 99;

	ck_assert(number_parse(good[_i].text, &value));
	ck_assert_uint_eq(value, good[_i].value);
}
END_TEST

static const char *const bad[] = {
	"", " ", "-1", "+1", "1 ", " 1", "1.5", "0x10", "1e3", "abc", "18446744073709551616", "99999999999999999999999",
};

START_TEST(no_number)
{
	uint64_t value = 99;

	ck_assert_msg(!number_parse(bad[_i], &value), "'%s' was taken for %llu", bad[_i], (unsigned long long)value);
	ck_assert_uint_eq(value, 99);
}
END_TEST

int main(void)
{
	TCase *t;
	Suite *suite = suite_new("number", &t);

	tcase_add_loop_test(t, number, 0, LENGTH(good));
	tcase_add_loop_test(t, no_number, 0, LENGTH(bad));
	return suite_run(suite);
}
