/*
 * For findings that no case can show, because they are about bytes, addresses or hosts that a ladder does not print: scenes
 * of packets made field by field, played to a tracker with the full audit. Each finding of that kind has two scenes, one
 * that raises it and one of the nearest innocent traffic (raise_*.c).
 */
#ifndef TESTS_STAGE_H
#define TESTS_STAGE_H

#include "packet.h"

struct stage {
	ws_tracker *tracker;
	ws_time now;    /* of the next packet; a millisecond passes with each */
	uint64_t frame; /* of the packet played last */
	uint64_t raised[WS_FINDING_COUNT];
	uint64_t frame_of[WS_FINDING_COUNT]; /* that raised it first; 0: none did */
	struct ws_host_finding host[WS_FINDING_COUNT];
	bool is_finished;
};

/* Begins and ends a play; `config` may be NULL. stage_end lets the input end, so that what only the end tells counts. */
void stage_begin(struct stage *stage, const struct ws_config *config);
void stage_end(struct stage *stage);

/* The input ends, and what was raised can be looked at; then only stage_end is left. */
void stage_finish(struct stage *stage);

/* Plays one packet. */
void stage_play(struct stage *stage, const struct packet *packet);

/* Bytes as they are. */
void stage_play_bytes(struct stage *stage, uint32_t linktype, const void *data, uint32_t caplen, uint32_t len);

/* Nothing is sent for so long. */
void stage_wait(struct stage *stage, int64_t ns);

/* A segment between 10.0.0.1:40000 (A) and 10.0.0.2:80 (B), numbers counted from 1,000 (A) and 5,000 (B), with time stamps
 * and the usual options on SYNs left out; for the scene to change and play. `flags` in tcpdump's letters. */
enum stage_side { STAGE_A, STAGE_B };
struct packet stage_segment(enum stage_side from, const char *flags, uint32_t seq, uint32_t ack, size_t len);

/* The same, played at once. */
void stage_send(struct stage *stage, enum stage_side from, const char *flags, uint32_t seq, uint32_t ack, size_t len);

/* A handshake with MSS 1460 on both SYNs; then both stand at 1. And a close by A that takes 1 of each, from `a` and `b`. */
void stage_open(struct stage *stage);
void stage_close(struct stage *stage, uint32_t a, uint32_t b);

/* One pair of scenes. */
struct raise {
	enum ws_finding_id id;
	void (*raises)(struct stage *stage);
	void (*innocent)(struct stage *stage);
};

struct raises {
	const struct raise *raise;
	size_t len;
};

/* Header and options. */
extern const struct raises raises_header;
extern const struct raises raises_options;
/* Handshake. */
extern const struct raises raises_handshake;
/* Capture, network. */
extern const struct raises raises_network;
/* Hosts. */
extern const struct raises raises_hosts;
extern const struct raises raises_load;
/* Sequence, acknowledgement, window. */
extern const struct raises raises_data;
/* Reset. */
extern const struct raises raises_reset;
/* Below TCP. */
extern const struct raises raises_below;

/* Every table there is; ends with one that is empty. */
extern const struct raises *const all_raises[];

#endif
