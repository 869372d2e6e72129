/*
 * pcapng files written byte by byte after draft-ietf-opsawg-pcapng: sections, interfaces, the three kinds of packets, what is
 * said of lost ones, and blocks without packets.
 */
#include "lib/pcapng_test.h"

/* ---- Sections and interfaces --------------------------------------------------------------------------------- */

/* Two sections in different byte orders, with interfaces that differ in everything. */
START_TEST(sections_and_interfaces)
{
	for (int section = 0; section < 2; section++) {
		file.is_big = (section == 0) == (_i == 0);
		file_section(&file);
		file_interface(&file, ETHERNET, 0, 6);
		file_interface(&file, RAW, 128, 9);
		file_packet(&file, 1, 1700000000123456789, "abcde", 5);
		file_packet(&file, 0, 1700000000123456, "fgh", 3);
		file_interface(&file, ETHERNET, 65535, 0x80 | 10);
		file_packet(&file, 2, 1024 + 512, "i", 1);
		file_packet(&file, 1, 5, "", 0);
	}
	open_file();
	for (uint32_t before = 0; before < 6; before += 3) {
		expect_packet("abcde", 1700000000123456789, RAW, before + 1);
		ck_assert_uint_eq(packet.len, 105);
		expect_packet("fgh", 1700000000123456000, ETHERNET, before);
		expect_packet("i", 1500000000, ETHERNET, before + 2);
		expect_packet("", 5, RAW, before + 1);
	}
	expect_end();
}
END_TEST

/* A section may tell its length, which need not be true of one that was cut or added to: blocks are walked one by one. */
START_TEST(section_with_length)
{
	size_t block = file_block(&file, 0x0A0D0D0A);

	file_u32(&file, 0x1A2B3C4D);
	file_u16(&file, 1);
	file_u16(&file, 2);
	file_u64(&file, _i == 0 ? 60 : 1);
	file_option(&file, 1, "a comment", 9);
	file_options_end(&file);
	file_block_end(&file, block);
	file_interface(&file, RAW, 0, 6);
	file_packet(&file, 0, 5, "abcd", 4);
	open_file();
	expect_packet("abcd", 5000, RAW, 0);
	expect_end();
}
END_TEST

START_TEST(offset_of_the_clock)
{
	size_t block;

	file.is_big = _i == 0;
	file_section(&file);
	block = file_block(&file, 1);
	file_u16(&file, RAW);
	file_u16(&file, 0);
	file_u32(&file, 0);
	file_option_u64(&file, 14, 1700000000);
	file_options_end(&file);
	file_block_end(&file, block);
	file_packet(&file, 0, 7, "abcd", 4);
	open_file();
	expect_packet("abcd", 1700000000 * NS_PER_SEC + 7000, RAW, 0);
	expect_end();
}
END_TEST

/* In bits, and in bytes, as some write it. */
START_TEST(check_sequence)
{
	uint8_t len = _i == 0 ? 32 : 4;
	size_t block;

	file_section(&file);
	block = file_block(&file, 1);
	file_u16(&file, ETHERNET);
	file_u16(&file, 0);
	file_u32(&file, 0);
	file_option(&file, 13, &len, 1);
	file_options_end(&file);
	file_block_end(&file, block);
	file_packet(&file, 0, 7, "abcd", 4);
	open_file();
	expect_packet("abcd", 7000, ETHERNET, 0);
	ck_assert_uint_eq(packet.len, 100);
	expect_end();
}
END_TEST

/* ---- Packets of the other kinds ------------------------------------------------------------------------------ */

/* No time, no interface, and a captured length that follows from the snap length. */
START_TEST(simple)
{
	file.is_big = _i == 0;
	file_section(&file);
	file_interface(&file, RAW, 6, 6);
	simple_packet(5, "abcde");
	file_packet(&file, 0, 7, "fghi", 4);
	simple_packet(1000, "jklmno");
	open_file();
	expect_packet("abcde", 0, RAW, 0);
	ck_assert_uint_eq(packet.len, 5);
	expect_packet("fghi", 7000, RAW, 0);
	expect_packet("jklmno", 7000, RAW, 0);
	ck_assert_uint_eq(packet.len, 1000);
	ck_assert_uint_eq(savefile_remarks(savefile)->untimed, 2);
	expect_end();
}
END_TEST

static void obsolete_packet(uint16_t interface, uint16_t drops, const char *data)
{
	size_t block = file_block(&file, 2);

	file_u16(&file, interface);
	file_u16(&file, drops);
	file_u32(&file, 0);
	file_u32(&file, 9);
	file_u32(&file, (uint32_t)strlen(data));
	file_u32(&file, 60);
	file_put(&file, data, strlen(data));
	file_block_end(&file, block);
}

START_TEST(obsolete)
{
	file.is_big = _i == 0;
	file_section(&file);
	file_interface(&file, ETHERNET, 0, 6);
	file_interface(&file, RAW, 0, 6);
	obsolete_packet(1, 0xFFFF, "abcde");
	open_file();
	expect_packet("abcde", 9000, RAW, 1);
	ck_assert_uint_eq(packet.len, 60);
	ck_assert(!savefile_remarks(savefile)->has_drops);
	expect_end();
}
END_TEST

/* ---- Lost packets -------------------------------------------------------------------------------------------- */

static void expect_drops(uint64_t by_interface, uint64_t by_system)
{
	while (savefile_next(savefile, &packet, &problem) == SOURCE_PACKET)
		;
	ck_assert(savefile_remarks(savefile)->has_drops);
	ck_assert_uint_eq(savefile_remarks(savefile)->interface_drops, by_interface);
	ck_assert_uint_eq(savefile_remarks(savefile)->kernel_drops, by_system);
	expect_end();
}

/* Counters of each interface go on; those of several add up. */
START_TEST(drops_by_statistics)
{
	file.is_big = _i == 0;
	file_section(&file);
	file_interface(&file, RAW, 0, 6);
	file_interface(&file, RAW, 0, 6);
	statistics(0, 1, 10);
	statistics(0, 3, 30);
	statistics(1, 100, 1000);
	file_section(&file);
	file_interface(&file, RAW, 0, 6);
	statistics(0, 10000, 0);
	open_file();
	expect_drops(10103, 1030);
}
END_TEST

/* Told with packets, they count until the statistics tell all of them. */
START_TEST(drops_by_packets)
{
	size_t block;

	file_section(&file);
	file_interface(&file, RAW, 0, 6);
	obsolete_packet(0, 5, "abc");
	block = file_block(&file, 6);
	file_u32(&file, 0);
	file_u64(&file, 0);
	file_u32(&file, 3);
	file_u32(&file, 3);
	file_put(&file, "abc\0", 4);
	file_option(&file, 1, "a comment", 9);
	file_option_u64(&file, 4, 7);
	file_options_end(&file);
	file_block_end(&file, block);
	if (_i == 1)
		statistics(0, 20, 2);
	open_file();
	if (_i == 0)
		expect_drops(12, 0);
	else
		expect_drops(20, 2);
}
END_TEST

/* ---- Blocks that hold no packets ------------------------------------------------------------------------------- */

/* Names, statistics, journal, secrets, custom ones, and one that nobody knows, larger than what is read at once. */
START_TEST(other_blocks)
{
	static const uint32_t types[] = { 4, 9, 10, 0xBAD, 0x40000BAD, 0x7777 };
	static const uint8_t zeros[300000];

	file_section(&file);
	for (size_t i = 0; i < LENGTH(types); i++) {
		size_t block = file_block(&file, types[i]);

		file_put(&file, zeros, _i == 0 ? 8 : sizeof(zeros));
		file_block_end(&file, block);
		if (i == 0)
			file_interface(&file, RAW, 0, 6);
		file_packet(&file, 0, i, "abcd", 4);
		if (i == 0)
			continue;
	}
	open_file();
	for (size_t i = 0; i < LENGTH(types); i++)
		expect_packet("abcd", (ws_time)i * 1000, RAW, 0);
	ck_assert_uint_eq(savefile_remarks(savefile)->unknown_blocks, 1);
	expect_end();
}
END_TEST

/* A section of nothing is a capture of nothing. */
START_TEST(no_packets)
{
	file_section(&file);
	open_file();
	ck_assert_uint_eq(savefile_linktype(savefile), SAVEFILE_NO_LINKTYPE);
	expect_end();
}
END_TEST

int main(void)
{
	TCase *t;
	Suite *suite = suite_new("pcapng", &t);

	tcase_add_checked_fixture(t, setup, NULL);
	tcase_add_loop_test(t, sections_and_interfaces, 0, 2);
	tcase_add_loop_test(t, section_with_length, 0, 2);
	tcase_add_loop_test(t, offset_of_the_clock, 0, 2);
	tcase_add_loop_test(t, check_sequence, 0, 2);
	tcase_add_loop_test(t, simple, 0, 2);
	tcase_add_loop_test(t, obsolete, 0, 2);
	tcase_add_loop_test(t, drops_by_statistics, 0, 2);
	tcase_add_loop_test(t, drops_by_packets, 0, 2);
	tcase_add_loop_test(t, other_blocks, 0, 2);
	tcase_add_test(t, no_packets);
	return suite_run(suite);
}
