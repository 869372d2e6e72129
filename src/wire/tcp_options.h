/*
 * The options of a TCP header (RFC 9293 3.1, 3.2; RFC 2018, 7323, 7413, 2385, 5925, 8684), and what is odd about them. An
 * option cut by the snap length is absent; one that its own length cannot hold, or that does not fit into the header, is
 * malformed, and in the second case nothing behind it can be told.
 */
#ifndef WIRE_TCP_OPTIONS_H
#define WIRE_TCP_OPTIONS_H

#include "wire/segment.h"

/* Reads the `len` bytes of options that the sender sent, of which data[0..captured) are here, into `out`. */
void tcp_options_decode(const uint8_t *data, uint32_t captured, uint32_t len, struct tcp_options *out);

#endif
