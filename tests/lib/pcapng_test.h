/*
 * A pcapng file that a test writes and what the reader makes of it. One of each, since each test has a process of its own.
 */
#ifndef TESTS_PCAPNG_TEST_H
#define TESTS_PCAPNG_TEST_H

#include <string.h>

#include "base/clock.h"
#include "capture/savefile.h"
#include "lib/capture_file.h"
#include "lib/suite.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

#define ETHERNET 1
#define RAW 101
#define USER0 147

static struct capture_file file;
static struct savefile *savefile;
static struct ws_packet packet;
static struct source_problem problem;
static struct source_options options;

static inline void setup(void)
{
	options = (struct source_options){ .wait = { .fd = -1 } };
}

static inline void open_file(void)
{
	bool is_fine;

	savefile = savefile_open(file_name(&file, file.len), &options, &problem, &is_fine);
	ck_assert_msg(savefile != NULL, "%s", problem.text);
	ck_assert(is_fine);
}

static inline void expect_end(void)
{
	enum source_result result = savefile_next(savefile, &packet, &problem);

	ck_assert_msg(result == SOURCE_END, "%s", result == SOURCE_PROBLEM ? problem.text : "a packet");
	savefile_close(savefile);
	file_free(&file);
}

static inline void expect_packet(const char *data, ws_time ts, uint32_t linktype, uint32_t interface)
{
	enum source_result result = savefile_next(savefile, &packet, &problem);

	ck_assert_msg(result == SOURCE_PACKET, "%s", result == SOURCE_PROBLEM ? problem.text : "the end");
	ck_assert_uint_eq(packet.caplen, strlen(data));
	ck_assert_mem_eq(packet.data, data, strlen(data));
	ck_assert_int_eq(packet.ts, ts);
	ck_assert_uint_eq(packet.linktype, linktype);
	ck_assert_uint_eq(packet.interface, interface);
}

static inline void expect_problem(enum source_fault fault, const char *word)
{
	ck_assert_int_eq(savefile_next(savefile, &packet, &problem), SOURCE_PROBLEM);
	ck_assert_msg(problem.fault == fault, "%d: %s", (int)problem.fault, problem.text);
	ck_assert_msg(strstr(problem.text, word) != NULL, "%s", problem.text);
}

static inline void simple_packet(uint32_t len, const char *data)
{
	size_t block = file_block(&file, 3);

	file_u32(&file, len);
	file_put(&file, data, strlen(data));
	file_block_end(&file, block);
}

static inline void statistics(uint32_t interface, uint64_t by_interface, uint64_t by_system)
{
	size_t block = file_block(&file, 5);

	file_u32(&file, interface);
	file_u64(&file, 0);
	file_option_u64(&file, 4, 1000000); /* received: not meant */
	file_option_u64(&file, 5, by_interface);
	file_option_u64(&file, 7, by_system);
	file_options_end(&file);
	file_block_end(&file, block);
}

#endif
