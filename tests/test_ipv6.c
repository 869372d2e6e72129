/*
 * IPv6: extension headers by RFC 8200 in any order, jumbograms, routes, fragments, and what is malformed.
 */
#include <stdlib.h>
#include <string.h>

#include "lib/guard.h"
#include "lib/ip_test.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

static const uint8_t options_8[8] = { 0, 0, 1, 4 };                      /* PadN */
static const uint8_t options_16[16] = { 0, 1, 0, 0, 0x3E, 10, 1, 2, 3 }; /* Pad1 twice, an experimental option */
static const uint8_t authentication[16] = { 0, 2 };
static const uint8_t mobility[8] = { 0, 0, 1 };
static const uint8_t atomic[8] = { 0, 0, 0, 0, 1, 2, 3, 4 };
static uint8_t route_0[40] = { 0, 4, 0, 2, 0, 0, 0, 0, [8 + 15] = 0x51, [24 + 15] = 0x52 };
static uint8_t route_4[40] = { 0, 4, 4, 1, 1, 0, 0, 0, [8 + 15] = 0x61, [24 + 15] = 0x62 };

static void extend(uint8_t type, const uint8_t *data, size_t len)
{
	t.packet.extensions[t.packet.extensions_len++] = (struct packet_extension){ type, data, len };
}

START_TEST(v6_plain)
{
	ip_test_init_v6();
	t.packet.ttl = 57;
	t.packet.padding = 4;
	ip_test_build();
	ck_assert(ip_test_decode());
	ck_assert_uint_eq(t.ip.family, 6);
	ck_assert_uint_eq(t.ip.ttl, 57);
	ck_assert_uint_eq(t.ip.len, 70);
	ck_assert_ptr_eq(t.ip.src, t.frame + 8);
	ck_assert_ptr_eq(t.ip.dst, t.frame + 24);
	ck_assert_ptr_eq(t.ip.payload, t.frame + 40);
	ck_assert_uint_eq(t.ip.payload_len, 30);
	ck_assert_uint_eq(t.ip.payload_caplen, 30);
	ck_assert(!t.ip.is_offload && !t.ip.is_fragment);
}
END_TEST

/* Every order of five headers behind hop-by-hop (RFC 8200 4.1 recommends one, receivers take any). */
START_TEST(v6_extensions_in_any_order)
{
	static const struct packet_extension headers[] = {
		{ 60, options_16, 16 }, { 43, route_0, 40 }, { 51, authentication, 16 },
		{ 135, mobility, 8 },   { 44, atomic, 8 },
	};
	unsigned order = (unsigned)_i;
	unsigned left = 5;
	bool used[5] = { false };

	ip_test_init_v6();
	extend(0, options_8, 8);
	for (; left > 0; left--) {
		unsigned pick = order % left;
		unsigned at = 0;

		order /= left;
		for (; used[at] || pick > 0; at++)
			pick -= !used[at];
		used[at] = true;
		t.packet.extensions[t.packet.extensions_len++] = headers[at];
	}
	ip_test_build();
	ck_assert(ip_test_decode());
	ck_assert_ptr_eq(t.ip.payload, t.frame + 40 + 8 + 16 + 40 + 16 + 8 + 8);
	ck_assert_uint_eq(t.ip.payload_len, 30);
	ck_assert_uint_eq(t.ip.payload_caplen, 30);
	ck_assert(!t.ip.is_fragment);
}
END_TEST

/* Each prefix of the longest chain: cut headers are the capture's doing, never malformed; nothing is read beyond. */
START_TEST(v6_every_prefix)
{
	struct guard guard;

	ip_test_init_v6();
	extend(0, options_8, 8);
	extend(60, options_16, 16);
	extend(43, route_4, 40);
	extend(51, authentication, 16);
	extend(139, mobility, 8);
	extend(140, mobility, 8);
	extend(44, atomic, 8);
	ip_test_build();
	guard_init(&guard, 4096);
	for (size_t caplen = 0; caplen <= t.frame_len; caplen++) {
		struct link_payload link = { .data = guard_copy(&guard, t.frame, caplen),
					     .caplen = (uint32_t)caplen,
					     .len = (uint32_t)t.frame_len };
		bool ok = ip_decode(&link, &t.ip, &t.reason);

		ck_assert_int_eq(ok, caplen >= 40 + 104);
		if (!ok)
			ck_assert_int_eq(t.reason, caplen == 0   ? WS_UNDECODED_ipv4_truncated
						   : caplen < 40 ? WS_UNDECODED_ipv6_truncated
								 : WS_UNDECODED_ipv6_extension_truncated);
		else
			ck_assert_uint_eq(t.ip.payload_caplen, caplen - 144);
	}
	guard_fini(&guard);
}
END_TEST

/* The same chain with a payload length that ends within it: the sender's fault. */
START_TEST(v6_sender_cuts_headers)
{
	ip_test_init_v6();
	extend(0, options_8, 8);
	extend(43, route_4, 40);
	extend(51, authentication, 16);
	ip_test_build();
	for (size_t len = 1; len < 64; len++) {
		t.frame[4] = 0;
		t.frame[5] = (uint8_t)len;
		ck_assert(!ip_test_decode());
		ck_assert_int_eq(t.reason,
				 len < 48 ? WS_UNDECODED_ipv6_extension_truncated : WS_UNDECODED_ip_auth_header_bad);
	}
	t.frame[5] = 64;
	ck_assert(ip_test_decode());
	ck_assert_uint_eq(t.ip.payload_len, 0);
}
END_TEST

START_TEST(v6_not_tcp)
{
	static const uint8_t others[] = { 17, 50, 58, 59, 41, 4, 47, 132, 255 };

	for (size_t i = 0; i < LENGTH(others); i++) {
		ip_test_init_v6();
		ip_test_build();
		t.frame[6] = others[i];
		ck_undecoded("not-tcp");
		extend(60, options_8, 8);
		ip_test_build();
		t.frame[40] = others[i];
		ck_undecoded("not-tcp");
	}
}
END_TEST

START_TEST(v6_hop_by_hop_stands_first)
{
	ip_test_init_v6();
	extend(60, options_8, 8);
	extend(0, options_8, 8);
	ip_test_build();
	ck_undecoded("ipv6-extension-bad");
}
END_TEST

START_TEST(v6_too_many_headers)
{
	ip_test_init_v6();
	for (unsigned i = 0; i < 17; i++)
		extend(60, options_8, 8);
	ip_test_build();
	ck_undecoded("ipv6-extension-bad");
	t.packet.extensions_len = 16;
	ip_test_build();
	ck_assert(ip_test_decode());
}
END_TEST

START_TEST(v6_options_overrun)
{
	static const uint8_t bad[8] = { 0, 0, 1, 5, 0, 0, 0, 0 };

	ip_test_init_v6();
	extend(60, bad, 8);
	ip_test_build();
	ck_undecoded("ipv6-extension-bad");
	t.packet.extensions[0].type = 0;
	ip_test_build();
	ck_undecoded("ipv6-extension-bad");
}
END_TEST

/* RFC 4302 2.2: less than the fixed 12 bytes cannot be. */
START_TEST(v6_authentication_too_short)
{
	static const uint8_t bad[8] = { 0, 0 };

	ip_test_init_v6();
	extend(51, bad, 8);
	ip_test_build();
	ck_undecoded("ip-auth-header-bad");
}
END_TEST

/* RFC 8200 8.1, RFC 2460 4.4, RFC 8754 3: the final destination is the last address of a type 0 header, the first one
 * of a segment routing header, and the header's own once no segments are left. */
START_TEST(v6_final_destination)
{
	ip_test_init_v6();
	extend(43, route_0, 40);
	ip_test_build();
	ck_assert(ip_test_decode());
	ck_assert_uint_eq(t.ip.dst[15], 0x52);
	t.frame[43] = 0;
	ck_assert(ip_test_decode());
	ck_assert_ptr_eq(t.ip.dst, t.frame + 24);
	t.frame[43] = 3;
	ck_assert(ip_test_decode());
	ck_assert(t.ip.is_route_unknown);
	t.packet.extensions[0].data = route_4;
	ip_test_build();
	ck_assert(ip_test_decode());
	ck_assert_uint_eq(t.ip.dst[15], 0x61);
	ck_assert(!t.ip.is_route_unknown);
	t.frame[42] = 3;
	ck_assert(ip_test_decode());
	ck_assert(t.ip.is_route_unknown);
}
END_TEST

/* RFC 6275 6.3: TCP knows a roaming host by its home address. */
START_TEST(v6_home_address)
{
	static const uint8_t home[24] = { 0, 2, 1, 2, 0, 0, 0xC9, 16, 0x20, 1, 0x0D, 0xB8, [23] = 0x99 };

	ip_test_init_v6();
	extend(60, home, 24);
	ip_test_build();
	ck_assert(ip_test_decode());
	ck_assert_ptr_eq(t.ip.src, t.frame + 40 + 8);
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

	ip_test_init_v6();
	set_u32(jumbo + 4, 8 + 70020);
	extend(0, jumbo, 8);
	ip_test_build();
	t.frame[4] = t.frame[5] = 0;
	ck_assert(ip_test_decode_len(100, 40 + 8 + 70020));
	ck_assert_uint_eq(t.ip.len, 40 + 8 + 70020);
	ck_assert_uint_eq(t.ip.payload_len, 70020);
	ck_assert_uint_eq(t.ip.payload_caplen, 100 - 48);
	ck_assert(t.ip.is_offload);

	set_u32(t.frame + 44, 65536);
	ck_assert(ip_test_decode());
	set_u32(t.frame + 44, 65535);
	ck_undecoded("ipv6-extension-bad");
	set_u32(t.frame + 44, UINT32_MAX);
	ck_undecoded("ipv6-extension-bad");
	set_u32(t.frame + 44, 100000);
	t.frame[5] = 38;
	ck_undecoded("ipv6-extension-bad");
}
END_TEST

START_TEST(v6_length_zero)
{
	ip_test_init_v6();
	t.packet.payload_len = 40000;
	t.packet.is_length_zero = true;
	ip_test_build();
	ck_assert(ip_test_decode_len(200, t.frame_len));
	ck_assert_uint_eq(t.ip.len, 40060);
	ck_assert_uint_eq(t.ip.payload_len, 40020);
	ck_assert_uint_eq(t.ip.payload_caplen, 160);
	ck_assert(t.ip.is_offload);
}
END_TEST

START_TEST(v6_fragment)
{
	ip_test_init_v6();
	t.packet.payload_len = 100;
	extend(60, options_8, 8);
	t.frame_len = packet_build_fragment(&t.packet, 0xDEADBEEF, 24, 48, true, t.frame, sizeof(t.frame));
	ck_assert(ip_test_decode());
	ck_assert(t.ip.is_fragment && t.ip.has_more_fragments);
	ck_assert_uint_eq(t.ip.fragment_id, 0xDEADBEEF);
	ck_assert_uint_eq(t.ip.fragment_offset, 24);
	ck_assert_uint_eq(t.ip.fragment_header, 56);
	ck_assert_uint_eq(t.ip.payload_len, 48);
	t.frame[48] = 17;
	ck_undecoded("not-tcp");
	t.frame[48] = 60; /* its first fragment may lead to TCP */
	ck_assert(ip_test_decode());
	t.frame_len = packet_build_fragment(&t.packet, 1, 0, 24, true, t.frame, sizeof(t.frame));
	t.frame[48] = 60; /* what follows is 1000 in decimal, 3 E8: next header 3, of 233 * 8 bytes */
	ck_undecoded("ipv6-extension-truncated");
}
END_TEST

/* Headers behind the fragment header, complete in the first fragment (RFC 7112 5) or not. */
START_TEST(v6_headers_in_the_fragment)
{
	static const uint8_t first[8] = { 0, 0, 0, 1, 0, 0, 0, 9 };

	ip_test_init_v6();
	extend(44, first, 8);
	extend(60, options_16, 16);
	ip_test_build();
	ck_assert(ip_test_decode());
	ck_assert(t.ip.is_fragment);
	ck_assert_uint_eq(t.ip.fragment_id, 9);
	ck_assert_uint_eq(t.ip.fragment_header, 48);
	ck_assert_uint_eq(t.ip.upper_offset, 16);
	ck_assert_uint_eq(t.ip.payload_len, 30);
	t.frame[5] = 8 + 16 + 16;
	ck_undecoded("ipv6-extension-bad");
	/* A fragment of a fragment. */
	t.packet.extensions[1] = t.packet.extensions[0];
	ip_test_build();
	ck_undecoded("ipv6-extension-bad");
}
END_TEST

int main(void)
{
	TCase *tcase;
	Suite *suite = suite_new("ipv6", &tcase);

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
