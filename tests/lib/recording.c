#include "recording.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "writer.h"

#define FILE_HEADER 24
#define RECORD_HEADER 16
#define MAGIC_NANOSECONDS 0xA1B23C4D
#define LINKTYPE_RAW_IP 101

static uint32_t u32(const uint8_t *p)
{
	return (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0];
}

/* By ports: those of servers are the lower ones in all of these captures. */
static bool goes_back(const uint8_t *ip)
{
	const uint8_t *tcp = ip + (ip[0] >> 4 == 4 ? (ip[0] & 0x0F) * 4 : 40);

	return memcmp(tcp, tcp + 2, 2) < 0;
}

void recording_init(struct recording *recording, const char *path)
{
	FILE *file = fopen(path, "rb");
	size_t size = 1 << 20;
	size_t at = FILE_HEADER;
	size_t len;

	*recording = (struct recording){ .bytes = malloc(size), .packet = calloc(10000, sizeof(struct recorded)) };
	if (!file || !recording->bytes || !recording->packet)
		writer_die(path);
	len = fread(recording->bytes, 1, size, file);
	fclose(file);
	if (len < FILE_HEADER || len == size || u32(recording->bytes) != MAGIC_NANOSECONDS ||
	    u32(recording->bytes + 20) != LINKTYPE_RAW_IP)
		writer_die("not a capture of raw IP packets");
	for (; at + RECORD_HEADER <= len; at += recording->packet[recording->len++].caplen) {
		const uint8_t *p = recording->bytes + at;

		at += RECORD_HEADER;
		recording->packet[recording->len] = (struct recorded){ .ts = (ws_time)u32(p) * 1000000000 + u32(p + 4),
								       .data = recording->bytes + at,
								       .caplen = u32(p + 8),
								       .len = u32(p + 12),
								       .is_back = goes_back(recording->bytes + at) };
	}
}

void recording_fini(struct recording *recording)
{
	free(recording->bytes);
	free(recording->packet);
}
