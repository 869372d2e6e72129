/*
 * Counts by state, host and service.
 */
#include <stdlib.h>
#include <string.h>

#include "lib/sample.h"
#include "lib/suite.h"
#include "view/hosts.h"
#include "view/tally.h"

static struct text text;
static struct tally tally;

static void setup(void)
{
	text = (struct text){ 0 };
	tally = (struct tally){ 0 };
	tally_add(&tally, WS_ESTABLISHED, WS_ESTABLISHED);
	tally_add(&tally, WS_ESTABLISHED, WS_ESTABLISHED);
	tally_add(&tally, WS_FIN_WAIT_2, WS_CLOSE_WAIT);
	tally_add(&tally, WS_TIME_WAIT, WS_CLOSED);
}

static void teardown(void)
{
	text_fini(&text);
}

static void print_json(void)
{
	struct fields f;

	fields_begin(&f, &text, FIELDS_JSON, "count");
	tally_fields(&f, &tally);
	fields_end(&f);
}

START_TEST(json)
{
	print_json();
	ck_assert_str_eq(
		text.data,
		"{\"type\":\"count\",\"schema\":1,\"connections\":4,\"states\":{"
		"\"client\":{\"ESTABLISHED\":2,\"FIN-WAIT-2\":1,\"TIME-WAIT\":1},"
		"\"server\":{\"CLOSED\":1,\"ESTABLISHED\":2,\"CLOSE-WAIT\":1},"
		"\"both\":{\"CLOSED\":1,\"ESTABLISHED\":4,\"FIN-WAIT-2\":1,\"TIME-WAIT\":1,\"CLOSE-WAIT\":1}},"
		"\"pairs\":{\"ESTABLISHED/ESTABLISHED\":2,\"FIN-WAIT-2/CLOSE-WAIT\":1,\"TIME-WAIT/CLOSED\":1}}\n");
}
END_TEST

START_TEST(removed_is_as_never_added)
{
	tally_remove(&tally, WS_ESTABLISHED, WS_ESTABLISHED);
	tally_remove(&tally, WS_ESTABLISHED, WS_ESTABLISHED);
	tally_remove(&tally, WS_FIN_WAIT_2, WS_CLOSE_WAIT);
	tally_remove(&tally, WS_TIME_WAIT, WS_CLOSED);
	print_json();
	ck_assert_str_eq(text.data, "{\"type\":\"count\",\"schema\":1,\"connections\":0,\"states\":{\"client\":{},"
				    "\"server\":{},\"both\":{}},\"pairs\":{}}\n");
}
END_TEST

START_TEST(table_with_matrix)
{
	tally_table(&text, &tally, _i == 0 ? 0 : 80, false);
	ck_assert_str_eq(text.data, "STATE            CLIENT   SERVER     BOTH\n"
				    "CLOSED                0        1        1\n"
				    "ESTABLISHED           2        2        4\n"
				    "FIN-WAIT-2            1        0        1\n"
				    "TIME-WAIT             1        0        1\n"
				    "CLOSE-WAIT            0        1        1\n"
				    "connections           4\n"
				    "\n"
				    "CLIENT \\ SERVER    CLOSED  ESTABLISHED  CLOSE-WAIT\n"
				    "ESTABLISHED             0            2           0\n"
				    "FIN-WAIT-2              0            0           1\n"
				    "TIME-WAIT               1            0           0\n");
}
END_TEST

START_TEST(table_too_wide_for_a_matrix)
{
	tally_table(&text, &tally, 49, false);
	ck_assert_ptr_nonnull(strstr(text.data, "\n\n"
						"CLIENT          SERVER        CONNECTIONS\n"
						"ESTABLISHED     ESTABLISHED             2\n"
						"FIN-WAIT-2      CLOSE-WAIT              1\n"
						"TIME-WAIT       CLOSED                  1\n"));
}
END_TEST

START_TEST(line)
{
	tally_line(&text, &tally, false);
	ck_assert_str_eq(text.data, "connections 4  CLOSED 0/1  ESTABLISHED 2/2  FIN-WAIT-2 1/0  TIME-WAIT 1/0  "
				    "CLOSE-WAIT 0/1");
}
END_TEST

/* ---- Hosts and services ------------------------------------------------------------------------------------- */

static struct hosts hosts;

static void add(uint8_t client, uint8_t server, uint16_t port, enum ws_state state)
{
	struct ws_record record;

	sample_record(&record);
	record.endpoint[WS_CLIENT].addr.bytes[3] = client;
	record.endpoint[WS_CLIENT].state = WS_ESTABLISHED;
	record.endpoint[WS_SERVER].addr.bytes[3] = server;
	record.endpoint[WS_SERVER].port = port;
	record.endpoint[WS_SERVER].state = state;
	hosts_add(&hosts, &record);
}

static void add_some(void)
{
	hosts = (struct hosts){ 0 };
	add(1, 2, 80, WS_ESTABLISHED);
	add(1, 2, 80, WS_CLOSE_WAIT);
	add(3, 2, 443, WS_ESTABLISHED);
	add(2, 4, 65535, WS_ESTABLISHED);
	add(9, 9, 0, WS_ESTABLISHED);
	hosts_rank(&hosts);
}

START_TEST(hosts_json)
{
	struct fields f;

	add_some();
	fields_begin(&f, &text, FIELDS_JSON, "x");
	hosts_fields(&f, &hosts, 2);
	fields_end(&f);
	hosts_fini(&hosts);
	ck_assert_str_eq(
		text.data,
		"{\"type\":\"x\",\"schema\":1,\"hosts\":["
		"{\"addr\":\"10.9.0.2\",\"connections\":4,\"states\":{\"ESTABLISHED\":3,\"CLOSE-WAIT\":1}},"
		"{\"addr\":\"10.9.0.1\",\"connections\":2,\"states\":{\"ESTABLISHED\":2}}],"
		"\"services\":[{\"port\":80,\"connections\":2,\"states\":{\"ESTABLISHED\":1,\"CLOSE-WAIT\":1}},"
		"{\"port\":0,\"connections\":1,\"states\":{\"ESTABLISHED\":1}}]}\n");
}
END_TEST

START_TEST(hosts_for_people)
{
	add_some();
	hosts_table(&text, &hosts, 3, 0, false);
	ck_assert_str_eq(text.data, "\n"
				    "ADDRESS   CONNECTIONS  STATES\n"
				    "10.9.0.2            4  ESTABLISHED 3  CLOSE-WAIT 1\n"
				    "10.9.0.1            2  ESTABLISHED 2\n"
				    "10.9.0.9            2  ESTABLISHED 2\n"
				    "\n"
				    "SERVER PORT  CONNECTIONS  STATES\n"
				    "80                     2  ESTABLISHED 1  CLOSE-WAIT 1\n"
				    "0                      1  ESTABLISHED 1\n"
				    "443                    1  ESTABLISHED 1\n");
	text_clear(&text);
	hosts_table(&text, &hosts, 1, 40, false);
	ck_assert_ptr_nonnull(strstr(text.data, "10.9.0.2            4  ESTABLISHED 3  ..\n"));
	hosts_fini(&hosts);
}
END_TEST

/* Nobody is lost or counted twice among many. */
START_TEST(hosts_by_the_thousand)
{
	unsigned counts[256] = { 0 };
	unsigned seed = 7;
	size_t sum = 0;

	hosts = (struct hosts){ 0 };
	for (int i = 0; i < 5000; i++) {
		uint8_t client = (uint8_t)(rand_r(&seed) % 256);

		counts[client]++;
		counts[200]++;
		add(client, 200, (uint16_t)(rand_r(&seed) % 65536), WS_ESTABLISHED);
	}
	hosts_rank(&hosts);
	for (size_t i = 0; i < hosts.groups_len; i++) {
		const struct ws_addr *addr = &hosts.ends[hosts.groups[i].start].addr;

		ck_assert_uint_eq(hosts.groups[i].len, counts[addr->bytes[3]]);
		ck_assert(i == 0 || hosts.groups[i].len <= hosts.groups[i - 1].len);
		sum += hosts.groups[i].len;
	}
	ck_assert_uint_eq(sum, 10000);
	hosts_fini(&hosts);
}
END_TEST

START_TEST(nobody)
{
	hosts = (struct hosts){ 0 };
	hosts_rank(&hosts);
	hosts_table(&text, &hosts, 10, 80, false);
	ck_assert_uint_eq(text.len, 0);
	hosts_fini(&hosts);
}
END_TEST

int main(void)
{
	TCase *tcase;
	Suite *suite = suite_new("tally", &tcase);

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, json);
	tcase_add_test(tcase, removed_is_as_never_added);
	tcase_add_loop_test(tcase, table_with_matrix, 0, 2);
	tcase_add_test(tcase, table_too_wide_for_a_matrix);
	tcase_add_test(tcase, line);
	tcase_add_test(tcase, hosts_json);
	tcase_add_test(tcase, hosts_for_people);
	tcase_add_test(tcase, hosts_by_the_thousand);
	tcase_add_test(tcase, nobody);
	return suite_run(suite);
}
