/*
 * Small capture files in a directory of their own, which goes away with them.
 */
#ifndef TESTS_CAPTURES_H
#define TESTS_CAPTURES_H

#include <stddef.h>
#include <stdint.h>

#define CAPTURES_ETHERNET 1

/* Makes the directory, below /tmp. */
void captures_begin(void);

/* Removes it and all files in it, those in directories below too. */
void captures_end(void);

const char *captures_directory(void);

/* The path of `name` in the directory; valid until captures_end. */
const char *captures_path(const char *name);

/* A pcap file with nanoseconds and one packet for each time, in nanoseconds. Returns its path. */
const char *captures_write(const char *name, uint32_t linktype, const int64_t *times, size_t count);

/* Any bytes. Returns the path. */
const char *captures_write_bytes(const char *name, const void *bytes, size_t len);

#endif
