/*
 * Captures cut short at every byte and damaged at random places (by fixed seeds), read by the source into a tracker:
 * the contract of wirestat.h holds, reading ends, and a file that was cut inside a record is told to be damaged. In
 * one process; test_mutants.sh does the like with the program.
 */
#include <check.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "capture/source.h"
#include "lib/contract.h"
#include "lib/suite.h"

#define DEMO "pcaps/demo.pcap"
#define FILE_MAX (1 << 20)
#define CUT_MAX 4096
#define MUTANTS_OF_DEMO 2000
#define MUTANTS 50

static glob_t captures;
static uint8_t whole[FILE_MAX];
static uint8_t mutant[FILE_MAX];
static size_t whole_len;

struct reading {
	uint64_t packets;
	uint64_t problems;
};

static void load(const char *name)
{
	FILE *in = fopen(name, "rb");

	ck_assert_ptr_nonnull(in);
	whole_len = fread(whole, 1, FILE_MAX, in);
	fclose(in);
	ck_assert_uint_gt(whole_len, 24);
	ck_assert_uint_lt(whole_len, FILE_MAX);
}

/* No checks of Check's in here: thousands of times is slow. */
static void take(struct reading *reading, struct source *source)
{
	struct ws_config config = { .max_connections = 100 };
	struct contract contract;
	struct source_problem problem;
	struct ws_packet packet;
	enum source_result result;

	contract_begin(&contract, &config);
	while ((result = source_next(source, &packet, &problem)) != SOURCE_END) {
		if (result == SOURCE_PACKET) {
			reading->packets++;
			ws_tracker_feed(contract.tracker, &packet);
		}
		if (result == SOURCE_PROBLEM && (++reading->problems > 2 || problem.text[0] == '\0'))
			abort();
		/* A record takes 16 bytes at least. */
		if (reading->packets > FILE_MAX / 16)
			abort();
	}
	contract_check(&contract);
	contract_end(&contract);
}

static struct reading read_mutant(size_t len)
{
	char path[64];
	const char *name = path;
	struct source_options options = { .names = &name, .names_len = 1 };
	struct reading reading = { .packets = 0 };
	struct source *source;
	int fd = memfd_create("mutant", 0);

	if (fd < 0 || write(fd, mutant, len) != (ssize_t)len)
		abort();
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	source = source_new(&options);
	if (!source)
		abort();
	take(&reading, source);
	source_free(source);
	close(fd);
	return reading;
}

/* xorshift (Marsaglia 2003), as good on every machine. */
static uint32_t next_random(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

/* One to eight bytes changed: to anything, to an extreme, by one bit; and sometimes a piece is missing or there
 * twice. */
static size_t mutate(uint32_t seed)
{
	static const uint8_t extremes[] = { 0x00, 0x01, 0x7f, 0x80, 0xff };
	uint32_t random = seed * 2654435761u + 1;
	size_t len = whole_len;
	unsigned times = next_random(&random) % 8 + 1;

	memcpy(mutant, whole, whole_len);
	while (times-- > 0) {
		/* Half of it in the file's head and the first records. */
		size_t at = next_random(&random) % (next_random(&random) % 2 ? whole_len
						    : whole_len < 120        ? whole_len
									     : 120);
		uint32_t how = next_random(&random);

		if (how % 4 == 0)
			mutant[at] = (uint8_t)(how >> 8);
		else if (how % 4 == 1)
			mutant[at] = extremes[(how >> 8) % sizeof extremes];
		else
			mutant[at] ^= (uint8_t)(1u << ((how >> 8) & 7));
	}
	if (seed % 16 == 0) {
		size_t at = next_random(&random) % len;
		size_t gone = next_random(&random) % (len - at);

		memmove(mutant + at, mutant + at + gone, len - at - gone);
		len -= gone;
	} else if (seed % 16 == 1 && len < FILE_MAX / 2) {
		size_t at = next_random(&random) % len;

		memcpy(mutant + len, whole + at, len - at);
		len += len - at;
	}
	return len;
}

START_TEST(damaged)
{
	const char *name = captures.gl_pathv[_i];
	uint32_t mutants = strcmp(name, DEMO) == 0 ? MUTANTS_OF_DEMO : MUTANTS;
	uint64_t packets = 0;
	uint64_t problems = 0;

	load(name);
	for (uint32_t i = 0; i < mutants; i++) {
		struct reading reading = read_mutant(mutate((uint32_t)_i * MUTANTS_OF_DEMO + i));

		packets += reading.packets;
		problems += reading.problems;
	}
	/* Not all was thrown away, and not all was taken for good. */
	ck_assert_uint_gt(packets, mutants);
	ck_assert_uint_gt(problems, 0);
}
END_TEST

/* Where the records of a classic file end. */
static size_t record_end(size_t at)
{
	uint32_t caplen;

	memcpy(&caplen, whole + at + 8, sizeof caplen);
	return at + 16 + caplen;
}

START_TEST(cut_at_every_byte)
{
	size_t end = 24;
	uint64_t records = 0;

	load(DEMO);
	memcpy(mutant, whole, whole_len);
	for (size_t len = 0; len < CUT_MAX && len < whole_len; len++) {
		struct reading reading = read_mutant(len);

		if (len >= 24 && record_end(end) == len) {
			end = len;
			records++;
		}
		if (reading.packets != records || reading.problems != (len == end ? 0 : 1))
			ck_abort_msg("cut at %zu: %llu packets, %llu problems", len,
				     (unsigned long long)reading.packets, (unsigned long long)reading.problems);
	}
	ck_assert_uint_gt(records, 20);
}
END_TEST

int main(void)
{
	TCase *t;
	Suite *suite = suite_new("mutants", &t);
	int status;

	if (glob("pcaps/*.pcap", 0, NULL, &captures) != 0 ||
	    glob("pcaps/real/*.pcap", GLOB_APPEND, NULL, &captures) != 0)
		return EXIT_FAILURE;
	tcase_set_timeout(t, 120);
	tcase_add_loop_test(t, damaged, 0, (int)captures.gl_pathc);
	tcase_add_test(t, cut_at_every_byte);
	status = suite_run(suite);
	globfree(&captures);
	return status;
}
