/*
 * The walk over an object's members: one object written in all three modes, against text written by hand.
 */
#include <string.h>

#include "lib/suite.h"
#include "view/fields.h"
#include "wirestat.h"

static struct text text;

static void setup(void)
{
	text = (struct text){ 0 };
}

static void teardown(void)
{
	text_fini(&text);
}

static void walk(enum fields_mode mode, bool is_known)
{
	struct fields f;

	fields_begin(&f, &text, mode, "thing");
	fields_column(&f, "type", "thing");
	fields_string(&f, "name", is_known ? "a\tb\nc\x7F\"" : NULL);
	fields_u64(&f, "u", is_known, UINT64_MAX);
	fields_i64(&f, "i", is_known, -1);
	fields_bool(&f, "b", is_known, false);
	fields_time(&f, "t", is_known ? 0 : WS_TIME_NONE);
	if (fields_group_begin(&f, "outer", is_known)) {
		fields_u64(&f, "x", is_known, 1);
		if (fields_group_begin(&f, "inner", is_known)) {
			fields_u64(&f, "y", is_known, 2);
			fields_group_end(&f);
		}
		fields_u64(&f, "z", is_known, 3);
		fields_group_end(&f);
	}
	fields_list_begin(&f, "list");
	for (int i = 0; is_known && i < 2; i++)
		fields_list_item(&f, i == 0 ? "one" : "two");
	fields_list_end(&f);
	fields_map_begin(&f, "map");
	for (uint64_t i = 0; is_known && i < 2; i++)
		fields_map_item(&f, i == 0 ? "k" : "l", i);
	fields_map_end(&f);
	fields_u64(&f, "last", true, 9);
	fields_end(&f);
	ck_assert(!text_failed(&text));
}

START_TEST(json_known)
{
	walk(FIELDS_JSON, true);
	ck_assert_str_eq(text.data,
			 "{\"type\":\"thing\",\"schema\":1,\"name\":\"a\\tb\\nc\x7F\\\"\",\"u\":18446744073709551615,"
			 "\"i\":-1,\"b\":false,\"t\":\"1970-01-01T00:00:00.000000000Z\","
			 "\"outer\":{\"x\":1,\"inner\":{\"y\":2},\"z\":3},\"list\":[\"one\",\"two\"],"
			 "\"map\":{\"k\":0,\"l\":1},\"last\":9}\n");
}
END_TEST

START_TEST(json_unknown_is_absent)
{
	walk(FIELDS_JSON, false);
	ck_assert_str_eq(text.data, "{\"type\":\"thing\",\"schema\":1,\"list\":[],\"map\":{},\"last\":9}\n");
}
END_TEST

START_TEST(tsv_names)
{
	walk(FIELDS_TSV_NAMES, false);
	ck_assert_str_eq(text.data, "type\tname\tu\ti\tb\tt\touter.x\touter.inner.y\touter.z\tlist\tmap\tlast\n");
	text_clear(&text);
	walk(FIELDS_TSV_NAMES, true);
	ck_assert_str_eq(text.data, "type\tname\tu\ti\tb\tt\touter.x\touter.inner.y\touter.z\tlist\tmap\tlast\n");
}
END_TEST

/* No value holds what separates values. */
START_TEST(tsv_values)
{
	walk(FIELDS_TSV_VALUES, true);
	ck_assert_str_eq(text.data, "thing\ta b c \"\t18446744073709551615\t-1\tfalse\t1970-01-01T00:00:00.000000000Z\t"
				    "1\t2\t3\tone,two\tk=0,l=1\t9\n");
}
END_TEST

START_TEST(tsv_unknown_is_empty)
{
	walk(FIELDS_TSV_VALUES, false);
	ck_assert_str_eq(text.data, "thing\t\t\t\t\t\t\t\t\t\t\t9\n");
}
END_TEST

int main(void)
{
	TCase *tcase;
	Suite *suite = suite_new("fields", &tcase);

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, json_known);
	tcase_add_test(tcase, json_unknown_is_absent);
	tcase_add_test(tcase, tsv_names);
	tcase_add_test(tcase, tsv_values);
	tcase_add_test(tcase, tsv_unknown_is_empty);
	return suite_run(suite);
}
