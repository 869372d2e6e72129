/*
 * The network layer: headers by the RFCs, each way a header can be wrong under its own reason, and where TCP begins.
 */
#include <stdlib.h>
#include <string.h>

#include "lib/guard.h"
#include "lib/packet.h"
#include "lib/suite.h"
#include "wire/ip.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

static uint8_t frame[PACKET_MAX + 4096];
static size_t frame_len;
static struct packet packet;
static struct ip_packet ip;
static enum ws_undecoded reason;

static void setup_v4(void)
{
	packet_init(&packet, "192.0.2.1", 1000, "192.0.2.2", 2000);
	packet.framing = FRAMING_RAW;
	packet.payload_len = 10;
	packet.ip_id = 0xBEEF;
}

static void setup_v6(void)
{
	packet_init(&packet, "2001:db8::1", 1000, "2001:db8::2", 2000);
	packet.framing = FRAMING_RAW;
	packet.payload_len = 10;
}

static void build(void)
{
	frame_len = packet_build(&packet, frame, sizeof(frame));
}

static bool decode_len(size_t caplen, size_t len)
{
	struct link_payload link = { .data = frame, .caplen = (uint32_t)caplen, .len = (uint32_t)len };

	return ip_decode(&link, &ip, &reason);
}

static bool decode(void)
{
	return decode_len(frame_len, frame_len);
}

#define ck_undecoded(why)                                                                                              \
	do {                                                                                                           \
		ck_assert(!decode());                                                                                  \
		ck_assert_str_eq(ws_undecoded_name(reason), #why);                                                     \
	} while (0)

/* ---- IPv4 ------------------------------------------------------------------------------------------------------ */

START_TEST(v4_plain)
{
	setup_v4();
	packet.padding = 6;
	build();
	ck_assert(decode());
	ck_assert_uint_eq(ip.family, 4);
	ck_assert_uint_eq(ip.ttl, 64);
	ck_assert_uint_eq(ip.id, 0xBEEF);
	ck_assert_uint_eq(ip.len, 50);
	ck_assert_uint_eq(ip.captured, 50);
	ck_assert_ptr_eq(ip.src, frame + 12);
	ck_assert_ptr_eq(ip.dst, frame + 16);
	ck_assert_ptr_eq(ip.payload, frame + 20);
	ck_assert_uint_eq(ip.payload_len, 30);
	ck_assert_uint_eq(ip.payload_caplen, 30);
	ck_assert(!ip.is_offload && !ip.is_fragment);
}
END_TEST

/* Length from the header, whatever the frame says; what is captured of it, whatever the header says. */
START_TEST(v4_lengths)
{
	setup_v4();
	build();
	ck_assert(decode_len(40, 50));
	ck_assert_uint_eq(ip.payload_len, 30);
	ck_assert_uint_eq(ip.payload_caplen, 20);
	ck_assert_uint_eq(ip.captured, 40);
	/* Longer than its frame: the header is trusted. */
	frame[2] = 1;
	ck_assert(decode());
	ck_assert_uint_eq(ip.len, 256 + 50);
	ck_assert_uint_eq(ip.payload_len, 256 + 30);
	ck_assert_uint_eq(ip.payload_caplen, 30);
}
END_TEST

START_TEST(v4_length_zero)
{
	setup_v4();
	packet.is_length_zero = true;
	packet.payload_len = 3000;
	build();
	ck_assert(decode_len(100, frame_len));
	ck_assert_uint_eq(ip.len, 3040);
	ck_assert_uint_eq(ip.payload_len, 3020);
	ck_assert_uint_eq(ip.payload_caplen, 80);
	ck_assert(ip.is_offload);
}
END_TEST

START_TEST(v4_super_frame)
{
	setup_v4();
	packet.payload_len = 60000;
	build();
	ck_assert(decode());
	ck_assert(ip.is_offload);
	ck_assert_uint_eq(ip.len, 60040);
	packet.payload_len = 9000 - 40;
	build();
	ck_assert(decode());
	ck_assert(!ip.is_offload);
}
END_TEST

START_TEST(v4_options)
{
	static const uint8_t options[8] = { 1, 1, 7, 3, 4, 0, 0, 0 };

	setup_v4();
	packet.ip_options = options;
	packet.ip_options_len = sizeof(options);
	build();
	ck_assert(decode());
	ck_assert_ptr_eq(ip.payload, frame + 28);
	ck_assert_uint_eq(ip.payload_len, 30);
	ck_assert_ptr_eq(ip.dst, frame + 16);
}
END_TEST

/* RFC 791 3.1: the pointer is past the route once it has been travelled. */
START_TEST(v4_source_route)
{
	static uint8_t route[12] = { 1, 131, 11, 4, 10, 0, 0, 1, 10, 0, 0, 2 };

	setup_v4();
	packet.ip_options = route;
	packet.ip_options_len = sizeof(route);
	build();
	ck_assert(decode());
	ck_assert_ptr_eq(ip.dst, frame + 20 + 8);
	route[3] = 12;
	build();
	ck_assert(decode());
	ck_assert_ptr_eq(ip.dst, frame + 16);
	route[1] = 137;
	route[3] = 8;
	build();
	ck_assert(decode());
	ck_assert_ptr_eq(ip.dst, frame + 20 + 8);
}
END_TEST

START_TEST(v4_authentication)
{
	static const uint8_t header[24] = { 0, 4 };

	setup_v4();
	packet.extensions[0] = (struct packet_extension){ 51, header, sizeof(header) };
	packet.extensions_len = 1;
	build();
	ck_assert(decode());
	ck_assert_ptr_eq(ip.payload, frame + 20 + 24);
	ck_assert_uint_eq(ip.payload_len, 30);
}
END_TEST

START_TEST(v4_wrong)
{
	setup_v4();
	build();
	frame[0] = 0x44;
	ck_undecoded(ip-header-bad);
	frame[0] = 0x40;
	ck_undecoded(ip-header-bad);
	frame[0] = 0x55;
	ck_undecoded(ip-version-bad);
	frame[0] = 0x05;
	ck_undecoded(ip-version-bad);
	frame[0] = 0x45;
	frame[3] = 19;
	ck_undecoded(ip-length-bad);
	frame[3] = 20;
	ck_assert(decode());
	ck_assert_uint_eq(ip.payload_len, 0);
	frame[9] = 17;
	ck_undecoded(not-tcp);
	frame[9] = 4; /* IPv4 in IPv4 */
	ck_undecoded(not-tcp);
	frame[9] = 50;
	ck_undecoded(not-tcp);
	frame[9] = 6;
	frame[0] = 0x4F;
	frame[3] = 60;
	frame_len = 50;
	ck_undecoded(ip-truncated);
}
END_TEST

/* The link header said IPv6. */
START_TEST(family_disagrees)
{
	setup_v4();
	build();

	struct link_payload link = { .data = frame, .caplen = (uint32_t)frame_len, .len = 50, .family = 6 };

	ck_assert(!ip_decode(&link, &ip, &reason));
	ck_assert_int_eq(reason, WS_UNDECODED_ip_version_bad);
	link.family = 4;
	ck_assert(ip_decode(&link, &ip, &reason));
}
END_TEST

START_TEST(v4_fragment)
{
	setup_v4();
	packet.payload_len = 100;
	frame_len = packet_build_fragment(&packet, 0x77, 24, 48, true, frame, sizeof(frame));
	ck_assert(decode());
	ck_assert(ip.is_fragment && ip.has_more_fragments);
	ck_assert_uint_eq(ip.fragment_id, 0x77);
	ck_assert_uint_eq(ip.fragment_offset, 24);
	ck_assert_uint_eq(ip.fragment_header, 20);
	ck_assert_uint_eq(ip.payload_len, 48);
	frame_len = packet_build_fragment(&packet, 0x77, 72, 48, false, frame, sizeof(frame));
	ck_assert(decode());
	ck_assert(ip.is_fragment && !ip.has_more_fragments);
	frame[9] = 17;
	ck_undecoded(not-tcp);
}
END_TEST

/* ---- IPv6 ------------------------------------------------------------------------------------------------------ */

static const uint8_t options_8[8] = { 0, 0, 1, 4 };                  /* PadN */
static const uint8_t options_16[16] = { 0, 1, 0, 0, 0x3E, 10, 1, 2, 3 }; /* Pad1 twice, an experimental option */
static const uint8_t authentication[16] = { 0, 2 };
static const uint8_t mobility[8] = { 0, 0, 1 };
static const uint8_t atomic[8] = { 0, 0, 0, 0, 1, 2, 3, 4 };
static uint8_t route_0[40] = { 0, 4, 0, 2, 0, 0, 0, 0, [8 + 15] = 0x51, [24 + 15] = 0x52 };
static uint8_t route_4[40] = { 0, 4, 4, 1, 1, 0, 0, 0, [8 + 15] = 0x61, [24 + 15] = 0x62 };

static void extend(uint8_t type, const uint8_t *data, size_t len)
{
	packet.extensions[packet.extensions_len++] = (struct packet_extension){ type, data, len };
}

START_TEST(v6_plain)
{
	setup_v6();
	packet.ttl = 57;
	packet.padding = 4;
	build();
	ck_assert(decode());
	ck_assert_uint_eq(ip.family, 6);
	ck_assert_uint_eq(ip.ttl, 57);
	ck_assert_uint_eq(ip.len, 70);
	ck_assert_ptr_eq(ip.src, frame + 8);
	ck_assert_ptr_eq(ip.dst, frame + 24);
	ck_assert_ptr_eq(ip.payload, frame + 40);
	ck_assert_uint_eq(ip.payload_len, 30);
	ck_assert_uint_eq(ip.payload_caplen, 30);
	ck_assert(!ip.is_offload && !ip.is_fragment);
}
END_TEST

/* Every order of five headers behind hop-by-hop (RFC 8200 4.1 recommends one, receivers take any). */
START_TEST(v6_extensions_in_any_order)
{
	static const struct packet_extension headers[] = {
		{ 60, options_16, 16 }, { 43, route_0, 40 }, { 51, authentication, 16 }, { 135, mobility, 8 }, { 44, atomic, 8 },
	};
	unsigned order = (unsigned)_i;
	unsigned left = 5;
	bool used[5] = { false };

	setup_v6();
	extend(0, options_8, 8);
	for (; left > 0; left--) {
		unsigned pick = order % left;
		unsigned at = 0;

		order /= left;
		for (; used[at] || pick > 0; at++)
			pick -= !used[at];
		used[at] = true;
		packet.extensions[packet.extensions_len++] = headers[at];
	}
	build();
	ck_assert(decode());
	ck_assert_ptr_eq(ip.payload, frame + 40 + 8 + 16 + 40 + 16 + 8 + 8);
	ck_assert_uint_eq(ip.payload_len, 30);
	ck_assert_uint_eq(ip.payload_caplen, 30);
	ck_assert(!ip.is_fragment);
}
END_TEST

/* Each prefix of the longest chain: cut headers are the capture's doing, never malformed; nothing is read beyond. */
START_TEST(v6_every_prefix)
{
	struct guard guard;

	setup_v6();
	extend(0, options_8, 8);
	extend(60, options_16, 16);
	extend(43, route_4, 40);
	extend(51, authentication, 16);
	extend(139, mobility, 8);
	extend(140, mobility, 8);
	build();
	guard_init(&guard, 4096);
	for (size_t caplen = 0; caplen <= frame_len; caplen++) {
		struct link_payload link = { .data = guard_copy(&guard, frame, caplen),
					     .caplen = (uint32_t)caplen,
					     .len = (uint32_t)frame_len };
		bool ok = ip_decode(&link, &ip, &reason);

		ck_assert_int_eq(ok, caplen >= 40 + 96);
		if (!ok)
			ck_assert_int_eq(reason, WS_UNDECODED_ip_truncated);
		else
			ck_assert_uint_eq(ip.payload_caplen, caplen - 136);
	}
	guard_fini(&guard);
}
END_TEST

/* The same chain with a payload length that ends within it: the sender's fault. */
START_TEST(v6_sender_cuts_headers)
{
	setup_v6();
	extend(0, options_8, 8);
	extend(43, route_4, 40);
	extend(51, authentication, 16);
	build();
	for (size_t len = 1; len < 64; len++) {
		frame[4] = 0;
		frame[5] = (uint8_t)len;
		ck_assert(!decode());
		ck_assert_int_eq(reason, WS_UNDECODED_ipv6_extension_bad);
	}
	frame[5] = 64;
	ck_assert(decode());
	ck_assert_uint_eq(ip.payload_len, 0);
}
END_TEST

START_TEST(v6_not_tcp)
{
	static const uint8_t others[] = { 17, 50, 58, 59, 41, 4, 47, 132, 255 };

	for (size_t i = 0; i < LENGTH(others); i++) {
		setup_v6();
		build();
		frame[6] = others[i];
		ck_undecoded(not-tcp);
		extend(60, options_8, 8);
		build();
		frame[40] = others[i];
		ck_undecoded(not-tcp);
	}
}
END_TEST

START_TEST(v6_hop_by_hop_stands_first)
{
	setup_v6();
	extend(60, options_8, 8);
	extend(0, options_8, 8);
	build();
	ck_undecoded(ipv6-extension-bad);
}
END_TEST

START_TEST(v6_too_many_headers)
{
	setup_v6();
	for (unsigned i = 0; i < 17; i++)
		extend(60, options_8, 8);
	build();
	ck_undecoded(ipv6-extension-bad);
	packet.extensions_len = 16;
	build();
	ck_assert(decode());
}
END_TEST

START_TEST(v6_options_overrun)
{
	static const uint8_t bad[8] = { 0, 0, 1, 5, 0, 0, 0, 0 };

	setup_v6();
	extend(60, bad, 8);
	build();
	ck_undecoded(ipv6-extension-bad);
	packet.extensions[0].type = 0;
	build();
	ck_undecoded(ipv6-extension-bad);
}
END_TEST

/* RFC 4302 2.2: less than the fixed 12 bytes cannot be. */
START_TEST(v6_authentication_too_short)
{
	static const uint8_t bad[8] = { 0, 0 };

	setup_v6();
	extend(51, bad, 8);
	build();
	ck_undecoded(ipv6-extension-bad);
}
END_TEST

/* RFC 8200 8.1, RFC 2460 4.4, RFC 8754 3: the final destination is the last address of a type 0 header, the first one
 * of a segment routing header, and the header's own once no segments are left. */
START_TEST(v6_final_destination)
{
	setup_v6();
	extend(43, route_0, 40);
	build();
	ck_assert(decode());
	ck_assert_uint_eq(ip.dst[15], 0x52);
	frame[43] = 0;
	ck_assert(decode());
	ck_assert_ptr_eq(ip.dst, frame + 24);
	frame[43] = 3;
	ck_assert(decode());
	ck_assert(ip.is_route_unknown);
	packet.extensions[0].data = route_4;
	build();
	ck_assert(decode());
	ck_assert_uint_eq(ip.dst[15], 0x61);
	ck_assert(!ip.is_route_unknown);
	frame[42] = 3;
	ck_assert(decode());
	ck_assert(ip.is_route_unknown);
}
END_TEST

/* RFC 6275 6.3: TCP knows a roaming host by its home address. */
START_TEST(v6_home_address)
{
	static const uint8_t home[24] = { 0, 2, 1, 2, 0, 0, 0xC9, 16, 0x20, 1, 0x0D, 0xB8, [23] = 0x99 };

	setup_v6();
	extend(60, home, 24);
	build();
	ck_assert(decode());
	ck_assert_ptr_eq(ip.src, frame + 40 + 8);
}
END_TEST

static void set_u32(uint8_t *at, uint32_t value)
{
	at[0] = (uint8_t)(value >> 24);
	at[1] = (uint8_t)(value >> 16);
	at[2] = (uint8_t)(value >> 8);
	at[3] = (uint8_t)value;
}

/* RFC 2675: length 0 in the header, the real one in a hop-by-hop option, above 65,535 or the packet is wrong. */
START_TEST(v6_jumbogram)
{
	static uint8_t jumbo[8] = { 0, 0, 0xC2, 4 };

	setup_v6();
	set_u32(jumbo + 4, 8 + 70020);
	extend(0, jumbo, 8);
	build();
	frame[4] = frame[5] = 0;
	ck_assert(decode_len(100, 40 + 8 + 70020));
	ck_assert_uint_eq(ip.len, 40 + 8 + 70020);
	ck_assert_uint_eq(ip.payload_len, 70020);
	ck_assert_uint_eq(ip.payload_caplen, 100 - 48);
	ck_assert(ip.is_offload);

	set_u32(frame + 44, 65535);
	ck_undecoded(ipv6-extension-bad);
	set_u32(frame + 44, UINT32_MAX);
	ck_undecoded(ipv6-extension-bad);
	set_u32(frame + 44, 100000);
	frame[5] = 38;
	ck_undecoded(ipv6-extension-bad);
}
END_TEST

START_TEST(v6_length_zero)
{
	setup_v6();
	packet.payload_len = 40000;
	packet.is_length_zero = true;
	build();
	ck_assert(decode_len(200, frame_len));
	ck_assert_uint_eq(ip.len, 40060);
	ck_assert_uint_eq(ip.payload_len, 40020);
	ck_assert_uint_eq(ip.payload_caplen, 160);
	ck_assert(ip.is_offload);
}
END_TEST

START_TEST(v6_fragment)
{
	setup_v6();
	packet.payload_len = 100;
	extend(60, options_8, 8);
	frame_len = packet_build_fragment(&packet, 0xDEADBEEF, 24, 48, true, frame, sizeof(frame));
	ck_assert(decode());
	ck_assert(ip.is_fragment && ip.has_more_fragments);
	ck_assert_uint_eq(ip.fragment_id, 0xDEADBEEF);
	ck_assert_uint_eq(ip.fragment_offset, 24);
	ck_assert_uint_eq(ip.fragment_header, 56);
	ck_assert_uint_eq(ip.payload_len, 48);
	frame[48] = 17;
	ck_undecoded(not-tcp);
	frame[48] = 60; /* its first fragment may lead to TCP */
	ck_assert(decode());
	frame_len = packet_build_fragment(&packet, 1, 0, 24, true, frame, sizeof(frame));
	frame[48] = 60; /* what follows is 1000 in decimal, 3 E8: next header 3, of 233 * 8 bytes */
	ck_undecoded(ipv6-extension-bad);
}
END_TEST

/* Headers behind the fragment header, complete in the first fragment (RFC 7112 5) or not. */
START_TEST(v6_headers_in_the_fragment)
{
	static const uint8_t first[8] = { 0, 0, 0, 1, 0, 0, 0, 9 };

	setup_v6();
	extend(44, first, 8);
	extend(60, options_16, 16);
	build();
	ck_assert(decode());
	ck_assert(ip.is_fragment);
	ck_assert_uint_eq(ip.fragment_id, 9);
	ck_assert_uint_eq(ip.fragment_header, 48);
	ck_assert_uint_eq(ip.upper_offset, 16);
	ck_assert_uint_eq(ip.payload_len, 30);
	frame[5] = 8 + 16 + 16;
	ck_undecoded(ipv6-extension-bad);
	/* A fragment of a fragment. */
	packet.extensions[1] = packet.extensions[0];
	build();
	ck_undecoded(ipv6-extension-bad);
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
	tcase_add_test(tcase, v4_authentication);
	tcase_add_test(tcase, v4_wrong);
	tcase_add_test(tcase, family_disagrees);
	tcase_add_test(tcase, v4_fragment);
	tcase_add_test(tcase, v6_plain);
	tcase_add_loop_test(tcase, v6_extensions_in_any_order, 0, 120);
	tcase_add_test(tcase, v6_every_prefix);
	tcase_add_test(tcase, v6_sender_cuts_headers);
	tcase_add_test(tcase, v6_not_tcp);
	tcase_add_test(tcase, v6_hop_by_hop_stands_first);
	tcase_add_test(tcase, v6_too_many_headers);
	tcase_add_test(tcase, v6_options_overrun);
	tcase_add_test(tcase, v6_authentication_too_short);
	tcase_add_test(tcase, v6_final_destination);
	tcase_add_test(tcase, v6_home_address);
	tcase_add_test(tcase, v6_jumbogram);
	tcase_add_test(tcase, v6_length_zero);
	tcase_add_test(tcase, v6_fragment);
	tcase_add_test(tcase, v6_headers_in_the_fragment);
	return suite_run(suite);
}
