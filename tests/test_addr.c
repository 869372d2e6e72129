/*
 * Addresses as text, by the examples of RFC 5952 and against the C library where the two must agree.
 */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "lib/packet.h"
#include "lib/suite.h"

#define LENGTH(array) (int)(sizeof(array) / sizeof((array)[0]))

static const struct {
	const char *in;
	const char *out;
} addresses[] = {
	{ "0.0.0.0", "0.0.0.0" },
	{ "1.20.200.9", "1.20.200.9" },
	{ "255.255.255.255", "255.255.255.255" },
	{ "100.10.109.99", "100.10.109.99" },
	/* RFC 5952 1, 2.1: all of these are one address. */
	{ "2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1" },
	{ "2001:0db8:0:0:1:0:0:1", "2001:db8::1:0:0:1" },
	{ "2001:db8::1:0:0:1", "2001:db8::1:0:0:1" },
	{ "2001:0db8::1:0:0:1", "2001:db8::1:0:0:1" },
	{ "2001:DB8:0:0:1::1", "2001:db8::1:0:0:1" },
	/* 4.1, 4.3 */
	{ "2001:0DB8:AAAA:BBBB:CCCC:DDDD:EEEE:0001", "2001:db8:aaaa:bbbb:cccc:dddd:eeee:1" },
	/* 4.2.1 */
	{ "2001:db8:0:0:0:0:2:1", "2001:db8::2:1" },
	/* 4.2.2 */
	{ "2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1" },
	/* 4.2.3 */
	{ "2001:0:0:1:0:0:0:1", "2001:0:0:1::1" },
	{ "2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1" },
	/* 5 */
	{ "::ffff:192.0.2.1", "::ffff:192.0.2.1" },
	/* No prefix of which it is known that an IPv4 address follows. */
	{ "::192.0.2.1", "::c000:201" },
	{ "::1:ffff:c000:201", "::1:ffff:c000:201" },
	{ "0:0:0:0:1:ffff:0:0", "::1:ffff:0:0" },
	{ "1::ffff:192.0.2.1", "1::ffff:c000:201" },
	{ "64:ff9b::192.0.2.33", "64:ff9b::c000:221" },
	{ "::", "::" },
	{ "::1", "::1" },
	{ "1::", "1::" },
	{ "::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8" },
	{ "1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0" },
	{ "0:0:3:4:5:6:7:8", "::3:4:5:6:7:8" },
	{ "1:2:3:4:5:6:0:0", "1:2:3:4:5:6::" },
	{ "1:0:0:4:5:0:0:0", "1:0:0:4:5::" },
	{ "0:1:0:1:0:1:0:1", "0:1:0:1:0:1:0:1" },
	{ "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff" },
	{ "fe80::10:200:3000", "fe80::10:200:3000" },
};

START_TEST(by_the_rfc)
{
	struct ws_addr addr = packet_addr(addresses[_i].in);
	char out[WS_ADDR_TEXT_MAX];

	ck_assert_ptr_eq(ws_addr_text(&addr, out), out);
	ck_assert_str_eq(out, addresses[_i].out);
}
END_TEST

START_TEST(of_no_family)
{
	struct ws_addr addr = { 0 };
	char out[WS_ADDR_TEXT_MAX] = "x";

	ck_assert_str_eq(ws_addr_text(&addr, out), "");
}
END_TEST

/* Every pattern of zero and non-zero groups, with values of every width: reads back as itself, fits, and equals what
 * inet_ntop writes except where that uses dots against RFC 5952 section 5. */
START_TEST(every_pattern)
{
	static const uint16_t values[] = { 0x1, 0xAB, 0xF0F, 0xFFFF, 0x10, 0x8000 };

	for (unsigned pattern = 0; pattern < 256; pattern++) {
		for (size_t v = 0; v < sizeof(values) / sizeof(values[0]); v++) {
			struct ws_addr addr = { .family = 6 };
			struct ws_addr back;
			char out[WS_ADDR_TEXT_MAX + 1];
			char system_text[INET6_ADDRSTRLEN];

			for (unsigned i = 0; i < 8; i++) {
				uint16_t group = pattern >> i & 1 ? values[(v + i) % 6] : 0;

				addr.bytes[2 * i] = (uint8_t)(group >> 8);
				addr.bytes[2 * i + 1] = (uint8_t)group;
			}
			memset(out, 'x', sizeof(out));
			ws_addr_text(&addr, out);
			ck_assert_int_eq(out[WS_ADDR_TEXT_MAX], 'x');
			back = packet_addr(out);
			ck_assert_mem_eq(back.bytes, addr.bytes, 16);
			inet_ntop(AF_INET6, addr.bytes, system_text, sizeof(system_text));
			if (!strchr(system_text, '.'))
				ck_assert_str_eq(out, system_text);
		}
	}
}
END_TEST

/* Every byte at every place of an IPv4 address, as inet_ntop writes it; nothing behind the room that there is to be. */
START_TEST(every_byte)
{
	for (unsigned value = 0; value < 256; value++) {
		for (size_t i = 0; i < 4; i++) {
			struct ws_addr addr = { .family = 4, .bytes = { 10, 200, 3, 45 } };
			char out[WS_ADDR_TEXT_MAX + 1];
			char system_text[INET_ADDRSTRLEN];

			addr.bytes[i] = (uint8_t)value;
			memset(out, 'x', sizeof(out));
			ws_addr_text(&addr, out);
			ck_assert_int_eq(out[WS_ADDR_TEXT_MAX], 'x');
			ck_assert_str_eq(out, inet_ntop(AF_INET, addr.bytes, system_text, sizeof(system_text)));
		}
	}
}
END_TEST

int main(void)
{
	TCase *tcase;
	Suite *suite = suite_new("addr", &tcase);

	tcase_add_loop_test(tcase, by_the_rfc, 0, LENGTH(addresses));
	tcase_add_test(tcase, of_no_family);
	tcase_add_test(tcase, every_pattern);
	tcase_add_test(tcase, every_byte);
	return suite_run(suite);
}
