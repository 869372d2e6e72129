/*
 * A segment in tcpdump's notation, the one that test cases are written in: "S.  300:300(0) ack 101 win 65535 <mss 1460>".
 */
#ifndef VIEW_SEGMENT_TEXT_H
#define VIEW_SEGMENT_TEXT_H

#include "base/text.h"
#include "wirestat.h"

/* How much of it, from the least. */
enum segment_detail { SEGMENT_NUMBERS, SEGMENT_WINDOW, SEGMENT_OPTIONS };

/* `base`: what sequence numbers count from, by side; zeros for the raw ones. Numbers just below their base are
 * negative. */
void segment_text(struct text *out, const struct ws_segment *segment, enum segment_detail detail,
		  const uint32_t base[2]);

#endif
