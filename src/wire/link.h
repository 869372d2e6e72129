/*
 * The link layer: from the first captured byte to the IP header, through every framing a TCP packet is likely to be
 * captured in, and through tags, labels and sessions stacked upon each other to a bounded depth.
 */
#ifndef WIRE_LINK_H
#define WIRE_LINK_H

#include "wire/noticed.h"
#include "wire/outer.h"

/* Values of the registry at tcpdump.org. 12 and 14 are DLT_RAW of some systems, met in files that were written with
 * the DLT_ value. */
enum linktype {
	LINKTYPE_NULL = 0,
	LINKTYPE_ETHERNET = 1,
	LINKTYPE_PPP = 9,
	LINKTYPE_RAW_BSD = 12,
	LINKTYPE_RAW_OPENBSD = 14,
	LINKTYPE_PPP_HDLC = 50,
	LINKTYPE_PPP_ETHER = 51,
	LINKTYPE_RAW = 101,
	LINKTYPE_C_HDLC = 104,
	LINKTYPE_LOOP = 108,
	LINKTYPE_LINUX_SLL = 113,
	LINKTYPE_IPV4 = 228,
	LINKTYPE_IPV6 = 229,
	LINKTYPE_LINUX_SLL2 = 276,
};

/* The IP packet in a frame. `data` holds `caplen` bytes of it, of `len` on the wire (padding of the link included). */
struct link_payload {
	const uint8_t *data;
	uint32_t caplen;
	uint32_t len;
	uint8_t family;   /* 4 or 6 by the link header; 0: the version nibble tells */
	uint64_t noticed; /* NOTICED_BIT() of what was odd on the way */
};

/* Tags, labels and sessions on the way are added to `outer`. False, with *reason and out->noticed, when there is no IP
 * packet in the frame. */
bool link_decode(const struct ws_packet *packet, struct link_payload *out, struct outer *outer,
		 enum ws_undecoded *reason);

#endif
