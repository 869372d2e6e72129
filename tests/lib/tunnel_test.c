#include "tunnel_test.h"

struct tunnel_test tunnel;

void tunnel_test_setup(void)
{
	guard_init(&tunnel.guard, TUNNEL_TEST_SIZE);
	tunnel.decoder = decoder_new();
	ck_assert_ptr_nonnull(tunnel.decoder);
	memset(&tunnel.segment, 0xA5, sizeof(tunnel.segment));
}

void tunnel_test_teardown(void)
{
	decoder_free(tunnel.decoder);
	guard_fini(&tunnel.guard);
}

void tunnel_test_begin(uint8_t family, bool is_back)
{
	struct packet packet;

	packet_init(&packet, family == 6 ? "2001:db8::1" : "10.0.0.1", 40000, family == 6 ? "2001:db8::2" : "10.0.0.2",
		    80);
	packet.framing = FRAMING_IP;
	packet.seq = 0xFFFFFFF0;
	packet.flags = WS_FLAG_ACK | WS_FLAG_PSH;
	packet.ttl = 61;
	packet.payload_len = 30;
	packet_option_timestamps(&packet.options, 7, 8);
	tunnel.inner_len = packet_build(&packet, tunnel.inner, sizeof(tunnel.inner));
	wrap_init(&tunnel.wrap, tunnel.buffer, sizeof(tunnel.buffer), tunnel.inner, tunnel.inner_len, 0, is_back);
}

enum decode_result tunnel_test_decode_len(size_t caplen, size_t len)
{
	struct ws_packet packet = { .data = guard_copy(&tunnel.guard, wrap_data(&tunnel.wrap), caplen),
				    .caplen = (uint32_t)caplen,
				    .len = (uint32_t)len,
				    .linktype = 1 };

	return decoder_packet(tunnel.decoder, &packet, &tunnel.segment, &tunnel.reason);
}

enum decode_result tunnel_test_decode(void)
{
	wrap_finish(&tunnel.wrap);
	return tunnel_test_decode_len(wrap_len(&tunnel.wrap), wrap_len(&tunnel.wrap));
}

void ck_tunnel_reason(const char *why)
{
	ck_assert_int_eq(tunnel_test_decode(), DECODE_UNDECODED);
	ck_assert_str_eq(ws_undecoded_name(tunnel.reason), why);
}
