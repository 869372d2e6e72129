/*
 * What goes wrong when packets are captured, done to a good capture: each of these is a thing that real taps do. None of
 * them changes what the endpoints did.
 */
#ifndef TESTS_IMPERFECT_H
#define TESTS_IMPERFECT_H

#include "frames.h"

/* How one more copy of each frame differs from the first. */
struct copying {
	int64_t delay_ns;
	int hops;       /* routers between: TTL less by that, other MAC addresses */
	bool is_tagged; /* has an 802.1Q tag that the first has not */
	bool is_before; /* the copy stands first, as when the mirror nearer to the sender is slower */
	unsigned burst; /* that many frames pass before their copies do; 0: each copy by its delay alone */
};

void imperfect_copies(struct frames *frames, const struct copying *copying);

/* One direction is missing; the first frames are; one is. */
void imperfect_drop_direction(struct frames *frames, bool from_a);
void imperfect_drop_first(struct frames *frames, size_t count);
void imperfect_drop_one(struct frames *frames, size_t index);

/* The frame at `index` passes after the next one, which goes the other way; both are stamped when the later one is read, or
 * each keeps its time, so that the clock seems to run backwards. False when that is no pair a capture would swap. */
bool imperfect_swap(struct frames *frames, size_t index, bool keeps_times);

/* Frames end after `snap` bytes. */
void imperfect_snap(struct frames *frames, uint32_t snap);

/* False when a checksum is wrong from the start: what is done to checksums, and to the bytes they cover, then hides it. */
bool imperfect_is_undamaged(const struct frames *frames);

/* The checksums of one side are the pseudo-header's, or arbitrary. */
void imperfect_checksums(struct frames *frames, bool from_a, bool is_pseudo);

/* IPv4 length or IPv6 payload length 0 in every segment with data. */
void imperfect_length_zero(struct frames *frames);

/* Segments of one direction that follow each other without a gap become one. Returns how many were joined. */
size_t imperfect_join(struct frames *frames);

/* Every segment of 16 bytes and more behind the IP header becomes two or three fragments: in order, backwards, or with the
 * fragments of the next packet among them. */
enum fragment_order { FRAGMENTS_IN_ORDER, FRAGMENTS_BACKWARDS, FRAGMENTS_MIXED };
void imperfect_fragments(struct frames *frames, enum fragment_order order);

/* From the middle on the clock is behind by so much. */
void imperfect_clock_back(struct frames *frames, int64_t by_ns);

/* Times are whole multiples of this. */
void imperfect_clock_coarse(struct frames *frames, int64_t unit_ns);

#endif
