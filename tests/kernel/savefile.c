/*
 * The format of draft-ietf-opsawg-pcap: magic 0xa1b23c4d means nanoseconds.
 */
#include "savefile.h"

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
	const uint32_t head[4] = { (uint32_t)(time / 1000000000), (uint32_t)(time % 1000000000), caplen, (uint32_t)len };

	fwrite(head, sizeof head, 1, file);
	fwrite(bytes, 1, caplen, file);
}
