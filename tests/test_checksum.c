/*
 * The TCP checksum: against a sum worked by hand, against the builder's own at every length, and what an unfilled one
 * looks like.
 */
#include <stdlib.h>
#include <string.h>

#include "lib/packet.h"
#include "lib/suite.h"
#include "wire/checksum.h"

static uint8_t frame[PACKET_MAX + 8];
static struct packet packet;

static void setup(void)
{
	packet_init(&packet, "192.0.2.1", 40000, "198.51.100.255", 443);
	packet.framing = FRAMING_RAW;
}

static enum segment_checksum judge_frame(const uint8_t *data, size_t caplen, size_t len)
{
	struct link_payload link = { .data = data, .caplen = (uint32_t)caplen, .len = (uint32_t)len };
	struct ip_packet ip;
	enum ws_undecoded reason;

	ck_assert(ip_decode(&link, &ip, &reason));
	return checksum_judge(&ip);
}

static enum segment_checksum judge(void)
{
	size_t len = packet_build(&packet, frame, sizeof(frame));

	return judge_frame(frame, len, len);
}

/* RFC 1071 section 3 sums 00 01 F2 03 F4 F5 F6 F7 to DDF2. With addresses 0.1.242.3 and 244.245.246.247 the pseudo-header
 * of an empty segment adds 6 and 20, its header 5000: the checksum is the complement of DDF2 + 1A + 5000 = 2E0D, carry
 * added. */
START_TEST(worked_by_hand)
{
	uint8_t data[40] = { 0x45, 0, 0, 40, [8] = 64, 6, 0, 0, 0, 1, 0xF2, 3, 0xF4, 0xF5, 0xF6, 0xF7, [32] = 0x50 };

	data[36] = 0xD1;
	data[37] = 0xF2;
	ck_assert_int_eq(judge_frame(data, 40, 40), CHECKSUM_GOOD);
	data[37] = 0xF3;
	ck_assert_int_eq(judge_frame(data, 40, 40), CHECKSUM_BAD);
	data[36] = 0xDE; /* the pseudo-header alone: DDF2 + 1A */
	data[37] = 0x0C;
	ck_assert_int_eq(judge_frame(data, 40, 40), CHECKSUM_OFFLOAD);
	data[37] = 0xF8; /* without the length: DDF2 + 6 */
	data[36] = 0xDD;
	ck_assert_int_eq(judge_frame(data, 40, 40), CHECKSUM_OFFLOAD);
}
END_TEST

/* Every length, odd ones too, at every alignment in memory. */
START_TEST(every_length)
{
	const char *const addresses[2][2] = { { "192.0.2.1", "198.51.100.255" }, { "2001:db8::ffff", "fe80::1" } };

	for (size_t payload = 0; payload < 200; payload++) {
		packet.src = packet_addr(addresses[payload / 100][0]);
		packet.dst = packet_addr(addresses[payload / 100][1]);
		packet.payload_len = payload;
		packet.seq = (uint32_t)payload * 0x9E3779B9u;

		size_t len = packet_build(&packet, frame, PACKET_MAX);

		for (size_t shift = 0; shift < 8; shift++) {
			ck_assert_int_eq(judge_frame(frame + shift, len, len), CHECKSUM_GOOD);
			frame[shift + len - 1] ^= 0x10;
			ck_assert_int_eq(judge_frame(frame + shift, len, len), CHECKSUM_BAD);
			frame[shift + len - 1] ^= 0x10;
			memmove(frame + shift + 1, frame + shift, len);
		}
	}
}
END_TEST

/* One bit anywhere, from the addresses on, and it is bad. */
START_TEST(every_bit)
{
	packet.payload_len = 33;

	size_t len = packet_build(&packet, frame, sizeof(frame));

	for (size_t bit = 12 * 8; bit < len * 8; bit++) {
		frame[bit / 8] ^= (uint8_t)(1u << bit % 8);
		ck_assert_msg(judge_frame(frame, len, len) == CHECKSUM_BAD, "bit %zu", bit);
		frame[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	ck_assert_int_eq(judge_frame(frame, len, len), CHECKSUM_GOOD);
}
END_TEST

/* All ones: the most that sums can carry. */
START_TEST(carries)
{
	static uint8_t ones[60000];

	memset(ones, 0xFF, sizeof(ones));
	packet.src = packet_addr("255.255.255.255");
	packet.payload = ones;
	packet.payload_len = sizeof(ones);
	ck_assert_int_eq(judge(), CHECKSUM_GOOD);
	packet.src = packet_addr("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff");
	packet.dst = packet.src;
	ck_assert_int_eq(judge(), CHECKSUM_GOOD);
}
END_TEST

START_TEST(unfilled)
{
	packet.payload_len = 100;
	packet.checksum = PACKET_CHECKSUM_PSEUDO;
	ck_assert_int_eq(judge(), CHECKSUM_OFFLOAD);
	packet.checksum = PACKET_CHECKSUM_PSEUDO_NO_LEN;
	ck_assert_int_eq(judge(), CHECKSUM_OFFLOAD);
	packet.checksum = PACKET_CHECKSUM_WRONG;
	ck_assert_int_eq(judge(), CHECKSUM_BAD);
	packet.src = packet_addr("2001:db8::1");
	packet.dst = packet_addr("2001:db8::2");
	ck_assert_int_eq(judge(), CHECKSUM_BAD);
	packet.checksum = PACKET_CHECKSUM_PSEUDO;
	ck_assert_int_eq(judge(), CHECKSUM_OFFLOAD);
	packet.checksum = PACKET_CHECKSUM_PSEUDO_NO_LEN;
	ck_assert_int_eq(judge(), CHECKSUM_OFFLOAD);
}
END_TEST

/* What no wire carried is never bad, but may be good. */
START_TEST(super_frames)
{
	packet.is_length_zero = true;
	packet.payload_len = 3000;
	packet.checksum = PACKET_CHECKSUM_WRONG;
	ck_assert_int_eq(judge(), CHECKSUM_OFFLOAD);
	packet.checksum = PACKET_CHECKSUM_RIGHT;
	ck_assert_int_eq(judge(), CHECKSUM_GOOD);
}
END_TEST

START_TEST(not_all_captured)
{
	packet.payload_len = 10;
	packet.padding = 6;

	size_t len = packet_build(&packet, frame, sizeof(frame));

	ck_assert_int_eq(judge_frame(frame, len, len), CHECKSUM_GOOD);
	ck_assert_int_eq(judge_frame(frame, len - 6, len), CHECKSUM_GOOD);
	ck_assert_int_eq(judge_frame(frame, len - 7, len), CHECKSUM_UNVERIFIED);
	len = packet_build_fragment(&packet, 1, 0, 24, true, frame, sizeof(frame));
	ck_assert_int_eq(judge_frame(frame, len, len), CHECKSUM_UNVERIFIED);
}
END_TEST

/* RFC 8200 8.1: the sum is over the final destination; when that cannot be told, nothing is claimed. */
START_TEST(routed)
{
	uint8_t route[24] = { 0, 2, 0, 1, [8] = 0x20, 0x01, 0x0D, 0xB8, [23] = 9 };

	packet.src = packet_addr("2001:db8::1");
	packet.dst = packet_addr("2001:db8::9");
	packet.payload_len = 11;
	packet.extensions[0] = (struct packet_extension){ 43, route, sizeof(route) };
	packet.extensions_len = 1;

	size_t len = packet_build(&packet, frame, sizeof(frame));

	frame[24 + 15] = 5; /* on its way through ::5 */
	ck_assert_int_eq(judge_frame(frame, len, len), CHECKSUM_GOOD);
	frame[43] = 0;
	ck_assert_int_eq(judge_frame(frame, len, len), CHECKSUM_BAD);
	frame[43] = 1;
	frame[42] = 253;
	ck_assert_int_eq(judge_frame(frame, len, len), CHECKSUM_UNVERIFIED);
}
END_TEST

int main(void)
{
	TCase *tcase;
	Suite *suite = suite_new("checksum", &tcase);

	tcase_add_checked_fixture(tcase, setup, NULL);
	tcase_add_test(tcase, worked_by_hand);
	tcase_add_test(tcase, every_length);
	tcase_add_test(tcase, every_bit);
	tcase_add_test(tcase, carries);
	tcase_add_test(tcase, unfilled);
	tcase_add_test(tcase, super_frames);
	tcase_add_test(tcase, not_all_captured);
	tcase_add_test(tcase, routed);
	return suite_run(suite);
}
