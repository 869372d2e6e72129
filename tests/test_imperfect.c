/*
 * A worse capture of the same traffic may tell less; it never tells anything else. Every case, and every real capture of
 * pcaps/real, is spoilt in each of the ways in which captures are spoilt (lib/imperfect.h), and what the tracker then says
 * is held against what it says of the good one. WS_CASE=NAME takes one case only, WS_CAPTURES=DIR the captures of another
 * directory.
 */
#include <check.h>
#include <fnmatch.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/account.h"
#include "lib/imperfect.h"
#include "lib/suite.h"

#define US INT64_C(1000)
#define MS INT64_C(1000000)
#define SEC INT64_C(1000000000)

struct spoiling {
	const char *name;
	/* Spoils `frames` in its n-th way. False when there is no n-th way (or, with *is_idle, when it changes nothing). */
	bool (*spoil)(struct frames *frames, size_t n, bool *is_idle);
	enum account_demand demand;
	account_excuse excused;
	enum ws_tag tag; /* that it must have on some connection; 0: depends */
};

/* ---- Ways ------------------------------------------------------------------------------------------------------- */

static bool copies(struct frames *frames, size_t n, bool *is_idle)
{
	static const struct copying all[] = {
		{ 0 },
		{ .delay_ns = 10 * US },
		{ .hops = 1, .delay_ns = 10 * US },
		{ .hops = 1, .delay_ns = 5 * MS },
		{ .hops = 3, .delay_ns = 20 * US },
		{ .hops = 1, .delay_ns = 2 * US, .is_before = true },
		{ .is_tagged = true, .delay_ns = 5 * US },
		{ .is_tagged = true, .delay_ns = 5 * US, .is_before = true },
	};

	(void)is_idle;
	if (n >= sizeof(all) / sizeof(all[0]))
		return false;
	imperfect_copies(frames, &all[n]);
	return true;
}

static bool has_identification(const struct frames *frames)
{
	struct frame_parts parts;

	for (size_t i = 0; i < frames->len; i++)
		if (frame_parse(&frames->at[i], &parts) &&
		    (parts.is_ipv6 || memcmp(frames->at[i].data + parts.ip + 4, "\0", 2) == 0))
			return false;
	return true;
}

static bool copy_late(struct frames *frames, size_t n)
{
	static const struct copying all[] = {
		{ .delay_ns = 800 * US },
		{ .delay_ns = 3 * MS },
		{ .delay_ns = 8 * MS },
		{ .burst = 16 },
	};

	if (n >= sizeof(all) / sizeof(all[0]))
		return false;
	imperfect_copies(frames, &all[n]);
	return true;
}

static bool late_copies(struct frames *frames, size_t n, bool *is_idle)
{
	*is_idle = !has_identification(frames);
	return copy_late(frames, n);
}

static bool begins_with_syn(const struct frames *frames)
{
	struct frame_parts parts;

	return frame_parse(&frames->at[0], &parts) && (parts.flags & WS_FLAG_SYN);
}

/* What is alike is told from what its sender repeats by how late SYNs have been shown again. */
static bool late_anonymous_copies(struct frames *frames, size_t n, bool *is_idle)
{
	*is_idle = has_identification(frames) || !begins_with_syn(frames) || n > 2;
	return copy_late(frames, n);
}

static bool one_direction(struct frames *frames, size_t n, bool *is_idle)
{
	(void)is_idle;
	imperfect_drop_direction(frames, n == 0);
	return n < 2;
}

static bool first_missing(struct frames *frames, size_t n, bool *is_idle)
{
	(void)is_idle;
	if (n + 2 > frames->len)
		return false;
	imperfect_drop_first(frames, n + 1);
	return true;
}

static bool one_missing(struct frames *frames, size_t n, bool *is_idle)
{
	if (n >= frames->len)
		return false;
	*is_idle = frames->at[n].is_timer;
	imperfect_drop_one(frames, n);
	return true;
}

static bool swapped(struct frames *frames, size_t n, bool *is_idle)
{
	if (n / 2 + 1 >= frames->len)
		return false;
	*is_idle = !imperfect_swap(frames, n / 2, n % 2 == 1);
	return true;
}

static bool headers_only(struct frames *frames, size_t n, bool *is_idle)
{
	(void)is_idle;
	imperfect_snap(frames, 96);
	return n < 1;
}

static bool cut_short(struct frames *frames, size_t n, bool *is_idle)
{
	static const uint32_t snaps[] = { 74, 68, 60, 54, 40, 30, 14, 4 };

	(void)is_idle;
	if (n >= sizeof(snaps) / sizeof(snaps[0]))
		return false;
	imperfect_snap(frames, snaps[n]);
	return true;
}

static bool checksums(struct frames *frames, size_t n, bool *is_idle)
{
	*is_idle = !imperfect_is_undamaged(frames);
	imperfect_checksums(frames, n % 2 == 0, n < 2);
	return n < 4;
}

static bool length_zero(struct frames *frames, size_t n, bool *is_idle)
{
	(void)is_idle;
	imperfect_length_zero(frames);
	return n < 1;
}

static bool joined(struct frames *frames, size_t n, bool *is_idle)
{
	*is_idle = imperfect_join(frames) == 0;
	return n < 1;
}

static bool fragments(struct frames *frames, size_t n, bool *is_idle)
{
	if (n > FRAGMENTS_BACKWARDS)
		return false;
	*is_idle = !imperfect_is_undamaged(frames);
	imperfect_fragments(frames, (enum fragment_order)n);
	return true;
}

static bool mixed_fragments(struct frames *frames, size_t n, bool *is_idle)
{
	*is_idle = !imperfect_is_undamaged(frames);
	imperfect_fragments(frames, FRAGMENTS_MIXED);
	return n < 1;
}

static bool clock_back(struct frames *frames, size_t n, bool *is_idle)
{
	static const int64_t by[] = { MS, SEC, 3600 * SEC };

	(void)is_idle;
	if (n >= sizeof(by) / sizeof(by[0]))
		return false;
	imperfect_clock_back(frames, by[n]);
	return true;
}

static bool coarse_clock(struct frames *frames, size_t n, bool *is_idle)
{
	static const int64_t unit[] = { US, MS, SEC, 86400 * SEC };

	(void)is_idle;
	if (n >= sizeof(unit) / sizeof(unit[0]))
		return false;
	imperfect_clock_coarse(frames, unit[n]);
	return true;
}

/* Names, so that what cannot be known otherwise can be told by row. */
static const char missing_one[] = "one frame missing";
static const char missing_first[] = "first frames missing";
static const char missing_direction[] = "one direction missing";
static const char order[] = "two frames swapped";
static const char mixed[] = "fragments of two packets mixed";
static const char cut[] = "cut short";
static const char back[] = "clock set back";
static const char coarse[] = "coarse clock";

static const struct spoiling spoilings[] = {
	{ "copies", copies, ACCOUNT_SAME, { -1 }, WS_TAG_DUPLICATES },
	{ "late copies", late_copies, ACCOUNT_SAME, { -1 }, WS_TAG_DUPLICATES },
	{ "late copies without identification", late_anonymous_copies, ACCOUNT_WEAKER, { -1 }, WS_TAG_DUPLICATES },
	{ missing_direction, one_direction, ACCOUNT_WEAKER, { -1 }, 0 },
	{ missing_first, first_missing, ACCOUNT_WEAKER, { -1 }, 0 },
	/* Of a SYN-ACK that is the last frame but one, the ACK that is missing is the only witness. */
	{ missing_one, one_missing, ACCOUNT_WEAKER, { WS_FINDING_half_open_handshake, -1 }, 0 },
	{ order, swapped, ACCOUNT_WEAKER, { -1 }, 0 },
	{ "headers only", headers_only, ACCOUNT_SAME, { -1 }, 0 },
	{ cut, cut_short, ACCOUNT_WEAKER, { -1 }, 0 },
	{ "checksums of one side not filled in", checksums, ACCOUNT_SAME, { -1 }, 0 },
	{ "length 0", length_zero, ACCOUNT_SAME, { -1 }, 0 },
	{ "segments joined", joined, ACCOUNT_WEAKER, { -1 }, 0 },
	{ "fragments", fragments, ACCOUNT_SAME, { -1 }, WS_TAG_FRAGMENTS },
	{ mixed, mixed_fragments, ACCOUNT_WEAKER, { -1 }, WS_TAG_FRAGMENTS },
	/* Whether 2MSL is over only a clock can tell. */
	{ back, clock_back, ACCOUNT_WEAKER, { WS_FINDING_time_wait_reuse_valid, -1 }, 0 },
	{ coarse, coarse_clock, ACCOUNT_WEAKER, { WS_FINDING_time_wait_reuse_valid, -1 }, 0 },
};

/* What nobody can know who has no more than the worse capture: it is, frame for frame, that of other traffic. */
static const struct unknowable {
	const char *name;        /* pattern for the file */
	const char *spoiling[5]; /* names; NULL ends */
	const char *why;
} unknowables[] = {
	{ "*split-handshake*",
	  { order, mixed, missing_one, missing_first, missing_direction },
	  "that one of two SYNs answers the other is told by their order alone" },
	{ "finding-syn-ack-unsolicited.case",
	  { order, mixed, missing_one, missing_direction },
	  "that nobody had asked for it is told by the RST alone" },
	{ "finding-syn-from-responder.case", { missing_first }, "who had opened is told by the first SYN" },
	{ "finding-syn-ack-from-initiator.case", { missing_first }, "who had opened is told by the first SYN" },
	{ "reuse-same-first-number-of-client*",
	  { missing_one },
	  "that the connection before was over is told by its RST alone" },
	{ "finding-simultaneous-open-not*",
	  { order, mixed, missing_one, missing_first, missing_direction },
	  "that one of two SYNs answers the other is told by their order alone" },
	{ "open-simultaneous-one-syn-lost*",
	  { order, mixed, missing_one, missing_first, missing_direction },
	  "that a SYN was lost is told by what came before the SYN-ACK alone" },
	{ "*checksum*",
	  { missing_first, cut, "length 0" },
	  "that a checksum is wrong shows by a right one, and by all bytes that it covers" },
	{ "close-fin-fails-paws*", { cut }, "the time stamps were cut off" },
	{ "close-fin-repeated-does-not-reclassify*",
	  { order, mixed, missing_one },
	  "CLOSING and TIME-WAIT differ by whether the ACK of the FIN had come" },
	{ "midstream-last-fins*", { order, mixed }, "two FINs alone: simultaneous or not is told by their order" },
	{ "open-fast-*fin*",
	  { missing_one, missing_first, missing_direction, back, coarse },
	  "that the responder closes out of SYN-RECEIVED is told by the fast open in the SYN" },
	{ "reset-challenged-then-exact*", { missing_one }, "the challenge that bears the finding out is real" },
	{ "finding-fin-out-of-window.case",
	  { missing_one, missing_first, missing_direction, cut },
	  "that the FIN is beyond the window is told by the window" },
	{ "finding-fin-wait1-wrong-seq.case",
	  { missing_one, missing_first, missing_direction, cut },
	  "that the segment is beyond the window is told by the window" },
	{ "finding-fin-retransmitted-different-seq.case",
	  { order, missing_one, missing_first },
	  "which of two FINs is the true one is told by what comes right before and after it" },
	{ "finding-time-wait-syn-challenged.case", { missing_first }, "a SYN alone tells of no connection before it" },
	{ "finding-duplicate-frame*", { order, mixed }, "moved away from its first, a copy is like a repetition" },
	{ "finding-fin-retransmitted-not*", { order, mixed }, "moved away from its first, a copy is like a repetition" },
	{ "finding-syn-ack-retransmitted-not*", { back }, "the clock was set back between a segment and its copy" },
};

static bool is_unknowable(const char *name, const char *spoiling)
{
	for (size_t i = 0; i < sizeof(unknowables) / sizeof(unknowables[0]); i++) {
		const struct unknowable *u = &unknowables[i];

		for (size_t n = 0; n < 5 && u->spoiling[n]; n++)
			if (fnmatch(u->name, name, 0) == 0 && strcmp(u->spoiling[n], spoiling) == 0)
				return true;
	}
	return false;
}

#define SPOILINGS (sizeof(spoilings) / sizeof(spoilings[0]))

/* ---- Good captures ---------------------------------------------------------------------------------------------- */

static glob_t names;

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static void load_case(struct frames *frames, const char *path, bool is_ipv6)
{
	struct case_file *file = malloc(sizeof(*file));
	char *text = malloc(1 << 20);
	FILE *in = fopen(path, "rb");
	char error[CASE_ERROR_MAX];
	size_t len;

	ck_assert(file && text && in);
	len = fread(text, 1, 1 << 20, in);
	fclose(in);
	if (!case_parse(text, len, file, error))
		ck_abort_msg("%s: %s", path, error);
	frames_of_case(frames, file, is_ipv6);
	free(text);
	free(file);
}

/* ---- The property ----------------------------------------------------------------------------------------------- */

static unsigned failures;

/* What is counted is tagged on some connection; and what was done to every frame was recognised. */
static bool is_named(const struct account *worse, enum ws_tag must, char *why)
{
	const struct {
		uint64_t count;
		enum ws_tag tag;
	} facts[] = {
		{ worse->totals.duplicates, WS_TAG_DUPLICATES },
		{ worse->totals.truncated, WS_TAG_TRUNCATED },
		{ worse->totals.offload_checksums, WS_TAG_OFFLOAD },
		{ worse->totals.backward, WS_TAG_CLOCK },
		{ worse->totals.reordered, WS_TAG_REORDERED },
		{ worse->totals.one_way, WS_TAG_ONE_WAY },
		{ must != 0, must },
	};
	uint32_t tags = 0;

	for (size_t i = 0; i < worse->len; i++)
		tags |= worse->records[i].tags;
	/* Frames that are not TCP may be cut, or late, as well. */
	for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]) && worse->len > 0; i++) {
		if (worse->totals.segments < worse->totals.packets && facts[i].tag != must)
			continue;
		if (facts[i].count == 0 || (tags & (unsigned)facts[i].tag))
			continue;
		snprintf(why, ACCOUNT_WHY_MAX, "no connection became %s", ws_tag_name(facts[i].tag));
		return false;
	}
	return true;
}

static void hold_against(const struct account *good, const struct frames *frames, const struct spoiling *spoiling,
			 size_t n, const char *path, const char *version)
{
	char why[ACCOUNT_WHY_MAX];
	struct account worse;

	account_init(&worse, frames);
	if (!account_compare(good, &worse, spoiling->demand, spoiling->excused, why) ||
	    !is_named(&worse, spoiling->tag, why)) {
		printf("%s%s, %s, %zu: %s\n", base_name(path), version, spoiling->name, n, why);
		failures++;
	}
	account_fini(&worse);
}

static void spoil_in_all_ways(const struct frames *good, const char *path, const char *version)
{
	struct account account;

	account_init(&account, good);
	for (size_t i = 0; i < SPOILINGS; i++) {
		bool goes_on = !is_unknowable(base_name(path), spoilings[i].name);

		for (size_t n = 0; goes_on; n++) {
			bool is_idle = false;
			struct frames frames;

			frames_copy(&frames, good);
			goes_on = spoilings[i].spoil(&frames, n, &is_idle);
			if (goes_on && !is_idle)
				hold_against(&account, &frames, &spoilings[i], n, path, version);
			frames_fini(&frames);
		}
	}
	account_fini(&account);
}

START_TEST(spoilt)
{
	const char *path = names.gl_pathv[_i];
	struct frames frames;

	failures = 0;
	if (strstr(path, ".case") != NULL) {
		load_case(&frames, path, false);
		spoil_in_all_ways(&frames, path, "");
		frames_fini(&frames);
		load_case(&frames, path, true);
		spoil_in_all_ways(&frames, path, " (IPv6)");
	} else {
		ck_assert_msg(frames_of_file(&frames, path), "%s cannot be read", path);
		spoil_in_all_ways(&frames, path, "");
	}
	frames_fini(&frames);
	fflush(stdout);
	ck_assert_msg(failures == 0, "%s: %u ways of spoiling it change what is said; see above", path, failures);
}
END_TEST

int main(void)
{
	const char *only = getenv("WS_CASE");
	const char *directory = getenv("WS_CAPTURES");
	char pattern[4096];
	TCase *tcase;
	Suite *suite = suite_new("imperfect", &tcase);

	snprintf(pattern, sizeof(pattern), "tests/cases/%s.case", only && *only ? only : "*");
	if (directory)
		snprintf(pattern, sizeof(pattern), "%s/%s.pcap", directory, only && *only ? only : "*");
	if (glob(pattern, 0, NULL, &names) != 0)
		names.gl_pathc = 0;
	if (!directory && !(only && *only))
		glob("pcaps/real/*.pcap", GLOB_APPEND, NULL, &names);
	tcase_set_timeout(tcase, 60);
	tcase_add_loop_test(tcase, spoilt, 0, (int)names.gl_pathc);
	return suite_run(suite);
}
