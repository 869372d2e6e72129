/*
 * What a capture lacks, and how much its verdicts weigh then: limits as the manual tells them.
 */
#include <check.h>
#include <string.h>

#include "lib/suite.h"
#include "view/quality.h"

static struct ws_totals totals;
static struct view_capture capture;
static struct text text;

static void setup(void)
{
	totals = (struct ws_totals){ .packets = 1000, .connections = 100 };
	capture = (struct view_capture){ 0 };
}

static void teardown(void)
{
	text_fini(&text);
}

static void tag(enum ws_tag which, uint64_t count)
{
	for (unsigned bit = 0; bit < WS_TAG_COUNT; bit++)
		if ((unsigned)which == 1u << bit)
			totals.tagged[bit] = count;
}

static const char *people(void)
{
	text_clear(&text);
	quality_people(&text, &totals, &capture);
	return text.len > 0 ? text.data : "";
}

START_TEST(nothing_is_missing)
{
	ck_assert_str_eq(people(), "quality  nothing is missing: high confidence\n");
	totals.connections = 0;
	ck_assert_str_eq(people(), "");
}
END_TEST

START_TEST(of_a_few_and_of_many)
{
	tag(WS_TAG_ONE_WAY, 12);
	tag(WS_TAG_GAPS, 3);
	tag(WS_TAG_DUPLICATES, 40);
	ck_assert_str_eq(people(),
			 "quality  12 % one-way, 3 % with gaps: low confidence (accounted for: 40 % with copies)\n");
	tag(WS_TAG_ONE_WAY, 9);
	ck_assert_str_eq(people(),
			 "quality  9 % one-way, 3 % with gaps: medium confidence (accounted for: 40 % with copies)\n");
	totals.connections = 1000000;
	ck_assert_ptr_nonnull(strstr(people(), "under 1 % one-way, under 1 % with gaps: medium confidence"));
}
END_TEST

static const struct {
	enum ws_tag tag;
	uint64_t medium; /* of a hundred; 0: never */
	uint64_t low;
} limits[] = {
	{ WS_TAG_ONE_WAY, 1, 10 },    { WS_TAG_GAPS, 1, 10 },   { WS_TAG_SYN_MISSING, 10, 0 },
	{ WS_TAG_MIDSTREAM, 10, 50 }, { WS_TAG_CLOCK, 10, 0 },  { WS_TAG_DUPLICATES, 0, 0 },
	{ WS_TAG_REORDERED, 0, 0 },   { WS_TAG_OFFLOAD, 0, 0 }, { WS_TAG_FRAGMENTS, 0, 0 },
	{ WS_TAG_TRUNCATED, 0, 0 },
};

START_TEST(limit)
{
	for (uint64_t count = 0; count <= 100; count++) {
		enum ws_confidence expected = WS_CONFIDENCE_HIGH;

		if (limits[_i].medium && count >= limits[_i].medium)
			expected = WS_CONFIDENCE_MEDIUM;
		if (limits[_i].low && count >= limits[_i].low)
			expected = WS_CONFIDENCE_LOW;
		tag(limits[_i].tag, count);
		ck_assert_int_eq(quality_of(&totals, &capture), expected);
	}
}
END_TEST

START_TEST(packets)
{
	capture = (struct view_capture){ .has_drops = true, .kernel_drops = 3, .interface_drops = 1 };
	ck_assert_str_eq(people(), "quality  under 1 % of the packets dropped: medium confidence\n");
	capture.kernel_drops = 100;
	ck_assert_str_eq(people(), "quality  9 % of the packets dropped: low confidence\n");
	capture = (struct view_capture){ .is_damaged = true };
	ck_assert_str_eq(people(), "quality  input damaged: medium confidence\n");
	totals.undecoded[WS_UNDECODED_tcp_header_not_captured] = 500;
	ck_assert_str_eq(people(), "quality  50 % of the packets cut before the end of the header, input damaged: "
				   "low confidence\n");
}
END_TEST

/* Counts so large that a product of them with 100 would not fit. */
START_TEST(large)
{
	totals.connections = UINT64_MAX / 2;
	tag(WS_TAG_ONE_WAY, UINT64_MAX / 2);
	ck_assert_int_eq(quality_of(&totals, &capture), WS_CONFIDENCE_LOW);
	ck_assert_str_eq(people(), "quality  100 % one-way: low confidence\n");
}
END_TEST

int main(void)
{
	TCase *tcase;
	Suite *suite = suite_new("quality", &tcase);

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, nothing_is_missing);
	tcase_add_test(tcase, of_a_few_and_of_many);
	tcase_add_loop_test(tcase, limit, 0, (int)(sizeof(limits) / sizeof(limits[0])));
	tcase_add_test(tcase, packets);
	tcase_add_test(tcase, large);
	return suite_run(suite);
}
