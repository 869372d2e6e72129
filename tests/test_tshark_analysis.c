/*
 * tshark's opinion on sequence numbers, acknowledgements and windows: every case of that part of the catalogue, every case
 * about data, and the real captures of pcaps/, as one capture read by tshark, its tcp.analysis flags against our findings frame by frame. Where the
 * two differ on purpose, the rule stands in tests/README.md and the frames are counted here, so that neither side can
 * change unnoticed. Skipped, in words, where there is no tshark.
 */
#include <check.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/analysis.h"
#include "lib/frames.h"
#include "lib/replay.h"
#include "lib/suite.h"

#define FRAMES_MAX 20000
#define CASES_MAX 400

/* ---- Kinds --------------------------------------------------------------------------------------------------------- */

static const struct {
	enum ws_finding_id id;
	enum analysis_kind kind;
} findings[] = {
	{ WS_FINDING_segment_retransmitted, RETRANSMISSION },
	{ WS_FINDING_syn_retransmitted, RETRANSMISSION },
	{ WS_FINDING_syn_ack_retransmitted, RETRANSMISSION },
	{ WS_FINDING_fin_retransmitted, RETRANSMISSION },
	{ WS_FINDING_segment_fast_retransmitted, FAST },
	{ WS_FINDING_segment_spurious_retransmission, SPURIOUS },
	{ WS_FINDING_segment_out_of_order, OUT_OF_ORDER },
	{ WS_FINDING_duplicate_ack, DUPLICATE_ACK },
	{ WS_FINDING_keep_alive, KEEP_ALIVE },
	{ WS_FINDING_keep_alive_ack, KEEP_ALIVE_ACK },
	{ WS_FINDING_zero_window, ZERO_WINDOW },
	{ WS_FINDING_zero_window_probe, PROBE },
	{ WS_FINDING_zero_window_probe_ack, PROBE_ACK },
	{ WS_FINDING_window_update, WINDOW_UPDATE },
	{ WS_FINDING_window_full, WINDOW_FULL },
	{ WS_FINDING_sequence_gap, LOST },
	{ WS_FINDING_ack_of_unseen_data, ACK_LOST },
	{ WS_FINDING_ack_beyond_sent, ACK_LOST },
};

/* Where the two differ: in this case so many frames have the kind for tshark and not for us, and the other way round. */
static const struct difference {
	const char *name;
	enum analysis_kind kind;
	unsigned theirs;
	unsigned ours;
} differences[] = {
	/* A probe in the form of a keep-alive. */
	{ "data-zero-window-probes", KEEP_ALIVE, 2, 0 },
	{ "data-zero-window-probes", PROBE, 0, 2 },
	{ "data-zero-window-probes", PROBE_ACK, 0, 2 },
	{ "finding-zero-window-probe", KEEP_ALIVE, 1, 0 },
	{ "finding-zero-window-probe", PROBE, 0, 1 },
	{ "finding-zero-window-probe", PROBE_ACK, 0, 1 },
	{ "finding-zero-window-probe-ack", KEEP_ALIVE, 1, 0 },
	{ "finding-zero-window-probe-ack", PROBE, 0, 1 },
	{ "finding-zero-window-probe-ack", PROBE_ACK, 0, 1 },
	{ "finding-zero-window-probe-ack-not", KEEP_ALIVE, 1, 0 },
	{ "finding-zero-window-probe-ack-not", PROBE, 0, 1 },
	{ "finding-zero-window-stuck", KEEP_ALIVE, 8, 0 },
	{ "finding-zero-window-stuck", PROBE, 0, 8 },
	{ "finding-zero-window-stuck", PROBE_ACK, 0, 8 },
	{ "finding-zero-window-stuck-not", KEEP_ALIVE, 8, 0 },
	{ "finding-zero-window-stuck-not", PROBE, 0, 8 },
	{ "finding-zero-window-stuck-not", PROBE_ACK, 0, 8 },
	/* The byte of a probe that the receiver takes. */
	{ "finding-ack-of-zero-window-probe", ACK_LOST, 1, 0 },
	/* Sent before, though soon after the newest. */
	{ "data-retransmission", OUT_OF_ORDER, 1, 0 },
	{ "data-retransmission", RETRANSMISSION, 0, 1 },
	{ "finding-overlaps-excessive", OUT_OF_ORDER, 10, 0 },
	{ "finding-overlaps-excessive", RETRANSMISSION, 0, 10 },
	{ "finding-overlaps-excessive-not", OUT_OF_ORDER, 9, 0 },
	{ "finding-overlaps-excessive-not", RETRANSMISSION, 0, 9 },
	/* The stream goes on, though from no segment's end. */
	{ "finding-overlaps-excessive-not", ACK_LOST, 1, 0 },
	/* Numbers that the receiver does not take are not the sender's. */
	{ "data-challenge-ack-is-no-progress", RETRANSMISSION, 1, 0 },
	{ "data-challenge-ack-is-no-progress", DUPLICATE_ACK, 0, 1 },
	{ "finding-segment-right-of-window", LOST, 1, 0 },
	/* What waits for a witness. */
	{ "data-acked-unseen", ACK_LOST, 1, 0 },
	{ "finding-ack-beyond-sent-not", ACK_LOST, 1, 0 },
	{ "finding-ack-beyond-sent-not", LOST, 1, 0 },
	/* Duplicate ACKs with an option of MPTCP. */
	{ "early-mptcp-by-client-v4", DUPLICATE_ACK, 6, 0 },
	/* The other differences of "tshark, and who is right". */
	{ "open-simultaneous-v4", RETRANSMISSION, 2, 0 },
	{ "talk-blind-rst-in-window-v4.middle.pcap", RETRANSMISSION, 2, 0 },
	{ "talk-blind-rst-in-window-v4.server.pcap", RETRANSMISSION, 2, 0 },
	{ "open-crash-v4", DUPLICATE_ACK, 0, 1 },
	{ "open-crash-v4", LOST, 1, 0 },
	{ "open-crash-v4", ACK_LOST, 1, 0 },
	{ NULL, LOST, 0, 0 },
};

/* ---- What was said ------------------------------------------------------------------------------------------------- */

static uint32_t ours[FRAMES_MAX];   /* bits by enum analysis_kind */
static uint32_t theirs[FRAMES_MAX]; /* of frames by their number in the capture file */
static bool is_copy[FRAMES_MAX];
static size_t frames;

static struct {
	char name[64];
	size_t first; /* its frames come after this one */
	size_t last;
} cases[CASES_MAX];
static size_t cases_len;

static void on_event(void *user, const struct ws_event *event)
{
	size_t frame = *(const size_t *)user + (size_t)event->frame;

	ck_assert_uint_lt(frame, FRAMES_MAX);
	if (event->type == WS_EVENT_SEGMENT)
		is_copy[frame] |= event->segment->is_duplicate;
	for (size_t i = 0; event->type == WS_EVENT_FINDING && i < sizeof(findings) / sizeof(findings[0]); i++)
		if (findings[i].id == event->finding)
			ours[frame] |= 1u << findings[i].kind;
}

/* A fast or spurious one is a retransmission as well, to tshark as to a FIN with data: said once. */
static uint32_t without_the_obvious(uint32_t kinds)
{
	return kinds & (1u << FAST | 1u << SPURIOUS) ? kinds & ~(1u << RETRANSMISSION) : kinds;
}

/* ---- The capture --------------------------------------------------------------------------------------------------- */

/* Each case gets addresses of its own, so that no two are one stream; nobody looks at the checksums here. */
static void put_packet(FILE *out, ws_time ts, uint8_t *bytes, uint32_t len)
{
	unsigned at = bytes[0] >> 4 == 4 ? 13 : 12;
	unsigned next = bytes[0] >> 4 == 4 ? 4 : 16;

	for (unsigned i = 0; i < 2; i++) {
		bytes[at + i * next] = (uint8_t)(cases_len >> 8);
		bytes[at + i * next + 1] = (uint8_t)cases_len;
	}
	analysis_put_packet(out, ts, bytes, len);
	frames++;
}

static ws_tracker *listen_to(size_t *before)
{
	struct ws_config config = { .full_audit = true,
				    .on_event = on_event,
				    .user = before,
				    .events = WS_MASK(WS_EVENT_FINDING) | WS_MASK(WS_EVENT_SEGMENT) };
	ws_tracker *tracker = ws_tracker_new(&config);

	ck_assert_ptr_nonnull(tracker);
	*before = frames;
	return tracker;
}

/* Numbers that never come to 0, which tshark takes for one not seen yet. */
static void give(const struct case_file *file, FILE *out)
{
	static const struct replay_way way = {
		.framing = FRAMING_RAW, .moves_seq = true, .first_seq = { 100000000, 200000000 }, .seed = 1
	};
	size_t before;
	ws_tracker *tracker = listen_to(&before);
	struct replay replay;

	replay_init(&replay, file, &way);
	ck_assert_int_eq(replay_feed(&replay, tracker, NULL, NULL), 0);
	ws_tracker_finish(tracker);
	ws_tracker_free(tracker);
	for (size_t i = 0; i < replay.steps_len; i++)
		if (!replay.steps[i].is_timer)
			put_packet(out, replay.steps[i].ts, replay.bytes + replay.steps[i].at, replay.steps[i].len);
	replay_fini(&replay);
}

#define ETHERNET_HEADER 14

static void give_file(const char *path, FILE *out)
{
	size_t before;
	ws_tracker *tracker = listen_to(&before);
	struct frames in;

	ck_assert_msg(frames_of_file(&in, path), "%s cannot be read", path);
	ck_assert_uint_eq(in.linktype, 1);
	for (size_t i = 0; i < in.len; i++) {
		struct frame *frame = &in.at[i];
		struct ws_packet packet = { .ts = frame->ts,
					    .frame = i + 1,
					    .data = frame->data,
					    .caplen = frame->len,
					    .len = frame->len,
					    .linktype = in.linktype };

		ck_assert_int_eq(ws_tracker_feed(tracker, &packet), WS_OK);
		put_packet(out, frame->ts, frame->data + ETHERNET_HEADER, frame->len - ETHERNET_HEADER);
	}
	ws_tracker_finish(tracker);
	ws_tracker_free(tracker);
	frames_fini(&in);
}

static bool is_of_interest(const char *name)
{
	char id[64] = "";
	enum ws_finding_id finding;
	size_t len;

	if (strncmp(name, "data-", 5) == 0)
		return true;
	sscanf(name, "finding-%63[a-z0-9-]", id);
	len = strlen(id);
	if (len > 4 && strcmp(id + len - 4, "-not") == 0)
		id[len - 4] = '\0';
	return ws_finding_parse(id, &finding) && finding >= WS_FINDING_segment_retransmitted &&
	       finding <= WS_FINDING_ack_storm;
}

static void read_case(const char *path, struct case_file *file)
{
	static char text[1 << 20];
	char error[CASE_ERROR_MAX];
	FILE *in = fopen(path, "r");
	size_t len;

	ck_assert_ptr_nonnull(in);
	len = fread(text, 1, sizeof text, in);
	fclose(in);
	ck_assert_msg(case_parse(text, len, file, error), "%s: %s", path, error);
}

static void begin_case(const char *name)
{
	ck_assert_uint_lt(cases_len, CASES_MAX);
	snprintf(cases[cases_len].name, sizeof cases[0].name, "%s", name);
	cases[cases_len].first = frames;
}

static void write_cases(FILE *out)
{
	static struct case_file file;
	glob_t found;

	ck_assert_int_eq(glob("tests/cases/*.case", 0, NULL, &found), 0);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		char name[64] = "";

		sscanf(found.gl_pathv[i], "tests/cases/%63[a-z0-9-]", name);
		if (!is_of_interest(name))
			continue;
		begin_case(name);
		read_case(found.gl_pathv[i], &file);
		give(&file, out);
		cases[cases_len++].last = frames;
	}
	globfree(&found);
}

static void write_files(FILE *out)
{
	glob_t found;

	ck_assert_int_eq(glob("pcaps/*.pcap", 0, NULL, &found), 0);
	ck_assert_int_eq(glob("pcaps/real/*.pcap", GLOB_APPEND, NULL, &found), 0);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		begin_case(strrchr(found.gl_pathv[i], '/') + 1);
		give_file(found.gl_pathv[i], out);
		cases[cases_len++].last = frames;
	}
	globfree(&found);
}

/* ---- Comparing ------------------------------------------------------------------------------------------------------ */

/* A capture goes by the name of its scenario, too, whatever the tap. */
static bool is_named(const char *name, const char *wanted)
{
	size_t len = strlen(wanted);

	return strncmp(name, wanted, len) == 0 && (name[len] == '\0' || name[len] == '.');
}

static const struct difference *explained(const char *name, enum analysis_kind kind)
{
	for (size_t i = 0; differences[i].name; i++)
		if (differences[i].kind == kind && is_named(name, differences[i].name))
			return &differences[i];
	return NULL;
}

/* Whether tshark and we say the same of case `i`; what we count as the capture's own copy we say nothing of. */
static bool compare(size_t i, enum analysis_kind kind)
{
	const struct difference *expected = explained(cases[i].name, kind);
	unsigned only_theirs = 0;
	unsigned only_ours = 0;

	for (size_t frame = cases[i].first + 1; frame <= cases[i].last; frame++) {
		bool a = without_the_obvious(theirs[frame]) >> kind & 1;
		bool b = without_the_obvious(ours[frame]) >> kind & 1;

		only_theirs += a && !b && !is_copy[frame];
		only_ours += b && !a;
	}
	if (only_theirs == (expected ? expected->theirs : 0) && only_ours == (expected ? expected->ours : 0))
		return true;
	printf("%s: %s: tshark alone %u, we alone %u\n", cases[i].name, analysis_field[kind], only_theirs, only_ours);
	return false;
}

static unsigned agreed(enum analysis_kind kind)
{
	unsigned count = 0;

	for (size_t frame = 1; frame <= frames; frame++)
		count += without_the_obvious(ours[frame]) & without_the_obvious(theirs[frame]) & 1u << kind ? 1 : 0;
	return count;
}

START_TEST(tshark_says_the_same)
{
	char path[] = "/tmp/wirestat-analysis-XXXXXX";
	int fd = mkstemp(path);
	FILE *out = fd < 0 ? NULL : fdopen(fd, "w");
	size_t lines;
	unsigned failed = 0;

	ck_assert_ptr_nonnull(out);
	analysis_put_head(out);
	write_cases(out);
	write_files(out);
	ck_assert_int_eq(fclose(out), 0);
	lines = analysis_ask(path, theirs, FRAMES_MAX);
	unlink(path);
	ck_assert_uint_eq(lines, frames);
	for (size_t i = 0; i < cases_len; i++)
		for (unsigned kind = 0; kind < ANALYSIS_COUNT; kind++)
			failed += !compare(i, (enum analysis_kind)kind);
	for (unsigned kind = 0; kind < ANALYSIS_COUNT; kind++)
		ck_assert_msg(agreed((enum analysis_kind)kind) > 0, "no frame on which both say %s",
			      analysis_field[kind]);
	fflush(stdout);
	ck_assert_msg(failed == 0, "%u differences that nobody has explained", failed);
}
END_TEST

int main(void)
{
	TCase *tcase;
	Suite *suite;

	if (system("command -v tshark >/dev/null") != 0) {
		puts("skipped: tshark is not installed");
		return 77;
	}
	suite = suite_new("tshark_analysis", &tcase);
	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, tshark_says_the_same);
	return suite_run(suite);
}
