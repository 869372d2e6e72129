/*
 * A case on its way into a tracker: its lines as packets, in one of many ways of capturing the same connection. A way
 * changes what a capture may look like and never what happened, so the same states must come out of all of them
 * (INFERENCE 6.4).
 */
#ifndef TESTS_REPLAY_H
#define TESTS_REPLAY_H

#include <stdio.h>

#include "case.h"
#include "packet.h"

enum replay_file { REPLAY_DIRECT, REPLAY_PCAP_LE, REPLAY_PCAP_BE, REPLAY_PCAPNG_LE, REPLAY_PCAPNG_BE };

struct replay_way {
	const char *name;
	enum packet_framing framing;
	bool is_swapped; /* A has B's address and B has A's; ports and roles stay */
	bool is_ipv6;
	bool moves_seq;        /* each side's first sequence number becomes the one given */
	uint32_t first_seq[2]; /* A's, B's */
	unsigned copies;       /* of each frame, within microseconds */
	bool is_routed;        /* a copy has passed one more router: its TTL is one less */
	bool is_truncated;     /* frames end with the TCP header */
	bool is_microseconds;  /* of a file: resolution; else nanoseconds */
	bool begins_late;      /* in 2103 instead of 2023: beyond 32 bits of seconds */
	enum replay_file file;
	uint64_t seed;
};

/* Time passes until `ts`; then, unless is_timer, a packet comes. */
struct replay_step {
	bool is_timer;
	ws_time ts;
	size_t at; /* in `bytes` */
	uint32_t caplen;
	uint32_t len;
};

struct replay {
	uint32_t linktype;
	size_t steps_len;
	struct replay_step *steps;
	uint8_t *bytes;
	size_t bytes_len;
	size_t bytes_size;
};

/* Aborts when out of memory. */
void replay_init(struct replay *replay, const struct case_file *file, const struct replay_way *way);
void replay_fini(struct replay *replay);

/* Hands packets and time to the tracker, frames counted from 1. `before` (may be NULL) is called with each time first.
 * The first result that is not 0, or 0. */
int replay_feed(const struct replay *replay, ws_tracker *tracker, void (*before)(void *user, ws_time now), void *user);

/* Puts the packets into a capture file. */
void replay_write(const struct replay *replay, const struct replay_way *way, FILE *out);

#endif
