/*
 * The text of the progress bar: as wide as it may be, and true.
 */
#include <stdlib.h>
#include <string.h>

#include "cli/progress.h"
#include "lib/suite.h"

static char text[PROGRESS_TEXT_MAX];

START_TEST(amounts)
{
	static const struct {
		uint64_t done, total;
		const char *ends_in;
	} table[] = {
		{ 0, 1, "  0% [----------------------------------------] 0.0 of 0.0 kB" },
		{ 1, 2, " 50% [####################--------------------] 0.0 of 0.0 kB" },
		{ 0, 12300, "  0% [----------------------------------------] 0.0 of 12.3 kB" },
		{ 750000, 1000000, " 75% [##############################----------] 0.7 of 1.0 MB" },
		{ 999999, 1000000, " 99% [#######################################-] 0.9 of 1.0 MB" },
		{ 5000000000, 5000000000, "100% [########################################] 5.0 of 5.0 GB" },
		{ 7, 5, "100% [########################################] 0.0 of 0.0 kB" },
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		progress_text(table[i].done, table[i].total, 100, text);
		ck_assert_str_eq(text + strlen("reading "), table[i].ends_in);
	}
	progress_text(UINT64_MAX / 2, UINT64_MAX, 100, text);
	ck_assert_ptr_nonnull(strstr(text, " TB"));
}
END_TEST

START_TEST(fits)
{
	unsigned seed = 1;

	for (int i = 0; i < 20000; i++) {
		unsigned columns = (unsigned)rand_r(&seed) % 250;
		uint64_t total = (uint64_t)rand_r(&seed) * (uint64_t)rand_r(&seed) % UINT64_C(999000000000000) + 1;
		uint64_t done = (uint64_t)rand_r(&seed) * (uint64_t)rand_r(&seed) % (total + 1);

		progress_text(done, total, columns, text);
		ck_assert_uint_le(strlen(text), columns);
		if (columns >= 40)
			ck_assert_int_eq(text[strlen(text) - 1], 'B');
	}
}
END_TEST

int main(void)
{
	TCase *t;
	Suite *suite = suite_new("progress", &t);

	tcase_add_test(t, amounts);
	tcase_add_test(t, fits);
	return suite_run(suite);
}
