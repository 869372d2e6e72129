/*
 * The settled path of a side as lines for people.
 */
#ifndef VIEW_STEPS_H
#define VIEW_STEPS_H

#include "base/text.h"
#include "wirestat.h"

/* "  outer   vxlan 42  192.0.2.8 - 192.0.2.9  vlan 10"; nothing when there was nothing around the connection's packets. */
void steps_outer_line(struct text *out, const struct ws_record *record);

/* "  client  SYN-SENT #1 +0.000000  ESTABLISHED? #2 +0.000180": each state with its frame and its time since the first
 * segment. Continued on further lines when wider than `width` (0: never). */
void steps_lines(struct text *out, const struct ws_record *record, enum ws_side side, size_t width, bool color);

#endif
