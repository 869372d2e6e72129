/*
 * The text buffer: what is appended, that failure sticks and harms nothing, and columns counted by code point.
 */
#include <stdio.h>
#include <string.h>
#include <wchar.h>

#include "base/text.h"
#include "lib/suite.h"

START_TEST(empty)
{
	struct text text = { 0 };

	ck_assert(!text_failed(&text));
	ck_assert_ptr_null(text.data);
	text_clear(&text);
	text_write(&text, "", 0);
	ck_assert_str_eq(text.data, "");
	text_fini(&text);
	ck_assert_ptr_null(text.data);
}
END_TEST

START_TEST(appends)
{
	struct text text = { 0 };

	text_puts(&text, "ab");
	text_char(&text, 'c');
	text_write(&text, "d\0e", 3);
	text_printf(&text, "%d-%s", -5, "x");
	ck_assert_uint_eq(text.len, 10);
	ck_assert_mem_eq(text.data, "abcd\0e-5-x", 11);
	text_clear(&text);
	ck_assert_uint_eq(text.len, 0);
	ck_assert_str_eq(text.data, "");
	text_fini(&text);
}
END_TEST

static const struct {
	uint64_t value;
	const char *text;
} unsigned_numbers[] = {
	{ 0, "0" }, { 9, "9" }, { 10, "10" }, { 4294967296, "4294967296" }, { UINT64_MAX, "18446744073709551615" },
};

static const struct {
	int64_t value;
	const char *text;
} signed_numbers[] = {
	{ 0, "0" },
	{ -1, "-1" },
	{ INT64_MAX, "9223372036854775807" },
	{ INT64_MIN, "-9223372036854775808" },
};

START_TEST(numbers)
{
	struct text text = { 0 };

	for (size_t i = 0; i < sizeof(unsigned_numbers) / sizeof(unsigned_numbers[0]); i++) {
		text_clear(&text);
		text_u64(&text, unsigned_numbers[i].value);
		ck_assert_str_eq(text.data, unsigned_numbers[i].text);
	}
	for (size_t i = 0; i < sizeof(signed_numbers) / sizeof(signed_numbers[0]); i++) {
		text_clear(&text);
		text_i64(&text, signed_numbers[i].value);
		ck_assert_str_eq(text.data, signed_numbers[i].text);
	}
	text_fini(&text);
}
END_TEST

/* Every length across the first growths, by each writer, against a buffer filled by hand. */
START_TEST(growth)
{
	static char expected[3000];
	struct text text = { 0 };

	memset(expected, 'x', sizeof(expected));
	for (size_t len = 0; len < sizeof(expected); len++) {
		ck_assert_uint_eq(text.len, len);
		if (len % 3 == 0)
			text_char(&text, 'x');
		else if (len % 3 == 1)
			text_write(&text, "x", 1);
		else
			text_printf(&text, "%c", 'x');
		ck_assert_int_eq(text.data[text.len], '\0');
	}
	ck_assert_mem_eq(text.data, expected, sizeof(expected));
	text_fini(&text);
}
END_TEST

/* A formatted piece longer than the room left is written whole, whatever the room. */
START_TEST(printf_grows)
{
	char piece[701];

	memset(piece, 'y', 700);
	piece[700] = '\0';
	for (size_t filled = 0; filled < 600; filled++) {
		struct text text = { 0 };

		for (size_t i = 0; i < filled; i++)
			text_char(&text, 'x');
		text_printf(&text, "<%s>", piece);
		ck_assert_uint_eq(text.len, filled + 702);
		ck_assert_int_eq(text.data[filled], '<');
		ck_assert_mem_eq(text.data + filled + 1, piece, 700);
		ck_assert_str_eq(text.data + filled + 701, ">");
		text_fini(&text);
	}
}
END_TEST

/* No machine has SIZE_MAX bytes: the request fails before anything is read from the source. */
START_TEST(failure_sticks)
{
	struct text text = { 0 };

	text_puts(&text, "kept");
	text_write(&text, "", SIZE_MAX);
	ck_assert(text_failed(&text));
	ck_assert_str_eq(text.data, "kept");
	text_char(&text, 'c');
	text_puts(&text, "s");
	text_u64(&text, 1);
	text_i64(&text, -1);
	text_printf(&text, "%d", 1);
	text_pad(&text, 0, 100);
	ck_assert_str_eq(text.data, "kept");
	ck_assert_uint_eq(text.len, 4);
	text_clear(&text);
	ck_assert(!text_failed(&text));
	text_puts(&text, "again");
	ck_assert_str_eq(text.data, "again");
	text_fini(&text);
}
END_TEST

/* What printf itself cannot write: a surrogate is no character. */
START_TEST(format_fails)
{
	struct text text = { 0 };

	text_puts(&text, "kept");
	text_printf(&text, "ab%lc", (wint_t)0xD800);
	ck_assert(text_failed(&text));
	ck_assert_str_eq(text.data, "kept");
	ck_assert_uint_eq(text.len, 4);
	text_fini(&text);
}
END_TEST

START_TEST(failure_of_the_first)
{
	struct text text = { 0 };

	text_write(&text, "", SIZE_MAX / 2);
	ck_assert(text_failed(&text));
	ck_assert_ptr_null(text.data);
	text_printf(&text, "%d", 1);
	ck_assert_ptr_null(text.data);
	text_fini(&text);
}
END_TEST

START_TEST(pads)
{
	struct text text = { 0 };

	text_puts(&text, "ab");
	text_pad(&text, 0, 4);
	ck_assert_str_eq(text.data, "ab  ");
	text_pad(&text, 0, 4);
	text_pad(&text, 0, 3);
	ck_assert_str_eq(text.data, "ab  ");
	text_puts(&text, "c");
	text_pad(&text, 4, 3);
	ck_assert_str_eq(text.data, "ab  c  ");
	text_pad(&text, text.len, 1);
	ck_assert_str_eq(text.data, "ab  c   ");
	text_clear(&text);
	text_pad(&text, 0, 300);
	ck_assert_uint_eq(text.len, 300);
	text_fini(&text);
}
END_TEST

/* One, two, three and four bytes of UTF-8 are a column each. */
START_TEST(pads_by_code_point)
{
	struct text text = { 0 };

	text_puts(&text, "a\xC3\xA9\xE2\x86\x92\xF0\x9F\x90\xA2");
	text_pad(&text, 0, 6);
	ck_assert_str_eq(text.data, "a\xC3\xA9\xE2\x86\x92\xF0\x9F\x90\xA2  ");
	text_puts(&text, "\xC3\xA9");
	text_pad(&text, 12, 3);
	ck_assert_str_eq(text.data, "a\xC3\xA9\xE2\x86\x92\xF0\x9F\x90\xA2  \xC3\xA9  ");
	text_fini(&text);
}
END_TEST

int main(void)
{
	TCase *tcase;
	Suite *suite = suite_new("text", &tcase);

	tcase_add_test(tcase, empty);
	tcase_add_test(tcase, appends);
	tcase_add_test(tcase, numbers);
	tcase_add_test(tcase, growth);
	tcase_add_test(tcase, printf_grows);
	tcase_add_test(tcase, failure_sticks);
	tcase_add_test(tcase, format_fails);
	tcase_add_test(tcase, failure_of_the_first);
	tcase_add_test(tcase, pads);
	tcase_add_test(tcase, pads_by_code_point);
	return suite_run(suite);
}
