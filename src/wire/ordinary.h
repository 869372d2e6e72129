/*
 * The straight way through the headers of what nearly every packet is: TCP in IPv4 without options or in IPv6 without
 * extension headers, whole, in Ethernet with at most two tags, in Linux's cooked frames or in none, and nothing remarkable
 * about any of them but padding and what the snap length cut off.
 */
#ifndef WIRE_ORDINARY_H
#define WIRE_ORDINARY_H

#include "wire/segment.h"

/* True: *out is what the general way (decode.h) makes of the packet. False: it is not for this one; *out is worth nothing. */
bool ordinary_decode(const struct ws_packet *packet, struct segment *out);

#endif
