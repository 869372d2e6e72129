/*
 * A capture of this project in memory: its IP packets, to be put into other frames. Of the files in pcaps/ only: little
 * endian, nanoseconds, no link header.
 */
#ifndef TESTS_RECORDING_H
#define TESTS_RECORDING_H

#include <stddef.h>
#include <stdint.h>

#include "wirestat.h"

struct recorded {
	ws_time ts;
	const uint8_t *data;
	uint32_t caplen;
	uint32_t len;
	bool is_back; /* from a server to a client */
};

struct recording {
	uint8_t *bytes;
	struct recorded *packet;
	size_t len;
};

/* Aborts when the file is missing or of another kind. */
void recording_init(struct recording *recording, const char *path);
void recording_fini(struct recording *recording);

#endif
