/*
 * A nanosecond pcap file of raw IP packets (LINKTYPE_RAW), written as it comes.
 */
#ifndef KERNEL_SAVEFILE_H
#define KERNEL_SAVEFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* NULL and errno when it cannot be created. Close with fclose. */
FILE *savefile_new(const char *path, uint32_t snaplen);

/* One packet; `time` in nanoseconds since 1970. Errors stick in the FILE. */
void savefile_put(FILE *file, int64_t time, const uint8_t *bytes, size_t len, uint32_t snaplen);

/* Takes out what was captured before `from`: as if the capture had been begun then. False and errno on failure. */
bool savefile_cut(const char *path, int64_t from);

#endif
