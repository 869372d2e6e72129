/*
 * Every view over a real capture with the n-th allocation failing, for every n that there is: the run comes to its
 * end, frees what it had, and either shows what it always shows, or says that something is missing. Allocations of
 * libpcap and the C library are not touched here; test_no_memory.sh makes those fail too.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/run.h"
#include "lib/alloc.h"
#include "lib/suite.h"

#define CAPTURE "pcaps/demo.pcap"
#define WORDS_MAX 12
#define TEXT_MAX (1 << 20)

static const char *const lines[][WORDS_MAX] = {
	{ "table", "--all", "--path" },
	{ "table", "--all", "--json" },
	{ "table", "--tsv" },
	{ "table", "--listening" },
	{ "table", "--listening", "--json" },
	{ "table", "--zeek" },
	{ "table", "--as", "netstat", "--all", "--timers" },
	{ "table", "--as", "ss", "--host", "10.9.0.1" },
	{ "table", "--summary" },
	{ "table", "--where", "state time-wait or dport = :5000" },
	{ "table", "--at", "+300ms" },
	{ "count" },
	{ "count", "--json" },
	{ "count", "--every", "1s" },
	{ "events", "--evidence" },
	{ "events", "--json" },
	{ "audit" },
	{ "audit", "--json" },
	{ "ladder" },
	{ "ladder", "--json" },
	{ "table", "--max-connections", "2", "--all" },
	{ "events", "--json", "--threads", "2" },
	{ "audit", "--threads", "2" },
};

#define LINES (sizeof lines / sizeof lines[0])

static char out_text[2][TEXT_MAX];
static char err_text[TEXT_MAX];
static FILE *out;
static FILE *err;

struct outcome {
	struct run_result result;
	bool has_failed; /* there was an n-th allocation */
	long left;       /* blocks that were not freed */
	bool is_refused; /* already the options found no memory */
};

static void read_back(FILE *file, char *text)
{
	size_t len;

	fflush(file);
	rewind(file);
	len = fread(text, 1, TEXT_MAX - 1, file);
	text[len] = '\0';
	rewind(file);
	if (ftruncate(fileno(file), 0) != 0)
		abort();
}

/* No check of Check's while allocations may fail: it allocates too. */
static struct outcome run_with_failure(const char *const *words, size_t n, char *text)
{
	static char copies[WORDS_MAX + 4][64];
	char *argv[WORDS_MAX + 5] = { NULL };
	int argc = 0;
	struct options options;
	char why[OPTIONS_ERROR_MAX];
	struct outcome outcome = { .is_refused = false };
	size_t live = alloc_live();

	argv[argc++] = strcpy(copies[0], "wirestat");
	for (; words[argc - 1]; argc++)
		argv[argc] = strcpy(copies[argc], words[argc - 1]);
	argv[argc] = strcpy(copies[argc], "-r");
	argc++;
	argv[argc] = strcpy(copies[argc], CAPTURE);
	argc++;
	alloc_fail_at(n);
	outcome.is_refused = options_parse(&options, argc, argv, why) != 0;
	if (!outcome.is_refused)
		run(&options, out, &outcome.result);
	options_fini(&options);
	outcome.has_failed = alloc_has_failed();
	alloc_fail_at(0);
	outcome.left = (long)(alloc_live() - live);
	read_back(out, text);
	read_back(stderr, err_text);
	return outcome;
}

static bool says_so(const char *text)
{
	return strstr(text, "memory") != NULL || strstr(text, "table-full") != NULL ||
	       strstr(text, "forgotten") != NULL;
}

/* Blanks are no information: a column may be less wide for want of memory to measure it. */
static bool is_same(const char *a, const char *b)
{
	for (;;) {
		a += strspn(a, " ");
		b += strspn(b, " ");
		if (*a != *b || *a == '\0')
			return *a == *b;
		a++;
		b++;
	}
}

START_TEST(every_allocation_fails_once)
{
	const char *const *words = lines[_i];
	struct outcome outcome = run_with_failure(words, 0, out_text[0]);
	size_t n = 0;

	ck_assert(!outcome.is_refused && !outcome.result.is_out_of_memory);
	ck_assert_int_eq(outcome.left, 0);
	ck_assert_uint_gt(strlen(out_text[0]), 100);
	do {
		outcome = run_with_failure(words, ++n, out_text[1]);
		ck_assert_msg(outcome.left == 0, "%s %s: allocation %zu failed: something was not freed", words[0],
			      words[1] ? words[1] : "", n);
		if (!outcome.has_failed || outcome.is_refused || outcome.result.is_out_of_memory)
			continue;
		ck_assert_msg(is_same(out_text[0], out_text[1]) || says_so(err_text) || says_so(out_text[1]),
			      "%s %s: allocation %zu failed: shown is less, without a word:\n%.1500s\n%.500s", words[0],
			      words[1] ? words[1] : "", n, out_text[1], err_text);
	} while (outcome.has_failed);
	ck_assert_uint_gt(n, 10);
}
END_TEST

static void setup(void)
{
	out = tmpfile();
	err = tmpfile();
	ck_assert(out && err);
	ck_assert_int_ge(dup2(fileno(err), STDERR_FILENO), 0);
	stderr = err;
}

int main(void)
{
	TCase *t;
	Suite *suite = suite_new("no_memory", &t);

	tcase_set_timeout(t, 120);
	tcase_add_checked_fixture(t, setup, NULL);
	tcase_add_loop_test(t, every_allocation_fails_once, 0, LINES);
	return suite_run(suite);
}
