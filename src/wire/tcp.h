/*
 * The TCP header (RFC 9293 3.1); its options are read by tcp_options.c.
 */
#ifndef WIRE_TCP_H
#define WIRE_TCP_H

#include "base/bytes.h"
#include "wire/segment.h"

#define TCP_HEADER_MIN 20
#define TCP_HEADER_MAX 60

/* Two NOPs in front of kind 8, length 10: how every stack lays out a segment with timestamps (RFC 7323 appendix A). */
#define TCP_TIMESTAMPS_ALONE UINT32_C(0x0101080A)
#define TCP_TIMESTAMPS_ALONE_LEN 12

/* Reads a segment of `len` bytes by its IP header, of which data[0..caplen) was captured, into the members of `out`
 * that are TCP's own: ports, seq, ack, len, window, urgent, tcp_checksum, flags, reserved, options, payload. Options
 * beyond the captured bytes are absent. False, with *reason, when there is no header. */
bool tcp_decode(const uint8_t *data, uint32_t caplen, uint32_t len, struct segment *out, enum ws_undecoded *reason);

/* ---- Parts of it, for the straight way as well ------------------------------------------------------------------ */

/* How long the header says to be: the upper half of byte 12, in words of four bytes. Read with the bytes around it, which
 * are read anyway. */
static inline uint32_t tcp_header_len(const uint8_t *data)
{
	return load_u64be(data + 8) >> 26 & 0x3C;
}

/* What stands in the first 20 bytes. */
static inline void tcp_read_fixed(const uint8_t *data, struct segment *out)
{
	uint64_t ports_seq = load_u64be(data);
	uint64_t ack_flags = load_u64be(data + 8) & ~(UINT64_C(0xF0) << 24);
	uint32_t rest = load_u32be(data + 16);

	out->seq = (uint32_t)ports_seq;
	out->dport = (uint16_t)(ports_seq >> 32);
	out->sport = (uint16_t)(ports_seq >> 48);
	out->window = (uint16_t)ack_flags;
	out->flags = (uint8_t)(ack_flags >> 16);
	out->reserved = (uint8_t)(ack_flags >> 24);
	out->ack = (uint32_t)(ack_flags >> 32);
	out->urgent = (uint16_t)rest;
	out->tcp_checksum = (uint16_t)(rest >> 16);
}

/* No options. */
static inline void tcp_clear_options(struct tcp_options *out)
{
	memset(out, 0, offsetof(struct tcp_options, unknown));
}

/* The two values, behind kind and length. */
static inline void tcp_read_timestamps(const uint8_t *value, struct tcp_options *out)
{
	uint64_t both = load_u64be(value);

	out->present |= OPTION_TIMESTAMPS;
	out->tsval = (uint32_t)(both >> 32);
	out->tsecr = (uint32_t)both;
}

#endif
