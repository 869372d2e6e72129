/*
 * The catalogue is covered: every finding has something that raises it and the nearest innocent traffic that does not,
 * as a pair of cases (tests/cases/finding-ID.case and finding-ID-not.case) or, where a ladder cannot show it, as a pair of
 * scenes (tests/lib/raise_*.c).
 */
#include <check.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/case.h"
#include "lib/stage.h"
#include "lib/suite.h"

/* ---- Scenes ----------------------------------------------------------------------------------------------------- */

static const struct raise *raise_of(enum ws_finding_id id)
{
	for (size_t i = 0; all_raises[i]->len > 0; i++)
		for (size_t j = 0; j < all_raises[i]->len; j++)
			if (all_raises[i]->raise[j].id == id)
				return &all_raises[i]->raise[j];
	return NULL;
}

static uint64_t play(void (*scene)(struct stage *stage), enum ws_finding_id id)
{
	struct stage stage;

	stage_begin(&stage, NULL);
	scene(&stage);
	stage_end(&stage);
	return stage.raised[id];
}

static void check_scenes(const struct raise *raise)
{
	const char *name = ws_finding_info(raise->id)->id;

	ck_assert_msg(play(raise->raises, raise->id) > 0, "the scene of %s does not raise it", name);
	ck_assert_msg(play(raise->innocent, raise->id) == 0, "the innocent scene of %s raises it", name);
}

/* ---- Cases ------------------------------------------------------------------------------------------------------ */

static char text[1 << 20];

static struct case_file *read_case(const char *path)
{
	struct case_file *file = malloc(sizeof *file);
	FILE *in = fopen(path, "r");
	char error[CASE_ERROR_MAX];
	size_t len;

	ck_assert_ptr_nonnull(file);
	ck_assert_msg(in != NULL, "there is no %s, and no scene either", path);
	len = fread(text, 1, sizeof text, in);
	fclose(in);
	ck_assert_msg(case_parse(text, len, file, error), "%s: %s", path, error);
	return file;
}

/* test_cases.c sees to it that what the file says is what happens. */
static bool case_raises(const char *path, enum ws_finding_id id)
{
	struct case_file *file = read_case(path);
	bool raises = false;

	for (size_t i = 0; i < file->lines_len; i++)
		raises |= case_line_raises(&file->lines[i], id);
	free(file);
	return raises;
}

static void check_cases(enum ws_finding_id id)
{
	char path[160];

	snprintf(path, sizeof path, "tests/cases/finding-%s.case", ws_finding_info(id)->id);
	ck_assert_msg(case_raises(path, id), "%s does not raise it", path);
	snprintf(path, sizeof path, "tests/cases/finding-%s-not.case", ws_finding_info(id)->id);
	ck_assert_msg(!case_raises(path, id), "%s raises it", path);
}

START_TEST(finding_is_raised_and_not)
{
	enum ws_finding_id id = (enum ws_finding_id)_i;
	const struct raise *raise = raise_of(id);

	if (raise)
		check_scenes(raise);
	else
		check_cases(id);
}
END_TEST

START_TEST(every_finding_case_has_a_finding)
{
	glob_t found;

	ck_assert_int_eq(glob("tests/cases/finding-*.case", 0, NULL, &found), 0);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		char name[128];
		enum ws_finding_id id;
		size_t len;

		ck_assert_int_eq(sscanf(found.gl_pathv[i], "tests/cases/finding-%127[a-z0-9-]", name), 1);
		len = strlen(name);
		if (len > 4 && strcmp(name + len - 4, "-not") == 0)
			name[len - 4] = '\0';
		ck_assert_msg(ws_finding_parse(name, &id), "%s", found.gl_pathv[i]);
	}
	globfree(&found);
}
END_TEST

int main(void)
{
	TCase *tcase;
	Suite *suite = suite_new("catalogue", &tcase);

	tcase_add_loop_test(tcase, finding_is_raised_and_not, 0, WS_FINDING_COUNT);
	tcase_add_test(tcase, every_finding_case_has_a_finding);
	return suite_run(suite);
}
