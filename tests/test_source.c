/*
 * The source over files: every file here is written byte by byte after the descriptions of the two formats, without
 * libpcap, so that what is read can be compared with what was meant.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "capture/source.h"
#include "lib/suite.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))
#define FILES_MAX 4
#define LINKTYPE_ETHERNET 1

static char directory[] = "/tmp/wirestat-source-XXXXXX";
static char names[FILES_MAX][64];
static const char *name_list[FILES_MAX];

/* ---- Files -------------------------------------------------------------------------------------------------- */

struct bytes_out {
	uint8_t data[4096];
	size_t len;
	bool is_big;
};

static void put(struct bytes_out *b, const void *data, size_t len)
{
	ck_assert(b->len + len <= sizeof(b->data));
	memcpy(b->data + b->len, data, len);
	b->len += len;
}

static void put_number(struct bytes_out *b, uint64_t value, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		uint8_t byte = (uint8_t)(value >> 8 * (b->is_big ? size - 1 - i : i));

		put(b, &byte, 1);
	}
}

static void put16(struct bytes_out *b, uint16_t value)
{
	put_number(b, value, 2);
}

static void put32(struct bytes_out *b, uint32_t value)
{
	put_number(b, value, 4);
}

#define MAGIC_MICRO 0xa1b2c3d4
#define MAGIC_NANO 0xa1b23c4d

static void pcap_header(struct bytes_out *b, uint32_t magic, uint32_t linktype)
{
	put32(b, magic);
	put16(b, 2);
	put16(b, 4);
	put32(b, 0);
	put32(b, 0);
	put32(b, 65535);
	put32(b, linktype);
}

static void pcap_record(struct bytes_out *b, uint32_t seconds, uint32_t fraction, const void *data, uint32_t len)
{
	put32(b, seconds);
	put32(b, fraction);
	put32(b, len);
	put32(b, len + 100);
	put(b, data, len);
}

/* IPv4 with TCP or UDP: enough for a filter to tell them apart. */
static void ethernet(uint8_t frame[34], uint8_t protocol)
{
	memset(frame, 0, 34);
	frame[12] = 0x08;
	frame[14] = 0x45;
	frame[17] = 20;
	frame[23] = protocol;
}

enum { TCP = 6, UDP = 17 };

/* A file of `count` frames, one a second from second 1000, TCP and UDP in turn, TCP first. */
static void pcap_of(struct bytes_out *b, uint32_t linktype, uint32_t count)
{
	uint8_t frame[34];

	pcap_header(b, MAGIC_MICRO, linktype);
	for (uint32_t i = 0; i < count; i++) {
		ethernet(frame, i % 2 == 0 ? TCP : UDP);
		pcap_record(b, 1000 + i, 5, frame, sizeof(frame));
	}
}

static void write_file(size_t index, const struct bytes_out *b, size_t len)
{
	FILE *file = fopen(names[index], "wb");

	ck_assert_ptr_nonnull(file);
	ck_assert_uint_eq(fwrite(b->data, 1, len, file), len);
	ck_assert_int_eq(fclose(file), 0);
}

static struct source *open_files(size_t count, const char *filter)
{
	struct source_options options = { .names = name_list, .names_len = count, .filter = filter };
	struct source *source = source_new(&options);

	ck_assert_ptr_nonnull(source);
	return source;
}

static void make_directory(void)
{
	ck_assert_ptr_nonnull(mkdtemp(directory));
	for (size_t i = 0; i < FILES_MAX; i++) {
		snprintf(names[i], sizeof(names[i]), "%s/%zu.pcap", directory, i);
		name_list[i] = names[i];
	}
}

static void remove_directory(void)
{
	for (size_t i = 0; i < FILES_MAX; i++)
		unlink(names[i]);
	ck_assert_int_eq(rmdir(directory), 0);
}

/* ---- What is there is read ---------------------------------------------------------------------------------- */

static const struct {
	uint32_t magic;
	bool is_big;
	uint32_t fraction;
	ws_time ns;
} forms[] = {
	{ MAGIC_MICRO, false, 123456, 123456000 },
	{ MAGIC_MICRO, true, 123456, 123456000 },
	{ MAGIC_NANO, false, 123456789, 123456789 },
	{ MAGIC_NANO, true, 123456789, 123456789 },
};

START_TEST(pcap_in_every_form)
{
	struct bytes_out b = { .is_big = forms[_i].is_big };
	struct ws_packet packet;
	struct source_problem problem;
	const uint32_t *linktypes;
	struct source *source;

	pcap_header(&b, forms[_i].magic, LINKTYPE_ETHERNET);
	pcap_record(&b, 1700000000, forms[_i].fraction, "abc", 3);
	pcap_record(&b, 4294967295, 0, "defg", 4);
	write_file(0, &b, b.len);
	source = open_files(1, NULL);
	ck_assert_int_eq(source_next(source, &packet, &problem), SOURCE_PACKET);
	ck_assert_int_eq(packet.ts, 1700000000 * NS_PER_SEC + forms[_i].ns);
	ck_assert_uint_eq(packet.frame, 1);
	ck_assert_uint_eq(packet.file, 0);
	ck_assert_uint_eq(packet.caplen, 3);
	ck_assert_uint_eq(packet.len, 103);
	ck_assert_mem_eq(packet.data, "abc", 3);
	ck_assert_uint_eq(packet.linktype, LINKTYPE_ETHERNET);
	ck_assert_int_eq(source_next(source, &packet, &problem), SOURCE_PACKET);
	ck_assert_int_eq(packet.ts, 4294967295 * NS_PER_SEC);
	ck_assert_uint_eq(packet.frame, 2);
	ck_assert_int_eq(source_next(source, &packet, &problem), SOURCE_END);
	ck_assert_int_eq(source_next(source, &packet, &problem), SOURCE_END);
	ck_assert_uint_eq(source_frames(source, 0), 2);
	ck_assert_uint_eq(source_linktypes(source, &linktypes), 1);
	ck_assert_uint_eq(linktypes[0], LINKTYPE_ETHERNET);
	source_free(source);
}
END_TEST

static void pcapng_block(struct bytes_out *b, uint32_t type, const struct bytes_out *body)
{
	uint32_t len = (uint32_t)body->len + 12;

	put32(b, type);
	put32(b, len);
	put(b, body->data, body->len);
	put32(b, len);
}

/* Section header, one interface whose time stamps count 10^-resolution seconds, one packet of four bytes. */
static void pcapng_of(struct bytes_out *b, uint8_t resolution, uint64_t stamp)
{
	struct bytes_out section = { .len = 0 };
	struct bytes_out interface = { .len = 0 };
	struct bytes_out packet = { .len = 0 };

	put32(&section, 0x1a2b3c4d);
	put16(&section, 1);
	put16(&section, 0);
	put_number(&section, UINT64_MAX, 8);
	pcapng_block(b, 0x0a0d0d0a, &section);
	put16(&interface, LINKTYPE_ETHERNET);
	put16(&interface, 0);
	put32(&interface, 65535);
	put16(&interface, 9); /* if_tsresol */
	put16(&interface, 1);
	put32(&interface, resolution);
	put32(&interface, 0); /* opt_endofopt */
	pcapng_block(b, 1, &interface);
	put32(&packet, 0);
	put32(&packet, (uint32_t)(stamp >> 32));
	put32(&packet, (uint32_t)stamp);
	put32(&packet, 4);
	put32(&packet, 60);
	put(&packet, "wxyz", 4);
	pcapng_block(b, 6, &packet);
}

START_TEST(pcapng)
{
	struct bytes_out b = { .len = 0 };
	struct ws_packet packet;
	struct source_problem problem;
	struct source *source;

	pcapng_of(&b, 9, 1700000000123456789);
	write_file(0, &b, b.len);
	source = open_files(1, NULL);
	ck_assert_int_eq(source_next(source, &packet, &problem), SOURCE_PACKET);
	ck_assert_int_eq(packet.ts, 1700000000123456789);
	ck_assert_uint_eq(packet.caplen, 4);
	ck_assert_uint_eq(packet.len, 60);
	ck_assert_mem_eq(packet.data, "wxyz", 4);
	ck_assert_uint_eq(packet.interface, 0);
	ck_assert_int_eq(source_next(source, &packet, &problem), SOURCE_END);
	source_free(source);
}
END_TEST

/* A clock of whole seconds can name a time that ws_time cannot; it must not overflow. */
START_TEST(time_far_away)
{
	struct bytes_out b = { .len = 0 };
	struct ws_packet packet;
	struct source_problem problem;
	struct source *source;

	pcapng_of(&b, 0, UINT64_MAX >> _i);
	write_file(0, &b, b.len);
	source = open_files(1, NULL);
	ck_assert_int_eq(source_next(source, &packet, &problem), SOURCE_PACKET);
	ck_assert_int_ne(packet.ts, WS_TIME_NONE);
	source_free(source);
}
END_TEST

static const uint32_t raw_linktypes[] = { 101, 12, 14 };

START_TEST(raw_has_one_number)
{
	struct bytes_out b = { .len = 0 };
	struct ws_packet packet;
	struct source_problem problem;
	struct source *source;

	pcap_of(&b, raw_linktypes[_i], 1);
	write_file(0, &b, b.len);
	source = open_files(1, NULL);
	ck_assert_int_eq(source_next(source, &packet, &problem), SOURCE_PACKET);
	ck_assert_uint_eq(packet.linktype, 101);
	source_free(source);
}
END_TEST

/* Seconds 1000 and 1001 of file 1 between 1000, 1001 and 1002 of file 0. */
START_TEST(files_by_time)
{
	struct bytes_out b = { .len = 0 };
	struct ws_packet packet;
	struct source_problem problem;
	struct source *source;

	pcap_of(&b, LINKTYPE_ETHERNET, 2);
	write_file(1, &b, b.len);
	b.len = 0;
	pcap_of(&b, LINKTYPE_ETHERNET, 3);
	write_file(0, &b, b.len);
	source = open_files(2, NULL);
	for (uint64_t i = 0; i < 5; i++) {
		ck_assert_int_eq(source_next(source, &packet, &problem), SOURCE_PACKET);
		ck_assert_uint_eq(packet.file, i % 2);
		ck_assert_uint_eq(packet.frame, i / 2 + 1);
	}
	ck_assert_int_eq(source_next(source, &packet, &problem), SOURCE_END);
	ck_assert_uint_eq(source_frames(source, 0), 3);
	ck_assert_uint_eq(source_frames(source, 1), 2);
	source_free(source);
}
END_TEST

START_TEST(filter_keeps_the_numbers)
{
	struct bytes_out b = { .len = 0 };
	struct ws_packet packet;
	struct source_problem problem;
	struct source *source;

	pcap_of(&b, LINKTYPE_ETHERNET, 5);
	write_file(0, &b, b.len);
	source = open_files(1, "udp");
	for (uint64_t frame = 1; frame <= 5; frame++) {
		enum source_result wanted = frame % 2 == 0 ? SOURCE_PACKET : SOURCE_SKIPPED;

		ck_assert_int_eq(source_next(source, &packet, &problem), wanted);
		ck_assert_uint_eq(packet.frame, frame);
		ck_assert_int_eq(packet.ts, (ws_time)(999 + frame) * NS_PER_SEC + 5 * NS_PER_US);
	}
	ck_assert_int_eq(source_next(source, &packet, &problem), SOURCE_END);
	source_free(source);
}
END_TEST

START_TEST(standard_input)
{
	struct bytes_out b = { .len = 0 };
	struct ws_packet packet;
	struct source_problem problem;
	struct source *source;

	pcap_of(&b, LINKTYPE_ETHERNET, 1);
	write_file(0, &b, b.len);
	ck_assert_ptr_nonnull(freopen(names[0], "rb", stdin));
	name_list[0] = "-";
	name_list[1] = "-";
	source = open_files(2, NULL);
	/* For the second one there is nothing left. */
	ck_assert_int_eq(source_next(source, &packet, &problem), SOURCE_PROBLEM);
	ck_assert_int_eq(problem.fault, SOURCE_FAULT_EMPTY);
	ck_assert_uint_eq(problem.file, 1);
	ck_assert_int_eq(source_next(source, &packet, &problem), SOURCE_PACKET);
	ck_assert_uint_eq(packet.file, 0);
	ck_assert_int_eq(source_next(source, &packet, &problem), SOURCE_END);
	source_free(source);
}
END_TEST

/* ---- What is wrong is told ---------------------------------------------------------------------------------- */

/* A file of three frames, cut off after `len` bytes: 24 of header, then 16 + 34 for each frame. */
static const struct {
	size_t len;
	enum source_fault fault;
	uint64_t whole; /* frames before the trouble */
	uint64_t frame; /* that is named */
} cuts[] = {
	{ 0, SOURCE_FAULT_EMPTY, 0, 0 },     { 1, SOURCE_FAULT_FOREIGN, 0, 0 },    { 23, SOURCE_FAULT_CUT, 0, 0 },
	{ 25, SOURCE_FAULT_CUT, 0, 1 },      { 24 + 16, SOURCE_FAULT_CUT, 0, 1 },  { 24 + 49, SOURCE_FAULT_CUT, 0, 1 },
	{ 24 + 51, SOURCE_FAULT_CUT, 1, 2 }, { 24 + 149, SOURCE_FAULT_CUT, 2, 3 },
};

static void expect(struct source *source, uint64_t whole, enum source_fault fault, uint64_t frame)
{
	struct ws_packet packet;
	struct source_problem problem;

	for (uint64_t i = 0; i < whole; i++)
		ck_assert_int_eq(source_next(source, &packet, &problem), SOURCE_PACKET);
	ck_assert_int_eq(source_next(source, &packet, &problem), SOURCE_PROBLEM);
	ck_assert_int_eq(problem.fault, fault);
	ck_assert_uint_eq(problem.frame, frame);
	ck_assert_uint_eq(problem.file, 0);
	ck_assert_uint_gt(strlen(problem.text), 0);
}

/* ... and the next file follows. */
static void expect_next_file(struct source *source)
{
	struct ws_packet packet;
	struct source_problem problem;

	ck_assert_int_eq(source_next(source, &packet, &problem), SOURCE_PACKET);
	ck_assert_uint_eq(packet.file, 1);
	ck_assert_uint_eq(packet.frame, 1);
	ck_assert_int_eq(source_next(source, &packet, &problem), SOURCE_END);
}

/* The good one is an hour later. */
static struct source *open_before_good_file(const char *filter)
{
	struct bytes_out good = { .len = 0 };
	uint8_t frame[34];

	ethernet(frame, TCP);
	pcap_header(&good, MAGIC_MICRO, LINKTYPE_ETHERNET);
	pcap_record(&good, 4600, 5, frame, sizeof(frame));
	write_file(1, &good, good.len);
	return open_files(2, filter);
}

START_TEST(cut_short)
{
	struct bytes_out b = { .len = 0 };
	struct source *source;

	pcap_of(&b, LINKTYPE_ETHERNET, 3);
	write_file(0, &b, cuts[_i].len);
	source = open_before_good_file(NULL);
	expect(source, cuts[_i].whole, cuts[_i].fault, cuts[_i].frame);
	ck_assert_uint_eq(source_frames(source, 0), cuts[_i].whole);
	expect_next_file(source);
	source_free(source);
}
END_TEST

START_TEST(impossible_record)
{
	struct bytes_out b = { .len = 0 };
	struct source *source;

	pcap_of(&b, LINKTYPE_ETHERNET, 3);
	memset(b.data + 24 + 50 + 8, 0xff, 4); /* the captured length of frame 2 */
	write_file(0, &b, b.len);
	source = open_before_good_file(NULL);
	expect(source, 1, SOURCE_FAULT_DAMAGED, 2);
	expect_next_file(source);
	source_free(source);
}
END_TEST

START_TEST(impossible_block)
{
	struct bytes_out b = { .len = 0 };
	struct source *source;

	pcapng_of(&b, 9, 5);
	put32(&b, 6);
	put32(&b, 0xfffffff0); /* no block is that long */
	put32(&b, 0);
	write_file(0, &b, b.len);
	source = open_before_good_file(NULL);
	expect(source, 1, SOURCE_FAULT_DAMAGED, 2);
	expect_next_file(source);
	source_free(source);
}
END_TEST

static const struct {
	const char *text;
	enum source_fault fault;
	const char *word; /* that the message must have */
} foreign[] = {
	{ "GET / HTTP/1.1\r\nHost: example.org\r\n\r\n", SOURCE_FAULT_FOREIGN, "pcap" },
	{ "\x1f\x8b\x08\0\0\0\0\0\0\3 and so on, for long enough", SOURCE_FAULT_DAMAGED, "gzip" },
	{ "\x28\xb5\x2f\xfd and so on, for long enough to be a header", SOURCE_FAULT_DAMAGED, "zstd" },
};

START_TEST(foreign_file)
{
	struct bytes_out b = { .len = 0 };
	struct ws_packet packet;
	struct source_problem problem;
	struct source *source;

	put(&b, foreign[_i].text, 37);
	write_file(0, &b, b.len);
	source = open_files(1, NULL);
	ck_assert_int_eq(source_next(source, &packet, &problem), SOURCE_PROBLEM);
	ck_assert_int_eq(problem.fault, foreign[_i].fault);
	ck_assert_msg(strstr(problem.text, foreign[_i].word) != NULL, "%s", problem.text);
	ck_assert_int_eq(source_next(source, &packet, &problem), SOURCE_END);
	source_free(source);
}
END_TEST

START_TEST(missing_file)
{
	struct source *source = open_before_good_file(NULL);

	expect(source, 0, SOURCE_FAULT_OPEN, 0);
	expect_next_file(source);
	source_free(source);
}
END_TEST

START_TEST(directory_for_a_file)
{
	struct source *source;

	name_list[0] = directory;
	source = open_before_good_file(NULL);
	expect(source, 0, SOURCE_FAULT_OPEN, 0);
	expect_next_file(source);
	source_free(source);
}
END_TEST

#define LINKTYPE_USER0 147

/* Told once; then every packet comes, the filter notwithstanding: it cannot be meant for such packets. */
START_TEST(unknown_linktype)
{
	struct bytes_out b = { .len = 0 };
	struct ws_packet packet;
	struct source_problem problem;
	struct source *source;
	const uint32_t *linktypes;

	pcap_of(&b, LINKTYPE_USER0, 2);
	write_file(0, &b, b.len);
	source = open_before_good_file("tcp");
	expect(source, 0, SOURCE_FAULT_LINKTYPE, 0);
	for (uint64_t frame = 1; frame <= 2; frame++) {
		ck_assert_int_eq(source_next(source, &packet, &problem), SOURCE_PACKET);
		ck_assert_uint_eq(packet.frame, frame);
		ck_assert_uint_eq(packet.linktype, LINKTYPE_USER0);
	}
	expect_next_file(source);
	ck_assert_uint_eq(source_linktypes(source, &linktypes), 2);
	ck_assert_uint_eq(linktypes[0], LINKTYPE_USER0);
	ck_assert_uint_eq(linktypes[1], LINKTYPE_ETHERNET);
	source_free(source);
}
END_TEST

START_TEST(wrong_filter)
{
	struct bytes_out b = { .len = 0 };
	struct source *source;

	pcap_of(&b, LINKTYPE_ETHERNET, 1);
	write_file(0, &b, b.len);
	source = open_files(1, "tcp and (port");
	expect(source, 0, SOURCE_FAULT_FILTER, 0);
	source_free(source);
}
END_TEST

START_TEST(nothing_to_read)
{
	struct source *source = open_files(0, NULL);
	struct ws_packet packet;
	struct source_problem problem;

	ck_assert_int_eq(source_next(source, &packet, &problem), SOURCE_END);
	source_free(source);
	source_free(NULL);
}
END_TEST

int main(void)
{
	TCase *t;
	Suite *suite = suite_new("source", &t);

	tcase_add_checked_fixture(t, make_directory, remove_directory);
	tcase_add_loop_test(t, pcap_in_every_form, 0, LENGTH(forms));
	tcase_add_test(t, pcapng);
	tcase_add_loop_test(t, time_far_away, 0, 3);
	tcase_add_loop_test(t, raw_has_one_number, 0, LENGTH(raw_linktypes));
	tcase_add_test(t, files_by_time);
	tcase_add_test(t, filter_keeps_the_numbers);
	tcase_add_test(t, standard_input);
	tcase_add_loop_test(t, cut_short, 0, LENGTH(cuts));
	tcase_add_test(t, impossible_record);
	tcase_add_test(t, impossible_block);
	tcase_add_loop_test(t, foreign_file, 0, LENGTH(foreign));
	tcase_add_test(t, missing_file);
	tcase_add_test(t, directory_for_a_file);
	tcase_add_test(t, unknown_linktype);
	tcase_add_test(t, wrong_filter);
	tcase_add_test(t, nothing_to_read);
	return suite_run(suite);
}
