/*
 * The verdict on a handshake as members of an object: numbers, options, repeats; and what is not known is absent.
 */
#include <check.h>
#include <string.h>

#include "lib/sample.h"
#include "lib/suite.h"
#include "view/verdict_fields.h"

static struct ws_record record;
static struct instances *instances;

static void setup(void)
{
	sample_record(&record);
	for (unsigned side = WS_CLIENT; side <= WS_SERVER; side++) {
		record.endpoint[side].saw_syn = true;
		record.endpoint[side].wscale = -1;
		record.endpoint[side].sack = false;
		record.endpoint[side].timestamps = false;
	}
	instances = instances_new();
	ck_assert_ptr_nonnull(instances);
}

static void teardown(void)
{
	instances_free(instances);
}

static void expect(const struct instances *repeats, const char *members)
{
	struct text out = { 0 };
	struct fields f;

	fields_begin(&f, &out, FIELDS_JSON, "verdict");
	verdict_handshake_fields(&f, &record, repeats);
	fields_end(&f);
	text_char(&out, '\0');
	ck_assert(!text_failed(&out));
	/* Behind what every object begins with. */
	ck_assert_ptr_nonnull(strstr(out.data, "\"schema\":1"));
	ck_assert_str_eq(strstr(out.data, "\"schema\":1") + strlen("\"schema\":1"), members);
	text_fini(&out);
}

START_TEST(numbers_of_a_whole_handshake_are_right)
{
	expect(instances, ",\"numbers\":\"right\"}\n");
	record.endpoint[WS_SERVER].saw_syn = false;
	expect(instances, "}\n");
}
END_TEST

START_TEST(a_wrong_number_is_told_by_its_finding)
{
	sample_finding(&record, WS_FINDING_handshake_ack_wrong_direction, 1);
	expect(instances, ",\"numbers\":\"right\"}\n");
	sample_finding(&record, WS_FINDING_handshake_ack_wrong_seq, 1);
	expect(instances, ",\"numbers\":\"wrong\"}\n");
}
END_TEST

START_TEST(each_option_is_agreed_declined_or_unasked)
{
	record.endpoint[WS_CLIENT].wscale = 7;
	record.endpoint[WS_SERVER].wscale = 0;
	record.endpoint[WS_CLIENT].sack = true;
	record.endpoint[WS_SERVER].timestamps = true;
	expect(instances, ",\"numbers\":\"right\",\"options\":{\"window_scale\":\"agreed\",\"sack\":\"declined\","
			  "\"timestamps\":\"unasked\"}}\n");
	record.endpoint[WS_CLIENT].saw_syn = false;
	expect(instances, "}\n");
}
END_TEST

START_TEST(repeats_of_each_side)
{
	instances->repeats[0] = (struct instances_repeats){ .len = 1, .first_gap = 1000000000 };
	instances->repeats[1] = (struct instances_repeats){ .len = 2, .first_gap = 1000000000, .is_doubled = true };
	expect(instances, ",\"numbers\":\"right\",\"repeats\":{\"syn\":{\"first_gap_ns\":1000000000},"
			  "\"syn_ack\":{\"first_gap_ns\":1000000000,\"doubled\":true}}}\n");
	expect(NULL, ",\"numbers\":\"right\"}\n");
}
END_TEST

int main(void)
{
	TCase *tcase;
	Suite *suite = suite_new("verdict_fields", &tcase);

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, numbers_of_a_whole_handshake_are_right);
	tcase_add_test(tcase, a_wrong_number_is_told_by_its_finding);
	tcase_add_test(tcase, each_option_is_agreed_declined_or_unasked);
	tcase_add_test(tcase, repeats_of_each_side);
	return suite_run(suite);
}
