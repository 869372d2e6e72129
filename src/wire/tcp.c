#include "wire/tcp.h"

#include "wire/tcp_options.h"

static void decode_options(const uint8_t *data, uint32_t caplen, uint32_t header, struct tcp_options *out)
{
	uint32_t captured = (caplen < header ? caplen : header) - TCP_HEADER_MIN;
	const uint8_t *options = data + TCP_HEADER_MIN;

	tcp_clear_options(out);
	if (captured == TCP_TIMESTAMPS_ALONE_LEN && header == TCP_HEADER_MIN + TCP_TIMESTAMPS_ALONE_LEN &&
	    load_u32be(options) == TCP_TIMESTAMPS_ALONE) {
		tcp_read_timestamps(options + 4, out);
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

	uint32_t header = tcp_header_len(data);

	if (header < TCP_HEADER_MIN)
		return tcp_failed(WS_UNDECODED_tcp_data_offset_too_small, reason);
	if (header > len)
		return tcp_failed(WS_UNDECODED_tcp_header_exceeds_segment, reason);
	tcp_read_fixed(data, out);
	out->len = len - header;
	out->is_header_cut = caplen < header;
	out->payload_caplen = caplen > header ? caplen - header : 0;
	out->payload = out->payload_caplen > 0 ? data + header : NULL;
	decode_options(data, caplen, header, &out->options);
	return true;
}
