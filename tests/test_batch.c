/*
 * Packets taken many at a time against the same source asked for one after the other: the same packets with all that is
 * known of them, the same troubles at the same places, the same counts at the end. Over captures of all formats, files that
 * overlap in time, filters, and damaged files (by fixed seeds).
 */
#include <check.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "capture/source.h"
#include "lib/capture_file.h"
#include "lib/suite.h"

#define FILES_MAX 4
#define BATCH_MAX 64
#define MUTANTS 150

/* ---- What a source gives ----------------------------------------------------------------------------------------- */

struct reading {
	uint64_t digest; /* of packets and troubles, in their order */
	uint64_t packets;
	uint64_t skipped;
	uint64_t problems;
	uint64_t batched; /* packets that came in batches */
	uint64_t batches;
	ws_time newest;
	uint32_t random;
};

/* FNV-1a. */
static void digest(struct reading *reading, const void *data, size_t len)
{
	const uint8_t *bytes = data;

	for (size_t i = 0; i < len; i++)
		reading->digest = (reading->digest ^ bytes[i]) * UINT64_C(0x100000001B3);
}

static void digest_number(struct reading *reading, uint64_t number)
{
	digest(reading, &number, sizeof(number));
}

static void note_packet(struct reading *reading, const struct ws_packet *packet)
{
	reading->packets++;
	reading->newest = packet->ts;
	digest_number(reading, (uint64_t)packet->ts);
	digest_number(reading, packet->frame);
	digest_number(reading, packet->file);
	digest_number(reading, packet->interface);
	digest_number(reading, packet->linktype);
	digest_number(reading, packet->len);
	digest_number(reading, packet->caplen);
	digest(reading, packet->data, packet->caplen);
}

/* xorshift (Marsaglia 2003), as good on every machine. */
static uint32_t next_random(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

/* How many at most, and until when, differs from one batch to the next. True when there were some. */
static bool read_batch(struct source *source, struct reading *reading)
{
	struct ws_packet packets[BATCH_MAX];
	struct source_batch batch = { .packets = packets, .before = INT64_MAX };

	batch.max = next_random(&reading->random) % BATCH_MAX + 1;
	if (next_random(&reading->random) % 4 == 0)
		batch.before = reading->newest + (ws_time)(next_random(&reading->random) % 4 * NS_PER_MS);
	source_batch(source, &batch);
	ck_assert_uint_le(batch.len + batch.skipped, batch.max);
	for (size_t i = 0; i < batch.len; i++) {
		ck_assert_int_lt(packets[i].ts, batch.before);
		note_packet(reading, &packets[i]);
	}
	reading->batched += batch.len;
	reading->skipped += batch.skipped;
	reading->batches += batch.len > 0;
	return batch.len + batch.skipped > 0;
}

static bool read_one(struct source *source, struct reading *reading)
{
	struct ws_packet packet;
	struct source_problem problem;

	switch ((int)source_next(source, &packet, &problem)) {
	case SOURCE_PACKET:
		note_packet(reading, &packet);
		return true;
	case SOURCE_SKIPPED:
		reading->skipped++;
		return true;
	case SOURCE_PROBLEM:
		reading->problems++;
		digest_number(reading, (uint64_t)problem.fault << 32 | problem.file);
		digest_number(reading, problem.frame);
		digest(reading, problem.text, strlen(problem.text));
		return true;
	default:
		return false;
	}
}

/* What the source says when all is read. */
static void note_end(struct source *source, size_t files, struct reading *reading)
{
	struct source_remarks remarks;
	const uint32_t *linktypes;
	uint64_t done, total;
	size_t linktypes_len = source_linktypes(source, &linktypes);

	digest(reading, linktypes, linktypes_len * sizeof(*linktypes));
	for (size_t i = 0; i < files; i++)
		digest_number(reading, source_frames(source, i));
	source_remarks(source, &remarks);
	digest_number(reading, remarks.has_drops);
	digest_number(reading, remarks.kernel_drops);
	digest_number(reading, remarks.interface_drops);
	digest_number(reading, remarks.untimed);
	digest_number(reading, remarks.unknown_blocks);
	if (source_progress(source, &done, &total))
		digest_number(reading, done);
}

static struct reading read_all(const char *const *names, size_t len, const char *filter, uint32_t random)
{
	struct source_options options = { .names = names, .names_len = len, .filter = filter, .wait = { .fd = -1 } };
	struct source *source = source_new(&options);
	struct reading reading = { .random = random, .newest = 0 };

	ck_assert_ptr_nonnull(source);
	while ((random != 0 && read_batch(source, &reading)) || read_one(source, &reading))
		;
	note_end(source, len, &reading);
	source_free(source);
	return reading;
}

static struct reading compare(const char *const *names, size_t len, const char *filter, uint32_t random)
{
	struct reading one = read_all(names, len, filter, 0);
	struct reading many = read_all(names, len, filter, random | 1);

	if (one.packets != many.packets || one.skipped != many.skipped || one.problems != many.problems ||
	    one.digest != many.digest)
		ck_abort_msg("%s (and %zu more), filter %s, seed %u: %llu packets, %llu left out, %llu troubles one by "
			     "one; %llu, %llu, %llu in batches",
			     names[0], len - 1, filter ? filter : "none", random, (unsigned long long)one.packets,
			     (unsigned long long)one.skipped, (unsigned long long)one.problems,
			     (unsigned long long)many.packets, (unsigned long long)many.skipped,
			     (unsigned long long)many.problems);
	return many;
}

/* ---- Files --------------------------------------------------------------------------------------------------------- */

static uint8_t noise[2048];

static void make_noise(void)
{
	uint32_t random = 5;

	for (size_t i = 0; i < sizeof(noise); i++)
		noise[i] = (uint8_t)(next_random(&random) >> 8);
	/* Some of it is Ethernet and IPv4 with TCP, for the filter. */
	memcpy(noise + 12, "\x08\x00\x45", 3);
	noise[23] = 6;
}

/* Longer than the reader's blocks, several times. */
static void make_classic(struct capture_file *out, uint32_t magic, bool is_big, uint32_t records)
{
	uint32_t random = 77;

	*out = (struct capture_file){ .is_big = is_big };
	file_pcap(out, magic, 4, 65535, 1);
	for (uint32_t i = 0; i < records; i++) {
		uint32_t len = next_random(&random) % 1200;

		file_record(out, 1000 + i / 100, i % 100 * 1000, len, len + i % 3);
		file_put(out, noise + i % 2 * 64, len);
	}
}

static void put_odd_block(struct capture_file *out, uint32_t i)
{
	size_t block;

	if (i % 50 == 7) { /* a packet that tells what was lost before it */
		block = file_block(out, 6);
		file_u32(out, 0);
		file_u32(out, 0);
		file_u32(out, 1000 + i);
		file_u32(out, 4);
		file_u32(out, 4);
		file_put(out, noise, 4);
		file_option_u64(out, 4, i);
		file_options_end(out);
		file_block_end(out, block);
	} else if (i % 50 == 17) { /* a simple packet */
		block = file_block(out, 3);
		file_u32(out, 8);
		file_put(out, noise, 8);
		file_block_end(out, block);
	} else if (i % 50 == 27) { /* a block that nobody knows */
		block = file_block(out, 0x4444);
		file_u64(out, i);
		file_block_end(out, block);
	} else if (i % 50 == 37) { /* of another link type */
		file_packet(out, 2, i, noise, 21);
	}
}

static void make_pcapng(struct capture_file *out, bool is_big, uint32_t packets)
{
	uint32_t random = 99;

	*out = (struct capture_file){ .is_big = is_big };
	for (uint32_t i = 0; i < packets; i++) {
		if (i % (packets / 2) == 0) {
			file_section(out);
			file_interface(out, 1, 65535, 6);
			file_interface(out, 1, 0, i == 0 ? 9 : 0x8A);
			file_interface(out, 101, 0, 6);
		}
		file_packet(out, i % 2, (uint64_t)i * 1000, noise + i % 2 * 64, next_random(&random) % 900);
		put_odd_block(out, i);
	}
}

enum form { LITTLE, BIG, LITTLE_NS, PCAPNG_LITTLE, PCAPNG_BIG, FORMS };

static void make_form(struct capture_file *out, int form, uint32_t packets)
{
	static const uint32_t magics[] = { 0xa1b2c3d4, 0xa1b2c3d4, 0xa1b23c4d };

	if (form >= PCAPNG_LITTLE)
		make_pcapng(out, form == PCAPNG_BIG, packets);
	else
		make_classic(out, magics[form], form == BIG, packets);
}

/* ---- Tests --------------------------------------------------------------------------------------------------------- */

START_TEST(long_files)
{
	struct capture_file file;
	const char *name;

	make_noise();
	make_form(&file, _i, 3000);
	name = file_name(&file, file.len);
	for (uint32_t seed = 1; seed < 8; seed++) {
		struct reading reading = compare(&name, 1, NULL, seed);

		ck_assert_uint_ge(reading.packets, 3000);
		ck_assert_uint_eq(reading.problems, 0);
		/* Few were read one by one. */
		ck_assert_uint_gt(reading.batched * 10, reading.packets * 8);
		ck_assert_uint_gt(reading.batched, reading.batches * 8);
		reading = compare(&name, 1, "tcp", seed);
		ck_assert_uint_gt(reading.packets, 1000);
		ck_assert_uint_gt(reading.skipped, 1000);
	}
	file_free(&file);
}
END_TEST

/* As they are, which is in all variants of the formats, and packed. */
START_TEST(captures)
{
	static const char *const patterns[] = { "pcaps/*.pcap", "pcaps/real/*.pcap", "tests/fuzz/seeds/fuzz_file/*" };
	uint64_t batched = 0;
	glob_t names = { .gl_pathc = 0 };

	for (size_t i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++)
		ck_assert_int_eq(glob(patterns[i], i > 0 ? GLOB_APPEND : 0, NULL, &names), 0);
	for (size_t i = 0; i < names.gl_pathc; i++) {
		const char *name = names.gl_pathv[i];

		batched += compare(&name, 1, NULL, (uint32_t)i + 1).batched;
		batched += compare(&name, 1, "tcp[tcpflags] & tcp-syn != 0", (uint32_t)i + 1).batched;
	}
	ck_assert_uint_gt(names.gl_pathc, 50);
	ck_assert_uint_gt(batched, 1000);
	globfree(&names);
}
END_TEST

/* Files that overlap, follow each other, and share times; one whose clock goes back. */
START_TEST(merged)
{
	struct capture_file files[FILES_MAX];
	const char *names[FILES_MAX];
	uint32_t random = (uint32_t)_i + 1;
	uint64_t batched = 0;

	make_noise();
	for (size_t i = 0; i < FILES_MAX; i++) {
		uint32_t ms = next_random(&random) % 400;

		files[i] = (struct capture_file){ .is_big = i == 1 };
		file_pcap(&files[i], 0xa1b2c3d4, 4, 65535, i == 3 ? 101 : 1);
		for (uint32_t n = next_random(&random) % 200; n > 0; n--) {
			uint32_t len = next_random(&random) % 60;

			file_record(&files[i], ms / 1000, ms % 1000 * 1000, len, len);
			file_put(&files[i], noise, len);
			ms += next_random(&random) % 4 * (next_random(&random) % 30 == 0 ? 100 : 1);
			if (i == 2 && n == 10)
				ms /= 2;
		}
		names[i] = file_name(&files[i], files[i].len);
	}
	batched += compare(names, FILES_MAX, NULL, random).batched;
	batched += compare(names, 2, "ip", random).batched;
	ck_assert_uint_gt(batched, 0);
	for (size_t i = 0; i < FILES_MAX; i++)
		file_free(&files[i]);
}
END_TEST

/* Some bytes changed, or the end cut off. */
START_TEST(damaged)
{
	uint64_t problems = 0;
	uint64_t batched = 0;

	make_noise();
	for (uint32_t seed = 1; seed <= MUTANTS; seed++) {
		struct capture_file file;
		uint32_t random = seed * 2654435761u + (uint32_t)_i;
		struct reading reading;
		const char *name;
		size_t len;

		make_form(&file, _i, 60);
		for (unsigned times = next_random(&random) % 4; times > 0; times--)
			file.data[next_random(&random) % file.len] = (uint8_t)(next_random(&random) >> 8);
		len = seed % 3 == 0 ? next_random(&random) % file.len : file.len;
		name = file_name(&file, len);
		reading = compare(&name, 1, seed % 4 == 0 ? "tcp" : NULL, random);
		problems += reading.problems;
		batched += reading.batched;
		file_free(&file);
	}
	ck_assert_uint_gt(problems, MUTANTS / 5);
	ck_assert_uint_gt(batched, MUTANTS * 10);
}
END_TEST

/* The first packet of a file, and all of an interface, are to be asked for. */
START_TEST(nothing_yet)
{
	struct ws_packet packets[BATCH_MAX];
	struct source_batch batch = {
		.packets = packets, .max = BATCH_MAX, .before = INT64_MAX, .len = 9, .skipped = 9
	};
	struct source_options options = { .live = { .interface = "lo" }, .wait = { .fd = -1 } };
	struct source *source = source_new(&options);

	ck_assert_ptr_nonnull(source);
	source_batch(source, &batch);
	ck_assert_uint_eq(batch.len + batch.skipped, 0);
	source_free(source);
}
END_TEST

int main(void)
{
	TCase *t;
	Suite *suite = suite_new("batch", &t);

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, long_files, 0, FORMS);
	tcase_add_test(t, captures);
	tcase_add_loop_test(t, merged, 0, 60);
	tcase_add_loop_test(t, damaged, 0, FORMS);
	tcase_add_test(t, nothing_yet);
	return suite_run(suite);
}
