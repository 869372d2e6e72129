#include "lib/captures.h"

#include <check.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PATHS_MAX 512
#define PATH_SIZE 320
#define PACKET_BYTES 34

static char directory[64];
static char paths[PATHS_MAX][PATH_SIZE];
static size_t paths_len;

void captures_begin(void)
{
	snprintf(directory, sizeof(directory), "/tmp/wirestat-captures-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(directory));
	paths_len = 0;
}

static int remove_entry(const char *path, const struct stat *info, int kind, struct FTW *place)
{
	(void)info;
	(void)kind;
	(void)place;
	return remove(path);
}

void captures_end(void)
{
	ck_assert_int_eq(nftw(directory, remove_entry, 16, FTW_DEPTH | FTW_PHYS), 0);
}

const char *captures_directory(void)
{
	return directory;
}

const char *captures_path(const char *name)
{
	char *path = paths[paths_len];

	ck_assert_uint_lt(paths_len, PATHS_MAX);
	ck_assert_int_lt(snprintf(path, PATH_SIZE, "%s/%s", directory, name), PATH_SIZE);
	paths_len++;
	return path;
}

const char *captures_write_bytes(const char *name, const void *bytes, size_t len)
{
	const char *path = captures_path(name);
	FILE *file = fopen(path, "wb");

	ck_assert_ptr_nonnull(file);
	ck_assert_uint_eq(fwrite(bytes, 1, len, file), len);
	ck_assert_int_eq(fclose(file), 0);
	return path;
}

const char *captures_write(const char *name, uint32_t linktype, const int64_t *times, size_t count)
{
	const char *path = captures_path(name);
	FILE *file = fopen(path, "wb");
	uint32_t header[] = { 0xa1b23c4d, 0, 0, 0, 65535, linktype };
	uint8_t packet[PACKET_BYTES] = { [12] = 0x08, [14] = 0x45, [17] = 20, [23] = 6 };

	ck_assert_ptr_nonnull(file);
	/* In the machine's own byte order, which the magic number tells; so does the version, as a pair of halves. */
	memcpy(&header[1], (const uint16_t[]){ 2, 4 }, sizeof(header[1]));
	fwrite(header, sizeof(header), 1, file);
	for (size_t i = 0; i < count; i++) {
		uint32_t record[] = { (uint32_t)(times[i] / 1000000000), (uint32_t)(times[i] % 1000000000),
				      PACKET_BYTES, PACKET_BYTES };

		fwrite(record, sizeof(record), 1, file);
		fwrite(packet, sizeof(packet), 1, file);
	}
	ck_assert_int_eq(fclose(file), 0);
	return path;
}
