/*
 * The nearest known word. The distances are those of optimal string alignment, counted by hand.
 */
#include "cli/nearest.h"

#include <stdint.h>

#include "lib/suite.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

static const struct {
	const char *a;
	const char *b;
	size_t distance;
} pairs[] = {
	{ "", "", 0 },
	{ "", "abc", 3 },
	{ "abc", "", 3 },
	{ "table", "table", 0 },
	{ "tabel", "table", 1 }, /* neighbours swapped */
	{ "tabl", "table", 1 },
	{ "tablee", "table", 1 },
	{ "cable", "table", 1 },
	{ "kitten", "sitting", 3 },
	{ "ca", "abc", 3 }, /* a swapped pair is not changed again */
	{ "jsno", "json", 1 },
	{ "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "", 32 },
	{ "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "", SIZE_MAX },
};

START_TEST(distance)
{
	ck_assert_uint_eq(nearest_distance(pairs[_i].a, pairs[_i].b), pairs[_i].distance);
	ck_assert_uint_eq(nearest_distance(pairs[_i].b, pairs[_i].a), pairs[_i].distance);
}
END_TEST

static const struct {
	const char *word;
	const char *wanted; /* NULL: none is near enough */
} offers[] = {
	{ "tabel", "table" },      { "conut", "count" }, { "evnts", "events" }, { "ladders", "ladder" },
	{ "finding", "findings" }, { "host", NULL },     { "tcp", NULL },       { "port", NULL },
	{ "xyz", NULL },           { "", NULL },
};

START_TEST(offer)
{
	static const char *const words[] = { "table", "count", "events", "audit", "ladder", "findings" };
	const char *best = NULL;

	for (size_t i = 0; i < LENGTH(words); i++)
		nearest_offer(offers[_i].word, words[i], &best);
	if (offers[_i].wanted == NULL)
		ck_assert_ptr_null(best);
	else
		ck_assert_str_eq(best, offers[_i].wanted);
}
END_TEST

int main(void)
{
	TCase *t;
	Suite *suite = suite_new("nearest", &t);

	tcase_add_loop_test(t, distance, 0, LENGTH(pairs));
	tcase_add_loop_test(t, offer, 0, LENGTH(offers));
	return suite_run(suite);
}
