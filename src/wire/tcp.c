/*
 * The TCP header and its options. An option cut by the snap length is absent; one that its own length cannot hold, or
 * that does not fit into the header, is malformed, and in the second case nothing behind it can be told.
 */
#include "wire/tcp.h"

#include "base/bytes.h"

#define KIND_END 0
#define KIND_NOP 1
#define KIND_MSS 2
#define KIND_WSCALE 3
#define KIND_SACK_PERMITTED 4
#define KIND_SACK 5
#define KIND_TIMESTAMPS 8
#define KIND_MD5 19
#define KIND_AO 29
#define KIND_MPTCP 30
#define KIND_FAST_OPEN 34
#define KIND_EXPERIMENT_1 253 /* RFC 4727 2.2 */
#define KIND_EXPERIMENT_2 254
#define FAST_OPEN_EXPERIMENT 0xF989 /* RFC 7413 appendix A */

#define COOKIE_MIN 4 /* RFC 7413 4.1.1 */
#define COOKIE_MAX 16

/* Two NOPs in front of kind 8, length 10: how every stack lays out a segment with timestamps (RFC 7323 appendix A). */
#define TIMESTAMPS_ALONE UINT32_C(0x0101080A)
#define TIMESTAMPS_ALONE_LEN 12

static void read_timestamps(const uint8_t *value, struct tcp_options *out)
{
	out->present |= OPTION_TIMESTAMPS;
	out->tsval = load_u32be(value);
	out->tsecr = load_u32be(value + 4);
}

static void read_unknown(uint8_t kind, uint8_t len, struct tcp_options *out)
{
	out->present |= OPTION_UNKNOWN;
	if (out->unknown_len == UNKNOWN_OPTIONS_MAX)
		return;
	out->unknown[out->unknown_len][0] = kind;
	out->unknown[out->unknown_len][1] = len;
	out->unknown_len++;
}

static bool read_sack(const uint8_t *value, uint8_t value_len, struct tcp_options *out)
{
	uint8_t blocks = value_len / 8;

	if (blocks == 0 || blocks > SACK_BLOCKS_MAX || value_len % 8 != 0)
		return false;
	for (uint8_t i = 0; i < blocks; i++) {
		out->sack[i][0] = load_u32be(value + (size_t)i * 8);
		out->sack[i][1] = load_u32be(value + (size_t)i * 8 + 4);
	}
	out->present |= OPTION_SACK;
	out->sack_len = blocks;
	return true;
}

/* RFC 7413 4.1.1: no cookie is a request; a cookie has 4 to 16 bytes, an even number of them. */
static bool read_fast_open(uint8_t cookie_len, bool is_experimental, struct tcp_options *out)
{
	if (cookie_len != 0 && (cookie_len < COOKIE_MIN || cookie_len > COOKIE_MAX || cookie_len % 2 != 0))
		return false;
	out->present |= OPTION_FAST_OPEN | (is_experimental ? OPTION_FAST_OPEN_EXPERIMENTAL : 0u);
	out->fast_open_len = cookie_len;
	return true;
}

static bool read_experiment(uint8_t kind, const uint8_t *value, uint8_t value_len, struct tcp_options *out)
{
	if (value_len >= 2 && load_u16be(value) == FAST_OPEN_EXPERIMENT)
		return read_fast_open((uint8_t)(value_len - 2), true, out);
	read_unknown(kind, (uint8_t)(value_len + 2), out);
	return true;
}

/* The option `kind` of `value_len` bytes without kind and length; false when that length is impossible for it. */
static bool read_option(uint8_t kind, const uint8_t *value, uint8_t value_len, struct tcp_options *out)
{
	uint32_t bit = 0;
	bool fits = true;

	switch (kind) {
	case KIND_MSS:
		fits = value_len == 2;
		bit = OPTION_MSS;
		if (fits)
			out->mss = load_u16be(value);
		break;
	case KIND_WSCALE:
		fits = value_len == 1;
		bit = OPTION_WSCALE;
		if (fits)
			out->wscale = value[0];
		break;
	case KIND_SACK_PERMITTED:
		fits = value_len == 0;
		bit = OPTION_SACK_PERMITTED;
		break;
	case KIND_SACK:
		return read_sack(value, value_len, out);
	case KIND_TIMESTAMPS:
		fits = value_len == 8;
		if (fits)
			read_timestamps(value, out);
		break;
	case KIND_MD5:
		fits = value_len == 16;
		bit = OPTION_MD5;
		break;
	case KIND_AO: /* key identifiers, then the code (RFC 5925 2.2) */
		fits = value_len >= 2;
		bit = OPTION_AO;
		break;
	case KIND_MPTCP:
		fits = value_len >= 1;
		bit = OPTION_MPTCP;
		if (fits)
			out->mptcp_subtype = value[0] >> 4;
		break;
	case KIND_FAST_OPEN:
		return read_fast_open(value_len, false, out);
	case KIND_EXPERIMENT_1:
	case KIND_EXPERIMENT_2:
		return read_experiment(kind, value, value_len, out);
	default:
		read_unknown(kind, (uint8_t)(value_len + 2), out);
		break;
	}
	if (fits)
		out->present |= bit;
	return fits;
}

/* `left` counts the bytes that the sender sent, `in` those that were captured of them. */
static void read_options(struct bytes in, uint32_t left, struct tcp_options *out)
{
	while (left > 0 && in.len > 0) {
		uint8_t kind = bytes_u8(&in);

		if (kind == KIND_END)
			return;
		left--;
		if (kind == KIND_NOP)
			continue;
		if (left == 0) {
			out->present |= OPTION_MALFORMED;
			return;
		}

		uint8_t len = bytes_u8(&in);

		if (in.failed)
			return;
		if (len < 2 || len - 1u > left) {
			out->present |= OPTION_MALFORMED;
			return;
		}

		const uint8_t *value = bytes_take(&in, len - 2u);

		if (!value)
			return;
		if (!read_option(kind, value, (uint8_t)(len - 2), out))
			out->present |= OPTION_MALFORMED;
		left -= len - 1u;
	}
}

static void decode_options(const uint8_t *data, uint32_t caplen, uint32_t header, struct tcp_options *out)
{
	uint32_t captured = (caplen < header ? caplen : header) - TCP_HEADER_MIN;
	const uint8_t *options = data + TCP_HEADER_MIN;

	out->present = 0;
	out->tsval = 0;
	out->tsecr = 0;
	out->mss = 0;
	out->wscale = 0;
	out->sack_len = 0;
	out->fast_open_len = 0;
	out->mptcp_subtype = 0;
	out->unknown_len = 0;
	if (captured == TIMESTAMPS_ALONE_LEN && header == TCP_HEADER_MIN + TIMESTAMPS_ALONE_LEN &&
	    load_u32be(options) == TIMESTAMPS_ALONE) {
		read_timestamps(options + 4, out);
		return;
	}
	if (captured > 0)
		read_options(bytes_of(options, captured), header - TCP_HEADER_MIN, out);
}

static bool tcp_failed(enum ws_undecoded why, enum ws_undecoded *reason)
{
	*reason = why;
	return false;
}

bool tcp_decode(const uint8_t *data, uint32_t caplen, uint32_t len, struct segment *out, enum ws_undecoded *reason)
{
	if (len < TCP_HEADER_MIN)
		return tcp_failed(WS_UNDECODED_tcp_truncated, reason);
	if (caplen < TCP_HEADER_MIN)
		return tcp_failed(WS_UNDECODED_tcp_not_captured, reason);

	uint32_t header = (data[12] >> 4) * 4u;

	if (header < TCP_HEADER_MIN || header > len)
		return tcp_failed(WS_UNDECODED_tcp_offset_bad, reason);
	out->sport = load_u16be(data);
	out->dport = load_u16be(data + 2);
	out->seq = load_u32be(data + 4);
	out->ack = load_u32be(data + 8);
	out->reserved = data[12] & 0x0F;
	out->flags = data[13];
	out->window = load_u16be(data + 14);
	out->tcp_checksum = load_u16be(data + 16);
	out->urgent = load_u16be(data + 18);
	out->len = len - header;
	out->payload_caplen = caplen > header ? caplen - header : 0;
	out->payload = out->payload_caplen > 0 ? data + header : NULL;
	decode_options(data, caplen, header, &out->options);
	return true;
}
