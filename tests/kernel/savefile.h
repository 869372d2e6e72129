/*
 * A nanosecond pcap file of raw IP packets (LINKTYPE_RAW), written as it comes.
 */
#ifndef KERNEL_SAVEFILE_H
#define KERNEL_SAVEFILE_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* NULL and errno when it cannot be created. Close with fclose. */
FILE *savefile_new(const char *path, uint32_t snaplen);

/* One packet; `time` in nanoseconds since 1970. Errors stick in the FILE. */
void savefile_put(FILE *file, int64_t time, const uint8_t *bytes, size_t len, uint32_t snaplen);

#endif
