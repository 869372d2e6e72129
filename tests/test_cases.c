/*
 * Every tests/cases/NAME.case: its segments, fed to a tracker, must be printed back by the ladder view byte for byte, and
 * the same records must come out however the connection was captured (INFERENCE 6.4). WS_CASE=NAME takes one case only.
 * Then, over all of them: the arrows of figure 5 that a tap can see were all travelled.
 */
#include <check.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/alloc.h"
#include "lib/outcome.h"
#include "lib/suite.h"

#define CASES "tests/cases/*.case"
#define CASES_MAX 1024

static glob_t names;
static size_t selected[CASES_MAX];
static size_t selected_len;

/* ---- Ways of capturing ---------------------------------------------------------------------------------------- */

static const struct replay_way plain = { .name = "plain", .seed = 1 };

static const struct replay_way ways[] = {
	{ .name = "another seed", .seed = 0x9e3779b97f4a7c15 },
	{ .name = "in 2103", .begins_late = true },
	{ .name = "802.1Q", .framing = FRAMING_VLAN },
	{ .name = "QinQ", .framing = FRAMING_QINQ },
	{ .name = "LLC and SNAP", .framing = FRAMING_LLC_SNAP },
	{ .name = "MPLS", .framing = FRAMING_MPLS },
	{ .name = "MPLS pseudowire", .framing = FRAMING_MPLS_PSEUDOWIRE },
	{ .name = "PPPoE", .framing = FRAMING_PPPOE },
	{ .name = "NULL, little endian", .framing = FRAMING_NULL_LITTLE },
	{ .name = "NULL, big endian", .framing = FRAMING_NULL_BIG },
	{ .name = "LOOP", .framing = FRAMING_LOOP },
	{ .name = "PPP", .framing = FRAMING_PPP },
	{ .name = "PPP in HDLC", .framing = FRAMING_PPP_HDLC },
	{ .name = "PPP Ethernet", .framing = FRAMING_PPP_ETHER },
	{ .name = "Cisco HDLC", .framing = FRAMING_C_HDLC },
	{ .name = "raw", .framing = FRAMING_RAW },
	{ .name = "SLL", .framing = FRAMING_SLL },
	{ .name = "SLL2", .framing = FRAMING_SLL2 },
	{ .name = "LINKTYPE_IPV4", .framing = FRAMING_IP },
	{ .name = "truncated to headers", .is_truncated = true },
	{ .name = "pcap, little endian", .file = REPLAY_PCAP_LE },
	{ .name = "pcap, big endian", .file = REPLAY_PCAP_BE },
	{ .name = "pcap, little endian, microseconds", .file = REPLAY_PCAP_LE, .is_microseconds = true },
	{ .name = "pcap, big endian, microseconds", .file = REPLAY_PCAP_BE, .is_microseconds = true },
	{ .name = "pcapng, little endian", .file = REPLAY_PCAPNG_LE },
	{ .name = "pcapng, big endian", .file = REPLAY_PCAPNG_BE },
	{ .name = "pcapng, little endian, microseconds", .file = REPLAY_PCAPNG_LE, .is_microseconds = true },
	{ .name = "pcapng, big endian, microseconds", .file = REPLAY_PCAPNG_BE, .is_microseconds = true },
	{ .name = "pcap of SLL, in 2103", .file = REPLAY_PCAP_BE, .framing = FRAMING_SLL, .begins_late = true },
	{ .name = "sides swapped", .is_swapped = true },
	{ .name = "IPv6", .is_ipv6 = true },
	{ .name = "IPv6, sides swapped", .is_ipv6 = true, .is_swapped = true },
	{ .name = "IPv6, raw", .is_ipv6 = true, .framing = FRAMING_RAW },
	{ .name = "IPv6, LINKTYPE_IPV6", .is_ipv6 = true, .framing = FRAMING_IP },
	{ .name = "IPv6 in QinQ", .is_ipv6 = true, .framing = FRAMING_QINQ },
	{ .name = "IPv6, NULL", .is_ipv6 = true, .framing = FRAMING_NULL_LITTLE },
	{ .name = "IPv6, SLL2", .is_ipv6 = true, .framing = FRAMING_SLL2 },
	{ .name = "IPv6, PPPoE", .is_ipv6 = true, .framing = FRAMING_PPPOE },
	{ .name = "IPv6, truncated", .is_ipv6 = true, .is_truncated = true },
	{ .name = "first numbers 0", .moves_seq = true, .first_seq = { 0, 0 } },
	{ .name = "wrap after the first number", .moves_seq = true, .first_seq = { 0xffffffff, 0xffffffff } },
	{ .name = "wrap after the second", .moves_seq = true, .first_seq = { 0xfffffffe, 0xfffffffe } },
	{ .name = "wrap in the midst", .moves_seq = true, .first_seq = { 0xfffffff0, 0xffffff80 } },
	{ .name = "only A wraps", .moves_seq = true, .first_seq = { 0xffffffff, 0x10000000 } },
	{ .name = "only B wraps", .moves_seq = true, .first_seq = { 0x10000000, 0xffffffff } },
	{ .name = "the sign changes", .moves_seq = true, .first_seq = { 0x7fffffff, 0x7ffffff0 } },
	{ .name = "copied", .copies = 1 },
	{ .name = "copied by a router", .copies = 1, .is_routed = true },
	{ .name = "copied thrice", .copies = 3 },
	{ .name = "copied, IPv6", .copies = 1, .is_ipv6 = true },
	{ .name = "copied, wrapping, swapped",
	  .copies = 1,
	  .is_swapped = true,
	  .moves_seq = true,
	  .first_seq = { 0xffffffff, 0xffffffff } },
};

#define WAYS (sizeof(ways) / sizeof(ways[0]))

/* The ladder must be the same text, times counting from the first segment. */
static bool keeps_text(const struct replay_way *way)
{
	return !way->is_swapped && !way->is_ipv6 && !way->moves_seq && !way->copies;
}

static bool suits(const struct case_file *file, const struct replay_way *way)
{
	/* The number 0 of a RST says that it answers a SYN (RFC 9293 3.10.7.1). */
	if (way->moves_seq && way->first_seq[0] == 0 && (file->lines[0].segment.flags & WS_FLAG_RST))
		return false;
	for (size_t i = 0; i < file->lines_len; i++) {
		/* A checksum cannot be found wrong without the bytes it covers. */
		if (way->is_truncated && file->lines[i].segment.has_bad_checksum)
			return false;
		if (way->is_microseconds && file->lines[i].ns % 1000)
			return false;
		/* A length field above 1500 would be an EtherType. */
		if (way->framing == FRAMING_LLC_SNAP && file->lines[i].segment.len > 1000)
			return false;
	}
	return true;
}

/* ---- Reading -------------------------------------------------------------------------------------------------- */

static void case_name(size_t index, char *out, size_t size)
{
	const char *path = names.gl_pathv[index];
	const char *slash = strrchr(path, '/');
	size_t len = strlen(slash + 1) - strlen(".case");

	snprintf(out, size, "%.*s", (int)len, slash + 1);
}

static char *read_text(const char *path, size_t *len)
{
	FILE *file = fopen(path, "rb");
	char *text = malloc(1 << 20);

	ck_assert_ptr_nonnull(file);
	ck_assert_ptr_nonnull(text);
	*len = fread(text, 1, 1 << 20, file);
	ck_assert_uint_lt(*len, 1 << 20);
	fclose(file);
	return text;
}

struct loaded {
	char name[64];
	char *text;
	size_t len;
	struct case_file *file;
};

static void load(struct loaded *loaded, size_t index)
{
	char error[CASE_ERROR_MAX];

	case_name(index, loaded->name, sizeof(loaded->name));
	loaded->text = read_text(names.gl_pathv[index], &loaded->len);
	loaded->file = malloc(sizeof(*loaded->file));
	ck_assert_ptr_nonnull(loaded->file);
	if (!case_parse(loaded->text, loaded->len, loaded->file, error))
		ck_abort_msg("%s: %s", loaded->name, error);
}

static void unload(struct loaded *loaded)
{
	free(loaded->text);
	free(loaded->file);
}

static void compare(const struct loaded *loaded, const char *way, const char *expected, size_t expected_len,
		    const char *got, size_t got_len)
{
	if (expected_len == got_len && memcmp(expected, got, got_len) == 0)
		return;
	printf("%s, %s:\n", loaded->name, way);
	outcome_diff(stdout, expected, expected_len, got, got_len);
	fflush(stdout);
	ck_abort_msg("%s, %s: see above, - expected, + got", loaded->name, way);
}

/* ---- One case ------------------------------------------------------------------------------------------------- */

START_TEST(prints_back)
{
	struct loaded loaded;
	struct outcome outcome;

	load(&loaded, selected[_i]);
	outcome_init(&outcome, loaded.file, &plain);
	compare(&loaded, plain.name, loaded.text + loaded.file->head_len, loaded.len - loaded.file->head_len,
		outcome.ladder, outcome.ladder_len);
	outcome_fini(&outcome);
	unload(&loaded);
}
END_TEST

START_TEST(many_ways)
{
	struct loaded loaded;
	struct outcome expected;

	load(&loaded, selected[_i]);
	outcome_init(&expected, loaded.file, &plain);
	for (size_t i = 0; i < WAYS; i++) {
		struct outcome got;

		if (!suits(loaded.file, &ways[i]))
			continue;
		outcome_init(&got, loaded.file, &ways[i]);
		compare(&loaded, ways[i].name, expected.digest, expected.digest_len, got.digest, got.digest_len);
		if (keeps_text(&ways[i]))
			compare(&loaded, ways[i].name, expected.ladder, expected.ladder_len, got.ladder,
				got.ladder_len);
		outcome_fini(&got);
	}
	outcome_fini(&expected);
	unload(&loaded);
}
END_TEST

/* ---- Memory --------------------------------------------------------------------------------------------------- */

static void count_event(void *user, const struct ws_event *event)
{
	struct ws_record record;

	ws_connection_record(event->connection, &record);
	++*(size_t *)user;
}

struct life {
	bool has_failed; /* there was an n-th allocation */
	bool is_told;    /* and it was reported, or nobody needed it */
	bool is_clean;   /* all that was allocated was freed */
};

/* A whole life of a tracker in which the n-th allocation fails. Nothing of Check may run meanwhile: it allocates too. */
static struct life live_with_failure(const struct replay *replay, size_t n)
{
	size_t events = 0;
	struct ws_config config = { .on_event = count_event, .user = &events, .events = WS_MASK(WS_EVENT_COUNT) - 1 };
	size_t live = alloc_live();
	struct life life = { .is_told = true };
	ws_tracker *tracker;

	alloc_fail_at(n);
	tracker = ws_tracker_new(&config);
	if (tracker) {
		int result = replay_feed(replay, tracker, NULL, NULL);

		ws_tracker_finish(tracker);
		ws_tracker_free(tracker);
		life.is_told = result == WS_OK || (result == WS_ERROR_MEMORY && alloc_has_failed());
	} else {
		life.is_told = alloc_has_failed();
	}
	life.has_failed = alloc_has_failed();
	alloc_fail_at(0);
	life.is_clean = alloc_live() == live;
	return life;
}

START_TEST(every_allocation_fails_once)
{
	struct loaded loaded;
	struct replay replay;
	struct life life;
	size_t n = 0;

	load(&loaded, selected[_i]);
	replay_init(&replay, loaded.file, &plain);
	do {
		life = live_with_failure(&replay, ++n);
		ck_assert_msg(life.is_told, "%s: allocation %zu failed and nobody was told", loaded.name, n);
		ck_assert_msg(life.is_clean, "%s: allocation %zu failed and something was not freed", loaded.name, n);
	} while (life.has_failed && n < 10000);
	ck_assert_uint_gt(n, 2);
	replay_fini(&replay);
	unload(&loaded);
}
END_TEST

/* ---- All of them ---------------------------------------------------------------------------------------------- */

/* RFC 9293 figure 5, what a tap can see of it; a listener shows as CLOSED. Not SYN-RECEIVED -> CLOSE-WAIT (3.10.7.4): a
 * segment with a FIN that is taken has an ACK that is taken first. */
static const enum ws_state arrows[][2] = {
	{ WS_CLOSED, WS_SYN_SENT },         { WS_CLOSED, WS_SYN_RECEIVED },  { WS_SYN_SENT, WS_SYN_RECEIVED },
	{ WS_SYN_SENT, WS_ESTABLISHED },    { WS_SYN_SENT, WS_CLOSED },      { WS_SYN_RECEIVED, WS_ESTABLISHED },
	{ WS_SYN_RECEIVED, WS_FIN_WAIT_1 }, { WS_SYN_RECEIVED, WS_CLOSED },  { WS_ESTABLISHED, WS_FIN_WAIT_1 },
	{ WS_ESTABLISHED, WS_CLOSE_WAIT },  { WS_ESTABLISHED, WS_CLOSED },   { WS_FIN_WAIT_1, WS_FIN_WAIT_2 },
	{ WS_FIN_WAIT_1, WS_CLOSING },      { WS_FIN_WAIT_1, WS_TIME_WAIT }, { WS_FIN_WAIT_1, WS_CLOSED },
	{ WS_FIN_WAIT_2, WS_TIME_WAIT },    { WS_FIN_WAIT_2, WS_CLOSED },    { WS_CLOSING, WS_TIME_WAIT },
	{ WS_CLOSING, WS_CLOSED },          { WS_CLOSE_WAIT, WS_LAST_ACK },  { WS_CLOSE_WAIT, WS_CLOSED },
	{ WS_LAST_ACK, WS_CLOSED },         { WS_TIME_WAIT, WS_CLOSED },
};

START_TEST(every_arrow_was_travelled)
{
	uint32_t travelled[WS_STATE_COUNT] = { 0 };

	for (size_t i = 0; i < names.gl_pathc; i++) {
		struct loaded loaded;
		struct outcome outcome;

		load(&loaded, i);
		outcome_init(&outcome, loaded.file, &plain);
		for (size_t from = 0; from < WS_STATE_COUNT; from++)
			travelled[from] |= outcome.steps[from];
		outcome_fini(&outcome);
		unload(&loaded);
	}
	for (size_t i = 0; i < sizeof(arrows) / sizeof(arrows[0]); i++)
		ck_assert_msg(travelled[arrows[i][0]] >> arrows[i][1] & 1, "no case goes from %s to %s",
			      ws_state_name(arrows[i][0]), ws_state_name(arrows[i][1]));
}
END_TEST

START_TEST(at_least_sixty)
{
	ck_assert_uint_ge(names.gl_pathc, 60);
}
END_TEST

/* ---- Choosing ------------------------------------------------------------------------------------------------- */

static void select_cases(const char *only)
{
	if (glob(CASES, 0, NULL, &names))
		names.gl_pathc = 0;
	for (size_t i = 0; i < names.gl_pathc && selected_len < CASES_MAX; i++) {
		char name[64];

		case_name(i, name, sizeof(name));
		if (!only || !*only || strcmp(only, name) == 0)
			selected[selected_len++] = i;
	}
}

int main(void)
{
	const char *only = getenv("WS_CASE");
	TCase *one;
	TCase *all = tcase_create("all");
	Suite *suite = suite_new("cases", &one);

	select_cases(only);
	if (selected_len == 0) {
		fprintf(stderr, "test_cases: no %s%s%s\n", CASES, only ? " named " : "", only ? only : "");
		return EXIT_FAILURE;
	}
	tcase_set_timeout(one, 60);
	tcase_add_loop_test(one, prints_back, 0, (int)selected_len);
	tcase_add_loop_test(one, many_ways, 0, (int)selected_len);
	tcase_add_loop_test(one, every_allocation_fails_once, 0, (int)selected_len);
	if (!only || !*only) {
		suite_add_tcase(suite, all);
		tcase_set_timeout(all, 60);
		tcase_add_test(all, at_least_sixty);
		tcase_add_test(all, every_arrow_was_travelled);
	}
	return suite_run(suite);
}
