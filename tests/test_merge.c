/*
 * Many files as one stream: the order, what is open meanwhile, and what is wrong with one of them.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "capture/merge.h"
#include "lib/captures.h"
#include "lib/suite.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))
#define FILES_MAX 400
#define TIMES_MAX 64

static const char *names[FILES_MAX];

static struct merge *open_merge(struct source_options *options, size_t count)
{
	struct merge *merge;

	*options = (struct source_options){ .names = names, .names_len = count, .wait = { .fd = -1 } };
	merge = merge_new(options);
	ck_assert_ptr_nonnull(merge);
	return merge;
}

/* File 0, 1, 2 ... of the list, with a packet in each of the seconds. */
static void write_seconds(size_t index, const int *seconds, size_t count)
{
	int64_t times[TIMES_MAX];
	char name[32];

	for (size_t i = 0; i < count; i++)
		times[i] = seconds[i] * NS_PER_SEC;
	snprintf(name, sizeof(name), "%zu", index);
	names[index] = captures_write(name, CAPTURES_ETHERNET, times, count);
}

/* ---- Order --------------------------------------------------------------------------------------------------- */

/* Each file as the seconds of its packets, 0 at the end; then the packets in the order that is right, as file and frame. */
static const struct {
	const char *what;
	int files[4][8];
	const char *order;
} orders[] = {
	{ "one after the other", { { 10, 11 }, { 12, 13 } }, "0.1 0.2 1.1 1.2" },
	{ "the later one named first", { { 12, 13 }, { 10, 11 } }, "1.1 1.2 0.1 0.2" },
	{ "in turns", { { 10, 12, 14 }, { 11, 13, 15 } }, "0.1 1.1 0.2 1.2 0.3 1.3" },
	{ "one inside the other", { { 10, 20 }, { 12, 13 }, { 30 } }, "0.1 1.1 1.2 0.2 2.1" },
	{ "one inside, named last", { { 30 }, { 12, 13 }, { 10, 20 } }, "2.1 1.1 1.2 2.2 0.1" },
	{ "one begins while two are open", { { 10, 15 }, { 11, 16 }, { 12, 17 } }, "0.1 1.1 2.1 0.2 1.2 2.2" },
	{ "all at once: the list", { { 10, 10 }, { 10, 10 } }, "0.1 0.2 1.1 1.2" },
	{ "a seam of one time", { { 10, 12 }, { 12, 13 } }, "0.1 0.2 1.1 1.2" },
	{ "a seam of one time, the later one named first", { { 12, 13 }, { 10, 12 } }, "1.1 1.2 0.1 0.2" },
	{ "a long seam", { { 12, 12, 13 }, { 10, 12, 12, 12 } }, "1.1 1.2 1.3 1.4 0.1 0.2 0.3" },
	{ "a clock that goes back", { { 10, 14, 11, 15 }, { 12, 16 } }, "0.1 1.1 0.2 0.3 0.4 1.2" },
	{ "one that begins too late", { { 14, 10, 11 }, { 12, 13, 20 } }, "1.1 1.2 0.1 0.2 0.3 1.3" },
	{ "an empty one among them", { { 12 }, { 0 }, { 10 } }, "2.1 0.1" },
	{ "nothing but empty ones", { { 0 }, { 0 } }, "" },
	{ "one only", { { 12, 11 } }, "0.1 0.2" },
};

static size_t count_seconds(const int *seconds)
{
	size_t count = 0;

	while (count < 8 && seconds[count] != 0)
		count++;
	return count;
}

static size_t write_files(size_t row)
{
	size_t count = 0;

	for (size_t i = 0; i < 4; i++) {
		if (orders[row].files[i][0] != 0)
			count = i + 1;
		write_seconds(i, orders[row].files[i], count_seconds(orders[row].files[i]));
	}
	return count > 0 ? count : 2;
}

START_TEST(order)
{
	struct source_options options;
	struct merge *merge = open_merge(&options, write_files((size_t)_i));
	struct ws_packet packet;
	struct source_problem problem;
	char got[128] = "";
	size_t len = 0;

	while (merge_next(merge, &packet, &problem) == SOURCE_PACKET) {
		ck_assert_int_eq(packet.ts, orders[_i].files[packet.file][packet.frame - 1] * NS_PER_SEC);
		len += (size_t)snprintf(got + len, sizeof(got) - len, "%s%u.%u", len > 0 ? " " : "", packet.file,
					(unsigned)packet.frame);
	}
	ck_assert_msg(strcmp(got, orders[_i].order) == 0, "%s: %s instead of %s", orders[_i].what, got,
		      orders[_i].order);
	ck_assert_int_eq(merge_next(merge, &packet, &problem), SOURCE_END);
	merge_free(merge);
}
END_TEST

/* Files that are sorted give what a stable sort of all packets gives, however they overlap; every time is somebody's own. */
static int compare_times(const void *a, const void *b)
{
	const int64_t *x = a;
	const int64_t *y = b;

	return *x < *y ? -1 : *x > *y;
}

#define MANY 40

/* Below `end`: the same numbers in every run (Knuth's MMIX generator). */
static unsigned chance(unsigned end)
{
	static uint64_t state = 1;

	state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (unsigned)(state >> 33) % end;
}

START_TEST(any_overlap)
{
	static int64_t all[MANY * TIMES_MAX];
	struct source_options options;
	struct merge *merge;
	struct ws_packet packet;
	struct source_problem problem;
	size_t len = 0;

	for (size_t file = 0; file < MANY; file++) {
		int64_t times[TIMES_MAX];
		size_t count = chance(TIMES_MAX);
		int64_t start = chance(100) * NS_PER_SEC;
		char name[16];

		for (size_t i = 0; i < count; i++)
			all[len++] = times[i] =
				start + chance(1 + (unsigned)_i * 20) * NS_PER_SEC + (int64_t)(file * 100 + i);
		qsort(times, count, sizeof(times[0]), compare_times);
		snprintf(name, sizeof(name), "%zu", file);
		names[file] = captures_write(name, CAPTURES_ETHERNET, times, count);
	}
	qsort(all, len, sizeof(all[0]), compare_times);
	merge = open_merge(&options, MANY);
	for (size_t i = 0; i < len; i++) {
		ck_assert_int_eq(merge_next(merge, &packet, &problem), SOURCE_PACKET);
		ck_assert_int_eq(packet.ts, all[i]);
		ck_assert_uint_eq(packet.frame, merge_frames(merge, packet.file));
	}
	ck_assert_int_eq(merge_next(merge, &packet, &problem), SOURCE_END);
	merge_free(merge);
}
END_TEST

/* ---- What is open -------------------------------------------------------------------------------------------- */

static size_t count_descriptors(void)
{
	DIR *directory = opendir("/proc/self/fd");
	size_t count = 0;

	ck_assert_ptr_nonnull(directory);
	while (readdir(directory) != NULL)
		count++;
	closedir(directory);
	return count;
}

/* Four hundred files, of which any two in a row overlap. */
START_TEST(few_are_open)
{
	struct source_options options;
	struct merge *merge;
	struct ws_packet packet;
	struct source_problem problem;
	size_t before;
	enum source_result result;
	unsigned packets = 0;

	for (int i = 0; i < FILES_MAX; i++)
		write_seconds((size_t)i, (const int[]){ 1000 + 10 * (FILES_MAX - i), 1012 + 10 * (FILES_MAX - i) }, 2);
	before = count_descriptors();
	merge = open_merge(&options, FILES_MAX);
	for (result = merge_next(merge, &packet, &problem); result == SOURCE_PACKET; packets++) {
		ck_assert_uint_le(count_descriptors(), before + 2);
		result = merge_next(merge, &packet, &problem);
	}
	ck_assert_int_eq(result, SOURCE_END);
	ck_assert_uint_eq(packets, 2 * FILES_MAX);
	ck_assert_uint_eq(count_descriptors(), before);
	merge_free(merge);
}
END_TEST

/* What cannot be opened any more is told like any file that cannot. */
START_TEST(too_many_are_open)
{
	struct source_options options;
	struct merge *merge;
	struct ws_packet packet;
	struct source_problem problem;
	struct rlimit limit = { 20, 20 };
	enum source_result result;
	unsigned problems = 0;

	for (int i = 0; i < 40; i++)
		write_seconds((size_t)i, (const int[]){ 1000 + i, 2000 + i }, 2);
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
	merge = open_merge(&options, 40);
	for (result = merge_next(merge, &packet, &problem); result != SOURCE_END;
	     result = merge_next(merge, &packet, &problem)) {
		if (result != SOURCE_PROBLEM)
			continue;
		problems++;
		ck_assert_int_eq(problem.fault, SOURCE_FAULT_OPEN);
		ck_assert_uint_eq(merge_frames(merge, problem.file), 0);
	}
	ck_assert_uint_gt(problems, 20);
	ck_assert_uint_lt(problems, 40);
	merge_free(merge);
}
END_TEST

/* ---- Trouble ------------------------------------------------------------------------------------------------- */

/* File 1 of three is broken in its second frame, file 3 is missing, file 4 foreign. */
START_TEST(broken_in_its_place)
{
	struct source_options options;
	struct merge *merge;
	struct ws_packet packet;
	struct source_problem problem;

	write_seconds(0, (const int[]){ 10, 12, 14 }, 3);
	write_seconds(1, (const int[]){ 11, 13 }, 2);
	write_seconds(2, (const int[]){ 20 }, 1);
	names[3] = captures_path("missing");
	names[4] = captures_write_bytes("foreign", "This is a text, and no capture.\n", 32);
	ck_assert_int_eq(truncate(names[1], 24 + 50 + 30), 0);
	merge = open_merge(&options, 5);
	for (unsigned i = 3; i < 5; i++) {
		ck_assert_int_eq(merge_next(merge, &packet, &problem), SOURCE_PROBLEM);
		ck_assert_uint_eq(problem.file, i);
		ck_assert_uint_eq(problem.frame, 0);
		ck_assert_int_eq(problem.fault, i == 3 ? SOURCE_FAULT_OPEN : SOURCE_FAULT_FOREIGN);
	}
	ck_assert_int_eq(merge_next(merge, &packet, &problem), SOURCE_PACKET);
	ck_assert_int_eq(merge_next(merge, &packet, &problem), SOURCE_PACKET);
	ck_assert_uint_eq(packet.file, 1);
	ck_assert_int_eq(merge_next(merge, &packet, &problem), SOURCE_PROBLEM);
	ck_assert_int_eq(problem.fault, SOURCE_FAULT_CUT);
	ck_assert_uint_eq(problem.file, 1);
	ck_assert_uint_eq(problem.frame, 2);
	for (unsigned i = 0; i < 3; i++)
		ck_assert_int_eq(merge_next(merge, &packet, &problem), SOURCE_PACKET);
	ck_assert_uint_eq(packet.file, 2);
	ck_assert_int_eq(merge_next(merge, &packet, &problem), SOURCE_END);
	merge_free(merge);
}
END_TEST

/* Told once, although the file is opened twice. */
START_TEST(unknown_linktype)
{
	struct source_options options;
	struct merge *merge;
	struct ws_packet packet;
	struct source_problem problem;
	const uint32_t *linktypes;

	write_seconds(0, (const int[]){ 10 }, 1);
	names[1] = captures_write("user", 147, (const int64_t[]){ 9 * NS_PER_SEC }, 1);
	names[2] = captures_write("none", 101, NULL, 0);
	merge = open_merge(&options, 3);
	ck_assert_int_eq(merge_next(merge, &packet, &problem), SOURCE_PROBLEM);
	ck_assert_int_eq(problem.fault, SOURCE_FAULT_LINKTYPE);
	ck_assert_uint_eq(problem.file, 1);
	ck_assert_int_eq(merge_next(merge, &packet, &problem), SOURCE_PACKET);
	ck_assert_uint_eq(packet.linktype, 147);
	ck_assert_int_eq(merge_next(merge, &packet, &problem), SOURCE_PACKET);
	ck_assert_uint_eq(packet.linktype, CAPTURES_ETHERNET);
	ck_assert_int_eq(merge_next(merge, &packet, &problem), SOURCE_END);
	ck_assert_uint_eq(merge_linktypes(merge, &linktypes), 3);
	merge_free(merge);
}
END_TEST

/* ---- Pipes and progress -------------------------------------------------------------------------------------- */

/* A child copies the file into the pipe. */
static pid_t feed_pipe(const char *pipe, const char *file)
{
	pid_t child = fork();

	ck_assert_int_ge(child, 0);
	if (child == 0) {
		execlp("cp", "cp", file, pipe, (char *)NULL);
		_exit(127);
	}
	return child;
}

START_TEST(a_pipe_among_files)
{
	struct source_options options;
	struct merge *merge;
	struct ws_packet packet;
	struct source_problem problem;
	const char *file;
	uint64_t done, total;
	pid_t child;

	write_seconds(0, (const int[]){ 11, 13 }, 2);
	write_seconds(1, (const int[]){ 10, 12, 14 }, 3);
	file = names[1];
	names[1] = captures_path("pipe");
	ck_assert_int_eq(mkfifo(names[1], 0600), 0);
	child = feed_pipe(names[1], file);
	merge = open_merge(&options, 2);
	for (int second = 10; second < 15; second++) {
		ck_assert_int_eq(merge_next(merge, &packet, &problem), SOURCE_PACKET);
		ck_assert_int_eq(packet.ts, second * NS_PER_SEC);
		ck_assert_uint_eq(packet.file, second % 2 == 0);
	}
	ck_assert_int_eq(merge_next(merge, &packet, &problem), SOURCE_END);
	ck_assert(!merge_progress(merge, &done, &total));
	merge_free(merge);
	ck_assert_int_eq(waitpid(child, NULL, 0), child);
}
END_TEST

START_TEST(progress)
{
	struct source_options options;
	struct merge *merge;
	struct ws_packet packet;
	struct source_problem problem;
	uint64_t done, total;
	uint64_t before = 0;

	write_seconds(0, (const int[]){ 12, 13 }, 2);
	write_seconds(1, (const int[]){ 10, 11 }, 2);
	names[2] = captures_path("missing");
	merge = open_merge(&options, 2);
	ck_assert(merge_progress(merge, &done, &total));
	ck_assert_uint_eq(done, 0);
	ck_assert_uint_eq(total, 2 * (24 + 2 * 50));
	while (merge_next(merge, &packet, &problem) == SOURCE_PACKET) {
		ck_assert(merge_progress(merge, &done, &total));
		ck_assert_uint_ge(done, before);
		ck_assert_uint_le(done, total);
		before = done;
	}
	ck_assert(merge_progress(merge, &done, &total));
	ck_assert_uint_eq(done, total);
	merge_free(merge);
	merge = open_merge(&options, 3);
	ck_assert(!merge_progress(merge, &done, &total));
	merge_free(merge);
}
END_TEST

int main(void)
{
	TCase *t;
	Suite *suite = suite_new("merge", &t);

	tcase_add_checked_fixture(t, captures_begin, captures_end);
	tcase_add_loop_test(t, order, 0, LENGTH(orders));
	tcase_add_loop_test(t, any_overlap, 0, 5);
	tcase_add_test(t, few_are_open);
	tcase_add_test(t, too_many_are_open);
	tcase_add_test(t, broken_in_its_place);
	tcase_add_test(t, unknown_linktype);
	tcase_add_test(t, a_pipe_among_files);
	tcase_add_test(t, progress);
	return suite_run(suite);
}
