/*
 * The objects as TSV: as many values as names, and each value under its name.
 */
#include <stdio.h>
#include <string.h>

#include "lib/sample.h"
#include "lib/suite.h"
#include "view/ndjson.h"

static struct text text;
static struct ws_record record;
static struct view_options options;

static void setup(void)
{
	text = (struct text){ 0 };
	options = (struct view_options){ 0 };
	sample_record(&record);
}

static void teardown(void)
{
	text_fini(&text);
}

static size_t tabs(const char *line)
{
	size_t count = 0;

	for (; *line && *line != '\n'; line++)
		count += *line == '\t';
	return count;
}

/* The value in the second line under `name` in the first. */
static const char *under(const char *name, char *out, size_t size)
{
	const char *head = text.data;
	const char *row = strchr(text.data, '\n') + 1;
	size_t len = strlen(name);

	while (strncmp(head, name, len) != 0 || (head[len] != '\t' && head[len] != '\n')) {
		size_t skip = strcspn(head, "\t\n");

		ck_assert_msg(head[skip] == '\t', "no column %s", name);
		head += skip + 1;
		row += strcspn(row, "\t\n") + 1;
	}
	snprintf(out, size, "%.*s", (int)strcspn(row, "\t\n"), row);
	return out;
}

START_TEST(connection)
{
	const char *first = "uid\tcommunity_id\trole_source\tconfidence\tclient.addr\tclient.port\tclient.state\t";
	char value[128];

	options.path = _i == 1;
	sample_finding(&record, WS_FINDING_simultaneous_close, 1);
	sample_finding(&record, WS_FINDING_fin_retransmitted, 1);
	record.endpoint[WS_SERVER].mss = -1;
	ndjson_connection(&text, FIELDS_TSV_NAMES, NULL, WS_TIME_NONE, &options);
	ndjson_connection(&text, FIELDS_TSV_VALUES, &record, WS_TIME_NONE, &options);
	ck_assert_uint_eq(tabs(text.data), tabs(strchr(text.data, '\n') + 1));
	ck_assert_int_eq(strncmp(text.data, first, strlen(first)), 0);
	ck_assert_str_eq(under("server.addr", value, sizeof(value)), "10.9.0.2");
	ck_assert_str_eq(under("server.state", value, sizeof(value)), "CLOSED");
	ck_assert_str_eq(under("server.mss", value, sizeof(value)), "");
	ck_assert_str_eq(under("client.mss", value, sizeof(value)), "1460");
	ck_assert_str_eq(under("handshake.server_rtt_ns", value, sizeof(value)), "18000");
	ck_assert_str_eq(under("close.first", value, sizeof(value)), "client");
	ck_assert_str_eq(under("findings", value, sizeof(value)), "simultaneous-close,fin-retransmitted");
	ck_assert_str_eq(under("tags", value, sizeof(value)), "");
	if (options.path)
		ck_assert_str_eq(under("server.path", value, sizeof(value)), "SYN-RECEIVED:8:presumed");
}
END_TEST

START_TEST(event_of_each_type)
{
	struct ws_event event = { .type = (enum ws_event_type)_i, .ts = SAMPLE_START, .expected = "1", .why = "x" };
	char value[128];

	ndjson_event(&text, FIELDS_TSV_NAMES, NULL, NULL);
	ndjson_event(&text, FIELDS_TSV_VALUES, &event, &record);
	ck_assert_uint_eq(tabs(text.data), tabs(strchr(text.data, '\n') + 1));
	under("type", value, sizeof(value));
	ck_assert_uint_ge(strlen(value), 3);
	ck_assert_str_eq(under("expected", value, sizeof(value)), event.type == WS_EVENT_FINDING ? "1" : "");
	ck_assert_str_eq(under("why", value, sizeof(value)), event.type == WS_EVENT_RETRACT ? "x" : "");
	ck_assert_str_eq(under("kind", value, sizeof(value)), event.type == WS_EVENT_CLOSE ? "fin" : "");
}
END_TEST

int main(void)
{
	TCase *tcase;
	Suite *suite = suite_new("tsv", &tcase);

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_loop_test(tcase, connection, 0, 2);
	tcase_add_loop_test(tcase, event_of_each_type, 0, WS_EVENT_COUNT);
	return suite_run(suite);
}
