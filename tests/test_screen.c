/*
 * Pages on a terminal, by the control sequences of ECMA-48: CUP (H) to the top, EL (K) behind each line, ED (J) below.
 */
#include "lib/suite.h"
#include "view/screen.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

static const struct {
	const char *page;
	unsigned height;
	const char *shown;
} pages[] = {
	{ "a\nb\n", 10, "\033[Ha\033[K\nb\033[K\033[J" },
	{ "a\nb\nc\n", 3, "\033[Ha\033[K\nb\033[K\nc\033[K\033[J" },
	{ "a\nb\nc\n", 2, "\033[Ha\033[K\nb\033[K\033[J" },
	{ "a\n\nb", 10, "\033[Ha\033[K\n\033[K\nb\033[K\033[J" },
	{ "a\n", 0, "\033[H\033[J" },
	{ "", 5, "\033[H\033[J" },
};

START_TEST(page)
{
	struct text in = { 0 };
	struct text out = { 0 };

	text_puts(&in, pages[_i].page);
	screen_show(&out, &in, pages[_i].height);
	ck_assert(!text_failed(&out));
	ck_assert_str_eq(out.data, pages[_i].shown);
	text_fini(&in);
	text_fini(&out);
}
END_TEST

START_TEST(nothing)
{
	struct text out = { 0 };

	screen_clear(&out);
	ck_assert_str_eq(out.data, "\033[H\033[J");
	text_fini(&out);
}
END_TEST

int main(void)
{
	TCase *t;
	Suite *suite = suite_new("screen", &t);

	tcase_add_loop_test(t, page, 0, LENGTH(pages));
	tcase_add_test(t, nothing);
	return suite_run(suite);
}
