/*
 * The command line: what each option sets, what the words mean, and the one line for what is wrong.
 */
#include "cli/options.h"

#include <string.h>

#include "base/clock.h"
#include "cli/option_rows.h"
#include "lib/suite.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))
#define WORDS_MAX 14

struct line {
	const char *words[WORDS_MAX]; /* after the program's name; NULL ends them */
};

static struct options options;
static char error[OPTIONS_ERROR_MAX];

/* The words have no const in main either. */
static int parse(const struct line *line)
{
	static char copies[WORDS_MAX + 1][256];
	char *argv[WORDS_MAX + 2] = { copies[WORDS_MAX] };
	int argc = 1;

	strcpy(copies[WORDS_MAX], "wirestat");
	for (; argc <= WORDS_MAX && line->words[argc - 1] != NULL; argc++) {
		ck_assert_uint_lt(strlen(line->words[argc - 1]), sizeof(copies[0]));
		argv[argc] = strcpy(copies[argc - 1], line->words[argc - 1]);
	}
	error[0] = '\0';
	return options_parse(&options, argc, argv, error);
}

#define PARSE(...) parse(&(struct line){ { __VA_ARGS__, NULL } })
#define PARSE_WELL(...) ck_assert_msg(PARSE(__VA_ARGS__) == 0, "%s", error)

static void forget(void)
{
	options_fini(&options);
}

START_TEST(defaults)
{
	PARSE_WELL("-r", "a.pcap");
	ck_assert_ptr_eq(options.view, &view_table);
	ck_assert_uint_eq(options.files_len, 1);
	ck_assert_str_eq(options.files[0], "a.pcap");
	ck_assert_ptr_null(options.filter);
	ck_assert_uint_eq(options.packets_max, 0);
	ck_assert_int_eq(options.at.kind, MOMENT_NONE);
	ck_assert_int_eq(options.format, VIEW_PEOPLE);
	ck_assert_int_eq(options.color, COLOR_AUTO);
	ck_assert(!options.all && !options.path && !options.evidence && !options.has_fail_on);
	ck_assert_int_eq(options.every_ns, 0);
	ck_assert_uint_eq(options.top, 10);
	ck_assert_ptr_null(options.uid);
	ck_assert_int_eq(options.time_wait_ns, 0);
	ck_assert_uint_eq(options.connections_max, 0);
	ck_assert(!options.help && !options.version);
}
END_TEST

START_TEST(nothing_at_all)
{
	ck_assert_int_eq(parse(&(struct line){ { NULL } }), 0);
	ck_assert_uint_eq(options.files_len, 0);
	ck_assert_ptr_eq(options.view, &view_table);
}
END_TEST

START_TEST(every_view_has_its_name)
{
	const struct view_row *row = &view_rows[_i];

	if (row->view != NULL)
		ck_assert_str_eq(row->name, row->view->name);
	PARSE_WELL(row->name);
	ck_assert_ptr_eq(options.view, row->view);
	ck_assert_ptr_null(options.filter);
}
END_TEST

START_TEST(values_of_the_table)
{
	PARSE_WELL("table", "--all", "--path", "-c", "5", "--at=frame:17", "--color", "never", "--json", "-n", "-r",
		   "-");
	ck_assert(options.all && options.path);
	ck_assert_uint_eq(options.packets_max, 5);
	ck_assert_int_eq(options.at.kind, MOMENT_FRAME);
	ck_assert_uint_eq(options.at.frame, 17);
	ck_assert_int_eq(options.color, COLOR_NEVER);
	ck_assert_int_eq(options.format, VIEW_JSON);
	ck_assert_str_eq(options.files[0], "-");
}
END_TEST

START_TEST(values_of_the_other_views)
{
	PARSE_WELL("count", "--every", "1.5s", "--top=3", "--time-wait", "2m", "--max-connections=1000", "--tsv");
	ck_assert_int_eq(options.every_ns, 1500 * NS_PER_MS);
	ck_assert_uint_eq(options.top, 3);
	ck_assert_int_eq(options.time_wait_ns, 120 * NS_PER_SEC);
	ck_assert_uint_eq(options.connections_max, 1000);
	ck_assert_int_eq(options.format, VIEW_TSV);
	forget();
	PARSE_WELL("events", "--evidence");
	ck_assert(options.evidence);
	forget();
	PARSE_WELL("ladder", "--uid", "Cabc");
	ck_assert_str_eq(options.uid, "Cabc");
	forget();
	PARSE_WELL("audit", "--fail-on", "warn");
	ck_assert(options.has_fail_on);
	ck_assert_int_eq(options.fail_on, WS_WARN);
}
END_TEST

START_TEST(values_stand_anywhere)
{
	PARSE_WELL("-nac3", "-ra.pcap", "--read=b.pcap", "--read", "c.pcap");
	ck_assert(options.all && options.numeric);
	ck_assert_uint_eq(options.packets_max, 3);
	ck_assert_uint_eq(options.files_len, 3);
	ck_assert_str_eq(options.files[0], "a.pcap");
	ck_assert_str_eq(options.files[1], "b.pcap");
	ck_assert_str_eq(options.files[2], "c.pcap");
}
END_TEST

START_TEST(words_are_a_filter)
{
	PARSE_WELL("tcp", "port", "80", "-r", "a.pcap", "and", "host", "10.0.0.1");
	ck_assert_str_eq(options.filter, "tcp port 80 and host 10.0.0.1");
	ck_assert_ptr_eq(options.view, &view_table);
	forget();
	PARSE_WELL("-r", "a.pcap", "audit", "tcp", "port", "80");
	ck_assert_ptr_eq(options.view, &view_audit);
	ck_assert_str_eq(options.filter, "tcp port 80");
	forget();
	PARSE_WELL("-r", "a.pcap", "--", "ip[2:2]", "-", "-5", ">", "0");
	ck_assert_str_eq(options.filter, "ip[2:2] - -5 > 0");
}
END_TEST

/* Lines at once, as for tcpdump, whatever the view; netstat's and ss's -l is spelt out. */
START_TEST(lines_at_once)
{
	PARSE_WELL("table", "-l");
	ck_assert(!options.listening && options.line_buffered);
	forget();
	PARSE_WELL("-ql", "events");
	ck_assert(!options.listening && options.line_buffered && options.quiet);
	forget();
	PARSE_WELL("audit", "--line-buffered", "-v", "-o", "log", "--where=state listen");
	ck_assert(options.line_buffered && options.verbose);
	ck_assert_str_eq(options.output, "log");
	ck_assert_str_eq(options.where, "state listen");
}
END_TEST

START_TEST(one_finding)
{
	PARSE_WELL("findings", "simultaneous-close", "--json");
	ck_assert_ptr_null(options.view);
	ck_assert_str_eq(options.finding, "simultaneous-close");
	ck_assert_int_eq(options.format, VIEW_JSON);
	forget();
	PARSE_WELL("findings");
	ck_assert_ptr_null(options.finding);
}
END_TEST

/* The table has other forms: the options choose the view that serves it. */
START_TEST(forms_of_the_table)
{
	PARSE_WELL("--as", "netstat", "-aW", "--host", "10.0.0.1", "--host=2001:db8::1", "--timers", "--every", "1s");
	ck_assert_ptr_eq(options.view, &view_netstat);
	ck_assert(options.all && options.wide && options.timers);
	ck_assert_uint_eq(options.hosts_len, 2);
	ck_assert_uint_eq(options.hosts[0].family, 4);
	ck_assert_uint_eq(options.hosts[0].bytes[3], 1);
	ck_assert_uint_eq(options.hosts[1].family, 6);
	ck_assert_uint_eq(options.hosts[1].bytes[1], 1);
	forget();
	PARSE_WELL("table", "--as=ss", "--listening");
	ck_assert_ptr_eq(options.view, &view_ss);
	ck_assert(options.listening);
	forget();
	PARSE_WELL("--listening", "--json");
	ck_assert_ptr_eq(options.view, &view_listening);
	forget();
	PARSE_WELL("--summary");
	ck_assert_ptr_eq(options.view, &view_ss_summary);
	forget();
	PARSE_WELL("--zeek", "--host", "10.0.0.1");
	ck_assert_ptr_eq(options.view, &view_zeek);
	forget();
	PARSE_WELL("--timers");
	ck_assert_ptr_eq(options.view, &view_table);
}
END_TEST

/* Whatever else stands there, as long as it can be understood. */
START_TEST(help_and_version)
{
	PARSE_WELL("findings", "--every", "1", "nonsense", "--help");
	ck_assert(options.help);
	forget();
	PARSE_WELL("-V");
	ck_assert(options.version);
}
END_TEST

static const struct {
	struct line line;
	const char *words[2]; /* that the one line must have */
} wrong[] = {
	{ { { "--jsno" } }, { "--jsno", "--json" } },
	{ { { "--frobnicate" } }, { "--frobnicate", "unknown" } },
	{ { { "-x" } }, { "-x", "unknown" } },
	{ { { "-nxa" } }, { "-x", "-nxa" } },
	{ { { "-r" } }, { "-r", "FILE" } },
	{ { { "-r", "--json" } }, { "-r", "FILE" } },
	{ { { "--at" } }, { "--at", "WHEN" } },
	{ { { "--json=yes" } }, { "--json", "yes" } },
	{ { { "-c", "many" } }, { "many", "number" } },
	{ { { "-c", "0" } }, { "'0'", "number" } },
	{ { { "-c", "1.5" } }, { "1.5", "number" } },
	{ { { "-c", "99999999999999999999" } }, { "99999999999999999999", "number" } },
	{ { { "count", "--every", "0" } }, { "--every", "duration" } },
	{ { { "count", "--every", "soon" } }, { "soon", "duration" } },
	{ { { "--at", "noon" } }, { "noon", "frame:N" } },
	{ { { "--color", "red" } }, { "red", "always" } },
	{ { { "audit", "--fail-on", "bad" } }, { "bad", "alert" } },
	{ { { "tabel", "-r", "a.pcap" } }, { "tabel", "table" } },
	{ { { "audit", "--only", "no-such-thing" } }, { "no-such-thing", "finding" } },
	{ { { "audit", "--ignore", "one," } }, { "--ignore", "'one'" } },
	{ { { "count", "--only", "one-way-traffic" } }, { "--only", "count" } },
	{ { { "findings", "-r", "a.pcap" } }, { "--read", "findings" } },
	{ { { "table", "--top", "3" } }, { "--top", "table" } },
	{ { { "count", "--as", "ss" } }, { "--as", "count" } },
	{ { { "--as", "lsof" } }, { "lsof", "netstat" } },
	{ { { "--as", "ss", "--host", "here" } }, { "here", "address" } },
	{ { { "--every", "1s", "--zeek" } }, { "--every", "--zeek" } },
	{ { { "--as", "ss", "--zeek" } }, { "--zeek", "only one" } },
	{ { { "--zeek", "--json" } }, { "--json", "--zeek" } },
	{ { { "count", "--path" } }, { "--path", "count" } },
	{ { { "--listening", "--where", "dport = :80" } }, { "--where", "--listening" } },
	{ { { "events", "--listening" } }, { "--listening", "events" } },
	{ { { "top", "-l" } }, { "--line-buffered", "top" } },
	{ { { "--completion", "tcsh" } }, { "tcsh", "zsh" } },
};

START_TEST(wrong_word_is_named)
{
	ck_assert_int_eq(parse(&wrong[_i].line), -1);
	for (size_t i = 0; i < LENGTH(wrong[_i].words); i++)
		ck_assert_msg(strstr(error, wrong[_i].words[i]) != NULL, "'%s' is not in: %s", wrong[_i].words[i],
			      error);
	ck_assert_ptr_null(strchr(error, '\n'));
}
END_TEST

/* No letter and no name twice, each row of use to a view, each value told to the reader. */
START_TEST(row_is_sound)
{
	const struct option_row *row = &option_rows[_i];
	bool takes_value = row->kind != OPTION_FLAG && row->kind != OPTION_FORMAT;

	for (size_t i = 0; i < option_rows_len; i++) {
		if (i == (size_t)_i)
			continue;
		ck_assert_str_ne(row->name, option_rows[i].name);
		ck_assert(row->letter == '\0' || row->letter != option_rows[i].letter ||
			  (row->views & option_rows[i].views) == 0);
	}
	ck_assert_uint_ne(row->views, 0);
	ck_assert_uint_gt(strlen(row->help), 0);
	ck_assert(takes_value == (row->value != NULL));
}
END_TEST

int main(void)
{
	TCase *t;
	Suite *suite = suite_new("options", &t);

	tcase_add_checked_fixture(t, NULL, forget);
	tcase_add_test(t, defaults);
	tcase_add_test(t, nothing_at_all);
	tcase_add_loop_test(t, every_view_has_its_name, 0, (int)view_rows_len);
	tcase_add_test(t, values_of_the_table);
	tcase_add_test(t, values_of_the_other_views);
	tcase_add_test(t, values_stand_anywhere);
	tcase_add_test(t, words_are_a_filter);
	tcase_add_test(t, lines_at_once);
	tcase_add_test(t, one_finding);
	tcase_add_test(t, forms_of_the_table);
	tcase_add_test(t, help_and_version);
	tcase_add_loop_test(t, wrong_word_is_named, 0, LENGTH(wrong));
	tcase_add_loop_test(t, row_is_sound, 0, (int)option_rows_len);
	return suite_run(suite);
}
