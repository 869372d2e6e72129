/*
 * One capture file (pcap or pcapng) read through libpcap, with nanoseconds and LINKTYPE_ values whatever the file has.
 */
#ifndef CAPTURE_SAVEFILE_H
#define CAPTURE_SAVEFILE_H

#include "capture/source.h"

struct savefile;

/* Opens `name` ("-" is standard input) and compiles the filter of the options for its link type. NULL when it cannot be read: *problem
 * then has fault and text. An unknown link type is a problem too, but the file is open. `is_fine` tells them apart. */
struct savefile *savefile_open(const char *name, const struct source_options *options, struct source_problem *problem,
			       bool *is_fine);
void savefile_close(struct savefile *savefile);

/* Bytes read of it, as far as its packets were handed out. */
uint64_t savefile_done(const struct savefile *savefile);

/* Bytes of the file; false when it is none whose size could be told. */
bool savefile_size(const char *name, uint64_t *out);

uint32_t savefile_linktype(const struct savefile *savefile);

/* The next packet: ts, data, caplen, len and linktype of *packet are written. SOURCE_PROBLEM and SOURCE_END are final. */
enum source_result savefile_next(struct savefile *savefile, struct ws_packet *packet, struct source_problem *problem);

#endif
