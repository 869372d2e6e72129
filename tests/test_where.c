/*
 * The filter of --where: what every form of it selects from a handful of connections, and where it says an expression is
 * wrong. What ss selects by the same words is looked at in test_where.sh.
 */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "cli/where.h"
#include "lib/suite.h"

#define LENGTH(a) (sizeof(a) / sizeof((a)[0]))
#define SECOND INT64_C(1000000000)
#define NOW (1000 * SECOND)

/* a: web, established      b: web, client in TIME-WAIT   c: web over IPv6, half-closed
 * d: ssh, SYN-RECEIVED     e: mail, over                 f: midstream, one side never seen */
static const struct sample {
	char letter;
	const char *client, *server;
	uint16_t client_port, server_port;
	enum ws_state client_state, server_state;
	int64_t age;             /* seconds */
	uint64_t packets, bytes; /* of each side */
	int finding;             /* -1: none */
} samples[] = {
	{ 'a', "10.1.2.3", "192.0.2.1", 40000, 80, WS_ESTABLISHED, WS_ESTABLISHED, 5, 10, 1000, -1 },
	{ 'b', "10.1.9.9", "192.0.2.1", 40001, 443, WS_TIME_WAIT, WS_CLOSED, 30, 4, 100,
	  WS_FINDING_simultaneous_close },
	{ 'c', "2001:db8::1", "2001:db8:ffff::2", 40002, 80, WS_FIN_WAIT_2, WS_CLOSE_WAIT, 300, 3, 50, -1 },
	{ 'd', "10.200.0.1", "192.0.2.128", 1023, 22, WS_SYN_SENT, WS_SYN_RECEIVED, 1, 1, 0, -1 },
	{ 'e', "172.16.0.1", "192.0.2.2", 40004, 25, WS_CLOSED, WS_CLOSED, 0, 5, 400, -1 },
	{ 'f', "10.1.2.4", "198.51.100.7", 40005, 8080, WS_UNKNOWN, WS_LAST_ACK, 60, 2, 20, -1 },
};

static struct where where;
static struct where_error error;

static void set_addr(struct ws_addr *addr, const char *text)
{
	addr->family = strchr(text, ':') != NULL ? 6 : 4;
	ck_assert_int_eq(inet_pton(addr->family == 6 ? AF_INET6 : AF_INET, text, addr->bytes), 1);
}

static void set_record(struct ws_record *record, const struct sample *s)
{
	memset(record, 0, sizeof(*record));
	set_addr(&record->endpoint[WS_CLIENT].addr, s->client);
	set_addr(&record->endpoint[WS_SERVER].addr, s->server);
	record->endpoint[WS_CLIENT].port = s->client_port;
	record->endpoint[WS_SERVER].port = s->server_port;
	record->endpoint[WS_CLIENT].state = s->client_state;
	record->endpoint[WS_SERVER].state = s->server_state;
	record->endpoint[WS_CLIENT].since = s->client_state == WS_UNKNOWN ? WS_TIME_NONE : NOW - 2 * s->age * SECOND;
	record->endpoint[WS_SERVER].since = NOW - s->age * SECOND;
	for (size_t i = 0; i < 2; i++) {
		record->endpoint[i].packets = s->packets;
		record->endpoint[i].bytes = s->bytes;
	}
	if (s->finding >= 0)
		record->findings[record->findings_len++].id = (enum ws_finding_id)s->finding;
}

static void parse_well(const char *text)
{
	ck_assert_msg(where_parse(&where, text, &error), "%s: %s at %zu", text, error.text, error.at);
}

/* The letters of those that `text` selects. */
static const char *selects(const char *text, enum ws_side local)
{
	static char letters[LENGTH(samples) + 1];
	size_t len = 0;

	parse_well(text);
	for (size_t i = 0; i < LENGTH(samples); i++) {
		struct ws_record record;

		set_record(&record, &samples[i]);
		if (where_holds(&where, &record, NOW, local))
			letters[len++] = samples[i].letter;
	}
	letters[len] = '\0';
	return letters;
}

/* ---- What is selected --------------------------------------------------------------------------------------- */

static const struct {
	const char *text;
	const char *letters;
} meanings[] = {
	/* States, in every spelling. */
	{ "state established", "a" },
	{ "state ESTAB", "a" },
	{ "state time-wait", "b" },
	{ "state TIME_WAIT", "b" },
	{ "state syn-recv", "d" },
	{ "state SYN-RECEIVED", "d" },
	{ "state syn-rcv", "d" },
	{ "state syn-sent", "d" },
	{ "state fin-wait-2", "c" },
	{ "state FIN_WAIT2", "c" },
	{ "state close-wait", "c" },
	{ "state last-ack", "f" },
	{ "state closed", "be" },
	{ "state close", "be" },
	{ "state unconnected", "be" },
	{ "state listening", "" },
	{ "state listen", "" },
	{ "state closing", "" },
	{ "state fin-wait-1", "" },
	/* Groups, ss(8) STATE-FILTER. */
	{ "state all", "abcdef" },
	{ "state connected", "abcdf" },
	{ "state synchronized", "abcdf" },
	{ "state synchronized exclude syn-recv", "abcf" },
	{ "state bucket", "bd" },
	{ "state big", "abcdef" },
	{ "server:big", "abcef" },
	/* In a row they are one set, as for ss. */
	{ "state established state time-wait", "ab" },
	{ "exclude established", "bcdef" },
	{ "excl established exclude closed", "cdf" },
	{ "state connected exclude established exclude time-wait", "cdf" },
	{ "exclude established state established", "abcdef" },
	{ "state all exclude all", "" },
	{ "state established and state time-wait", "" },
	{ "state fin-wait-2 and state close-wait", "c" },
	/* One side. */
	{ "client:time-wait", "b" },
	{ "server:time-wait", "" },
	{ "server:CLOSED", "be" },
	{ "client:closed", "e" },
	{ "client:connected", "abcd" },
	{ "client:unknown", "f" },
	{ "client:syn-sent server:syn-recv", "d" },
	/* Addresses. */
	{ "src 10.1.2.3", "a" },
	{ "src = 10.1.2.3", "a" },
	{ "src == 10.1.2.3", "a" },
	{ "src eq 10.1.2.3", "a" },
	{ "src != 10.1.2.3", "bcdef" },
	{ "src 10.0.0.0/8", "abdf" },
	{ "src 10/8", "abdf" },
	{ "src 10.1/16", "abf" },
	{ "src 10.1.2.0/255.255.255.0", "af" },
	{ "src 10.1.2.2/31", "a" },
	{ "src 10.1.2.0/29", "af" },
	{ "src 0/0", "abdef" },
	{ "dst 192.0.2.0/25", "abe" },
	{ "dst 192.0.2.1/32", "ab" },
	{ "dst 192.0.2.1:443", "b" },
	{ "dst 192.0.2.0/24:22", "d" },
	{ "dst 192.0.2.1:http", "a" },
	{ "dst *:80", "ac" },
	{ "dst :80", "ac" },
	{ "dst *", "abcdef" },
	{ "dst any", "abcdef" },
	{ "dst 192.0.2.1:*", "ab" },
	{ "dst != *:80", "bdef" },
	{ "src [2001:db8::1]", "c" },
	{ "src [2001:db8::1]:40002", "c" },
	{ "src [2001:db8::1]:40003", "" },
	{ "src [2001:db8::]/32", "c" },
	{ "dst [2001:db8::]/32:80", "c" },
	{ "dst [2001:db8::/33]:80", "" },
	{ "dst [2001:db8:8000::/33]:80", "c" },
	{ "src 2001:db8::1", "c" },
	{ "src 2001:db8::/32", "c" },
	{ "src inet6:*", "c" },
	{ "src inet:*", "abdef" },
	{ "src inet6:[::]/0", "c" },
	{ "src inet:10.1.2.3", "a" },
	{ "src [10.1.2.3]:40000", "a" },
	/* Ports. */
	{ "dport = :443", "b" },
	{ "dport = 443", "b" },
	{ "dport :443", "b" },
	{ "dport 443", "b" },
	{ "dport = *:443", "b" },
	{ "dport = https", "b" },
	{ "dport eq :ssh", "d" },
	{ "dport == :ssh", "d" },
	{ "dport=:22", "d" },
	{ "dport = inet:80", "a" },
	{ "dport = inet6::80", "c" },
	{ "dport != :80", "bdef" },
	{ "dport ne :80", "bdef" },
	{ "dport neq :80", "bdef" },
	{ "dport > :80", "bf" },
	{ "dport gt 80", "bf" },
	{ "dport >= :80", "abcf" },
	{ "dport ge :80", "abcf" },
	{ "dport geq 80", "abcf" },
	{ "dport < :80", "de" },
	{ "dport lt :80", "de" },
	{ "dport <= :80", "acde" },
	{ "dport le :80", "acde" },
	{ "dport leq :80", "acde" },
	{ "dport = :*", "abcdef" },
	{ "sport < :1024", "d" },
	{ "sport = :40005", "f" },
	{ "sport >= 40002 sport <= 40004", "ce" },
	/* Together: from left to right. */
	{ "dport = :80 or dport = :443", "abc" },
	{ "dport = :80 | dport = :443", "abc" },
	{ "dport = :80 || dport = :443", "abc" },
	{ "dport = :80 and src 10/8", "a" },
	{ "dport = :80 & src 10/8", "a" },
	{ "dport = :80 && src 10/8", "a" },
	{ "dport = :80 src 10/8", "a" },
	{ "dport = :80 or dport = :443 and src 10.1.9.9", "b" },
	{ "dport = :80 or ( dport = :443 and src 10.1.9.9 )", "abc" },
	{ "src 10.1.9.9 and dport = :443 or dport = :80", "abc" },
	{ "not dport = :80", "bdef" },
	{ "! dport = :80", "bdef" },
	{ "!dport=:80", "bdef" },
	{ "not not dport = :80", "ac" },
	{ "not dport = :80 and src 10/8", "bdf" },
	{ "not ( dport = :80 and src 10/8 )", "bcdef" },
	{ "not(dport=:80&&src 10/8)", "bcdef" },
	{ "\\( dport = :80 \\)", "ac" },
	{ "((dport = :80)) or (state time-wait)", "abc" },
	{ "state established dport = :80", "a" },
	{ "state connected ( dport = :80 or dport = :22 )", "acd" },
	{ "not state established exclude closed", "bcdef" },
	{ "NOT STATE established AND DPORT = :80", "c" },
	{ "\tdport\n=\r:80 ", "ac" },
	/* What a capture knows. */
	{ "finding simultaneous-close", "b" },
	{ "not finding simultaneous-close", "acdef" },
	{ "age > 30", "cf" },
	{ "age >= 30s", "bcf" },
	{ "age<1m", "abd" },
	{ "age = 5000ms", "a" },
	{ "not age > 0", "e" },
	{ "packets >= 8", "abe" },
	{ "packets > 8", "ae" },
	{ "packets = 20", "a" },
	{ "bytes = 0", "d" },
	{ "bytes != 0", "abcef" },
	{ "bytes ge 800 and bytes lt 2000", "e" },
	{ "bytes <= 40", "df" },
};

START_TEST(selection)
{
	ck_assert_msg(strcmp(selects(meanings[_i].text, WS_BOTH), meanings[_i].letters) == 0, "%s: %s, not %s",
		      meanings[_i].text, selects(meanings[_i].text, WS_BOTH), meanings[_i].letters);
}
END_TEST

/* On the server's host src is the server, and states are its own. */
START_TEST(local_side)
{
	ck_assert_str_eq(selects("sport = :80", WS_CLIENT), "");
	ck_assert_str_eq(selects("sport = :80", WS_SERVER), "ac");
	ck_assert_str_eq(selects("src 192.0.2.1", WS_SERVER), "ab");
	ck_assert_str_eq(selects("dst 10.1.9.9:40001", WS_SERVER), "b");
	ck_assert_str_eq(selects("state time-wait", WS_CLIENT), "b");
	ck_assert_str_eq(selects("state time-wait", WS_SERVER), "");
	ck_assert_str_eq(selects("state closed", WS_SERVER), "be");
	ck_assert_str_eq(selects("exclude closed", WS_CLIENT), "abcdf");
	ck_assert_str_eq(selects("client:time-wait", WS_SERVER), "b");
}
END_TEST

/* Never false of what is selected, whichever side turns out to be the client; false where no address can fit. */
START_TEST(what_may_hold)
{
	static const struct {
		const char *text;
		const char *letters;
	} table[] = {
		{ "state listening", "abcdef" },
		{ "not state all", "abcdef" },
		{ "dport = :80", "ac" },
		{ "sport = :80", "ac" },
		{ "not dport = :80", "abcdef" },
		{ "src 10/8 and dport = :80", "a" },
		{ "src 192.0.2.1", "ab" },
		{ "state established and dst *:443", "b" },
		{ "state established or dst *:443", "abcdef" },
		{ "not ( dport = :80 or sport = :80 )", "abcdef" },
		{ "not ( dport > :1 or sport > :1 )", "" },
		{ "bytes > 1000000 dport = :25", "e" },
	};

	for (size_t i = 0; i < LENGTH(table); i++) {
		parse_well(table[i].text);
		for (size_t k = 0; k < LENGTH(samples); k++) {
			struct ws_record record;
			bool may;

			set_record(&record, &samples[k]);
			may = where_may_hold(&where, &record);
			ck_assert_msg(may == (strchr(table[i].letters, samples[k].letter) != NULL), "%s: %c",
				      table[i].text, samples[k].letter);
		}
	}
	for (size_t i = 0; i < LENGTH(meanings); i++) {
		const char *letters = selects(meanings[i].text, WS_BOTH);

		for (size_t k = 0; k < LENGTH(samples); k++) {
			struct ws_record record;

			set_record(&record, &samples[k]);
			ck_assert(strchr(letters, samples[k].letter) == NULL || where_may_hold(&where, &record));
		}
	}
}
END_TEST

/* ---- What is wrong ------------------------------------------------------------------------------------------ */

static const struct {
	const char *text;
	const char *mark; /* one ^ below each byte pointed at */
	const char *word; /* of the reason */
} wrongs[] = {
	{ "", "^", "condition is missing" },
	{ "   ", "   ^", "condition is missing" },
	{ "state", "     ^", "state is missing" },
	{ "state and dport = :80", "      ^^^", "state is missing" },
	{ "state estblished", "      ^^^^^^^^^^", "established" },
	{ "state TIME-WIAT", "      ^^^^^^^^^", "time-wait" },
	{ "state frobnicated", "      ^^^^^^^^^^^", "'frobnicated' is not a state" },
	{ "state established,time-wait", "      ^^^^^^^^^^^^^^^^^^^^^", "not a state" },
	{ "client:", "       ", "state is missing" },
	{ "dport = :80 and server:opne", "                       ^^^^", "'opne'" },
	{ "established", "^^^^^^^^^^^", "state established" },
	{ "estblished", "^^^^^^^^^^", "state established" },
	{ "dprot = :80", "^^^^^", "dport" },
	{ "frobnicate", "^^^^^^^^^^", "not a condition" },
	{ "dev = eth0", "^^^", "on the wire" },
	{ "fwmark = 1", "^^^^^^", "on the wire" },
	{ "cgroup = /x", "^^^^^^", "on the wire" },
	{ "dst 1.2.3.4 and autobound", "                ^^^^^^^^^", "on the wire" },
	{ "dport = :80 and", "               ^", "condition is missing" },
	{ "or dport = :80", "^^", "condition is missing" },
	{ "dport = :80 and or dport = :81", "                ^^", "condition is missing" },
	{ "not", "   ^", "condition is missing" },
	{ "()", " ^", "condition is missing" },
	{ "( dport = :80", "^", "never closed" },
	{ "( ( dport = :80 ) and state listening", "^", "never closed" },
	{ "dport = :80 )", "            ^", "never opened" },
	{ "dport", "     ^", "port is missing" },
	{ "dport = = :80", "        ^", "port is missing" },
	{ "dport = state time-wait", "        ^^^^^", "'state' does not end in a port" },
	{ "dport = :65536", "        ^^^^^^", "65535" },
	{ "dport = :no-such-service", "        ^^^^^^^^^^^^^^^^", "service" },
	{ "dport = 1.2.3.4:5", "        ^^^^^^^^^", "port" },
	{ "dport > :*", "        ^^", "compare" },
	{ "dport = unix:80", "        ^^^^^^^", "family" },
	{ "src", "   ^", "address is missing" },
	{ "src > 10.0.0.1", "    ^", "= and !=" },
	{ "src localhost", "    ^^^^^^^^^", "not looked up" },
	{ "src 10.0.0.256", "    ^^^^^^^^^^", "not an address" },
	{ "src 10.0.0.1.2", "    ^^^^^^^^^^", "not an address" },
	{ "src 10.0..1", "    ^^^^^^^", "not an address" },
	{ "src 010.0.0.1", "    ^^^^^^^^^", "not an address" },
	{ "src 10.0.0.0/33", "    ^^^^^^^^^^^", "prefix" },
	{ "src 10.0.0.0/255.0.255.0", "    ^^^^^^^^^^^^^^^^^^^^", "prefix" },
	{ "src [2001:db8::]/129", "    ^^^^^^^^^^^^^^^^", "prefix" },
	{ "src [2001:db8::]/255.0.0.0", "    ^^^^^^^^^^^^^^^^^^^^^^", "prefix" },
	{ "src [2001:db8::1", "    ^^^^^^^^^^^^", "bracket" },
	{ "src [::1]80", "    ^^^^^^^", "no port" },
	{ "src fe80::1:80", "    ^^^^^^^^^^", "brackets" },
	{ "src inet6:10.0.0.1", "    ^^^^^^^^^^^^^^", "other family" },
	{ "src vsock:1", "    ^^^^^^^", "family" },
	{ "finding", "       ^", "missing" },
	{ "finding simultaneos-close", "        ^^^^^^^^^^^^^^^^^", "simultaneous-close" },
	{ "finding frobnication", "        ^^^^^^^^^^^^", "lists them" },
	{ "age 5m", "    ^^", "comparison" },
	{ "age > soon", "      ^^^^", "duration" },
	{ "age >", "     ^", "duration is missing" },
	{ "packets > -1", "          ^^", "whole number" },
	{ "bytes > 1k", "        ^^", "whole number" },
	{ "bytes", "     ^", "comparison" },
};

START_TEST(wrong_word_is_pointed_at)
{
	const char *text = wrongs[_i].text;
	const char *mark = wrongs[_i].mark;

	ck_assert_msg(!where_parse(&where, text, &error), "'%s' is understood", text);
	ck_assert_msg(strstr(error.text, wrongs[_i].word) != NULL, "'%s': %s", text, error.text);
	ck_assert_msg(error.at == strspn(mark, " "), "'%s': at %zu", text, error.at);
	ck_assert_msg(error.at + error.len == strlen(mark), "'%s': %zu bytes", text, error.len);
}
END_TEST

static char *report_of(const char *text)
{
	char *out;
	size_t len;
	FILE *stream = open_memstream(&out, &len);

	ck_assert(!where_parse(&where, text, &error));
	where_report(stream, text, &error);
	fclose(stream);
	return out;
}

START_TEST(report)
{
	char *out = report_of("state estblished and dport = :80");

	ck_assert_str_eq(out, "wirestat: --where: 'estblished' is not a state; did you mean established?\n"
			      "  state estblished and dport = :80\n"
			      "        ^~~~~~~~~~\n");
	free(out);
	out = report_of("src 1.2.3.4\nand \xC3\xA4h");
	ck_assert_ptr_nonnull(strstr(out, "\n  src 1.2.3.4 and \xC3\xA4h\n                  ^~\n"));
	free(out);
}
END_TEST

/* Of a long expression what stands about the word; the mark stays below it. */
START_TEST(report_of_a_long_one)
{
	char text[1000] = "";
	char *out;
	char *line;
	char *mark;

	for (int i = 0; i < 12; i++)
		strcat(text, "src 10.0.0.0/8 and ");
	strcat(text, "bogus");
	for (int i = 0; i < 12; i++)
		strcat(text, " and src 10.0.0.0/8");
	out = report_of(text);
	line = strchr(out, '\n') + 1;
	mark = strchr(line, '\n') + 1;
	ck_assert_uint_lt((size_t)(mark - line), 90);
	ck_assert_int_eq(strncmp(line + (strchr(mark, '^') - mark), "bogus", 5), 0);
	ck_assert_str_eq(strchr(mark, '^'), "^~~~~\n");
	free(out);
}
END_TEST

/* ---- Bounds ------------------------------------------------------------------------------------------------- */

static char *nested(size_t depth)
{
	char *text = malloc(2 * depth + 32);
	size_t len = 0;

	ck_assert_ptr_nonnull(text);
	memset(text, '(', depth);
	len = depth + (size_t)sprintf(text + depth, "dport = :80");
	memset(text + len, ')', depth);
	text[len + depth] = '\0';
	return text;
}

START_TEST(depth_is_bounded)
{
	char *text = nested(WHERE_DEPTH_MAX);

	ck_assert_str_eq(selects(text, WS_BOTH), "ac");
	free(text);
	text = nested(WHERE_DEPTH_MAX + 1);
	ck_assert(!where_parse(&where, text, &error));
	ck_assert_uint_eq(error.at, WHERE_DEPTH_MAX);
	free(text);
	text = nested(100000);
	ck_assert(!where_parse(&where, text, &error));
	free(text);
}
END_TEST

/* The deepest that evaluation gets: at every level one value waits. */
START_TEST(stack_is_enough)
{
	char text[2048] = "";

	for (int i = 0; i < WHERE_DEPTH_MAX; i++)
		strcat(text, "dport = :81 or (");
	strcat(text, "dport = :82 or dport = :80");
	for (int i = 0; i < WHERE_DEPTH_MAX; i++)
		strcat(text, ")");
	ck_assert_str_eq(selects(text, WS_BOTH), "ac");
}
END_TEST

START_TEST(length_is_bounded)
{
	static char text[1 << 16];

	strcpy(text, "dport = 1");
	for (size_t i = 1; i < (WHERE_STEPS_MAX + 1) / 2; i++)
		strcat(text, " or dport = 80");
	ck_assert_str_eq(selects(text, WS_BOTH), "ac");
	strcat(text, " or dport = 80");
	ck_assert(!where_parse(&where, text, &error));
	memset(text, 'x', sizeof(text) - 1);
	ck_assert(!where_parse(&where, text, &error));
	memset(text, '!', sizeof(text) - 1);
	ck_assert(!where_parse(&where, text, &error));
	memcpy(text, "src ", 4);
	memset(text + 4, ':', 500);
	text[504] = '\0';
	ck_assert(!where_parse(&where, text, &error));
}
END_TEST

int main(void)
{
	TCase *t;
	Suite *suite = suite_new("where", &t);

	tcase_add_loop_test(t, selection, 0, LENGTH(meanings));
	tcase_add_test(t, local_side);
	tcase_add_test(t, what_may_hold);
	tcase_add_loop_test(t, wrong_word_is_pointed_at, 0, LENGTH(wrongs));
	tcase_add_test(t, report);
	tcase_add_test(t, report_of_a_long_one);
	tcase_add_test(t, depth_is_bounded);
	tcase_add_test(t, stack_is_enough);
	tcase_add_test(t, length_is_bounded);
	return suite_run(suite);
}
