/*
 * The values of the options of a live capture, and what holds when they are not given.
 */
#include "cli/live_options.h"
#include "lib/suite.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

static const struct {
	const char *text;
	uint32_t snaplen; /* 0: it is none */
	uint32_t buffer;
} numbers[] = {
	{ "0", 262144, 0 },
	{ "1", 1, 1 },
	{ "96", 96, 96 },
	{ "262144", 262144, 262144 },
	{ "262145", 0, 262145 },
	{ "1048576", 0, 1048576 },
	{ "1048577", 0, 0 },
	{ "4294967297", 0, 0 },
	{ "-1", 0, 0 },
	{ "1k", 0, 0 },
	{ "", 0, 0 },
};

START_TEST(number)
{
	uint32_t snaplen = 0;
	uint32_t buffer = 0;

	ck_assert_int_eq(live_options_parse_snaplen(numbers[_i].text, &snaplen), numbers[_i].snaplen > 0);
	ck_assert_int_eq(live_options_parse_buffer(numbers[_i].text, &buffer), numbers[_i].buffer > 0);
	ck_assert_uint_eq(snaplen, numbers[_i].snaplen);
	ck_assert_uint_eq(buffer, numbers[_i].buffer);
}
END_TEST

START_TEST(directions)
{
	enum source_direction direction;

	ck_assert(live_options_parse_direction("in", &direction) && direction == SOURCE_IN);
	ck_assert(live_options_parse_direction("out", &direction) && direction == SOURCE_OUT);
	ck_assert(live_options_parse_direction("inout", &direction) && direction == SOURCE_INOUT);
	ck_assert(!live_options_parse_direction("both", &direction));
	ck_assert(!live_options_parse_direction("", &direction));
}
END_TEST

/* Headers fit into it, and a burst of them into a buffer of 16 MB at least. */
START_TEST(not_given)
{
	struct live_options options = { .interface = "eth0" };
	struct source_live source = live_options_source(&options);

	ck_assert_str_eq(source.interface, "eth0");
	ck_assert_uint_eq(source.snaplen, 256);
	ck_assert_uint_ge(source.buffer_kib, 16 * 1024);
	ck_assert(!source.is_quiet);
	ck_assert_int_eq(source.direction, SOURCE_INOUT);
	ck_assert_int_eq(source.patience_ns, INT64_C(10000000000));
	ck_assert_int_eq(live_options_duration(&options), 0);
}
END_TEST

START_TEST(given)
{
	struct live_options options = { .interface = "any", .is_once = true, .patience_ns = 5, .snaplen = 68 };
	struct source_live source = live_options_source(&options);

	ck_assert_uint_eq(source.snaplen, 68);
	ck_assert_int_eq(source.patience_ns, 5);
	ck_assert_int_eq(live_options_duration(&options), LIVE_ONCE_NS);
	options.for_ns = 7;
	ck_assert_int_eq(live_options_duration(&options), 7);
}
END_TEST

int main(void)
{
	TCase *t;
	Suite *suite = suite_new("live_options", &t);

	tcase_add_loop_test(t, number, 0, LENGTH(numbers));
	tcase_add_test(t, directions);
	tcase_add_test(t, not_given);
	tcase_add_test(t, given);
	return suite_run(suite);
}
