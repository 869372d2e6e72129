/*
 * Compressed captures, made by the tools themselves: what is unpacked is what was packed, in one member or several; whatever
 * is cut off or wrong is told behind the last good packet; and nobody waits for ever.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "capture/codec.h"
#include "capture/savefile.h"
#include "lib/capture_file.h"
#include "lib/suite.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))
#define LINKTYPE_RAW 101
#define PACKETS 40
#define CUTS_MAX 4096

static const struct {
	const char *tool;
	const struct codec *codec;
} tools[] = {
	{ "gzip", &codec_gzip },
	{ "zstd", &codec_zstd },
	{ "lz4", &codec_lz4 },
	{ "xz", &codec_xz },
};

static char directory[] = "/tmp/wirestat-unpack-XXXXXX";
static struct capture_file plain;
static struct capture_file packed;
static struct ws_packet packet;
static struct source_problem problem;
static struct source_options options;

static void setup(void)
{
	ck_assert_ptr_nonnull(mkdtemp(directory));
	options = (struct source_options){ .wait = { .fd = -1 } };
}

static void teardown(void)
{
	char command[80];

	snprintf(command, sizeof(command), "rm -rf %s", directory);
	ck_assert_int_eq(system(command), 0);
	file_free(&plain);
	file_free(&packed);
}

/* Of packet `i` and its place: nothing that packs well. */
static uint8_t byte_of(uint32_t i, uint32_t at)
{
	uint32_t x = i * 0x9E3779B1u + at * 0x85EBCA77u;

	return (uint8_t)((x ^ x >> 15) * 0xC2B2AE3Du >> 24);
}

/* Packet `i` has `i` seconds and `len` + `i` bytes. */
static void write_plain(uint32_t packets, uint32_t len)
{
	file_pcap(&plain, 0xa1b23c4d, 4, 262144, LINKTYPE_RAW);
	for (uint32_t i = 0; i < packets; i++) {
		file_record(&plain, i, 0, len + i, len + i);
		for (uint32_t at = 0; at < len + i; at++) {
			uint8_t byte = byte_of(i, at);

			file_put(&plain, &byte, 1);
		}
	}
}

/* Puts what the tool makes of these bytes behind what is packed already. False: there is no such tool, or no codec. */
static bool pack(int tool, const uint8_t *data, size_t len)
{
	char in[64], out[64], command[256];
	uint8_t buffer[4096];
	size_t got;
	FILE *file;

	snprintf(in, sizeof(in), "%s/in", directory);
	snprintf(out, sizeof(out), "%s/out", directory);
	snprintf(command, sizeof(command), "command -v %s >/dev/null && %s -c <%s >%s 2>/dev/null", tools[tool].tool,
		 tools[tool].tool, in, out);
	file = fopen(in, "wb");
	ck_assert(file != NULL && fwrite(data, 1, len, file) == len && fclose(file) == 0);
	if (tools[tool].codec->begin == NULL || system(command) != 0)
		return false;
	file = fopen(out, "rb");
	ck_assert_ptr_nonnull(file);
	while ((got = fread(buffer, 1, sizeof(buffer), file)) > 0)
		file_put(&packed, buffer, got);
	ck_assert_int_eq(fclose(file), 0);
	return true;
}

static struct savefile *open_packed(size_t len)
{
	bool is_fine;

	return savefile_open(file_name(&packed, len), &options, &problem, &is_fine);
}

/* Reads on as long as packets come, which are those that were written; how many, and what ended it. */
static uint32_t read_packets(struct savefile *savefile, uint32_t len, enum source_result *last)
{
	uint32_t i = 0;

	while ((*last = savefile_next(savefile, &packet, &problem)) == SOURCE_PACKET) {
		ck_assert_int_eq(packet.ts, (ws_time)i * 1000000000);
		ck_assert_uint_eq(packet.caplen, len + i);
		for (uint32_t at = 0; at < len + i; at++)
			if (packet.data[at] != byte_of(i, at))
				ck_abort_msg("packet %u differs at %u", i, at);
		i++;
	}
	return i;
}

/* What is packed is read whole, and then `fault` is told, or nothing (-1). */
static void expect_all(uint32_t packets, uint32_t len, int fault)
{
	struct savefile *savefile = open_packed(packed.len);
	enum source_result last;

	ck_assert_msg(savefile != NULL, "%s", problem.text);
	ck_assert_uint_eq(read_packets(savefile, len, &last), packets);
	ck_assert_int_eq(last, fault < 0 ? SOURCE_END : SOURCE_PROBLEM);
	ck_assert(fault < 0 || (int)problem.fault == fault);
	savefile_close(savefile);
}

/* Far more than the ring holds. */
START_TEST(large)
{
	write_plain(60, 100000);
	if (pack(_i, plain.data, plain.len))
		expect_all(60, 100000, -1);
}
END_TEST

/* Members one behind the other, their seams anywhere; an empty one, too. */
START_TEST(several_members)
{
	write_plain(PACKETS, 300);
	if (!pack(_i, plain.data, 10))
		return;
	pack(_i, plain.data + 10, 5000);
	pack(_i, plain.data, 0);
	pack(_i, plain.data + 5010, plain.len - 5010);
	expect_all(PACKETS, 300, -1);
}
END_TEST

START_TEST(garbage_behind)
{
	write_plain(PACKETS, 300);
	if (!pack(_i, plain.data, plain.len))
		return;
	file_put(&packed, "this is no member", 17);
	expect_all(PACKETS, 300, SOURCE_FAULT_DAMAGED);
}
END_TEST

/* The filling of a tape's block behind gzip, the padding of xz; behind the others zeros are garbage. */
START_TEST(zeros_behind)
{
	bool may_follow = tools[_i].codec == &codec_gzip || tools[_i].codec == &codec_xz;
	static const uint8_t zeros[512];

	write_plain(PACKETS, 300);
	if (!pack(_i, plain.data, plain.len))
		return;
	file_put(&packed, zeros, sizeof(zeros));
	expect_all(PACKETS, 300, may_follow ? -1 : SOURCE_FAULT_DAMAGED);
}
END_TEST

/* Cut at every byte: as many packets as before or more, and never a word too few. */
START_TEST(cut_at_every_byte)
{
	uint32_t before = 0;

	write_plain(PACKETS, 300);
	if (!pack(_i, plain.data, plain.len))
		return;
	ck_assert_uint_gt(packed.len, CUTS_MAX);
	for (size_t len = 0; len < CUTS_MAX; len++) {
		struct savefile *savefile = open_packed(len);
		enum source_result last;
		uint32_t packets;

		if (savefile == NULL) {
			ck_assert_uint_eq(before, 0);
			ck_assert(problem.fault == SOURCE_FAULT_CUT || len < CODEC_MAGIC_MAX);
			continue;
		}
		packets = read_packets(savefile, 300, &last);
		ck_assert_uint_ge(packets, before);
		ck_assert_int_eq(last, SOURCE_PROBLEM);
		ck_assert_int_eq(problem.fault, SOURCE_FAULT_CUT);
		before = packets;
		savefile_close(savefile);
	}
}
END_TEST

/* A byte that is wrong, anywhere: it ends, and what was handed out is told apart by nobody, but is within bounds. */
START_TEST(wrong_byte)
{
	write_plain(PACKETS, 300);
	if (!pack(_i, plain.data, plain.len))
		return;
	for (size_t at = 0; at < packed.len; at += 41) {
		struct savefile *savefile;
		uint32_t sum = 0;

		packed.data[at] ^= 0x24;
		savefile = open_packed(packed.len);
		while (savefile != NULL && savefile_next(savefile, &packet, &problem) == SOURCE_PACKET)
			sum += packet.caplen > 0 ? packet.data[packet.caplen - 1] : 0u;
		savefile_close(savefile);
		packed.data[at] ^= 0x24;
		ck_assert_uint_lt(sum, PACKETS * 256);
	}
	expect_all(PACKETS, 300, -1);
}
END_TEST

/* RFC 8878 3.1.2: such frames may come first, and between others. */
START_TEST(skippable_frames)
{
	if (tools[_i].codec != &codec_zstd && tools[_i].codec != &codec_lz4)
		return;
	write_plain(PACKETS, 300);
	for (uint32_t i = 0; i < 2; i++) {
		file_u32(&packed, 0x184D2A50 + i * 15);
		file_u32(&packed, i * 3);
		file_put(&packed, "abc", i * 3);
	}
	if (!pack(_i, plain.data, 4000))
		return;
	file_u32(&packed, 0x184D2A57);
	file_u32(&packed, 2);
	file_put(&packed, "ab", 2);
	pack(_i, plain.data + 4000, plain.len - 4000);
	expect_all(PACKETS, 300, -1);
}
END_TEST

/* RFC 8878 3.1.1: a frame header with a window of 2^27 or 2^28 bytes, and one raw block. */
START_TEST(window_too_large)
{
	uint8_t header[] = { 0x28, 0xb5, 0x2f, 0xfd, 0x00, (uint8_t)((27 + _i - 10) << 3), 0, 0, 0 };
	uint32_t block = 1;

	if (codec_zstd.begin == NULL)
		return;
	write_plain(1, 100);
	block |= (uint32_t)plain.len << 3;
	header[6] = (uint8_t)block;
	header[7] = (uint8_t)(block >> 8);
	header[8] = (uint8_t)(block >> 16);
	file_put(&packed, header, sizeof(header));
	file_put(&packed, plain.data, plain.len);
	if (_i == 0) {
		expect_all(1, 100, -1);
		return;
	}
	ck_assert_ptr_null(open_packed(packed.len));
	ck_assert_int_eq(problem.fault, SOURCE_FAULT_DAMAGED);
	ck_assert_msg(strstr(problem.text, "128 MB") != NULL, "%s", problem.text);
}
END_TEST

/* Closed while the ring is full and the worker waits for room. */
START_TEST(closed_early)
{
	write_plain(60, 100000);
	if (!pack(_i, plain.data, plain.len))
		return;
	for (int i = 0; i < 20; i++) {
		struct savefile *savefile = open_packed(packed.len);

		ck_assert_ptr_nonnull(savefile);
		if (i % 2 == 0)
			ck_assert_int_eq(savefile_next(savefile, &packet, &problem), SOURCE_PACKET);
		savefile_close(savefile);
	}
}
END_TEST

static int asked;

static bool goes_on(void *user)
{
	(void)user;
	return ++asked < 3;
}

/* A pipe that brings half of it and then nothing: what it brought comes out, whoever waits is asked, and may end it. */
START_TEST(waiting_for_a_pipe)
{
	char name[64];
	struct savefile *savefile;
	enum source_result last;
	bool is_fine;
	int writer;

	write_plain(PACKETS, 300);
	if (!pack(_i, plain.data, plain.len / 2))
		return;
	snprintf(name, sizeof(name), "%s/pipe", directory);
	ck_assert_int_eq(mkfifo(name, 0600), 0);
	writer = open(name, O_RDWR);
	ck_assert_int_eq(write(writer, packed.data, packed.len), (ssize_t)packed.len);
	options.wait = (struct source_wait){ .goes_on = goes_on, .fd = -1 };
	savefile = savefile_open(name, &options, &problem, &is_fine);
	ck_assert_msg(savefile != NULL, "%s", problem.text);
	ck_assert_uint_ge(read_packets(savefile, 300, &last), PACKETS / 2 - 2);
	ck_assert_int_ne(last, SOURCE_PACKET);
	ck_assert_int_ge(asked, 3);
	savefile_close(savefile);
	close(writer);
}
END_TEST

int main(void)
{
	TCase *t;
	Suite *suite = suite_new("unpack", &t);

	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, large, 0, LENGTH(tools));
	tcase_add_loop_test(t, several_members, 0, LENGTH(tools));
	tcase_add_loop_test(t, garbage_behind, 0, LENGTH(tools));
	tcase_add_loop_test(t, zeros_behind, 0, LENGTH(tools));
	tcase_add_loop_test(t, cut_at_every_byte, 0, LENGTH(tools));
	tcase_add_loop_test(t, wrong_byte, 0, LENGTH(tools));
	tcase_add_loop_test(t, skippable_frames, 0, LENGTH(tools));
	tcase_add_loop_test(t, window_too_large, 0, 2);
	tcase_add_loop_test(t, closed_early, 0, LENGTH(tools));
	tcase_add_loop_test(t, waiting_for_a_pipe, 0, LENGTH(tools));
	return suite_run(suite);
}
