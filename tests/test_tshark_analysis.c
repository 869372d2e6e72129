/*
 * tshark's opinion on sequence numbers, acknowledgements and windows: every case of that part of the catalogue, and every
 * case about data, as one capture read by tshark, its tcp.analysis flags against our findings frame by frame. Where the
 * two differ on purpose, the rule stands in tests/README.md and the frames are counted here, so that neither side can
 * change unnoticed. Skipped, in words, where there is no tshark.
 */
#include <check.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/replay.h"
#include "lib/suite.h"

#define FRAMES_MAX 20000
#define CASES_MAX 200

/* ---- Kinds --------------------------------------------------------------------------------------------------------- */

enum kind {
	RETRANSMISSION,
	FAST,
	SPURIOUS,
	OUT_OF_ORDER,
	DUPLICATE_ACK,
	KEEP_ALIVE,
	KEEP_ALIVE_ACK,
	ZERO_WINDOW,
	PROBE,
	PROBE_ACK,
	WINDOW_UPDATE,
	WINDOW_FULL,
	LOST,
	ACK_LOST,
	KIND_COUNT
};

static const char *const fields[KIND_COUNT] = {
	"retransmission",        "fast_retransmission", "spurious_retransmission",
	"out_of_order",          "duplicate_ack",       "keep_alive",
	"keep_alive_ack",        "zero_window",         "zero_window_probe",
	"zero_window_probe_ack", "window_update",       "window_full",
	"lost_segment",          "ack_lost_segment",
};

static const struct {
	enum ws_finding_id id;
	enum kind kind;
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
	enum kind kind;
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
	{ "finding-overlaps-excessive-not", ACK_LOST, 1, 0 },
	/* Numbers that the receiver does not take are not the sender's. */
	{ "data-challenge-ack-is-no-progress", RETRANSMISSION, 1, 0 },
	{ "data-challenge-ack-is-no-progress", DUPLICATE_ACK, 0, 1 },
	{ "finding-segment-right-of-window", LOST, 1, 0 },
	/* What waits for a witness. */
	{ "data-acked-unseen", ACK_LOST, 1, 0 },
	{ "finding-ack-beyond-sent-not", ACK_LOST, 1, 0 },
	{ "finding-ack-beyond-sent-not", LOST, 1, 0 },
	{ NULL, LOST, 0, 0 },
};

/* ---- What was said ------------------------------------------------------------------------------------------------- */

static uint32_t ours[FRAMES_MAX];   /* bits by enum kind */
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

static void put_le32(FILE *out, uint32_t value)
{
	for (unsigned i = 0; i < 4; i++)
		fputc((int)(value >> 8 * i & 0xFF), out);
}

static void put_head(FILE *out)
{
	put_le32(out, 0xa1b23c4d);
	put_le32(out, 2 | 4 << 16);
	put_le32(out, 0);
	put_le32(out, 0);
	put_le32(out, 65535);
	put_le32(out, 101);
}

/* Each case gets addresses of its own, so that no two are one stream; nobody looks at the checksums here. */
static void put_frame(FILE *out, const struct replay *replay, const struct replay_step *step)
{
	uint8_t *bytes = replay->bytes + step->at;
	unsigned at = bytes[0] >> 4 == 4 ? 13 : 12;
	unsigned next = bytes[0] >> 4 == 4 ? 4 : 16;

	for (unsigned i = 0; i < 2; i++) {
		bytes[at + i * next] = (uint8_t)(cases_len >> 8);
		bytes[at + i * next + 1] = (uint8_t)cases_len;
	}
	put_le32(out, (uint32_t)(step->ts / 1000000000));
	put_le32(out, (uint32_t)(step->ts % 1000000000));
	put_le32(out, step->caplen);
	put_le32(out, step->len);
	fwrite(bytes, 1, step->caplen, out);
	frames++;
}

/* Numbers that never come to 0, which tshark takes for one not seen yet. */
static void give(const struct case_file *file, FILE *out)
{
	static const struct replay_way way = {
		.framing = FRAMING_RAW, .moves_seq = true, .first_seq = { 100000000, 200000000 }, .seed = 1
	};
	size_t before = frames;
	struct ws_config config = { .full_audit = true,
				    .on_event = on_event,
				    .user = &before,
				    .events = WS_MASK(WS_EVENT_FINDING) | WS_MASK(WS_EVENT_SEGMENT) };
	ws_tracker *tracker = ws_tracker_new(&config);
	struct replay replay;

	ck_assert_ptr_nonnull(tracker);
	replay_init(&replay, file, &way);
	ck_assert_int_eq(replay_feed(&replay, tracker, NULL, NULL), 0);
	ws_tracker_finish(tracker);
	ws_tracker_free(tracker);
	for (size_t i = 0; i < replay.steps_len; i++)
		if (!replay.steps[i].is_timer)
			put_frame(out, &replay, &replay.steps[i]);
	replay_fini(&replay);
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

static void write_capture(FILE *out)
{
	static struct case_file file;
	glob_t found;

	ck_assert_int_eq(glob("tests/cases/*.case", 0, NULL, &found), 0);
	put_head(out);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		char name[64] = "";

		sscanf(found.gl_pathv[i], "tests/cases/%63[a-z0-9-]", name);
		if (!is_of_interest(name))
			continue;
		ck_assert_uint_lt(cases_len, CASES_MAX);
		snprintf(cases[cases_len].name, sizeof cases[0].name, "%s", name);
		cases[cases_len].first = frames;
		read_case(found.gl_pathv[i], &file);
		give(&file, out);
		cases[cases_len++].last = frames;
	}
	globfree(&found);
}

/* ---- tshark -------------------------------------------------------------------------------------------------------- */

static void read_line(char *line)
{
	size_t frame = strtoul(line, &line, 10);

	ck_assert_uint_lt(frame, FRAMES_MAX);
	for (unsigned kind = 0; kind < KIND_COUNT && *line == '|'; kind++) {
		line++;
		if (*line != '|' && *line != '\n')
			theirs[frame] |= 1u << kind;
		line += strcspn(line, "|\n");
	}
}

static size_t ask_tshark(const char *path)
{
	char command[2048];
	char line[4096];
	size_t len = (size_t)snprintf(command, sizeof command,
				      "tshark -n -r %s -o tcp.desegment_tcp_streams:FALSE -T fields -E separator='|' "
				      "-e frame.number",
				      path);
	size_t lines = 0;
	FILE *in;

	for (unsigned kind = 0; kind < KIND_COUNT; kind++)
		len += (size_t)snprintf(command + len, sizeof command - len, " -e tcp.analysis.%s", fields[kind]);
	snprintf(command + len, sizeof command - len, " 2>/dev/null");
	in = popen(command, "r");
	ck_assert_ptr_nonnull(in);
	for (; fgets(line, sizeof line, in); lines++)
		read_line(line);
	ck_assert_int_eq(pclose(in), 0);
	return lines;
}

/* ---- Comparing ------------------------------------------------------------------------------------------------------ */

static const struct difference *explained(const char *name, enum kind kind)
{
	for (size_t i = 0; differences[i].name; i++)
		if (differences[i].kind == kind && strcmp(differences[i].name, name) == 0)
			return &differences[i];
	return NULL;
}

/* Whether tshark and we say the same of case `i`; what we count as the capture's own copy we say nothing of. */
static bool compare(size_t i, enum kind kind)
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
	printf("%s: %s: tshark alone %u, we alone %u\n", cases[i].name, fields[kind], only_theirs, only_ours);
	return false;
}

static unsigned agreed(enum kind kind)
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
	write_capture(out);
	ck_assert_int_eq(fclose(out), 0);
	lines = ask_tshark(path);
	unlink(path);
	ck_assert_uint_eq(lines, frames);
	for (size_t i = 0; i < cases_len; i++)
		for (unsigned kind = 0; kind < KIND_COUNT; kind++)
			failed += !compare(i, (enum kind)kind);
	for (unsigned kind = 0; kind < KIND_COUNT; kind++)
		ck_assert_msg(agreed((enum kind)kind) > 0, "no frame on which both say %s", fields[kind]);
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
