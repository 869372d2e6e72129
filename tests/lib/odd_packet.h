/*
 * Packets with something odd below TCP, and their nearest innocent kin, each as bytes changed in a plain packet; written from the
 * RFCs alone. What is expected of each stands with it: which oddities are noticed, the reason if it becomes no segment, and
 * what tshark thinks of it.
 */
#ifndef TESTS_ODD_PACKET_H
#define TESTS_ODD_PACKET_H

#include "packet.h"

#define ODD_PATCHES_MAX 3

/* Bytes written over those that were there; `at` counts from the IP header, or from the frame if it is PATCH_LINK less. */
struct odd_patch {
	int at;
	const char *bytes;
	size_t len;
};
#define PATCH_LINK 1000

struct odd_packet {
	const char *name;
	bool is_v6;
	enum packet_framing framing;
	size_t payload_len; /* 0: 30 bytes; of a fragment the bytes of TCP segment in it */
	size_t padding;
	struct odd_patch patch[ODD_PATCHES_MAX];
	/* IPv4 options, or extension headers of IPv6 and the protocol number of the first; the last one's is put right. */
	const char *extra;
	size_t extra_len;
	uint8_t extra_type;
	bool keep_sum;          /* the IPv4 header checksum is not put right again */
	uint32_t uncaptured;    /* bytes that the capture left out at the end */
	const char *noticed;    /* names, each followed by a space */
	const char *reason;     /* NULL: it is a segment */
	const char *tshark;     /* a display filter that is true of it; NULL: tshark has none */
	const char *tshark_not; /* one that is not */
};

extern const struct odd_packet odd_packets[];
extern const size_t odd_packets_len;

/* Writes the frame into out[0..size); returns the length on the wire, and *caplen. */
size_t odd_packet_build(const struct odd_packet *odd, uint8_t *out, size_t size, size_t *caplen);

/* LINKTYPE_ value of that frame. */
uint32_t odd_packet_linktype(const struct odd_packet *odd);

#endif
