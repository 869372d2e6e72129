/*
 * Small pieces of text: addresses with ports, tcpdump's flag letters, seconds, amounts, times, and what is cut.
 */
#include <string.h>

#include "base/clock.h"
#include "lib/packet.h"
#include "lib/suite.h"
#include "view/parts.h"

static struct text text;

static void setup(void)
{
	text = (struct text){ 0 };
}

static void teardown(void)
{
	text_fini(&text);
}

static void is(const char *expected)
{
	ck_assert_str_eq(text.data ? text.data : "", expected);
	text_clear(&text);
}

START_TEST(endpoints)
{
	static const struct {
		const char *addr;
		uint16_t port;
		const char *expected;
	} rows[] = {
		{ "0.0.0.0", 0, "0.0.0.0:0" },
		{ "255.255.255.255", 65535, "255.255.255.255:65535" },
		{ "::", 1, "[::]:1" },
		{ "2001:db8::1", 443, "[2001:db8::1]:443" },
		{ "2001:db8:1234:5678:9abc:def0:1234:5678", 65535, "[2001:db8:1234:5678:9abc:def0:1234:5678]:65535" },
	};
	char out[PARTS_ENDPOINT_MAX];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct ws_addr addr = packet_addr(rows[i].addr);

		ck_assert_uint_eq(parts_endpoint(&addr, rows[i].port, out), strlen(rows[i].expected));
		ck_assert_str_eq(out, rows[i].expected);
	}
}
END_TEST

/* As tcpdump prints them: tcpdump -r with all 256 values gives this order. */
START_TEST(flags)
{
	char out[PARTS_FLAGS_MAX];

	ck_assert_str_eq(parts_flags(0, out), "none");
	ck_assert_str_eq(parts_flags(WS_FLAG_SYN, out), "S");
	ck_assert_str_eq(parts_flags(WS_FLAG_SYN | WS_FLAG_ACK, out), "S.");
	ck_assert_str_eq(parts_flags(WS_FLAG_ACK, out), ".");
	ck_assert_str_eq(parts_flags(WS_FLAG_PSH | WS_FLAG_ACK, out), "P.");
	ck_assert_str_eq(parts_flags(WS_FLAG_FIN | WS_FLAG_ACK, out), "F.");
	ck_assert_str_eq(parts_flags(WS_FLAG_FIN | WS_FLAG_PSH | WS_FLAG_ACK, out), "FP.");
	ck_assert_str_eq(parts_flags(WS_FLAG_RST, out), "R");
	ck_assert_str_eq(parts_flags(WS_FLAG_RST | WS_FLAG_ACK, out), "R.");
	ck_assert_str_eq(parts_flags(WS_FLAG_SYN | WS_FLAG_ECE | WS_FLAG_CWR, out), "SEW");
	ck_assert_str_eq(parts_flags(WS_FLAG_SYN | WS_FLAG_ACK | WS_FLAG_ECE, out), "S.E");
	ck_assert_str_eq(parts_flags(0xFF, out), "FSRP.UEW");
}
END_TEST

START_TEST(seconds)
{
	parts_seconds(&text, 0, 6, 0);
	is("0.000000");
	parts_seconds(&text, 0, 6, 10);
	is("  0.000000");
	parts_seconds(&text, 1999999999, 6, 10);
	is("  1.999999");
	parts_seconds(&text, 1999999999, 9, 13);
	is("  1.999999999");
	parts_seconds(&text, -1, 9, 13);
	is(" -0.000000001");
	parts_seconds(&text, INT64_MIN, 9, 0);
	is("-9223372036.854775808");
	parts_seconds(&text, 1234567 * NS_PER_SEC, 6, 10);
	is("1234567.000000");
}
END_TEST

START_TEST(amounts)
{
	static const struct {
		uint64_t value;
		const char *expected;
	} rows[] = {
		{ 0, "0" },
		{ 9999, "9999" },
		{ 10000, "10.0k" },
		{ 12345, "12.3k" },
		{ 99999, "99.9k" },
		{ 100000, "100k" },
		{ 999999, "999k" },
		{ 1000000, "1.0M" },
		{ 12345678, "12.3M" },
		{ 1000000000, "1.0G" },
		{ UINT64_MAX, "18.4E" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		parts_amount(&text, rows[i].value);
		is(rows[i].expected);
	}
}
END_TEST

START_TEST(numbers_stand_right)
{
	parts_number(&text, 0, 3);
	is("  0");
	parts_number(&text, 999, 3);
	is("999");
	parts_number(&text, 1000, 3);
	is("1000");
}
END_TEST

START_TEST(times)
{
	parts_time(&text, 0);
	is("1970-01-01T00:00:00Z");
	parts_time(&text, 500000000);
	is("1970-01-01T00:00:00.5Z");
	parts_time(&text, 10 * NS_PER_SEC + 1);
	is("1970-01-01T00:00:10.000000001Z");
}
END_TEST

static void cut(const char *s, size_t width, const char *expected)
{
	parts_cut(&text, s, strlen(s), width);
	is(expected);
}

START_TEST(cuts)
{
	cut("10.0.0.1:80", 11, "10.0.0.1:80");
	cut("10.0.0.1:80", 10, "10.0...:80");
	cut("[2001:db8::1]:443", 14, "[2001:d..]:443");
	cut("[2001:db8::1]:443", 7, "..]:443");
	cut("[2001:db8::1]:443", 6, "..:443");
	cut("[2001:db8::1]:443", 2, "..");
	cut("[2001:db8::1]:443", 1, ".");
	cut("[2001:db8::1]:443", 0, "");
	cut("no-colon-here", 5, "no-..");
}
END_TEST

START_TEST(sources)
{
	parts_source(&text, "9293 3.6");
	is("RFC 9293 3.6");
	parts_source(&text, "heuristic");
	is("heuristic");
}
END_TEST

START_TEST(foreign)
{
	parts_foreign(&text, "a\x1B[2Jb\x7F\n");
	is("a?[2Jb??");
	parts_foreign(&text, "\xC2\x9B"
			     "1m \xC3\xA9\xC2\xA0\xC2");
	is("?1m \xC3\xA9\xC2\xA0\xC2");
}
END_TEST

int main(void)
{
	TCase *tcase;
	Suite *suite = suite_new("parts", &tcase);

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, endpoints);
	tcase_add_test(tcase, flags);
	tcase_add_test(tcase, seconds);
	tcase_add_test(tcase, amounts);
	tcase_add_test(tcase, numbers_stand_right);
	tcase_add_test(tcase, times);
	tcase_add_test(tcase, cuts);
	tcase_add_test(tcase, sources);
	tcase_add_test(tcase, foreign);
	return suite_run(suite);
}
