/*
 * One capture file, pcap or pcapng, compressed or not, read without a copy of its packets. Packets have nanoseconds and
 * LINKTYPE_ values whatever the file has.
 */
#ifndef CAPTURE_SAVEFILE_H
#define CAPTURE_SAVEFILE_H

#include "capture/source.h"

struct savefile;

/* Opens `name` ("-" is standard input) and compiles the filter of the options for its (first) link type. NULL when it cannot be
 * read: *problem then has fault and text. An unknown link type of the whole file is a problem too, but the file is open.
 * `is_fine` tells them apart. `options` are borrowed. */
struct savefile *savefile_open(const char *name, const struct source_options *options, struct source_problem *problem,
			       bool *is_fine);
void savefile_close(struct savefile *savefile);

/* Bytes read of it, as far as its packets were handed out; where it is compressed, as far as it was read. */
uint64_t savefile_done(const struct savefile *savefile);

/* Bytes of the file; false when it is none whose size could be told. */
bool savefile_size(const char *name, uint64_t *out);

/* Of the last packet; before any, of the file or its first interface; SAVEFILE_NO_LINKTYPE when there is none. */
#define SAVEFILE_NO_LINKTYPE UINT32_MAX
uint32_t savefile_linktype(const struct savefile *savefile);

/* What it said of itself as far as it was read. */
const struct source_remarks *savefile_remarks(const struct savefile *savefile);

/* The next packet: ts, data, caplen, len, linktype and interface of *packet are written. SOURCE_END is final, and
 * so is SOURCE_PROBLEM, unless only packets of one link type are concerned (savefile_goes_on). */
enum source_result savefile_next(struct savefile *savefile, struct ws_packet *packet, struct source_problem *problem);

/* Packets of one link type that stand in a row where savefile_next would look for the next one: all members are written, frame numbers from `frame` on. None as long as savefile_next gave none. */
void savefile_batch(struct savefile *savefile, uint64_t frame, uint32_t file, struct source_batch *batch);

/* Whether a file with this problem can be read on. */
static inline bool savefile_goes_on(const struct source_problem *problem)
{
	return problem->fault == SOURCE_FAULT_LINKTYPE || problem->fault == SOURCE_FAULT_UNFILTERED;
}

#endif
