/*
 * What the tests of fragments share.
 */
#include "feeder.h"

#include <string.h>

struct feeder fed;

static void setup_v4(void)
{
	packet_init(&fed.packet, "192.0.2.1", 40000, "192.0.2.2", 443);
	fed.packet.seq = 0xFFFFFFF0;
	fed.packet.flags = WS_FLAG_ACK | WS_FLAG_FIN;
	packet_option_nop(&fed.packet.options);
	packet_option_nop(&fed.packet.options);
	packet_option_timestamps(&fed.packet.options, 7, 8);
	fed.packet.payload_len = 1000 - 32;
}

void feeder_init(void)
{
	fed.decoder = decoder_new();
	ck_assert_ptr_nonnull(fed.decoder);
	fed.frame_number = 0;
	fed.now = 1000 * SECOND;
	setup_v4();
}

void feeder_use_v6(void)
{
	fed.packet.src = packet_addr("2001:db8::1");
	fed.packet.dst = packet_addr("2001:db8::2");
}

void feeder_fini(void)
{
	decoder_free(fed.decoder);
}

enum decode_result feed(size_t captured, size_t len)
{
	struct ws_packet p = {
		.ts = fed.now,
		.frame = ++fed.frame_number,
		.data = fed.frame,
		.caplen = (uint32_t)captured,
		.len = (uint32_t)len,
		.linktype = packet_linktype(&fed.packet),
		.file = 3,
		.interface = 4,
	};

	memset(&fed.segment, 0xA5, sizeof(fed.segment));
	fed.now += 1000;
	return decoder_packet(fed.decoder, &p, &fed.segment, &fed.reason);
}

enum decode_result feed_piece(uint32_t id, size_t start, size_t end, bool more)
{
	size_t len = packet_build_fragment(&fed.packet, id, start, end - start, more, fed.frame, sizeof(fed.frame));

	return feed(len, len);
}

void ck_reason(enum decode_result result, const char *name)
{
	ck_assert_int_eq(result, DECODE_UNDECODED);
	ck_assert_str_eq(ws_undecoded_name(fed.reason), name);
}
