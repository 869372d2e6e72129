/*
 * The TCP header (RFC 9293 3.1); its options are read by tcp_options.c.
 */
#ifndef WIRE_TCP_H
#define WIRE_TCP_H

#include "wire/segment.h"

#define TCP_HEADER_MIN 20
#define TCP_HEADER_MAX 60

/* Reads a segment of `len` bytes by its IP header, of which data[0..caplen) was captured, into the members of `out`
 * that are TCP's own: ports, seq, ack, len, window, urgent, tcp_checksum, flags, reserved, options, payload. Options
 * beyond the captured bytes are absent. False, with *reason, when there is no header. */
bool tcp_decode(const uint8_t *data, uint32_t caplen, uint32_t len, struct segment *out, enum ws_undecoded *reason);

#endif
