/*
 * The format of draft-ietf-opsawg-pcap: magic 0xa1b23c4d means nanoseconds.
 */
#include "savefile.h"

#include <unistd.h>

enum { LINKTYPE_RAW = 101 };

FILE *savefile_new(const char *path, uint32_t snaplen)
{
	const uint32_t head[6] = { 0xa1b23c4d, 2 | 4u << 16, 0, 0, snaplen, LINKTYPE_RAW };
	FILE *file = fopen(path, "wb");

	if (file)
		fwrite(head, sizeof head, 1, file);
	return file;
}

void savefile_put(FILE *file, int64_t time, const uint8_t *bytes, size_t len, uint32_t snaplen)
{
	uint32_t caplen = len < snaplen ? (uint32_t)len : snaplen;
	const uint32_t head[4] = { (uint32_t)(time / 1000000000), (uint32_t)(time % 1000000000), caplen,
				   (uint32_t)len };

	fwrite(head, sizeof head, 1, file);
	fwrite(bytes, 1, caplen, file);
}

bool savefile_cut(const char *path, int64_t from)
{
	enum { FILE_HEAD = 24 };
	FILE *in = fopen(path, "rb"), *out = fopen(path, "r+b");
	uint32_t head[4];
	uint8_t bytes[65536];
	bool good = in && out && fseek(in, FILE_HEAD, SEEK_SET) == 0 && fseek(out, FILE_HEAD, SEEK_SET) == 0;

	while (good && fread(head, sizeof head, 1, in) == 1) {
		good = head[2] <= sizeof bytes && fread(bytes, 1, head[2], in) == head[2];
		if (good && head[0] * INT64_C(1000000000) + head[1] >= from)
			good = fwrite(head, sizeof head, 1, out) == 1 && fwrite(bytes, 1, head[2], out) == head[2];
	}
	good = good && fflush(out) == 0 && ftruncate(fileno(out), ftell(out)) == 0;
	if (in)
		fclose(in);
	if (out)
		fclose(out);
	return good;
}
