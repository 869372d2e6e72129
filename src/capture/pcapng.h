/*
 * pcapng (draft-ietf-opsawg-pcapng): sections, each in its own byte order, of blocks; interfaces, which a section describes
 * before their packets come, each with its link type, clock and check sequence; packets in the three blocks there are for
 * them. Interfaces are numbered through the file, section after section. What a block of another kind holds is stepped
 * over.
 */
#ifndef CAPTURE_PCAPNG_H
#define CAPTURE_PCAPNG_H

#include "capture/blocks.h"
#include "capture/ticks.h"

struct pcapng_interface {
	uint32_t linktype; /* LINKTYPE_ value */
	uint32_t snaplen;  /* 0: no limit */
	uint32_t fcs_len;  /* bytes at the end of each frame */
	uint32_t captured_max;
	struct ticks ticks;
	bool has_statistics; /* then drops told with packets are in them */
	uint64_t kernel_drops;
	uint64_t interface_drops;
};

struct pcapng {
	bool is_big; /* this section */
	struct pcapng_interface *interfaces;
	size_t interfaces_len; /* of this section */
	size_t interfaces_max; /* for which there is room */
	uint32_t before;       /* interfaces of the sections before */
	ws_time newest;        /* of the last packet that had a time */
	struct source_remarks remarks;
};

/* Whether a file with these first four bytes is one. */
bool pcapng_is(const uint8_t *magic);

/* Takes the section header, and what else comes before the first interface that is described. False, with *problem filled,
 * when that is cut short or damaged. */
bool pcapng_open(struct pcapng *pcapng, struct blocks *blocks, struct source_problem *problem);
void pcapng_close(struct pcapng *pcapng);

/* The next packet: ts, data, caplen, len, linktype and interface of *packet are written. */
enum source_result pcapng_next(struct pcapng *pcapng, struct blocks *blocks, struct ws_packet *packet,
			       struct source_problem *problem);

/* Enhanced packet blocks at hand, added to the batch until it is full, as long as they have the link type of `like` and there
 * is nothing to say about them. The first has its frame number, all have its file. */
void pcapng_batch(struct pcapng *pcapng, struct blocks *blocks, const struct ws_packet *like,
		  struct source_batch *batch);

#endif
