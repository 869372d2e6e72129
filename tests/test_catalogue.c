/*
 * The catalogue is covered: every finding has something that raises it and the nearest innocent traffic that does not,
 * as a pair of cases (tests/cases/finding-ID.case and finding-ID-not.case) or, where a ladder cannot show it, as a pair of
 * scenes (tests/lib/raise_*.c). And every row of the catalogue of all peers' events is somewhere: tests/catalogue.tsv.
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

/* ---- The coverage table ------------------------------------------------------------------------------------------- */

#define ROWS 317
#define LINES_MAX 400

enum column { GROUP, ROW, KIND, WHAT, COLUMNS };

static char *table[LINES_MAX][COLUMNS];
static size_t table_len;

static void split(char *line)
{
	char *rest = line;

	ck_assert_uint_lt(table_len, LINES_MAX);
	for (int i = 0; i < COLUMNS; i++)
		table[table_len][i] = strsep(&rest, "\t");
	ck_assert_msg(table[table_len][WHAT] != NULL && rest == NULL, "four columns: %s", line);
	table_len++;
}

static void read_table(void)
{
	FILE *in = fopen("tests/catalogue.tsv", "r");
	char *rest = text;
	char *line;
	size_t len;

	ck_assert_ptr_nonnull(in);
	len = fread(text, 1, sizeof text - 1, in);
	fclose(in);
	text[len] = '\0';
	while ((line = strsep(&rest, "\n")) != NULL)
		if (*line != '#' && *line != '\0')
			split(line);
}

static bool is_kind(size_t i, const char *kind)
{
	return strcmp(table[i][KIND], kind) == 0;
}

static bool has_row(const char *row)
{
	for (size_t i = 0; i < table_len; i++)
		if (strcmp(table[i][ROW], row) == 0)
			return true;
	return false;
}

/* The catalogue's number of rows, per group and in all, each row once. */
START_TEST(table_has_every_row)
{
	static const unsigned groups[] = { 69, 56, 46, 30, 22, 17, 16, 15, 46 };
	unsigned counts[9] = { 0 };
	unsigned sum = 0;

	read_table();
	for (size_t i = 0; i < table_len; i++) {
		for (size_t k = 0; k < i; k++)
			ck_assert_msg(strcmp(table[i][ROW], table[k][ROW]) != 0, "twice: %s", table[i][ROW]);
		if (is_kind(i, "own"))
			continue;
		ck_assert_msg(table[i][GROUP][0] >= 'A' && table[i][GROUP][0] <= 'I', "%s", table[i][ROW]);
		counts[table[i][GROUP][0] - 'A']++;
		sum++;
	}
	for (int g = 0; g < 9; g++)
		ck_assert_msg(counts[g] == groups[g], "group %c: %u", 'A' + g, counts[g]);
	ck_assert_uint_eq(sum, ROWS);
}
END_TEST

static bool is_reason(const char *name)
{
	for (int i = 0; i < WS_UNDECODED_COUNT; i++)
		if (strcmp(ws_undecoded_name((enum ws_undecoded)i), name) == 0)
			return true;
	for (int i = 0; i < WS_NOTICED_COUNT; i++)
		if (strcmp(ws_noticed_name((enum ws_noticed)i), name) == 0)
			return true;
	return false;
}

static void check_reasons(char *names)
{
	char *name;

	while ((name = strsep(&names, ",")) != NULL) {
		name += *name == ' ';
		ck_assert_msg(is_reason(name), "no such reason: %s", name);
	}
}

/* What stands in the table is there. Of marks test_catalogue.sh asks the program. */
START_TEST(table_is_true)
{
	enum ws_finding_id id;

	read_table();
	for (size_t i = 0; i < table_len; i++) {
		const char *row = table[i][ROW];

		if (is_kind(i, "finding")) {
			ck_assert_msg(ws_finding_parse(row, &id), "no such finding: %s", row);
			ck_assert_str_eq(table[i][WHAT], row);
		} else if (is_kind(i, "own")) {
			ck_assert_msg(ws_finding_parse(row, &id), "no such finding: %s", row);
			ck_assert_msg(strlen(table[i][WHAT]) > 10, "no reason given: %s", row);
		} else if (is_kind(i, "reason")) {
			check_reasons(table[i][WHAT]);
		} else if (is_kind(i, "none")) {
			ck_assert_msg(strlen(table[i][WHAT]) > 10, "no reason given: %s", row);
		} else {
			ck_assert_msg(is_kind(i, "mark") && table[i][WHAT][0] != '\0', "%s", row);
		}
	}
}
END_TEST

/* Whether `name` is one of a list with commas. */
static bool names_it(const char *list, const char *name)
{
	size_t len = strlen(name);

	for (const char *at = list; at; at = strchr(at, ',')) {
		at += strspn(at, ", ");
		if (strncmp(at, name, len) == 0 && (at[len] == ',' || at[len] == '\0'))
			return true;
	}
	return false;
}

/* Nothing that the program can say is left out of the table. */
START_TEST(table_has_every_finding_and_reason)
{
	read_table();
	for (int i = 0; i < WS_FINDING_COUNT; i++)
		ck_assert_msg(has_row(ws_finding_info((enum ws_finding_id)i)->id), "not in the table: %s",
			      ws_finding_info((enum ws_finding_id)i)->id);
	for (int i = 0; i < WS_UNDECODED_COUNT + WS_NOTICED_COUNT; i++) {
		const char *name = i < WS_UNDECODED_COUNT ? ws_undecoded_name((enum ws_undecoded)i)
							  : ws_noticed_name((enum ws_noticed)(i - WS_UNDECODED_COUNT));
		bool is_there = strcmp(name, "table-full") == 0; /* that is our own lack of memory */

		for (size_t k = 0; k < table_len; k++)
			is_there |= is_kind(k, "reason") && names_it(table[k][WHAT], name);
		ck_assert_msg(is_there, "not in the table: %s", name);
	}
}
END_TEST

int main(void)
{
	TCase *tcase;
	Suite *suite = suite_new("catalogue", &tcase);

	tcase_add_loop_test(tcase, finding_is_raised_and_not, 0, WS_FINDING_COUNT);
	tcase_add_test(tcase, every_finding_case_has_a_finding);
	tcase_add_test(tcase, table_has_every_row);
	tcase_add_test(tcase, table_is_true);
	tcase_add_test(tcase, table_has_every_finding_and_reason);
	return suite_run(suite);
}
