/*
 * The classic format of capture files, pcap (draft-ietf-opsawg-pcap), in both byte orders, with microseconds and with
 * nanoseconds, and the variants that were in use: the byte orders of lengths before version 2.4, AIX's (as wiretap
 * reads it), Kuznetzov's patches with longer record headers, Nokia's, Navtel's, and Ixia's.
 */
#ifndef CAPTURE_CLASSIC_H
#define CAPTURE_CLASSIC_H

#include "capture/blocks.h"

/* The two lengths of a record: captured first, on the wire first, or whichever way makes sense. */
enum classic_lengths { CLASSIC_CAPTURED_FIRST, CLASSIC_WIRE_FIRST, CLASSIC_SMALLER_CAPTURED };

struct classic {
	uint32_t linktype; /* LINKTYPE_ value */
	bool is_big;
	bool is_usual;      /* nothing but byte order, resolution and length of the record header is to be heeded */
	bool has_interface; /* the record header names one, behind its usual 16 bytes */
	enum classic_lengths lengths;
	uint32_t header_len;   /* of a record */
	int64_t fraction_ns;   /* what the second word of a time stamp counts */
	uint32_t fcs_len;      /* bytes at the end of each frame that are its check sequence */
	uint32_t captured_max; /* more is impossible */
	uint32_t snaplen;
};

/* Whether these four bytes are the magic number of any of them. */
bool classic_is(const uint8_t *magic);

/* Takes the file header. False, with *problem filled, when it is cut short or of a version that is not known. */
bool classic_open(struct classic *classic, struct blocks *blocks, struct source_problem *problem);

/* The next record: ts, data, caplen, len, linktype and interface of *packet are written. */
enum source_result classic_next(const struct classic *classic, struct blocks *blocks, struct ws_packet *packet,
				struct source_problem *problem);

/* Records at hand, added to the batch until it is full: of the usual forms only, and none about which there is anything to
 * say. The first has the frame number of `like`, all have its file and link type, which is that of the file. */
void classic_batch(const struct classic *classic, struct blocks *blocks, const struct ws_packet *like,
		   struct source_batch *batch);

#endif
