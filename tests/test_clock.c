/*
 * Capture time as text and back, against the C library's calendar and against known instants.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "lib/suite.h"

#define LENGTH(array) (int)(sizeof(array) / sizeof((array)[0]))

static const struct {
	ws_time time;
	const char *text;
} instants[] = {
	{ 0, "1970-01-01T00:00:00.000000000Z" },
	{ 6, "1970-01-01T00:00:00.000000006Z" },
	{ -1, "1969-12-31T23:59:59.999999999Z" },
	{ -NS_PER_SEC, "1969-12-31T23:59:59.000000000Z" },
	{ 951782400 * NS_PER_SEC, "2000-02-29T00:00:00.000000000Z" },
	{ 1000000000 * NS_PER_SEC, "2001-09-09T01:46:40.000000000Z" },
	{ 1700000000 * NS_PER_SEC + 123456789, "2023-11-14T22:13:20.123456789Z" },
	{ 2147483648 * NS_PER_SEC, "2038-01-19T03:14:08.000000000Z" },
	{ 4107542400 * NS_PER_SEC, "2100-03-01T00:00:00.000000000Z" },
	{ INT64_MAX, "2262-04-11T23:47:16.854775807Z" },
	{ INT64_MIN + 1, "1677-09-21T00:12:43.145224193Z" },
};

START_TEST(text_of_instants)
{
	char out[CLOCK_TEXT_MAX];
	ws_time back;

	ck_assert_ptr_eq(clock_text(instants[_i].time, out), out);
	ck_assert_str_eq(out, instants[_i].text);
	ck_assert(clock_parse(instants[_i].text, &back));
	ck_assert_int_eq(back, instants[_i].time);
}
END_TEST

START_TEST(text_of_none)
{
	char out[CLOCK_TEXT_MAX];

	ck_assert_str_eq(clock_text(WS_TIME_NONE, out), "-");
}
END_TEST

/* Steps of a prime number of seconds over four centuries, against gmtime. */
START_TEST(calendar)
{
	for (int64_t seconds = -9000000000; seconds < 9000000000; seconds += 7654321) {
		char out[CLOCK_TEXT_MAX];
		char expected[CLOCK_TEXT_MAX];
		time_t t = (time_t)seconds;
		struct tm tm;
		ws_time back;

		gmtime_r(&t, &tm);
		strftime(expected, sizeof(expected), "%Y-%m-%dT%H:%M:%S.000000042Z", &tm);
		ck_assert_str_eq(clock_text(seconds * NS_PER_SEC + 42, out), expected);
		ck_assert(clock_parse(out, &back));
		ck_assert_int_eq(back, seconds * NS_PER_SEC + 42);
	}
}
END_TEST

static const struct {
	const char *text;
	ws_time time;
} times[] = {
	{ "2023-11-14T22:13:20Z", 1700000000 * NS_PER_SEC },
	{ "2023-11-14t22:13:20z", 1700000000 * NS_PER_SEC },
	{ "2023-11-14 22:13:20", 1700000000 * NS_PER_SEC },
	{ "2023-11-14T22:13:20.5", 1700000000 * NS_PER_SEC + 500000000 },
	{ "2023-11-14T22:13:20.000000001Z", 1700000000 * NS_PER_SEC + 1 },
	{ "2023-11-14T23:43:20.25+01:30", 1700000000 * NS_PER_SEC + 250000000 },
	{ "2023-11-14T17:13:20-05:00", 1700000000 * NS_PER_SEC },
	{ "2023-11-15T22:12:20+23:59", 1700000000 * NS_PER_SEC },
	{ "2023-11-14T22:13:20-00:00", 1700000000 * NS_PER_SEC },
	{ "1990-12-31T23:59:60Z", 662688000 * NS_PER_SEC }, /* RFC 3339 5.8 */
	{ "1990-12-31T15:59:60-08:00", 662688000 * NS_PER_SEC },
	{ "1937-01-01T12:00:27.87+00:20", -1041337172130000000 },
	{ "1985-04-12T23:20:50.52Z", 482196050520000000 },
	{ "2024-02-29T00:00:00Z", 1709164800 * NS_PER_SEC },
	{ "0", 0 },
	{ "1700000000", 1700000000 * NS_PER_SEC },
	{ "1700000000.000000001", 1700000000 * NS_PER_SEC + 1 },
	{ "0.5", 500000000 },
	{ "-1", -NS_PER_SEC },
	{ "-1.25", -1250000000 },
	{ "-0.000000001", -1 },
	{ "9223372036.854775807", INT64_MAX },
	{ "-9223372036.854775807", INT64_MIN + 1 },
};

START_TEST(parses)
{
	ws_time t;

	ck_assert_msg(clock_parse(times[_i].text, &t), "%s", times[_i].text);
	ck_assert_int_eq(t, times[_i].time);
}
END_TEST

static const char *const no_times[] = {
	"",
	" ",
	"Z",
	"2023-11-14",
	"2023-11-14T22:13",
	"2023-11-14T22:13:20.",
	"2023-11-14T22:13:20.0000000001Z",
	"2023-11-14T22:13:20Zx",
	"2023-11-14T22:13:20 Z",
	"2023-11-14T22:13:20+1:00",
	"2023-11-14T22:13:20+0100",
	"2023-11-14T22:13:20+24:00",
	"2023-11-14T22:13:20+00:60",
	"2023-13-01T00:00:00Z",
	"2023-00-01T00:00:00Z",
	"2023-02-29T00:00:00Z",
	"1900-02-29T00:00:00Z",
	"2023-04-31T00:00:00Z",
	"2023-04-00T00:00:00Z",
	"2023-04-01T24:00:00Z",
	"2023-04-01T00:60:00Z",
	"2023-04-01T00:00:61Z",
	"23-04-01T00:00:00Z",
	"2023-4-01T00:00:00Z",
	"2262-04-11T23:47:16.854775808Z",
	"1677-09-21T00:12:43.145224192Z", /* WS_TIME_NONE itself is no time */
	"9999-12-31T23:59:59Z",
	"9223372036.854775808",
	"-9223372036.854775808",
	"99999999999999999999",
	"1.",
	".5",
	"1.0000000000",
	"-",
	"--1",
	"+1",
	"1e3",
	" 1",
	"1 ",
	"0x10",
	"now",
};

START_TEST(rejects)
{
	ws_time t = 77;

	ck_assert_msg(!clock_parse(no_times[_i], &t), "'%s' gave %lld", no_times[_i], (long long)t);
}
END_TEST

/* No prefix of a good text may be read beyond its end: the text stands at the very end of its array. */
START_TEST(every_prefix)
{
	const char *whole = "2023-11-14T23:43:20.250000000+01:30";

	for (size_t len = 0; len <= strlen(whole); len++) {
		char *copy = strndup(whole, len);
		ws_time t;

		ck_assert_ptr_nonnull(copy);
		clock_parse(copy, &t);
		clock_parse_duration(copy, &t);
		free(copy);
	}
}
END_TEST

static const struct {
	const char *text;
	int64_t ns;
} durations[] = {
	{ "0", 0 },
	{ "1", NS_PER_SEC },
	{ "1.5", 1500000000 },
	{ "1.5s", 1500000000 },
	{ "200ms", 200 * NS_PER_MS },
	{ "10us", 10000 },
	{ "7ns", 7 },
	{ "7.0ns", 7 },
	{ "0.000001ms", 1 },
	{ "2m", 120 * NS_PER_SEC },
	{ "1h", 3600 * NS_PER_SEC },
	{ "3d", 259200 * NS_PER_SEC },
	{ "0.5d", 43200 * NS_PER_SEC },
	{ "0.000000001d", 86400 },
	{ "106751d", INT64_C(106751) * 86400 * NS_PER_SEC },
	{ "9223372036.854775807s", INT64_MAX },
};

START_TEST(parses_durations)
{
	int64_t ns;

	ck_assert_msg(clock_parse_duration(durations[_i].text, &ns), "%s", durations[_i].text);
	ck_assert_int_eq(ns, durations[_i].ns);
}
END_TEST

/* clang-format off */
static const char *const no_durations[] = {
	"", "s", ".", ".5s", "1.s", "1..5", "1.5.5s", "-1", "+1", "1 s", "1S", "1min", "1sec", "1s ", " 1s", "0.5ns", "1.0000001ms",
	"9223372036.854775808", "106752d", "99999999999999999999ns", "1e3",
};
/* clang-format on */

START_TEST(rejects_durations)
{
	int64_t ns = 77;

	ck_assert_msg(!clock_parse_duration(no_durations[_i], &ns), "'%s' gave %lld", no_durations[_i], (long long)ns);
}
END_TEST

static const struct {
	int64_t ns;
	const char *text;
} people[] = {
	{ 0, "0" },
	{ 1, "1ns" },
	{ 999, "999ns" },
	{ 1000, "1.0us" },
	{ 1250, "1.3us" },
	{ 99949, "99.9us" },
	{ 99950, "100us" },
	{ 180 * NS_PER_US, "180us" },
	{ 999499, "999us" },
	{ 999500, "1.0ms" },
	{ 1200 * NS_PER_US, "1.2ms" },
	{ 250 * NS_PER_MS, "250ms" },
	{ 999600 * NS_PER_US, "1.0s" },
	{ 3400 * NS_PER_MS, "3.4s" },
	{ 59949 * NS_PER_MS, "59.9s" },
	{ 59950 * NS_PER_MS, "1m00s" },
	{ 306 * NS_PER_SEC, "5m06s" },
	{ 3599500 * NS_PER_MS, "1h00m" },
	{ 7380 * NS_PER_SEC, "2h03m" },
	{ 86399 * NS_PER_SEC, "1d00h" },
	{ (4 * 24 + 5) * 3600 * NS_PER_SEC, "4d05h" },
	{ -3400 * NS_PER_MS, "-3.4s" },
	{ INT64_MIN, "-106752d00h" },
	{ INT64_MAX, "106752d00h" },
};

START_TEST(durations_for_people)
{
	char out[CLOCK_TEXT_MAX];

	ck_assert_ptr_eq(clock_duration_text(people[_i].ns, out), out);
	ck_assert_str_eq(out, people[_i].text);
}
END_TEST

int main(void)
{
	TCase *tcase;
	Suite *suite = suite_new("clock", &tcase);

	tcase_add_loop_test(tcase, text_of_instants, 0, LENGTH(instants));
	tcase_add_test(tcase, text_of_none);
	tcase_add_test(tcase, calendar);
	tcase_add_loop_test(tcase, parses, 0, LENGTH(times));
	tcase_add_loop_test(tcase, rejects, 0, LENGTH(no_times));
	tcase_add_test(tcase, every_prefix);
	tcase_add_loop_test(tcase, parses_durations, 0, LENGTH(durations));
	tcase_add_loop_test(tcase, rejects_durations, 0, LENGTH(no_durations));
	tcase_add_loop_test(tcase, durations_for_people, 0, LENGTH(people));
	return suite_run(suite);
}
