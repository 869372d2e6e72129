#include "wire/tcp.h"

#include "base/bytes.h"
#include "wire/tcp_options.h"

/* Two NOPs in front of kind 8, length 10: how every stack lays out a segment with timestamps (RFC 7323 appendix A). */
#define TIMESTAMPS_ALONE UINT32_C(0x0101080A)
#define TIMESTAMPS_ALONE_LEN 12

static void read_timestamps(const uint8_t *value, struct tcp_options *out)
{
	out->present |= OPTION_TIMESTAMPS;
	out->tsval = load_u32be(value);
	out->tsecr = load_u32be(value + 4);
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
	out->odd = 0;
	if (captured == TIMESTAMPS_ALONE_LEN && header == TCP_HEADER_MIN + TIMESTAMPS_ALONE_LEN &&
	    load_u32be(options) == TIMESTAMPS_ALONE) {
		read_timestamps(options + 4, out);
		return;
	}
	if (header > TCP_HEADER_MIN)
		tcp_options_decode(options, captured, header - TCP_HEADER_MIN, out);
}

static bool tcp_failed(enum ws_undecoded why, enum ws_undecoded *reason)
{
	*reason = why;
	return false;
}

bool tcp_decode(const uint8_t *data, uint32_t caplen, uint32_t len, struct segment *out, enum ws_undecoded *reason)
{
	if (len < TCP_HEADER_MIN)
		return tcp_failed(WS_UNDECODED_tcp_header_truncated, reason);
	if (caplen < TCP_HEADER_MIN)
		return tcp_failed(WS_UNDECODED_tcp_header_not_captured, reason);

	uint32_t header = (data[12] >> 4) * 4u;

	if (header < TCP_HEADER_MIN)
		return tcp_failed(WS_UNDECODED_tcp_data_offset_too_small, reason);
	if (header > len)
		return tcp_failed(WS_UNDECODED_tcp_header_exceeds_segment, reason);
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
	out->is_header_cut = caplen < header;
	out->payload_caplen = caplen > header ? caplen - header : 0;
	out->payload = out->payload_caplen > 0 ? data + header : NULL;
	decode_options(data, caplen, header, &out->options);
	return true;
}
