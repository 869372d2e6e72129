/*
 * Whether the detail of a connection is at hand, was packed away and unpacked between any two of its segments, or was not
 * needed because the segment was an ordinary one: the same events come in the same order, and the same records. Over all
 * captures of pcaps/ and all cases.
 */
#include <check.h>
#include <glob.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/chronicle.h"
#include "lib/outcome.h"
#include "lib/suite.h"
#include "wirestat.h"

#define EVENTS                                                                                                    \
	(WS_MASK(WS_EVENT_OPEN) | WS_MASK(WS_EVENT_STATE) | WS_MASK(WS_EVENT_RETRACT) | WS_MASK(WS_EVENT_PROOF) | \
	 WS_MASK(WS_EVENT_FINDING) | WS_MASK(WS_EVENT_CLOSE) | WS_MASK(WS_EVENT_END))

/* How it is run: with few places, and with every segment told, which none can pass unseen. */
struct way {
	size_t places;
	bool tells_segments;
};
static const struct way reference = { 0, true };
static const struct way ways[] = { { 8, true }, { 0, false }, { 8, false } };

#define WAYS (sizeof ways / sizeof ways[0])

static glob_t captures;
static glob_t cases;

struct account {
	char *text;
	size_t len;
	FILE *out;
};

static void on_event(void *user, const struct ws_event *event)
{
	struct account *account = user;

	if (event->type == WS_EVENT_SEGMENT)
		return;
	fprintf(account->out, "%d %lld %llu %llu %d %d %d %d %lld\n", (int)event->type, (long long)event->ts,
		(unsigned long long)event->frame, (unsigned long long)ws_connection_number(event->connection),
		(int)event->side, (int)event->from, (int)event->to, (int)event->evidence, (long long)event->held_ns);
	if (event->type == WS_EVENT_END)
		chronicle_record(account->out, event->connection);
}

static ws_tracker *begin(struct account *account, const struct way *way)
{
	struct ws_config config = { .on_event = on_event, .user = account, .max_at_work = way->places };
	ws_tracker *tracker;

	config.events = EVENTS | (way->tells_segments ? WS_MASK(WS_EVENT_SEGMENT) : 0u);
	account->out = open_memstream(&account->text, &account->len);
	tracker = ws_tracker_new(&config);
	ck_assert_ptr_nonnull(account->out);
	ck_assert_ptr_nonnull(tracker);
	return tracker;
}

static void end(struct account *account, ws_tracker *tracker)
{
	ws_tracker_finish(tracker);
	ws_tracker_free(tracker);
	fclose(account->out);
}

static void run_capture(struct account *account, const char *path, const struct way *way)
{
	char error[PCAP_ERRBUF_SIZE];
	pcap_t *pcap = pcap_open_offline_with_tstamp_precision(path, PCAP_TSTAMP_PRECISION_NANO, error);
	ws_tracker *tracker = begin(account, way);
	struct pcap_pkthdr *header;
	struct ws_packet packet = { 0 };

	ck_assert_msg(pcap != NULL, "%s: %s", path, error);
	packet.linktype = (uint32_t)pcap_datalink(pcap);
	while (pcap_next_ex(pcap, &header, &packet.data) == 1) {
		packet.ts = header->ts.tv_sec * INT64_C(1000000000) + header->ts.tv_usec;
		packet.caplen = header->caplen;
		packet.len = header->len;
		packet.frame++;
		ck_assert_int_eq(ws_tracker_feed(tracker, &packet), WS_OK);
	}
	pcap_close(pcap);
	end(account, tracker);
}

static struct case_file *read_case(const char *path)
{
	static char text[1 << 20];
	struct case_file *file = malloc(sizeof *file);
	FILE *in = fopen(path, "r");
	char error[CASE_ERROR_MAX];
	size_t len;

	ck_assert_ptr_nonnull(file);
	ck_assert_ptr_nonnull(in);
	len = fread(text, 1, sizeof text, in);
	fclose(in);
	ck_assert_msg(case_parse(text, len, file, error), "%s: %s", path, error);
	return file;
}

static void run_case(struct account *account, const char *path, const struct way *way)
{
	static const struct replay_way plain = { .name = "plain" };
	struct case_file *file = read_case(path);
	ws_tracker *tracker = begin(account, way);
	struct replay replay;

	replay_init(&replay, file, &plain);
	ck_assert_int_eq(replay_feed(&replay, tracker, NULL, NULL), 0);
	replay_fini(&replay);
	free(file);
	end(account, tracker);
}

static void check_same(const char *path, void (*run)(struct account *, const char *, const struct way *))
{
	struct account good;

	run(&good, path, &reference);
	for (size_t i = 0; i < WAYS; i++) {
		struct account account;

		run(&account, path, &ways[i]);
		if (account.len != good.len || memcmp(account.text, good.text, good.len) != 0)
			outcome_diff(stdout, good.text, good.len, account.text, account.len);
		ck_assert_msg(account.len == good.len && memcmp(account.text, good.text, good.len) == 0,
			      "%s, way %zu: see above", path, i);
		free(account.text);
	}
	free(good.text);
}

START_TEST(capture_is_the_same)
{
	check_same(captures.gl_pathv[_i], run_capture);
}
END_TEST

START_TEST(case_is_the_same)
{
	check_same(cases.gl_pathv[_i], run_case);
}
END_TEST

int main(void)
{
	TCase *tcase;
	Suite *suite = suite_new("rest", &tcase);

	if (glob(getenv("WS_CAPTURES") ? getenv("WS_CAPTURES") : "pcaps/*/*.pcap*", 0, NULL, &captures) != 0 ||
	    glob("tests/cases/*.case", 0, NULL, &cases) != 0)
		return 1;
	tcase_set_timeout(tcase, 60);
	tcase_add_loop_test(tcase, capture_is_the_same, 0, (int)captures.gl_pathc);
	tcase_add_loop_test(tcase, case_is_the_same, 0, (int)cases.gl_pathc);
	return suite_run(suite);
}
