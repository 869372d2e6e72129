/*
 * The packets of a list of capture files, one after the other in the order given. What is wrong with an input is data,
 * handed out in its place among the packets: what was read before a damage was delivered, and the next input follows.
 * Frames are counted from 1 in each file, those that the filter leaves out included, so numbers are Wireshark's.
 */
#ifndef CAPTURE_SOURCE_H
#define CAPTURE_SOURCE_H

#include "wirestat.h"

struct source;

struct source_options {
	const char *const *names; /* borrowed as long as the source lives; "-" is standard input */
	size_t names_len;
	const char *filter; /* a BPF expression, borrowed likewise; NULL or empty: every packet */
};

enum source_fault {
	SOURCE_FAULT_OPEN,     /* missing, not permitted, a directory */
	SOURCE_FAULT_EMPTY,    /* not one byte */
	SOURCE_FAULT_FOREIGN,  /* neither pcap nor pcapng, or one of a kind that libpcap does not read */
	SOURCE_FAULT_CUT,      /* the file ends in the middle of a record */
	SOURCE_FAULT_DAMAGED,  /* a record is impossible, or the device failed */
	SOURCE_FAULT_LINKTYPE, /* read on, but nothing in it can be decoded; the filter does not apply */
	SOURCE_FAULT_FILTER,   /* the expression is wrong, or makes no sense for this link type */
};

#define SOURCE_TEXT_MAX 320

struct source_problem {
	enum source_fault fault;
	uint32_t file;
	uint64_t frame; /* the one that could not be read; 0: the trouble came before any */
	char text[SOURCE_TEXT_MAX];
};

enum source_result {
	SOURCE_PACKET,  /* *packet is filled; its data is valid until the next call */
	SOURCE_SKIPPED, /* as a packet, but the filter leaves it out */
	SOURCE_PROBLEM, /* *problem is filled; the next call goes on behind it */
	SOURCE_END,
};

/* NULL when out of memory. Opens nothing yet. */
struct source *source_new(const struct source_options *options);
void source_free(struct source *source);

/* `packet` and `problem` are written as the result tells; the other one is left as it was. */
enum source_result source_next(struct source *source, struct ws_packet *packet, struct source_problem *problem);

/* Frames read so far of the file with this index, those filtered out included. */
uint64_t source_frames(const struct source *source, size_t file);

/* The distinct LINKTYPE_ values of the files opened so far, in the order met. */
size_t source_linktypes(const struct source *source, const uint32_t **out);

/* "libpcap version 1.10.3 ..." */
const char *source_library(void);

#endif
