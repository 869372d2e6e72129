/*
 * A capture held in memory, each frame on its own, so that it can be changed: frames copied, dropped, moved, cut. It comes
 * from a case or from a file, and goes to a tracker. What is known of a frame is read from its own bytes, without the code
 * under test.
 */
#ifndef TESTS_FRAMES_H
#define TESTS_FRAMES_H

#include "case.h"

struct frame {
	bool is_timer; /* time passes until `ts`, and nothing else */
	ws_time ts;
	size_t order; /* among frames of the same time: its place in the capture */
	uint8_t *data;
	uint32_t caplen;
	uint32_t len;
};

struct frames {
	uint32_t linktype;
	size_t len;
	size_t size;
	struct frame *at;
};

/* The frames of a case as an Ethernet tap at its place sees them; IPv6 addresses if asked for. */
void frames_of_case(struct frames *frames, const struct case_file *file, bool is_ipv6);

/* The frames of a capture file of Ethernet or raw IP, made whole where they were cut. False when it cannot be read. */
bool frames_of_file(struct frames *frames, const char *name);

void frames_copy(struct frames *out, const struct frames *in);
void frames_fini(struct frames *frames);

/* A frame of `len` bytes, all captured, at the end; `data` is copied, or all zero when NULL. */
struct frame *frames_add(struct frames *frames, ws_time ts, const uint8_t *data, uint32_t len);

/* Takes out the frame at `index`. */
void frames_drop(struct frames *frames, size_t index);

/* By time; frames of the same time keep the order in which they stand. */
void frames_sort(struct frames *frames);

/* Where things stand in a frame. */
struct frame_parts {
	size_t ip;      /* offset of the IP header */
	size_t tcp;     /* and of TCP's */
	size_t payload; /* and of the payload */
	size_t end;     /* of the IP packet */
	bool is_ipv6;
	bool from_a; /* sent by the lower address and port, as bytes */
	uint8_t flags;
};

/* False when it is a timer, or not a whole TCP segment in IP without options or extension headers, in Ethernet. */
bool frame_parse(const struct frame *frame, struct frame_parts *parts);

/* The checksums that belong there. */
void frame_fix_checksums(struct frame *frame, const struct frame_parts *parts);

/* Hands all of it to the tracker, frames counted from 1. */
void frames_feed(const struct frames *frames, ws_tracker *tracker);

#endif
