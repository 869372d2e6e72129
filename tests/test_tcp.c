/*
 * The TCP header and its options: values by the RFCs, impossible lengths, and headers that are cut.
 */
#include <stdlib.h>
#include <string.h>

#include "lib/guard.h"
#include "lib/packet.h"
#include "lib/suite.h"
#include "wire/tcp.h"

#define LENGTH(array) (int)(sizeof(array) / sizeof((array)[0]))

static uint8_t frame[PACKET_MAX];
static struct packet packet;
static struct segment segment;
static enum ws_undecoded reason;

static void setup(void)
{
	packet_init(&packet, "192.0.2.1", 40000, "192.0.2.2", 443);
	packet.framing = FRAMING_RAW;
	memset(&segment, 0xA5, sizeof(segment)); /* so that what is not set shows */
}

/* Decodes the segment of `packet` with `captured` bytes of it; -1: all. */
static bool decode(int captured)
{
	size_t len = packet_build(&packet, frame, sizeof(frame)) - 20;
	uint32_t caplen = captured < 0 ? (uint32_t)len : (uint32_t)captured;

	return tcp_decode(frame + 20, caplen, (uint32_t)len, &segment, &reason);
}

START_TEST(fields)
{
	packet.seq = 0xFEDCBA98;
	packet.ack = 0x89ABCDEF;
	packet.flags = WS_FLAG_SYN | WS_FLAG_CWR | WS_FLAG_PSH;
	packet.reserved = 0xB;
	packet.window = 0xFEDC;
	packet.urgent = 0xABCD;
	packet.payload = "hello";
	packet.payload_len = 5;
	ck_assert(decode(-1));
	ck_assert_uint_eq(segment.sport, 40000);
	ck_assert_uint_eq(segment.dport, 443);
	ck_assert_uint_eq(segment.seq, 0xFEDCBA98);
	ck_assert_uint_eq(segment.ack, 0x89ABCDEF);
	ck_assert_uint_eq(segment.flags, 0x8A);
	ck_assert_uint_eq(segment.reserved, 0xB);
	ck_assert_uint_eq(segment.window, 0xFEDC);
	ck_assert_uint_eq(segment.urgent, 0xABCD);
	ck_assert_uint_eq(segment.tcp_checksum, (unsigned)frame[36] << 8 | frame[37]);
	ck_assert_uint_eq(segment.len, 5);
	ck_assert_uint_eq(segment.payload_caplen, 5);
	ck_assert_mem_eq(segment.payload, "hello", 5);
	ck_assert_uint_eq(segment.options.present, 0);
	ck_assert(decode(21));
	ck_assert_uint_eq(segment.payload_caplen, 1);
	ck_assert_mem_eq(segment.payload, "h", 1);
}
END_TEST

/* What is absent reads 0, whatever was in the segment before. */
START_TEST(absent_is_zero)
{
	if (_i == 1)
		packet_option_raw(&packet.options, "\1\1\1\1", 4);
	ck_assert(decode(-1));
	ck_assert_uint_eq(segment.options.present, 0);
	ck_assert_uint_eq(segment.options.tsval, 0);
	ck_assert_uint_eq(segment.options.tsecr, 0);
	ck_assert_uint_eq(segment.options.mss, 0);
	ck_assert_uint_eq(segment.options.wscale, 0);
	ck_assert_uint_eq(segment.options.sack_len, 0);
	ck_assert_uint_eq(segment.options.fast_open_len, 0);
	ck_assert_uint_eq(segment.options.mptcp_subtype, 0);
	ck_assert_uint_eq(segment.options.unknown_len, 0);
}
END_TEST

START_TEST(no_payload)
{
	ck_assert(decode(-1));
	ck_assert_uint_eq(segment.len, 0);
	ck_assert_uint_eq(segment.payload_caplen, 0);
	ck_assert_ptr_null(segment.payload);
}
END_TEST

/* As Linux lays out a SYN. */
START_TEST(options_of_a_syn)
{
	packet_option_mss(&packet.options, 1460);
	packet_option_sack_permitted(&packet.options);
	packet_option_timestamps(&packet.options, 0x01020304, 0xF1F2F3F4);
	packet_option_nop(&packet.options);
	packet_option_wscale(&packet.options, 7);
	ck_assert(decode(-1));
	ck_assert_uint_eq(segment.options.present,
			  OPTION_MSS | OPTION_SACK_PERMITTED | OPTION_TIMESTAMPS | OPTION_WSCALE);
	ck_assert_uint_eq(segment.options.mss, 1460);
	ck_assert_uint_eq(segment.options.wscale, 7);
	ck_assert_uint_eq(segment.options.tsval, 0x01020304);
	ck_assert_uint_eq(segment.options.tsecr, 0xF1F2F3F4);
	ck_assert_uint_eq(segment.options.sack_len, 0);
	ck_assert_uint_eq(segment.options.unknown_len, 0);
}
END_TEST

START_TEST(timestamps_alone)
{
	packet_option_nop(&packet.options);
	packet_option_nop(&packet.options);
	packet_option_timestamps(&packet.options, 0x01020304, 0xF1F2F3F4);
	packet.payload_len = 3;
	ck_assert(decode(-1));
	ck_assert_uint_eq(segment.options.present, OPTION_TIMESTAMPS);
	ck_assert_uint_eq(segment.options.tsval, 0x01020304);
	ck_assert_uint_eq(segment.options.tsecr, 0xF1F2F3F4);
	ck_assert_uint_eq(segment.options.mss, 0);
	ck_assert_uint_eq(segment.options.sack_len, 0);
	ck_assert_uint_eq(segment.options.unknown_len, 0);
	ck_assert_mem_eq(segment.payload, "abc", 3);
}
END_TEST

START_TEST(sack_blocks)
{
	static const uint32_t blocks[4][2] = {
		{ 0xFFFFFFF0, 16 }, { 100, 200 }, { 300, 400 }, { 0x80000000, 0x80000001 }
	};
	size_t count = (size_t)_i;

	packet_option_sack(&packet.options, blocks, count);
	ck_assert(decode(-1));
	ck_assert_uint_eq(segment.options.present, OPTION_SACK);
	ck_assert_uint_eq(segment.options.sack_len, count);
	ck_assert_mem_eq(segment.options.sack, blocks, count * sizeof(blocks[0]));
}
END_TEST

/* Option bytes, and what is to come of them. */
/* clang-format off */
static const struct {
	const char *what;
	const char *bytes;
	size_t len;
	uint32_t present;
} options[] = {
#define BYTES(s) s, sizeof(s) - 1
	{ "padding only", BYTES("\1\1\1\0"), 0 },
	{ "nothing counts behind the end", BYTES("\0\2\4\5\xB4\1\1\1"), 0 },
	{ "MSS of 3", BYTES("\2\3\5\1"), OPTION_MALFORMED },
	{ "MSS of 5, then window scale", BYTES("\2\5\5\xB4\0\3\3\7"), OPTION_MALFORMED | OPTION_WSCALE },
	{ "window scale of 2", BYTES("\3\2\1\1"), OPTION_MALFORMED },
	{ "SACK permitted of 3", BYTES("\4\3\0\1"), OPTION_MALFORMED },
	{ "SACK without blocks", BYTES("\5\2\1\1"), OPTION_MALFORMED },
	{ "SACK with half a block", BYTES("\5\6\0\0\0\0\1\1"), OPTION_MALFORMED },
	{ "timestamps of 8", BYTES("\x08\x08\0\0\0\1\0\0"), OPTION_MALFORMED },
	{ "timestamps of 12", BYTES("\x08\x0C\0\0\0\1\0\0\0\0\0\0"), OPTION_MALFORMED },
	{ "length 0", BYTES("\2\0\3\3\7\0\0\0"), OPTION_MALFORMED },
	{ "length 1", BYTES("\2\1\3\3\7\0\0\0"), OPTION_MALFORMED },
	{ "length beyond the header", BYTES("\3\3\7\x08\x0A\0\0\0"), OPTION_WSCALE | OPTION_MALFORMED },
	{ "kind without length", BYTES("\1\1\1\x08"), OPTION_MALFORMED },
	{ "fast open request", BYTES("\x22\2\1\1"), OPTION_FAST_OPEN },
	{ "fast open, cookie of 2", BYTES("\x22\4\1\1"), OPTION_MALFORMED },
	{ "fast open, cookie of 4", BYTES("\x22\6\1\2\3\4\1\1"), OPTION_FAST_OPEN },
	{ "fast open, cookie of 5", BYTES("\x22\7\1\2\3\4\5\1"), OPTION_MALFORMED },
	{ "fast open, cookie of 16", BYTES("\x22\x12" "0123456789abcdef\1\1"), OPTION_FAST_OPEN },
	{ "fast open, cookie of 18", BYTES("\x22\x14" "0123456789abcdefgh"), OPTION_MALFORMED },
	{ "experimental fast open request", BYTES("\xFE\4\xF9\x89"), OPTION_FAST_OPEN | OPTION_FAST_OPEN_EXPERIMENTAL },
	{ "the other experiment kind", BYTES("\xFD\x08\xF9\x89" "abcd"), OPTION_FAST_OPEN | OPTION_FAST_OPEN_EXPERIMENTAL },
	{ "experimental fast open, odd cookie", BYTES("\xFE\x09\xF9\x89" "abcde\1\1\1"), OPTION_MALFORMED },
	{ "another experiment", BYTES("\xFE\4\x12\x34"), OPTION_UNKNOWN },
	{ "experiment without a number", BYTES("\xFE\2\1\1"), OPTION_UNKNOWN },
	{ "MD5", BYTES("\x13\x12" "0123456789abcdef\1\1"), OPTION_MD5 },
	{ "MD5 of 10", BYTES("\x13\x0A" "01234567\1\1"), OPTION_MALFORMED },
	{ "AO of 16", BYTES("\x1D\x10\1\2" "0123456789ab"), OPTION_AO },
	{ "AO of 4", BYTES("\x1D\4\1\2"), OPTION_AO },
	{ "AO of 3", BYTES("\x1D\3\1\1"), OPTION_MALFORMED },
	{ "MPTCP MP_CAPABLE", BYTES("\x1E\4\1\x81"), OPTION_MPTCP },
	{ "MPTCP without subtype", BYTES("\x1E\2\1\1"), OPTION_MALFORMED },
	{ "unknown kind", BYTES("\x1C\4\0\5"), OPTION_UNKNOWN },
	{ "unknown kind of 2", BYTES("\xC8\2\1\1"), OPTION_UNKNOWN },
#undef BYTES
};
/* clang-format on */

START_TEST(by_hand)
{
	packet_option_raw(&packet.options, options[_i].bytes, options[_i].len);
	packet.payload_len = 4;
	ck_assert(decode(-1));
	ck_assert_msg(segment.options.present == options[_i].present, "%s: %#x", options[_i].what,
		      segment.options.present);
	ck_assert_uint_eq(segment.len, 4);
}
END_TEST

START_TEST(fast_open_cookie)
{
	packet_option_fast_open(&packet.options, "12345678", 8);
	ck_assert(decode(-1));
	ck_assert_uint_eq(segment.options.fast_open_len, 8);
	packet.options.len = 0;
	packet_option_raw(&packet.options, "\xFE\x0A\xF9\x89\1\2\3\4\5\6", 10);
	ck_assert(decode(-1));
	ck_assert_uint_eq(segment.options.fast_open_len, 6);
}
END_TEST

START_TEST(mptcp_subtype)
{
	packet_option_raw(&packet.options, "\x1E\x0C\x20\5zyxwvuts", 12);
	ck_assert(decode(-1));
	ck_assert_uint_eq(segment.options.mptcp_subtype, 2);
}
END_TEST

START_TEST(unknown_kinds_are_kept)
{
	packet_option_raw(&packet.options, "\x1C\4\0\5\xC8\2\xC9\3x\xCA\2\xCB\2\xCC\2", 15);
	ck_assert(decode(-1));
	ck_assert_uint_eq(segment.options.unknown_len, 4);
	ck_assert_mem_eq(segment.options.unknown, "\x1C\4\xC8\2\xC9\3\xCA\2", 8);
}
END_TEST

/* RFC 9293 3.1: at least five words, and within the segment. */
START_TEST(data_offset)
{
	packet.payload_len = 8;
	for (int offset = 1; offset < 16; offset++) {
		packet.data_offset = offset;
		ck_assert_int_eq(decode(-1), offset >= 5 && offset <= 7);
		if (offset < 5 || offset > 7)
			ck_assert_int_eq(reason, offset < 5 ? WS_UNDECODED_tcp_data_offset_too_small
							    : WS_UNDECODED_tcp_header_exceeds_segment);
		else
			ck_assert_uint_eq(segment.len, 28u - 4u * (unsigned)offset);
	}
	packet_build(&packet, frame, sizeof(frame));
	frame[32] &= 0x0F;
	ck_assert(!tcp_decode(frame + 20, 28, 28, &segment, &reason));
	ck_assert_int_eq(reason, WS_UNDECODED_tcp_data_offset_too_small);
}
END_TEST

START_TEST(sender_cuts_the_header)
{
	packet_build(&packet, frame, sizeof(frame));
	for (uint32_t len = 0; len < 20; len++) {
		ck_assert(!tcp_decode(frame + 20, len, len, &segment, &reason));
		ck_assert_int_eq(reason, WS_UNDECODED_tcp_header_truncated);
	}
}
END_TEST

/* Every captured length of a segment full of options, against an unmapped page: below 20 bytes it is not captured,
 * between, it has the options that are whole, and it is never called malformed. */
START_TEST(capture_cuts)
{
	static const uint32_t blocks[1][2] = { { 1, 2 } };
	struct guard guard;

	packet_option_mss(&packet.options, 1460);                         /* ends at 24 */
	packet_option_sack(&packet.options, blocks, 1);                   /* 34 */
	packet_option_timestamps(&packet.options, 5, 6);                  /* 44 */
	packet_option_wscale(&packet.options, 3);                         /* 47 */
	packet_option_raw(&packet.options, "\x1E\x0C\x20\5zyxwvuts", 12); /* 59, end of list 60 */
	packet.payload_len = 40;
	packet_build(&packet, frame, sizeof(frame));
	guard_init(&guard, 4096);
	for (uint32_t caplen = 0; caplen <= 100; caplen++) {
		const uint8_t *data = guard_copy(&guard, frame + 20, caplen);
		bool ok = tcp_decode(data, caplen, 100, &segment, &reason);

		ck_assert_int_eq(ok, caplen >= 20);
		if (!ok) {
			ck_assert_int_eq(reason, WS_UNDECODED_tcp_header_not_captured);
			continue;
		}
		ck_assert_uint_eq(segment.len, 40);
		ck_assert_uint_eq(segment.payload_caplen, caplen > 60 ? caplen - 60 : 0);
		ck_assert_uint_eq(segment.options.present,
				  (caplen >= 24 ? OPTION_MSS : 0u) | (caplen >= 34 ? OPTION_SACK : 0u) |
					  (caplen >= 44 ? OPTION_TIMESTAMPS : 0u) |
					  (caplen >= 47 ? OPTION_WSCALE : 0u) | (caplen >= 59 ? OPTION_MPTCP : 0u));
	}
	guard_fini(&guard);
}
END_TEST

/* The layout that has a path of its own, cut: the general one takes over. */
START_TEST(capture_cuts_timestamps_alone)
{
	packet_option_nop(&packet.options);
	packet_option_nop(&packet.options);
	packet_option_timestamps(&packet.options, 1, 2);
	packet.payload_len = 5;
	for (int captured = 20; captured < 32; captured++) {
		ck_assert(decode(captured));
		ck_assert_uint_eq(segment.options.present, 0);
		ck_assert_ptr_null(segment.payload);
	}
	ck_assert(decode(32));
	ck_assert_uint_eq(segment.options.present, OPTION_TIMESTAMPS);
}
END_TEST

int main(void)
{
	TCase *tcase;
	Suite *suite = suite_new("tcp", &tcase);

	tcase_add_checked_fixture(tcase, setup, NULL);
	tcase_add_test(tcase, fields);
	tcase_add_loop_test(tcase, absent_is_zero, 0, 2);
	tcase_add_test(tcase, no_payload);
	tcase_add_test(tcase, options_of_a_syn);
	tcase_add_test(tcase, timestamps_alone);
	tcase_add_loop_test(tcase, sack_blocks, 1, 5);
	tcase_add_loop_test(tcase, by_hand, 0, LENGTH(options));
	tcase_add_test(tcase, fast_open_cookie);
	tcase_add_test(tcase, mptcp_subtype);
	tcase_add_test(tcase, unknown_kinds_are_kept);
	tcase_add_test(tcase, data_offset);
	tcase_add_test(tcase, sender_cuts_the_header);
	tcase_add_test(tcase, capture_cuts);
	tcase_add_test(tcase, capture_cuts_timestamps_alone);
	return suite_run(suite);
}
