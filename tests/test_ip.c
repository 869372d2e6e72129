/*
 * IPv4: headers by RFC 791, each way a header can be wrong under its own reason, and where TCP begins.
 */
#include <stdlib.h>
#include <string.h>

#include "lib/ip_test.h"

START_TEST(v4_plain)
{
	ip_test_init_v4();
	t.packet.padding = 6;
	ip_test_build();
	ck_assert(ip_test_decode());
	ck_assert_uint_eq(t.ip.family, 4);
	ck_assert_uint_eq(t.ip.ttl, 64);
	ck_assert_uint_eq(t.ip.id, 0xBEEF);
	ck_assert_uint_eq(t.ip.len, 50);
	ck_assert_uint_eq(t.ip.captured, 50);
	ck_assert_ptr_eq(t.ip.src, t.frame + 12);
	ck_assert_ptr_eq(t.ip.dst, t.frame + 16);
	ck_assert_ptr_eq(t.ip.payload, t.frame + 20);
	ck_assert_uint_eq(t.ip.payload_len, 30);
	ck_assert_uint_eq(t.ip.payload_caplen, 30);
	ck_assert(!t.ip.is_offload && !t.ip.is_fragment);
}
END_TEST

/* Length from the header, whatever the frame says; what is captured of it, whatever the header says. */
START_TEST(v4_lengths)
{
	ip_test_init_v4();
	ip_test_build();
	ck_assert(ip_test_decode_len(40, 50));
	ck_assert_uint_eq(t.ip.payload_len, 30);
	ck_assert_uint_eq(t.ip.payload_caplen, 20);
	ck_assert_uint_eq(t.ip.captured, 40);
	/* Longer than its frame: the header is trusted. */
	t.frame[2] = 1;
	ck_assert(ip_test_decode());
	ck_assert_uint_eq(t.ip.len, 256 + 50);
	ck_assert_uint_eq(t.ip.payload_len, 256 + 30);
	ck_assert_uint_eq(t.ip.payload_caplen, 30);
}
END_TEST

START_TEST(v4_length_zero)
{
	ip_test_init_v4();
	t.packet.is_length_zero = true;
	t.packet.payload_len = 3000;
	ip_test_build();
	ck_assert(ip_test_decode_len(100, t.frame_len));
	ck_assert_uint_eq(t.ip.len, 3040);
	ck_assert_uint_eq(t.ip.payload_len, 3020);
	ck_assert_uint_eq(t.ip.payload_caplen, 80);
	ck_assert(t.ip.is_offload);
}
END_TEST

START_TEST(v4_super_frame)
{
	ip_test_init_v4();
	t.packet.payload_len = 60000;
	ip_test_build();
	ck_assert(ip_test_decode());
	ck_assert(t.ip.is_offload);
	ck_assert_uint_eq(t.ip.len, 60040);
	t.packet.payload_len = 9000 - 40;
	ip_test_build();
	ck_assert(ip_test_decode());
	ck_assert(!t.ip.is_offload);
}
END_TEST

START_TEST(v4_options)
{
	static const uint8_t options[8] = { 1, 1, 7, 3, 4, 0, 0, 0 };

	ip_test_init_v4();
	t.packet.ip_options = options;
	t.packet.ip_options_len = sizeof(options);
	ip_test_build();
	ck_assert(ip_test_decode());
	ck_assert_ptr_eq(t.ip.payload, t.frame + 28);
	ck_assert_uint_eq(t.ip.payload_len, 30);
	ck_assert_ptr_eq(t.ip.dst, t.frame + 16);
}
END_TEST

/* RFC 791 3.1: the pointer is past the route once it has been travelled. */
START_TEST(v4_source_route)
{
	static uint8_t route[12] = { 1, 131, 11, 4, 10, 0, 0, 1, 10, 0, 0, 2 };

	ip_test_init_v4();
	t.packet.ip_options = route;
	t.packet.ip_options_len = sizeof(route);
	ip_test_build();
	ck_assert(ip_test_decode());
	ck_assert_ptr_eq(t.ip.dst, t.frame + 20 + 8);
	route[3] = 12;
	ip_test_build();
	ck_assert(ip_test_decode());
	ck_assert_ptr_eq(t.ip.dst, t.frame + 16);
	route[1] = 137;
	route[3] = 8;
	ip_test_build();
	ck_assert(ip_test_decode());
	ck_assert_ptr_eq(t.ip.dst, t.frame + 20 + 8);
}
END_TEST

/* One address is a route too; what is malformed ends the options and changes nothing. */
START_TEST(v4_source_route_or_not)
{
	static const struct {
		uint8_t options[8];
		bool is_route;
	} cases[] = {
		{ { 131, 7, 4, 10, 0, 0, 1, 0 }, true },  { { 1, 137, 7, 4, 10, 0, 0, 1 }, true },
		{ { 131, 3, 4, 0, 10, 0, 0, 1 }, false }, { { 131, 6, 4, 10, 0, 0, 1, 0 }, false },
		{ { 131, 8, 4, 10, 0, 0, 1, 0 }, false }, { { 131, 7, 8, 10, 0, 0, 1, 0 }, false },
		{ { 0, 131, 7, 4, 10, 0, 0, 1 }, false }, { { 7, 1, 131, 7, 4, 10, 0, 0 }, false },
		{ { 7, 0, 131, 7, 4, 10, 0, 0 }, false }, { { 131, 9, 4, 10, 0, 0, 1, 0 }, false },
		{ { 1, 1, 1, 1, 1, 1, 1, 131 }, false },  { { 131, 11, 4, 10, 0, 0, 1, 10 }, false },
	};

	ip_test_init_v4();
	t.packet.ip_options = cases[_i].options;
	t.packet.ip_options_len = 8;
	ip_test_build();
	ck_assert(ip_test_decode());
	ck_assert_int_eq(t.ip.dst != t.frame + 16, cases[_i].is_route);
	if (cases[_i].is_route)
		ck_assert_mem_eq(t.ip.dst, "\x0A\0\0\1", 4);
	ck_assert_uint_eq(t.ip.payload_len, 30);
}
END_TEST

START_TEST(v4_authentication)
{
	static const uint8_t header[24] = { 0, 4 };

	ip_test_init_v4();
	t.packet.extensions[0] = (struct packet_extension){ 51, header, sizeof(header) };
	t.packet.extensions_len = 1;
	ip_test_build();
	ck_assert(ip_test_decode());
	ck_assert_ptr_eq(t.ip.payload, t.frame + 20 + 24);
	ck_assert_uint_eq(t.ip.payload_len, 30);
	t.frame[20] = 51; /* another one, which reads as made of nothing */
	ck_undecoded("not-tcp");
	t.frame[21] = 0;
	ck_undecoded("ip-auth-header-bad");
	t.frame[21] = 200;
	ck_undecoded("ip-auth-header-bad");
	ck_assert(!ip_test_decode_len(20 + 23, t.frame_len));
	t.frame[21] = 4;
	ck_assert(!ip_test_decode_len(20 + 23, t.frame_len));
	ck_assert_int_eq(t.reason, WS_UNDECODED_ipv4_truncated);
}
END_TEST

START_TEST(v4_wrong)
{
	ip_test_init_v4();
	ip_test_build();
	t.frame[0] = 0x44;
	ck_undecoded("ipv4-header-length-bad");
	t.frame[0] = 0x40;
	ck_undecoded("ipv4-header-length-bad");
	t.frame[0] = 0x55;
	ck_undecoded("ip-version-bad");
	t.frame[0] = 0x05;
	ck_undecoded("ip-version-bad");
	t.frame[0] = 0x45;
	t.frame[3] = 19;
	ck_undecoded("ipv4-total-length-bad");
	t.frame[3] = 20;
	ck_assert(ip_test_decode());
	ck_assert_uint_eq(t.ip.payload_len, 0);
	t.frame[9] = 17;
	ck_undecoded("not-tcp");
	t.frame[9] = 4; /* IPv4 in IPv4 */
	ck_undecoded("not-tcp");
	t.frame[9] = 50;
	ck_undecoded("not-tcp");
	t.frame[9] = 6;
	t.frame[0] = 0x4F;
	t.frame[3] = 60;
	t.frame_len = 50;
	ck_undecoded("ipv4-header-length-bad");
	ck_assert(!ip_test_decode_len(50, 60));
	ck_assert_int_eq(t.reason, WS_UNDECODED_ipv4_truncated);
}
END_TEST

/* The link header said IPv6. */
START_TEST(family_disagrees)
{
	ip_test_init_v4();
	ip_test_build();

	struct link_payload link = { .data = t.frame, .caplen = (uint32_t)t.frame_len, .len = 50, .family = 6 };

	ck_assert(!ip_decode(&link, &t.ip, &t.reason));
	ck_assert_int_eq(t.reason, WS_UNDECODED_ip_version_bad);
	link.family = 4;
	ck_assert(ip_decode(&link, &t.ip, &t.reason));
}
END_TEST

START_TEST(v4_fragment)
{
	ip_test_init_v4();
	t.packet.payload_len = 100;
	t.frame_len = packet_build_fragment(&t.packet, 0x77, 24, 48, true, t.frame, sizeof(t.frame));
	ck_assert(ip_test_decode());
	ck_assert(t.ip.is_fragment && t.ip.has_more_fragments);
	ck_assert_uint_eq(t.ip.fragment_id, 0x77);
	ck_assert_uint_eq(t.ip.fragment_offset, 24);
	ck_assert_uint_eq(t.ip.fragment_header, 20);
	ck_assert_uint_eq(t.ip.payload_len, 48);
	t.frame_len = packet_build_fragment(&t.packet, 0x77, 72, 48, false, t.frame, sizeof(t.frame));
	ck_assert(ip_test_decode());
	ck_assert(t.ip.is_fragment && !t.ip.has_more_fragments);
	t.frame[9] = 17;
	ck_undecoded("not-tcp");
}
END_TEST

int main(void)
{
	TCase *tcase;
	Suite *suite = suite_new("ip", &tcase);

	tcase_add_test(tcase, v4_plain);
	tcase_add_test(tcase, v4_lengths);
	tcase_add_test(tcase, v4_length_zero);
	tcase_add_test(tcase, v4_super_frame);
	tcase_add_test(tcase, v4_options);
	tcase_add_test(tcase, v4_source_route);
	tcase_add_loop_test(tcase, v4_source_route_or_not, 0, 12);
	tcase_add_test(tcase, v4_authentication);
	tcase_add_test(tcase, v4_wrong);
	tcase_add_test(tcase, family_disagrees);
	tcase_add_test(tcase, v4_fragment);
	return suite_run(suite);
}
