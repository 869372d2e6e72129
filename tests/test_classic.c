/*
 * pcap files in every variant there is a source for, written byte by byte: what is read is what was meant. Sources: libpcap's
 * sf-pcap.c, wiretap's libpcap.c, draft-ietf-opsawg-pcap.
 */
#include <string.h>

#include "base/clock.h"
#include "capture/savefile.h"
#include "lib/capture_file.h"
#include "lib/suite.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

#define MICRO 0xa1b2c3d4
#define NANO 0xa1b23c4d
#define NAVTEL 0xa12b3c4d
#define PATCHED 0xa1b2cd34
#define IXIA 0x1c0001ab
#define IXIA_NANO 0x1c0001ac

#define ETHERNET 1
#define RAW 101
#define USER0 147

static struct capture_file file;
static struct savefile *savefile;
static struct ws_packet packet;
static struct source_problem problem;

static const struct source_options plain = { .wait = { .fd = -1 } };

static void open_file(void)
{
	bool is_fine;

	savefile = savefile_open(file_name(&file, file.len), &plain, &problem, &is_fine);
	ck_assert_msg(savefile != NULL, "%s", problem.text);
	ck_assert(is_fine);
}

static void expect_end(void)
{
	ck_assert_int_eq(savefile_next(savefile, &packet, &problem), SOURCE_END);
	savefile_close(savefile);
	file_free(&file);
}

/* Four letters that tell which packet it is. */
static void expect_packet(const char *data, ws_time ts)
{
	enum source_result result = savefile_next(savefile, &packet, &problem);

	ck_assert_msg(result == SOURCE_PACKET, "%s", result == SOURCE_PROBLEM ? problem.text : "the end");
	ck_assert_uint_eq(packet.caplen, 4);
	ck_assert_mem_eq(packet.data, data, 4);
	ck_assert_int_eq(packet.ts, ts);
}

/* ---- Magic numbers ------------------------------------------------------------------------------------------- */

static const struct {
	uint32_t magic;
	size_t header_more; /* bytes more in the file header */
	size_t record_more; /* and in each record header */
	int64_t fraction_ns;
} forms[] = {
	{ MICRO, 0, 0, 1000 },    { NANO, 0, 0, 1 },      { NAVTEL, 0, 0, 1 },
	{ IXIA, 4, 0, 1000 },     { IXIA_NANO, 4, 0, 1 }, { PATCHED, 0, 8, 1000 },
	{ PATCHED, 0, 12, 1000 }, { MICRO, 0, 8, 1000 },  { MICRO, 0, 4, 1000 },
};

/* What stands behind the usual record header: interface 3, IPv4, to this host; or what Nokia writes. */
static void put_more(size_t len)
{
	if (len == 4) {
		file_u32(&file, 0x9fbfb601);
		return;
	}
	file_u32(&file, 3);
	file_u16(&file, 0x0800);
	file_put(&file, "\0\xee\xee\xee\xee\xee", len - 6);
}

/* Each form in each byte order. */
START_TEST(every_form)
{
	const char *names[] = { "abcd", "efgh", "ijkl", "mnop" };
	size_t more = forms[_i / 2].record_more;

	file.is_big = _i % 2 == 0;
	file_pcap(&file, forms[_i / 2].magic, 4, 65535, ETHERNET);
	if (forms[_i / 2].header_more > 0)
		file_u32(&file, 4 * 20);
	for (uint32_t i = 0; i < 4; i++) {
		file_record(&file, 1700000000 + i, 123456, 4, 60);
		if (more > 0)
			put_more(more);
		file_put(&file, names[i], 4);
	}
	open_file();
	for (uint32_t i = 0; i < 4; i++) {
		expect_packet(names[i], (1700000000 + i) * NS_PER_SEC + 123456 * forms[_i / 2].fraction_ns);
		ck_assert_uint_eq(packet.len, 60);
		ck_assert_uint_eq(packet.linktype, ETHERNET);
		ck_assert_uint_eq(packet.interface, more >= 8 ? 3 : 0);
	}
	expect_end();
}
END_TEST

/* Packets of zeros look like a longer record header; they are none when what follows makes no sense then. */
START_TEST(zeros_are_no_header)
{
	static const uint8_t zeros[60];

	file_pcap(&file, MICRO, 4, 65535, ETHERNET);
	for (uint32_t i = 0; i < 3; i++) {
		file_record(&file, i, 0, sizeof(zeros), sizeof(zeros));
		file_put(&file, zeros, sizeof(zeros));
	}
	open_file();
	for (uint32_t i = 0; i < 3; i++) {
		ck_assert_int_eq(savefile_next(savefile, &packet, &problem), SOURCE_PACKET);
		ck_assert_int_eq(packet.ts, i * NS_PER_SEC);
		ck_assert_uint_eq(packet.caplen, sizeof(zeros));
	}
	expect_end();
}
END_TEST

/* ---- Versions ------------------------------------------------------------------------------------------------ */

static const struct {
	uint16_t minor;
	bool is_wire_first;
} versions[] = { { 0, true }, { 1, true }, { 2, true }, { 3, true }, { 3, false }, { 4, false } };

START_TEST(lengths_changed_places)
{
	bool is_wire_first = versions[_i].is_wire_first;

	file_pcap(&file, MICRO, versions[_i].minor, 65535, ETHERNET);
	file_record(&file, 7, 1, is_wire_first ? 60 : 4, is_wire_first ? 4 : 60);
	file_put(&file, "abcd", 4);
	open_file();
	expect_packet("abcd", 7 * NS_PER_SEC + 1000);
	ck_assert_uint_eq(packet.len, 60);
	expect_end();
}
END_TEST

/* DG/UX: version 543.0. */
START_TEST(dg_ux)
{
	file_u32(&file, MICRO);
	file_u16(&file, 543);
	file_u16(&file, 0);
	file_u64(&file, 0);
	file_u32(&file, 65535);
	file_u32(&file, ETHERNET);
	file_record(&file, 7, 1, 60, 4);
	file_put(&file, "abcd", 4);
	open_file();
	expect_packet("abcd", 7 * NS_PER_SEC + 1000);
	expect_end();
}
END_TEST

static const uint32_t aix_types[][2] = { { 6, ETHERNET }, { 24, 0 } };

/* AIX: version 2.2, interface types for link types, nanoseconds. */
START_TEST(aix)
{
	file.is_big = true;
	file_pcap(&file, MICRO, 2, 65535, aix_types[_i][0]);
	file_record(&file, 7, 123456789, 60, 4);
	file_put(&file, "abcd", 4);
	open_file();
	expect_packet("abcd", 7 * NS_PER_SEC + 123456789);
	ck_assert_uint_eq(packet.linktype, aix_types[_i][1]);
	expect_end();
}
END_TEST

static void expect_foreign(const char *word)
{
	bool is_fine;

	ck_assert_ptr_null(savefile_open(file_name(&file, file.len), &plain, &problem, &is_fine));
	ck_assert(!is_fine);
	ck_assert_int_eq(problem.fault, SOURCE_FAULT_FOREIGN);
	ck_assert_msg(strstr(problem.text, word) != NULL, "%s", problem.text);
	file_free(&file);
}

START_TEST(version_not_known)
{
	file_pcap(&file, MICRO, 5, 65535, ETHERNET);
	expect_foreign("2.5");
}
END_TEST

/* ---- The other members of the header --------------------------------------------------------------------------- */

static const uint32_t snaplens[] = { 0, 1, 65535, 0x7fffffff, 0xffffffff };

/* A snap length is a promise that need not be kept. */
START_TEST(any_snaplen)
{
	file_pcap(&file, MICRO, 4, snaplens[_i], ETHERNET);
	file_record(&file, 7, 0, 4, 4);
	file_put(&file, "abcd", 4);
	open_file();
	expect_packet("abcd", 7 * NS_PER_SEC);
	expect_end();
}
END_TEST

static const struct {
	uint32_t field;
	uint32_t caplen;
	uint32_t len;
	uint32_t caplen_seen;
	uint32_t len_seen;
} sequences[] = {
	{ 0x24000001, 64, 64, 60, 60 },    /* P set: 2 words of 16 bits */
	{ 0x14000001, 64, 64, 62, 62 },    /* 1 */
	{ 0x04000001, 64, 64, 64, 64 },    /* 0 */
	{ 0x20000001, 64, 64, 64, 64 },    /* P not set: means nothing */
	{ 0x24000001, 64, 1000, 64, 996 }, /* cut by the snap length */
	{ 0x24000001, 64, 66, 62, 62 },    /* in the middle of it */
	{ 0xF4000001, 8, 8, 8, 8 },        /* longer than the frame */
};

/* draft-ietf-opsawg-pcap 4: the frame check sequence is not part of what the frame carries. */
START_TEST(check_sequence)
{
	static const uint8_t zeros[64];

	file_pcap(&file, NANO, 4, 65535, sequences[_i].field);
	file_record(&file, 7, 0, sequences[_i].caplen, sequences[_i].len);
	file_put(&file, zeros, sequences[_i].caplen);
	open_file();
	ck_assert_int_eq(savefile_next(savefile, &packet, &problem), SOURCE_PACKET);
	ck_assert_uint_eq(packet.linktype, ETHERNET);
	ck_assert_uint_eq(packet.caplen, sequences[_i].caplen_seen);
	ck_assert_uint_eq(packet.len, sequences[_i].len_seen);
	expect_end();
}
END_TEST

/* The bits between are reserved: what has them is of no link type that is known. */
START_TEST(reserved_bits)
{
	bool is_fine;

	file_pcap(&file, NANO, 4, 65535, 0x00010001);
	savefile = savefile_open(file_name(&file, file.len), &plain, &problem, &is_fine);
	ck_assert(savefile != NULL && !is_fine);
	ck_assert_int_eq(problem.fault, SOURCE_FAULT_LINKTYPE);
	expect_end();
}
END_TEST

/* ---- Lengths ------------------------------------------------------------------------------------------------- */

/* Records of every length around that of the block that is read at once: none is torn. */
START_TEST(records_across_blocks)
{
	static uint8_t data[262144];
	uint64_t sum = 0;

	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)(i * 31 >> 3);
	file_pcap(&file, NANO, 4, 0, RAW);
	for (uint32_t i = 0; i < 40; i++) {
		uint32_t len = i % 2 == 0 ? 262144 - i * 7 : i * 1000;

		file_record(&file, i, i, len, len);
		file_put(&file, data, len);
	}
	open_file();
	for (uint32_t i = 0; i < 40; i++) {
		uint32_t len = i % 2 == 0 ? 262144 - i * 7 : i * 1000;

		ck_assert_int_eq(savefile_next(savefile, &packet, &problem), SOURCE_PACKET);
		ck_assert_int_eq(packet.ts, i * NS_PER_SEC + i);
		ck_assert_uint_eq(packet.caplen, len);
		ck_assert_int_eq(memcmp(packet.data, data, len), 0);
		sum += 16 + len;
		ck_assert_uint_eq(savefile_done(savefile), 24 + sum);
	}
	expect_end();
}
END_TEST

/* 262144 bytes is the most that is captured of a packet; buses that are not networks have more. */
START_TEST(longest_record)
{
	static const uint8_t zeros[262145];
	uint32_t linktype = _i == 0 ? RAW : USER0;
	bool is_fine;

	file_pcap(&file, NANO, 4, 0, linktype);
	file_record(&file, 1, 0, 262144, 262144);
	file_put(&file, zeros, 262144);
	file_record(&file, 2, 0, 262145, 262145);
	file_put(&file, zeros, 262145);
	savefile = savefile_open(file_name(&file, file.len), &plain, &problem, &is_fine);
	ck_assert_int_eq(savefile_next(savefile, &packet, &problem), SOURCE_PACKET);
	ck_assert_int_eq(savefile_next(savefile, &packet, &problem), _i == 0 ? SOURCE_PROBLEM : SOURCE_PACKET);
	if (_i == 0) {
		ck_assert_int_eq(problem.fault, SOURCE_FAULT_DAMAGED);
		ck_assert_msg(strstr(problem.text, "at byte 262184") != NULL, "%s", problem.text);
	}
	savefile_close(savefile);
	file_free(&file);
}
END_TEST

/* Cut at every byte: the whole records come, then what is wrong is told; between two records nothing is. */
START_TEST(cut_at_every_byte)
{
	size_t ends[6];

	file_pcap(&file, MICRO, 4, 65535, RAW);
	ends[0] = file.len;
	for (uint32_t i = 1; i < 6; i++) {
		file_record(&file, i, 0, i * 3, 60);
		file_put(&file, "abcdefghijklmnopqrst", i * 3);
		ends[i] = file.len;
	}
	for (size_t len = 24; len <= file.len; len++) {
		enum source_result last = SOURCE_PROBLEM;
		bool is_fine;

		savefile = savefile_open(file_name(&file, len), &plain, &problem, &is_fine);
		ck_assert(savefile != NULL && is_fine);
		for (uint32_t i = 1; i < 6 && ends[i] <= len; i++) {
			ck_assert_int_eq(savefile_next(savefile, &packet, &problem), SOURCE_PACKET);
			ck_assert_uint_eq(packet.caplen, i * 3);
		}
		for (uint32_t i = 0; i < 6; i++)
			if (ends[i] == len)
				last = SOURCE_END;
		ck_assert_int_eq(savefile_next(savefile, &packet, &problem), last);
		ck_assert(last == SOURCE_END || problem.fault == SOURCE_FAULT_CUT);
		savefile_close(savefile);
	}
	file_free(&file);
}
END_TEST

int main(void)
{
	TCase *t;
	Suite *suite = suite_new("classic", &t);

	tcase_add_loop_test(t, every_form, 0, 2 * LENGTH(forms));
	tcase_add_test(t, zeros_are_no_header);
	tcase_add_loop_test(t, lengths_changed_places, 0, LENGTH(versions));
	tcase_add_test(t, dg_ux);
	tcase_add_loop_test(t, aix, 0, LENGTH(aix_types));
	tcase_add_test(t, version_not_known);
	tcase_add_loop_test(t, any_snaplen, 0, LENGTH(snaplens));
	tcase_add_loop_test(t, check_sequence, 0, LENGTH(sequences));
	tcase_add_test(t, reserved_bits);
	tcase_add_test(t, records_across_blocks);
	tcase_add_loop_test(t, longest_record, 0, 2);
	tcase_add_test(t, cut_at_every_byte);
	return suite_run(suite);
}
