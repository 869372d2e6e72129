/*
 * What tshark says of the TCP segments of a capture (its tcp.analysis flags), and the capture for it to read: nanosecond
 * pcap of raw IP.
 */
#ifndef TESTS_ANALYSIS_H
#define TESTS_ANALYSIS_H

#include <stdio.h>

#include "wirestat.h"

enum analysis_kind {
	RETRANSMISSION,
	FAST,
	SPURIOUS,
	OUT_OF_ORDER,
	DUPLICATE_ACK,
	KEEP_ALIVE,
	KEEP_ALIVE_ACK,
	ZERO_WINDOW,
	PROBE,
	PROBE_ACK,
	WINDOW_UPDATE,
	WINDOW_FULL,
	LOST,
	ACK_LOST,
	ANALYSIS_COUNT
};

/* "retransmission" for tcp.analysis.retransmission, and so on. */
extern const char *const analysis_field[ANALYSIS_COUNT];

/* Head of the file, then packet by packet, all whole. */
void analysis_put_head(FILE *out);
void analysis_put_packet(FILE *out, ws_time ts, const uint8_t *ip, uint32_t len);

/* Sets kinds[frame number] of each frame to bits by enum analysis_kind; `kinds` holds `size` of them. Returns how many frames
 * tshark has seen. Aborts the test when it fails. */
size_t analysis_ask(const char *path, uint32_t *kinds, size_t size);

#endif
