/*
 * The JSON writer: exact bytes, and the same bytes read back by jq, a reader that shares no line with it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/json.h"
#include "lib/suite.h"

static struct text text;
static struct json json;

static void setup(void)
{
	text = (struct text){ 0 };
	json_init(&json, &text);
}

static void teardown(void)
{
	text_fini(&text);
}

START_TEST(members)
{
	json_object_begin(&json, NULL);
	json_string(&json, "s", "x");
	json_u64(&json, "u", UINT64_MAX);
	json_i64(&json, "i", INT64_MIN);
	json_bool(&json, "t", true);
	json_bool(&json, "f", false);
	json_time(&json, "ts", 1);
	json_object_end(&json);
	ck_assert_str_eq(text.data, "{\"s\":\"x\",\"u\":18446744073709551615,\"i\":-9223372036854775808,\"t\":true,"
				    "\"f\":false,\"ts\":\"1970-01-01T00:00:00.000000001Z\"}");
}
END_TEST

START_TEST(unknown_is_left_out)
{
	json_object_begin(&json, NULL);
	json_string(&json, "a", NULL);
	json_time(&json, "b", WS_TIME_NONE);
	json_u64(&json, "c", 0);
	json_string(&json, "d", NULL);
	json_object_end(&json);
	ck_assert_str_eq(text.data, "{\"c\":0}");
}
END_TEST

START_TEST(nesting)
{
	json_object_begin(&json, NULL);
	json_object_begin(&json, "o");
	json_object_end(&json);
	json_array_begin(&json, "a");
	json_array_begin(&json, NULL);
	json_array_end(&json);
	json_u64(&json, NULL, 1);
	json_object_begin(&json, NULL);
	json_u64(&json, "x", 2);
	json_u64(&json, "y", 3);
	json_object_end(&json);
	json_array_end(&json);
	json_u64(&json, "z", 4);
	json_object_end(&json);
	ck_assert_str_eq(text.data, "{\"o\":{},\"a\":[[],1,{\"x\":2,\"y\":3}],\"z\":4}");
	ck_assert(!text_failed(&text));
}
END_TEST

START_TEST(lines)
{
	for (unsigned i = 0; i < 2; i++) {
		json_object_begin(&json, NULL);
		json_u64(&json, "i", i);
		json_object_end(&json);
		json_line_end(&json);
	}
	ck_assert_str_eq(text.data, "{\"i\":0}\n{\"i\":1}\n");
}
END_TEST

START_TEST(depth_is_bounded)
{
	for (unsigned i = 0; i < JSON_DEPTH_MAX; i++)
		json_array_begin(&json, NULL);
	ck_assert(!text_failed(&text));
	json_array_begin(&json, NULL);
	ck_assert(text_failed(&text));
}
END_TEST

START_TEST(unbalanced_fails)
{
	json_object_begin(&json, NULL);
	json_line_end(&json);
	ck_assert(text_failed(&text));
	text_clear(&text);
	json_init(&json, &text);
	json_object_end(&json);
	ck_assert(text_failed(&text));
}
END_TEST

/* Left: a C string; right: the string as RFC 8259 section 7 wants it, U+FFFD (EF BF BD) for each byte that begins no
 * well-formed UTF-8 sequence (RFC 3629 section 4). */
/* clang-format off */
static const struct {
	const char *value;
	const char *quoted;
} strings[] = {
	{ "", "\"\"" },
	{ "plain", "\"plain\"" },
	{ "\"\\/", "\"\\\"\\\\/\"" },
	{ "\b\f\n\r\t", "\"\\b\\f\\n\\r\\t\"" },
	{ "\x01\x1F\x7F", "\"\\u0001\\u001f\x7F\"" },
	{ "\xC3\xA9\xE2\x86\x92\xF0\x9F\x90\xA2", "\"\xC3\xA9\xE2\x86\x92\xF0\x9F\x90\xA2\"" },
	{ "\xF4\x8F\xBF\xBF\xED\x9F\xBF\xEE\x80\x80", "\"\xF4\x8F\xBF\xBF\xED\x9F\xBF\xEE\x80\x80\"" },
	{ "\x80", "\"\xEF\xBF\xBD\"" },
	{ "\xFF" "a", "\"\xEF\xBF\xBD" "a\"" },
	{ "\xC3", "\"\xEF\xBF\xBD\"" },
	{ "\xC3\"", "\"\xEF\xBF\xBD\\\"\"" },
	{ "\xC0\xAF", "\"\xEF\xBF\xBD\xEF\xBF\xBD\"" },                           /* overlong */
	{ "\xE0\x80\xAF", "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"" },           /* overlong */
	{ "\xED\xA0\x80", "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"" },           /* surrogate */
	{ "\xF4\x90\x80\x80", "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"" }, /* beyond U+10FFFF */
	{ "\xF5\x80\x80\x80", "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"" }, /* no lead byte any more */
	{ "\xF0\x8F\xBF\xBF", "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"" }, /* overlong */
	{ "\xF0\x90\x80\x80", "\"\xF0\x90\x80\x80\"" },
	{ "\xE2\x86", "\"\xEF\xBF\xBD\xEF\xBF\xBD\"" },
};
/* clang-format on */

START_TEST(quoting)
{
	json_string(&json, NULL, strings[_i].value);
	ck_assert_str_eq(text.data, strings[_i].quoted);
	text_clear(&text);
	json_object_begin(&json, NULL);
	json_u64(&json, strings[_i].value, 1);
	ck_assert_mem_eq(text.data + 1, strings[_i].quoted, strlen(strings[_i].quoted));
}
END_TEST

/* Every byte value in a string, every type, written as jq itself would write it: byte for byte the same. */
START_TEST(jq_reads_it)
{
	char name[] = "/tmp/test_json.XXXXXX";
	char every[128];
	char command[200];
	char line[2000];

	if (system("jq --version >/dev/null 2>&1") != 0) {
		fprintf(stderr, "test_json: SKIPPED jq_reads_it, there is no jq here\n");
		return;
	}
	for (int c = 1; c < 128; c++)
		every[c - 1] = (char)c;
	every[127] = '\0';
	json_object_begin(&json, NULL);
	json_string(&json, "every", every);
	json_string(&json, every, "\xC3\xA9\xF0\x9F\x90\xA2");
	json_array_begin(&json, "numbers");
	json_i64(&json, NULL, -9007199254740991);
	json_u64(&json, NULL, 9007199254740991);
	json_array_end(&json);
	json_bool(&json, "yes", true);
	json_time(&json, "ts", 1700000000123456789);
	json_object_end(&json);
	json_line_end(&json);

	int fd = mkstemp(name);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, text.data, text.len), (ssize_t)text.len);
	snprintf(command, sizeof(command), "jq -c . %s", name);

	FILE *jq = popen(command, "r");

	ck_assert_ptr_nonnull(jq);
	ck_assert_ptr_nonnull(fgets(line, sizeof(line), jq));
	ck_assert_int_eq(pclose(jq), 0);
	close(fd);
	unlink(name);
	/* jq 1.6 writes DEL as an escape, later ones as it is; both are the same string. */
	for (char *at = strstr(line, "\\u007f"); at; at = strstr(line, "\\u007f")) {
		*at = '\x7F';
		memmove(at + 1, at + 6, strlen(at + 6) + 1);
	}
	ck_assert_str_eq(line, text.data);
}
END_TEST

int main(void)
{
	TCase *tcase;
	Suite *suite = suite_new("json", &tcase);

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, members);
	tcase_add_test(tcase, unknown_is_left_out);
	tcase_add_test(tcase, nesting);
	tcase_add_test(tcase, lines);
	tcase_add_test(tcase, depth_is_bounded);
	tcase_add_test(tcase, unbalanced_fails);
	tcase_add_loop_test(tcase, quoting, 0, (int)(sizeof(strings) / sizeof(strings[0])));
	tcase_add_test(tcase, jq_reads_it);
	return suite_run(suite);
}
