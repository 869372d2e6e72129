/*
 * Fragments: any order and any cut gives the one segment; copies change nothing; what cannot be is told as such.
 */
#include <stdlib.h>
#include <string.h>

#include "lib/feeder.h"

static void ck_whole(uint32_t ip_len)
{
	ck_assert_uint_eq(fed.segment.sport, 40000);
	ck_assert_uint_eq(fed.segment.dport, 443);
	ck_assert_uint_eq(fed.segment.seq, 0xFFFFFFF0);
	ck_assert_uint_eq(fed.segment.flags, WS_FLAG_ACK | WS_FLAG_FIN);
	ck_assert_uint_eq(fed.segment.options.present, OPTION_TIMESTAMPS);
	ck_assert_uint_eq(fed.segment.options.tsval, 7);
	ck_assert_uint_eq(fed.segment.len, 968);
	ck_assert_uint_eq(fed.segment.ip_len, ip_len);
	ck_assert_uint_eq(fed.segment.frame, fed.frame_number);
	ck_assert_uint_eq(fed.segment.file, 3);
	ck_assert_uint_eq(fed.segment.interface, 4);
	ck_assert(!fed.segment.is_truncated);
	ck_assert_int_eq(fed.segment.ts, fed.now - 1000);
	ck_assert_int_eq(fed.segment.checksum, CHECKSUM_UNVERIFIED);
	ck_assert(fed.segment.is_fragmented);
	ck_assert_ptr_null(fed.segment.payload);
	ck_assert_uint_eq(fed.segment.payload_caplen, 0);
}

/* All 24 orders of four pieces, in both versions. */
START_TEST(any_order)
{
	static const size_t cuts[5] = { 0, 400, 408, 800, 1000 };
	unsigned order = (unsigned)_i / 2;
	bool used[4] = { false };
	bool is_v6 = _i % 2 != 0;

	if (is_v6)
		feeder_use_v6();
	for (unsigned left = 4; left > 0; left--) {
		unsigned pick = order % left;
		unsigned at = 0;

		order /= left;
		for (; used[at] || pick > 0; at++)
			pick -= !used[at];
		used[at] = true;

		enum decode_result result = feed_piece(ID, cuts[at], cuts[at + 1], at < 3);

		if (left > 1)
			ck_held(result);
		else
			ck_assert_int_eq(result, DECODE_SEGMENT);
	}
	ck_whole(is_v6 ? 1000 + 4 * 48 : 1000 + 4 * 20);
	ck_assert(fed.segment.has_ip_id == !is_v6);
	ck_assert(!decoder_flush(fed.decoder, WS_TIME_NONE, &fed.segment));
	ck_assert_uint_eq(decoder_incomplete(fed.decoder), 0);
}
END_TEST

/* What the IP header tells is the first fragment's, whichever completes it. */
START_TEST(first_header_counts)
{
	fed.packet.framing = FRAMING_VLAN;
	fed.packet.vlan = 5;
	fed.packet.ttl = 60;
	ck_held(feed_piece(ID, 0, 800, true));
	fed.packet.framing = FRAMING_ETHERNET;
	fed.packet.ttl = 59;
	ck_assert_int_eq(feed_piece(ID, 800, 1000, false), DECODE_SEGMENT);
	ck_assert_uint_eq(fed.segment.ttl, 60);
	ck_assert_uint_eq(fed.segment.outer.vlans_len, 1);
	ck_assert_uint_eq(fed.segment.outer.vlans[0], 5);
	ck_assert_uint_eq(fed.segment.ip_id, ID);
}
END_TEST

/* RFC 791 allows fragments of 8 bytes: the header comes in pieces, in either order. */
START_TEST(tiny_first_fragment)
{
	bool is_v6 = _i >= 2;

	if (is_v6)
		feeder_use_v6();
	for (size_t i = 0; i < 8; i++) {
		size_t at = _i % 2 == 0 ? i : 7 - i;

		ck_held(feed_piece(ID, at * 8, at * 8 + 8, true));
	}
	ck_assert_int_eq(feed_piece(ID, 64, 1000, false), DECODE_SEGMENT);
	ck_whole(is_v6 ? 1000 + 9 * 48 : 1000 + 9 * 20);
}
END_TEST

START_TEST(pieces_of_eight)
{
	/* Odd pieces first: as many gaps as fit. */
	for (size_t at = 1; at < 64; at += 2)
		ck_held(feed_piece(ID, at * 8, at * 8 + 8, true));
	for (size_t at = 0; at < 64; at += 2)
		ck_held(feed_piece(ID, at * 8, at * 8 + 8, true));
	ck_assert_int_eq(feed_piece(ID, 512, 1000, false), DECODE_SEGMENT);
	ck_whole(1000 + 65 * 20);
}
END_TEST

/* Twenty-five pieces as chance will have it: ranges open, grow and join at every place of the list. */
START_TEST(random_order)
{
	uint64_t random = (uint64_t)_i;
	unsigned order[25] = { 0 };

	for (unsigned i = 0; i < 25; i++) {
		random = random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);

		unsigned with = (unsigned)(random >> 33) % (i + 1);

		order[i] = order[with];
		order[with] = i;
	}
	for (unsigned i = 0; i < 25; i++) {
		enum decode_result result = feed_piece(ID, order[i] * 40, order[i] * 40 + 40, order[i] < 24);

		if (i < 24)
			ck_held(result);
		else
			ck_assert_int_eq(result, DECODE_SEGMENT);
	}
	ck_whole(1000 + 25 * 20);
}
END_TEST

START_TEST(too_many_gaps)
{
	for (size_t at = 1; at < 64; at += 2)
		ck_held(feed_piece(ID, at * 8, at * 8 + 8, true));
	ck_reason(feed_piece(ID, 65 * 8, 66 * 8, true), "fragment-ignored");
	ck_reason(feed_piece(ID, 0, 8, true), "fragment-ignored");
}
END_TEST

/* Interleaved datagrams of one pair of hosts. */
START_TEST(identification_separates)
{
	ck_held(feed_piece(1, 0, 800, true));
	ck_held(feed_piece(2, 0, 400, true));
	ck_assert_int_eq(feed_piece(1, 800, 1000, false), DECODE_SEGMENT);
	ck_assert_int_eq(feed_piece(2, 400, 1000, false), DECODE_SEGMENT);
}
END_TEST

START_TEST(addresses_separate)
{
	ck_held(feed_piece(ID, 0, 800, true));
	fed.packet.src = packet_addr("192.0.2.3");
	ck_held(feed_piece(ID, 800, 1000, false));
	fed.packet.src = packet_addr("192.0.2.1");
	fed.packet.dst = packet_addr("192.0.2.9");
	ck_held(feed_piece(ID, 800, 1000, false));
	fed.packet.dst = packet_addr("192.0.2.2");
	ck_assert_int_eq(feed_piece(ID, 800, 1000, false), DECODE_SEGMENT);
}
END_TEST

/* Every frame twice, as two mirror ports give it: one segment, then the same once more when all came again later. */
START_TEST(copies)
{
	ck_held(feed_piece(ID, 0, 800, true));
	ck_held(feed_piece(ID, 0, 800, true));
	ck_assert_int_eq(feed_piece(ID, 800, 1000, false), DECODE_SEGMENT);
	ck_whole(1000 + 2 * 20);
	ck_held(feed_piece(ID, 800, 1000, false));
	ck_assert(!decoder_flush(fed.decoder, WS_TIME_NONE, &fed.segment));
	ck_assert_uint_eq(decoder_incomplete(fed.decoder), 0);
}
END_TEST

/* The same identification again, later than any copy: another datagram, not mixed with the old one. */
START_TEST(identification_comes_round)
{
	ck_held(feed_piece(ID, 0, 800, true));
	ck_assert_int_eq(feed_piece(ID, 800, 1000, false), DECODE_SEGMENT);
	fed.now += SECOND;
	fed.packet.payload_len = 868;
	ck_held(feed_piece(ID, 800, 900, false));
	ck_assert_int_eq(feed_piece(ID, 0, 800, true), DECODE_SEGMENT);
	ck_assert_uint_eq(fed.segment.len, 868);
}
END_TEST

/* Nothing of the old datagram is left behind: not that it was cut, not its header. */
START_TEST(nothing_is_left_behind)
{
	size_t len = packet_build_fragment(&fed.packet, ID, 0, 800, true, fed.frame, sizeof(fed.frame));

	ck_held(feed(14 + 20 + 32, len));
	ck_assert_int_eq(feed_piece(ID, 800, 1000, false), DECODE_SEGMENT);
	ck_assert(fed.segment.is_truncated);
	fed.now += SECOND;
	ck_held(feed_piece(ID, 0, 800, true));
	ck_assert_int_eq(feed_piece(ID, 800, 1000, false), DECODE_SEGMENT);
	ck_whole(1000 + 2 * 20);
	fed.now += SECOND;
	len = packet_build_fragment(&fed.packet, ID, 0, 800, true, fed.frame, sizeof(fed.frame));
	ck_held(feed(14 + 20 + 10, len));
	ck_reason(feed_piece(ID, 800, 1000, false), "tcp-header-not-captured");
}
END_TEST

/* RFC 6946: a fragment header that says "the whole" is an ordinary packet. */
START_TEST(atomic)
{
	static const uint8_t header[8] = { 0, 0, 0, 0, 0, 0, 0, 9 };

	feeder_use_v6();
	fed.packet.extensions[0] = (struct packet_extension){ 44, header, sizeof(header) };
	fed.packet.extensions_len = 1;

	size_t len = packet_build(&fed.packet, fed.frame, sizeof(fed.frame));

	ck_assert_int_eq(feed(len, len), DECODE_SEGMENT);
	ck_assert(!fed.segment.is_fragmented);
	ck_assert_int_eq(fed.segment.checksum, CHECKSUM_GOOD);
	ck_assert_ptr_nonnull(fed.segment.payload);
}
END_TEST

/* Destination options behind the fragment header, their bytes not counted as TCP's. */
START_TEST(headers_in_the_fragment)
{
	static uint8_t first[8] = { 0, 0, 0, 1, 0, 0, 0, 9 };
	static const uint8_t options[16] = { 0, 1, 1, 12 };
	static uint8_t last[8] = { 0, 0, 0, 16 + 200, 0, 0, 0, 9 };

	feeder_use_v6();
	fed.packet.payload_len = 200 - 32;
	fed.packet.extensions[0] = (struct packet_extension){ 44, first, sizeof(first) };
	fed.packet.extensions[1] = (struct packet_extension){ 60, options, sizeof(options) };
	fed.packet.extensions_len = 2;

	size_t len = packet_build(&fed.packet, fed.frame, sizeof(fed.frame));

	if (_i == 0)
		ck_held(feed(len, len));
	fed.packet.extensions[0].data = last;
	fed.packet.extensions_len = 1;
	fed.packet.payload_len = 100;
	len = packet_build(&fed.packet, fed.frame, sizeof(fed.frame));
	fed.frame[14 + 40] = 60; /* as the first fragment's */
	if (_i == 1) {
		ck_held(feed(len, len));
		fed.packet.payload_len = 200 - 32;
		fed.packet.extensions[0].data = first;
		fed.packet.extensions_len = 2;
		len = packet_build(&fed.packet, fed.frame, sizeof(fed.frame));
	}
	ck_assert_int_eq(feed(len, len), DECODE_SEGMENT);
	ck_assert_uint_eq(fed.segment.sport, 40000);
	ck_assert_uint_eq(fed.segment.options.tsval, 7);
	ck_assert_uint_eq(fed.segment.len, 200 - 32 + 132);
}
END_TEST

/* The capture cut the frames: lengths are the sender's all the same. */
START_TEST(capture_cuts)
{
	size_t len = packet_build_fragment(&fed.packet, ID, 0, 800, true, fed.frame, sizeof(fed.frame));

	ck_held(feed(14 + 20 + 32, len));
	len = packet_build_fragment(&fed.packet, ID, 800, 200, false, fed.frame, sizeof(fed.frame));
	ck_assert_int_eq(feed(14 + 20, len), DECODE_SEGMENT);
	ck_assert_uint_eq(fed.segment.sport, 40000);
	ck_assert_uint_eq(fed.segment.len, 968);
	ck_assert_uint_eq(fed.segment.ip_len, 1000 + 2 * 20);
	ck_assert(fed.segment.is_truncated);
}
END_TEST

START_TEST(capture_cuts_the_header)
{
	size_t len = packet_build_fragment(&fed.packet, ID, 0, 800, true, fed.frame, sizeof(fed.frame));

	ck_held(feed(14 + 20 + 19, len));
	len = packet_build_fragment(&fed.packet, ID, 800, 200, false, fed.frame, sizeof(fed.frame));
	ck_reason(feed(len, len), "tcp-header-not-captured");
}
END_TEST

START_TEST(too_short_for_tcp)
{
	fed.packet.options.len = 0;
	fed.packet.payload_len = 0;
	ck_held(feed_piece(ID, 0, 8, true));
	ck_reason(feed_piece(ID, 8, 16, false), "tcp-header-truncated");
}
END_TEST

int main(void)
{
	TCase *tcase;
	Suite *suite = suite_new("fragment", &tcase);

	tcase_add_checked_fixture(tcase, feeder_init, feeder_fini);
	tcase_add_loop_test(tcase, any_order, 0, 48);
	tcase_add_test(tcase, first_header_counts);
	tcase_add_loop_test(tcase, tiny_first_fragment, 0, 4);
	tcase_add_test(tcase, pieces_of_eight);
	tcase_add_loop_test(tcase, random_order, 0, 50);
	tcase_add_test(tcase, too_many_gaps);
	tcase_add_test(tcase, identification_separates);
	tcase_add_test(tcase, addresses_separate);
	tcase_add_test(tcase, copies);
	tcase_add_test(tcase, identification_comes_round);
	tcase_add_test(tcase, nothing_is_left_behind);
	tcase_add_test(tcase, atomic);
	tcase_add_loop_test(tcase, headers_in_the_fragment, 0, 2);
	tcase_add_test(tcase, capture_cuts);
	tcase_add_test(tcase, capture_cuts_the_header);
	tcase_add_test(tcase, too_short_for_tcp);
	return suite_run(suite);
}
