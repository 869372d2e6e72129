/*
 * What stands behind -r: files, directories, lists, and names of the same file.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "capture/filelist.h"
#include "lib/alloc.h"
#include "lib/captures.h"
#include "lib/suite.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

/* What the listener heard. */
static struct {
	unsigned troubles;
	unsigned remarks;
	char last[1024];
} heard;

static void hear(void *user, bool is_trouble, const char *line)
{
	(void)user;
	heard.troubles += is_trouble;
	heard.remarks += !is_trouble;
	snprintf(heard.last, sizeof(heard.last), "%s", line);
}

static const struct filelist_listener listener = { .tell = hear };

static void begin(void)
{
	captures_begin();
	memset(&heard, 0, sizeof(heard));
	ck_assert_int_eq(chdir(captures_directory()), 0);
}

/* The names of the list with blanks between them, the directory's own left out. */
static const char *joined(const struct filelist *list)
{
	static char out[2 * FILELIST_NAME_MAX];
	size_t start = strlen(captures_directory()) + 1;
	size_t len = 0;

	out[0] = '\0';
	for (size_t i = 0; i < list->len; i++) {
		const char *name = list->names[i];

		if (strncmp(name, captures_directory(), start - 1) == 0)
			name += start;
		len += (size_t)snprintf(out + len, sizeof(out) - len, "%s%s", i > 0 ? " " : "", name);
		ck_assert_uint_lt(len, sizeof(out));
	}
	return out;
}

static void expect(const char *const *words, size_t len, const char *names, unsigned troubles, unsigned remarks)
{
	struct filelist list;

	memset(&heard, 0, sizeof(heard));
	ck_assert(filelist_init(&list, words, len, &listener));
	ck_assert_str_eq(joined(&list), names);
	ck_assert_msg(heard.troubles == troubles && heard.remarks == remarks, "%u troubles, %u remarks, last: %s",
		      heard.troubles, heard.remarks, heard.last);
	filelist_fini(&list);
}

static void expect_one(const char *word, const char *names, unsigned troubles, unsigned remarks)
{
	expect(&word, 1, names, troubles, remarks);
}

static void write_capture(const char *name)
{
	captures_write(name, CAPTURES_ETHERNET, (const int64_t[]){ 1000000000 }, 1);
}

static void write_text(const char *name, const char *text)
{
	captures_write_bytes(name, text, strlen(text));
}

/* ---- Files --------------------------------------------------------------------------------------------------- */

START_TEST(files_in_the_order_given)
{
	write_capture("b");
	write_capture("a");
	expect((const char *const[]){ "b", "missing", "a" }, 3, "b missing a", 0, 0);
	expect(NULL, 0, "", 0, 0);
}
END_TEST

START_TEST(the_same_file_once)
{
	write_capture("b");
	write_capture("a");
	ck_assert_int_eq(symlink("a", "soft"), 0);
	ck_assert_int_eq(link("a", "hard"), 0);
	expect((const char *const[]){ "b", "soft", "./b" }, 3, "b soft", 0, 1);
	ck_assert_msg(strstr(heard.last, "./b") != NULL, "%s", heard.last);
	expect((const char *const[]){ "hard", "a", "b", "soft", "b" }, 5, "hard b", 0, 1);
	ck_assert_msg(strstr(heard.last, "2 more") != NULL, "%s", heard.last);
	/* What is not there is not the same as anything. */
	expect((const char *const[]){ "missing", "missing" }, 2, "missing missing", 0, 0);
}
END_TEST

START_TEST(standard_input_under_its_name)
{
	write_capture("a");
	ck_assert_ptr_nonnull(freopen("a", "rb", stdin));
	expect((const char *const[]){ "-", "a", "-" }, 3, "-", 0, 1);
}
END_TEST

/* ---- Directories --------------------------------------------------------------------------------------------- */

/* As tcpdump -C and dumpcap name them. */
START_TEST(numbers_as_numbers)
{
	static const char *const shuffled[] = { "x.pcap10", "x.pcap2",          "x.pcap",
						"x.pcap1",  "r_00002_20260101", "r_00001_20260102" };

	for (size_t i = 0; i < LENGTH(shuffled); i++)
		write_capture(shuffled[i]);
	expect_one(captures_directory(), "r_00001_20260102 r_00002_20260101 x.pcap x.pcap1 x.pcap2 x.pcap10", 0, 0);
}
END_TEST

/* By what is in them, not by their names; a pipe is not even opened. */
START_TEST(captures_only)
{
	write_capture("capture.txt");
	write_text("text.pcap", "This is a text, and no capture.\n");
	write_text("empty.pcap", "");
	ck_assert_int_eq(mkdir("below", 0700), 0);
	write_capture("below/hidden.pcap");
	ck_assert_int_eq(mkfifo("pipe.pcap", 0600), 0);
	expect_one(captures_directory(), "capture.txt", 0, 1);
	ck_assert_msg(strstr(heard.last, "3 more") != NULL, "%s", heard.last);
	expect_one("below/", "below/hidden.pcap", 0, 0);
	expect((const char *const[]){ "below", captures_directory(), "below" }, 3, "below/hidden.pcap capture.txt", 0,
	       2);
}
END_TEST

START_TEST(one_that_cannot_be_opened)
{
	write_capture("a");
	ck_assert_int_eq(symlink("gone", "dangling"), 0);
	expect_one(captures_directory(), "a dangling", 0, 0);
}
END_TEST

START_TEST(nothing_in_it)
{
	expect_one(captures_directory(), "", 1, 0);
	write_text("text", "This is a text, and no capture.\n");
	expect_one(captures_directory(), "", 1, 1);
}
END_TEST

START_TEST(not_permitted)
{
	ck_assert_int_eq(chmod(".", 0755), 0);
	ck_assert_int_eq(mkdir("closed", 0), 0);
	if (geteuid() == 0)
		ck_assert_int_eq(seteuid(65534), 0);
	expect_one("closed", "", 1, 0);
	if (getuid() == 0)
		ck_assert_int_eq(seteuid(0), 0);
}
END_TEST

/* ---- Lists --------------------------------------------------------------------------------------------------- */

static const struct {
	const char *text;
	const char *names;
	unsigned troubles;
} lists[] = {
	{ "b\na\n", "b a", 0 },
	{ "b\na", "b a", 0 },
	{ "# a comment\n\nb\n \t \n#a\na\n\n", "b a", 0 },
	{ "b\r\na\r\n\r\n", "b a", 0 },
	{ "below\na\n", "below/c a", 0 },
	{ "with blanks \n", "with blanks ", 0 },
	{ "@a\n", "@a", 0 },
	{ "missing\na\n", "missing a", 0 },
	{ "", "", 1 },
	{ "# nothing\n\n", "", 1 },
};

START_TEST(lists_of_names)
{
	write_capture("a");
	write_capture("b");
	ck_assert_int_eq(mkdir("below", 0700), 0);
	write_capture("below/c");
	write_text("list", lists[_i].text);
	expect_one("@list", lists[_i].names, lists[_i].troubles, 0);
	ck_assert_ptr_nonnull(freopen("list", "rb", stdin));
	expect_one("@-", lists[_i].names, lists[_i].troubles, 0);
}
END_TEST

START_TEST(no_list_at_all)
{
	char name[FILELIST_NAME_MAX + 3] = "";

	write_capture("a");
	expect_one("@missing", "", 1, 0);
	expect_one("@.", "", 1, 0);
	expect_one("@a", "", 1, 0); /* a capture */
	memset(name, 'x', FILELIST_NAME_MAX);
	write_text("list", name);
	expect((const char *const[]){ "@list", "a" }, 2, strcat(name, " a"), 0, 0);
	name[FILELIST_NAME_MAX] = '\0';
	captures_write_bytes("list", strcat(name, "x"), FILELIST_NAME_MAX + 1);
	expect((const char *const[]){ "@list", "a" }, 2, "a", 1, 0);
	captures_write_bytes("list", "a\nb\0c\n", 6);
	expect_one("@list", "", 1, 0);
	ck_assert_msg(strstr(heard.last, "line 2") != NULL, "%s", heard.last);
}
END_TEST

/* As many as allowed, then one more. */
START_TEST(too_many)
{
	const char *path = captures_path("list");
	FILE *file = fopen(path, "wb");
	struct filelist list;
	const char *word = "@list";

	ck_assert_ptr_nonnull(file);
	for (int i = 0; i < FILELIST_MAX; i++)
		fprintf(file, "no-such-%d\n", i);
	ck_assert_int_eq(fflush(file), 0);
	ck_assert(filelist_init(&list, &word, 1, &listener));
	ck_assert_uint_eq(list.len, FILELIST_MAX);
	ck_assert_uint_eq(heard.troubles, 0);
	filelist_fini(&list);
	fprintf(file, "one-more\nand-more\n");
	ck_assert_int_eq(fclose(file), 0);
	ck_assert(filelist_init(&list, &word, 1, &listener));
	ck_assert_uint_eq(list.len, FILELIST_MAX);
	ck_assert_uint_eq(heard.troubles, 1);
	ck_assert_msg(strstr(heard.last, "one-more") != NULL, "%s", heard.last);
	filelist_fini(&list);
}
END_TEST

/* Whichever allocation fails: the list is whole, or somebody is told. */
START_TEST(out_of_memory)
{
	const char *const words[] = { "@list", "below", "a", "a" };
	size_t n = 1;

	write_capture("a");
	ck_assert_int_eq(mkdir("below", 0700), 0);
	write_capture("below/b");
	write_text("list", "a\nbelow\n");
	for (;; n++) {
		struct filelist list;
		bool is_good;
		bool has_failed;

		memset(&heard, 0, sizeof(heard));
		alloc_fail_at(n);
		is_good = filelist_init(&list, words, LENGTH(words), &listener);
		has_failed = alloc_has_failed();
		alloc_fail_at(0);
		ck_assert_msg(!is_good || heard.troubles > 0 || list.len == 2, "allocation %zu", n);
		filelist_fini(&list);
		if (!has_failed)
			break;
	}
	ck_assert_uint_gt(n, 5);
}
END_TEST

int main(void)
{
	TCase *t;
	Suite *suite = suite_new("filelist", &t);

	tcase_add_checked_fixture(t, begin, captures_end);
	tcase_add_test(t, files_in_the_order_given);
	tcase_add_test(t, the_same_file_once);
	tcase_add_test(t, standard_input_under_its_name);
	tcase_add_test(t, numbers_as_numbers);
	tcase_add_test(t, captures_only);
	tcase_add_test(t, one_that_cannot_be_opened);
	tcase_add_test(t, nothing_in_it);
	tcase_add_test(t, not_permitted);
	tcase_add_loop_test(t, lists_of_names, 0, LENGTH(lists));
	tcase_add_test(t, no_list_at_all);
	tcase_add_test(t, too_many);
	tcase_add_test(t, out_of_memory);
	return suite_run(suite);
}
