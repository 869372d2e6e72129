/*
 * The one door of `wire`: a packet becomes a segment, or one counted reason why not.
 */
#ifndef WIRE_DECODE_H
#define WIRE_DECODE_H

#include "wire/ordinary.h"
#include "wire/other.h"
#include "wire/segment.h"

/* Holds the fragments under way (RFC 791 section 3.2, RFC 8200 section 4.5) in bounded memory of its own. */
struct decoder;

/* NULL when out of memory. */
struct decoder *decoder_new(void);
void decoder_free(struct decoder *decoder);

enum decode_result {
	DECODE_SEGMENT,   /* *out is filled; payload borrows from the packet or the decoder until the next call */
	DECODE_UNDECODED, /* *reason is set */
};

/* Reads `packet` and nothing beyond its caplen, by the general way. */
enum decode_result decoder_general(struct decoder *decoder, const struct ws_packet *packet, struct segment *out,
				   enum ws_undecoded *reason);

/* The same, by the straight way where it leads to the end. Of an undecoded one out->noticed and out->outer are set. A TCP
 * packet in fragments becomes a segment with the frame that completes it; the other fragments are WS_UNDECODED_fragment. */
static inline enum decode_result decoder_packet(struct decoder *decoder, const struct ws_packet *packet,
						struct segment *out, enum ws_undecoded *reason)
{
	return ordinary_decode(packet, out) ? DECODE_SEGMENT : decoder_general(decoder, packet, out, reason);
}

/* What the packet just read quotes, which was WS_UNDECODED_icmp_error_for_flow. */
const struct icmp_quote *decoder_quote(const struct decoder *decoder);

/* Next first fragment held back whose datagram will not be completed: those older than `before` (WS_TIME_NONE: all, at
 * the end of input). False when there is none. It becomes a segment with the length that was seen, under its own frame,
 * and turns one packet already counted as WS_UNDECODED_fragment into a segment. */
bool decoder_flush(struct decoder *decoder, ws_time before, struct segment *out);

/* Packets counted as WS_UNDECODED_fragment whose first fragment was never seen and is waited for no longer, since the
 * last call: they turn into WS_UNDECODED_fragment_incomplete. Worth asking after decoder_flush. */
uint64_t decoder_incomplete(struct decoder *decoder);

/* The same for those that were given up for want of room: they turn into WS_UNDECODED_fragment_ignored. */
uint64_t decoder_ignored(struct decoder *decoder);

#endif
