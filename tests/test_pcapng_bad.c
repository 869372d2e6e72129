/*
 * pcapng files of several link types, with and without filters, and files that are damaged or cut: what is told, and what
 * comes all the same.
 */
#include "lib/pcapng_test.h"

/* ---- Link types and filters ---------------------------------------------------------------------------------- */

/* Told once, when the first such packet comes; the packets come all the same. */
START_TEST(linktype_not_known)
{
	file_section(&file);
	file_interface(&file, USER0, 0, 6);
	file_interface(&file, RAW, 0, 6);
	file_packet(&file, 1, 1, "abcd", 4);
	file_packet(&file, 0, 2, "efgh", 4);
	file_packet(&file, 1, 3, "ijkl", 4);
	file_packet(&file, 0, 4, "mnop", 4);
	options.filter = _i == 0 ? NULL : "len > 0";
	open_file();
	expect_packet("abcd", 1000, RAW, 1);
	expect_problem(SOURCE_FAULT_LINKTYPE, "147");
	expect_packet("efgh", 2000, USER0, 0);
	expect_packet("ijkl", 3000, RAW, 1);
	expect_packet("mnop", 4000, USER0, 0);
	expect_end();
}
END_TEST

/* IPv4 with TCP or UDP, bare and behind an Ethernet header. */
static void ip_packet(uint32_t interface, bool is_ethernet, uint8_t protocol)
{
	uint8_t frame[34] = { [12] = 0x08, [14] = 0x45, [17] = 20, [23] = protocol };

	file_packet(&file, interface, 0, frame + (is_ethernet ? 0 : 14), is_ethernet ? 34 : 20);
}

START_TEST(filter_of_each_linktype)
{
	file_section(&file);
	file_interface(&file, RAW, 0, 6);
	file_interface(&file, ETHERNET, 0, 6);
	for (int i = 0; i < 2; i++) {
		ip_packet(0, false, 6);
		ip_packet(1, true, 17);
		ip_packet(0, false, 17);
		ip_packet(1, true, 6);
	}
	options.filter = "tcp";
	open_file();
	for (int i = 0; i < 2; i++) {
		ck_assert_int_eq(savefile_next(savefile, &packet, &problem), SOURCE_PACKET);
		ck_assert_int_eq(savefile_next(savefile, &packet, &problem), SOURCE_SKIPPED);
		ck_assert_int_eq(savefile_next(savefile, &packet, &problem), SOURCE_SKIPPED);
		ck_assert_int_eq(savefile_next(savefile, &packet, &problem), SOURCE_PACKET);
	}
	expect_end();
}
END_TEST

/* Station addresses are there on one of the two only: told once, and those packets left out. */
START_TEST(filter_of_one_linktype)
{
	file_section(&file);
	file_interface(&file, ETHERNET, 0, 6);
	file_interface(&file, RAW, 0, 6);
	ip_packet(0, true, 6);
	ip_packet(1, false, 6);
	ip_packet(0, true, 6);
	ip_packet(1, false, 6);
	options.filter = "ether src 00:00:00:00:00:00";
	open_file();
	ck_assert_int_eq(savefile_next(savefile, &packet, &problem), SOURCE_PACKET);
	expect_problem(SOURCE_FAULT_UNFILTERED, "101");
	ck_assert_int_eq(savefile_next(savefile, &packet, &problem), SOURCE_SKIPPED);
	ck_assert_int_eq(savefile_next(savefile, &packet, &problem), SOURCE_PACKET);
	ck_assert_int_eq(savefile_next(savefile, &packet, &problem), SOURCE_SKIPPED);
	expect_end();
}
END_TEST

/* Wrong for the first interface: wrong, even if no packet follows. */
START_TEST(wrong_filter)
{
	bool is_fine;

	file_section(&file);
	file_interface(&file, RAW, 0, 6);
	options.filter = "tcp and (port";
	ck_assert_ptr_null(savefile_open(file_name(&file, file.len), &options, &problem, &is_fine));
	ck_assert(!is_fine);
	ck_assert_int_eq(problem.fault, SOURCE_FAULT_FILTER);
	file_free(&file);
}
END_TEST

/* ---- What is wrong ------------------------------------------------------------------------------------------- */

/* Section header 28 bytes, interface 20, packet 36, packet 36; a word of the second packet is overwritten. */
static const struct {
	size_t at; /* in the block */
	uint32_t value;
	const char *word; /* of what is told */
} wrongs[] = {
	{ 4, 0, "at byte 84: a block of type 0x6 and 0 bytes" },
	{ 4, 8, "a block of type 0x6 and 8 bytes" },
	{ 4, 28, "a block of type 0x6 and 28 bytes" },
	{ 4, 37, "37 bytes" },
	{ 4, 0xfffffff0, "4294967280 bytes" },
	{ 4, 32, "ends with one of" },
	{ 8, 1, "interface 1 is not described" },
	{ 8, 0xffffffff, "interface 4294967295 is not described" },
	{ 20, 5, "5 bytes captured, in a block of 36" },
	{ 20, 262145, "262145 bytes captured" },
	{ 20, 0xffffffff, "4294967295 bytes captured" },
	{ 32, 40, "begins with a length of 36 and ends with one of 40" },
	{ 0, 0x0A0D0D0A, "without byte order" },
};

START_TEST(wrong_block)
{
	file.is_big = false;
	file_section(&file);
	file_interface(&file, RAW, 0, 6);
	file_packet(&file, 0, 7, "abcd", 4);
	file_packet(&file, 0, 8, "efgh", 4);
	file_set_u32(&file, 84 + wrongs[_i].at, wrongs[_i].value);
	open_file();
	expect_packet("abcd", 7000, RAW, 0);
	expect_problem(SOURCE_FAULT_DAMAGED, wrongs[_i].word);
	ck_assert_msg(strstr(problem.text, "at byte 84") != NULL, "%s", problem.text);
	savefile_close(savefile);
	file_free(&file);
}
END_TEST

START_TEST(packet_before_interface)
{
	bool is_fine;

	file_section(&file);
	if (_i == 0)
		file_packet(&file, 0, 8, "efgh", 4);
	else
		simple_packet(4, "abcd");
	ck_assert_ptr_null(savefile_open(file_name(&file, file.len), &options, &problem, &is_fine));
	ck_assert_int_eq(problem.fault, SOURCE_FAULT_DAMAGED);
	file_free(&file);
}
END_TEST

START_TEST(section_of_another_version)
{
	bool is_fine;

	file_section(&file);
	file_set_u32(&file, 12, 2);
	ck_assert_ptr_null(savefile_open(file_name(&file, file.len), &options, &problem, &is_fine));
	ck_assert_msg(strstr(problem.text, "2.0") != NULL, "%s", problem.text);
	file_free(&file);
}
END_TEST

/* Options that do not fit their block end there; those before them hold. */
START_TEST(options_too_long)
{
	uint8_t nano = 9;
	size_t block;

	file_section(&file);
	block = file_block(&file, 1);
	file_u16(&file, RAW);
	file_u16(&file, 0);
	file_u32(&file, 0);
	file_option(&file, 9, &nano, 1);
	file_u16(&file, 14);
	file_u16(&file, 0xffff);
	file_block_end(&file, block);
	file_packet(&file, 0, 7, "abcd", 4);
	open_file();
	expect_packet("abcd", 7, RAW, 0);
	expect_end();
}
END_TEST

/* More interfaces than there are. */
START_TEST(flood_of_interfaces)
{
	file_section(&file);
	for (uint32_t i = 0; i < 65537; i++)
		file_interface(&file, RAW, 0, 6);
	open_file();
	expect_problem(SOURCE_FAULT_DAMAGED, "more than 65536 interfaces");
	savefile_close(savefile);
	file_free(&file);
}
END_TEST

/* Cut at every byte: the whole packets come; only between two blocks nothing is wrong. */
START_TEST(cut_at_every_byte)
{
	size_t first, second;

	file_section(&file);
	file_interface(&file, RAW, 0, 9);
	file_packet(&file, 0, 7, "abcd", 4);
	first = file.len;
	simple_packet(7, "efghijk");
	second = file.len;
	statistics(0, 1, 1);
	for (size_t len = 4; len <= file.len; len++) {
		enum source_result last =
			len == first || len == second || len == file.len ? SOURCE_END : SOURCE_PROBLEM;
		bool is_fine;

		savefile = savefile_open(file_name(&file, len), &options, &problem, &is_fine);
		if (len < 60) {
			ck_assert((savefile != NULL) == is_fine && is_fine == (len == 28));
			ck_assert(is_fine || problem.fault == SOURCE_FAULT_CUT);
			savefile_close(savefile);
			continue;
		}
		if (len >= first)
			expect_packet("abcd", 7, RAW, 0);
		if (len >= second)
			expect_packet("efghijk", 7, RAW, 0);
		ck_assert_int_eq(savefile_next(savefile, &packet, &problem), len == 60 ? SOURCE_END : last);
		ck_assert(len == 60 || last == SOURCE_END || problem.fault == SOURCE_FAULT_CUT);
		savefile_close(savefile);
	}
	file_free(&file);
}
END_TEST

int main(void)
{
	TCase *t;
	Suite *suite = suite_new("pcapng_bad", &t);

	tcase_add_checked_fixture(t, setup, NULL);
	tcase_add_loop_test(t, linktype_not_known, 0, 2);
	tcase_add_test(t, filter_of_each_linktype);
	tcase_add_test(t, filter_of_one_linktype);
	tcase_add_test(t, wrong_filter);
	tcase_add_loop_test(t, wrong_block, 0, LENGTH(wrongs));
	tcase_add_loop_test(t, packet_before_interface, 0, 2);
	tcase_add_test(t, section_of_another_version);
	tcase_add_test(t, options_too_long);
	tcase_add_test(t, flood_of_interfaces);
	tcase_add_test(t, cut_at_every_byte);
	return suite_run(suite);
}
