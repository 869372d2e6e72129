/*
 * Packets of many connections on their way into a tracker, through the public API alone. Connection `n` has a 4-tuple and
 * ISNs of its own; numbers count from those.
 */
#ifndef TESTS_EXCHANGE_H
#define TESTS_EXCHANGE_H

#include "wirestat.h"

#define EXCHANGE_START (INT64_C(1700000000) * 1000000000)

enum exchange_side { CLIENT, SERVER };

struct exchange {
	ws_tracker *tracker;
	ws_time now;    /* of the next packet; a millisecond passes with each */
	uint64_t frame; /* of the packet fed last */
	uint32_t isn;   /* moves all ISNs */
};

/* Aborts the test when there is no memory. */
void exchange_init(struct exchange *x, const struct ws_config *config);
void exchange_fini(struct exchange *x);

/* `flags` in tcpdump's letters. */
struct exchange_line {
	uint32_t n;
	enum exchange_side from;
	const char *flags;
	uint32_t seq;
	uint32_t ack;
	uint32_t len;
};

/* The next packet; its bytes are written to frame[0..size). */
struct ws_packet exchange_build(struct exchange *x, const struct exchange_line *line, uint8_t *frame, size_t size);

/* Such a packet into the tracker, at most 1500 bytes. Returns what that does. */
int exchange_feed(struct exchange *x, uint32_t n, enum exchange_side from, const char *flags, uint32_t seq,
		  uint32_t ack, uint32_t len);

/* Handshake and ten bytes each way: both stand at 11. Then a whole close by the client. */
void exchange_open(struct exchange *x, uint32_t n);
void exchange_close(struct exchange *x, uint32_t n);

/* The client's port of connection `n`, together with the last bytes of its address. */
uint16_t exchange_port(uint32_t n);

/* Bytes that are no packet: `len` of them, all the same. */
int exchange_junk(struct exchange *x, uint32_t linktype, uint8_t byte, uint32_t len);

/* The record of the newest connection of the 4-tuple of `n`; false when the tracker holds none. */
bool exchange_record(const struct exchange *x, uint32_t n, struct ws_record *out);

#endif
