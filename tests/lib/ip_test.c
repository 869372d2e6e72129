/*
 * What the tests of the IP layer share.
 */
#include "ip_test.h"

struct ip_test t;

void ip_test_init_v4(void)
{
	packet_init(&t.packet, "192.0.2.1", 1000, "192.0.2.2", 2000);
	t.packet.framing = FRAMING_RAW;
	t.packet.payload_len = 10;
	t.packet.ip_id = 0xBEEF;
}

void ip_test_init_v6(void)
{
	packet_init(&t.packet, "2001:db8::1", 1000, "2001:db8::2", 2000);
	t.packet.framing = FRAMING_RAW;
	t.packet.payload_len = 10;
}

void ip_test_build(void)
{
	t.frame_len = packet_build(&t.packet, t.frame, sizeof(t.frame));
}

bool ip_test_decode_len(size_t caplen, size_t len)
{
	struct link_payload link = { .data = t.frame, .caplen = (uint32_t)caplen, .len = (uint32_t)len };

	return ip_decode(&link, &t.ip, &t.reason);
}

bool ip_test_decode(void)
{
	return ip_test_decode_len(t.frame_len, t.frame_len);
}

void ck_undecoded(const char *why)
{
	ck_assert(!ip_test_decode());
	ck_assert_str_eq(ws_undecoded_name(t.reason), why);
}
