/*
 * What the tests of fragments share: one packet, cut up and fed to a decoder piece by piece.
 */
#ifndef TESTS_FEEDER_H
#define TESTS_FEEDER_H

#include "packet.h"
#include "suite.h"
#include "wire/decode.h"

#define SECOND INT64_C(1000000000)

/* Of all packets, unless the test says otherwise. */
#define ID 0x1234

struct feeder {
	uint8_t frame[PACKET_MAX];
	struct decoder *decoder;
	struct packet packet;
	struct segment segment;   /* what came of the last frame, */
	enum ws_undecoded reason; /* or why nothing did */
	uint64_t frame_number;    /* of the frame last fed */
	ws_time now;              /* of the next one; a microsecond passes with each */
};

/* The only one. */
extern struct feeder fed;

/* A new decoder at 1000 s, and a packet: FIN and timestamps in a segment of 1000 bytes, 32 of them header. */
void feeder_init(void);
void feeder_fini(void);

/* Makes it IPv6. */
void feeder_use_v6(void);

/* Feeds the first `captured` of the `len` bytes in fed.frame. */
enum decode_result feed(size_t captured, size_t len);

/* Feeds bytes [start, end) of the TCP segment. */
enum decode_result feed_piece(uint32_t id, size_t start, size_t end, bool more);

/* No segment came of it, but the reason of that name. */
void ck_reason(enum decode_result result, const char *name);

#define ck_held(result) ck_reason(result, "fragment")
#define ck_overlap(result) ck_reason(result, "fragment-overlap")
#define ck_size(result) ck_reason(result, "fragment-size-inconsistent")
#define ck_too_large(result) ck_reason(result, "fragment-too-large")

#endif
