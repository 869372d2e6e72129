/*
 * Fragments that cannot be: overlaps, two ends, impossible lengths.
 */
#include <stdlib.h>

#include "lib/feeder.h"

/* Overlaps spoil the datagram for good (RFC 5722 section 3, RFC 8200 4.5). */
START_TEST(overlap)
{
	if (_i == 1)
		feeder_use_v6();
	ck_held(feed_piece(ID, 0, 400, true));
	ck_overlap(feed_piece(ID, 392, 800, true));
	ck_overlap(feed_piece(ID, 400, 1000, false));
	ck_overlap(feed_piece(ID, 0, 400, true));
	ck_assert(!decoder_flush(fed.decoder, WS_TIME_NONE, &fed.segment));
}
END_TEST

START_TEST(overlap_from_the_left)
{
	ck_held(feed_piece(ID, 400, 800, true));
	ck_overlap(feed_piece(ID, 0, 408, true));
}
END_TEST

START_TEST(overlap_of_all)
{
	ck_held(feed_piece(ID, 400, 800, true));
	ck_overlap(feed_piece(ID, 0, 1000, true));
}
END_TEST

START_TEST(overlap_of_a_neighbour)
{
	ck_held(feed_piece(ID, 0, 400, true));
	ck_held(feed_piece(ID, 800, 1000, false));
	ck_overlap(feed_piece(ID, 400, 808, true));
}
END_TEST

/* Two ends, or something behind the end. */
START_TEST(ends_disagree)
{
	ck_held(feed_piece(1, 800, 1000, false));
	ck_size(feed_piece(1, 400, 800, false));
	ck_held(feed_piece(2, 400, 800, false));
	ck_size(feed_piece(2, 800, 1000, true));
	ck_held(feed_piece(3, 800, 1000, true));
	ck_size(feed_piece(3, 400, 800, false));
}
END_TEST

START_TEST(impossible)
{
	/* Not a multiple of eight, with more to come. */
	ck_size(feed_piece(1, 0, 401, true));
	/* Nothing in it. */
	ck_size(feed_piece(2, 400, 400, true));
	/* 65,528 + 8 bytes and the IP header: past 65,535. */
	fed.packet.payload_len = 65536 - 32;
	ck_too_large(feed_piece(3, 65528, 65536, false));
	ck_too_large(feed_piece(3, 65512, 65520, false));
	ck_held(feed_piece(4, 65504, 65515, false));
	ck_too_large(feed_piece(4, 65504, 65516, false));
	feeder_use_v6();
	ck_too_large(feed_piece(5, 65528, 65536, false));
	ck_held(feed_piece(6, 65520, 65535, false));
	ck_too_large(feed_piece(6, 65520, 65536, false));
}
END_TEST

/* A fragment that claims 4 GB: sums must not wrap round. */
START_TEST(absurd_length)
{
	fed.packet.is_length_zero = true;

	size_t len = packet_build_fragment(&fed.packet, ID, 400, 400, true, fed.frame, sizeof(fed.frame));
	struct ws_packet p = { .data = fed.frame, .caplen = (uint32_t)len, .len = UINT32_MAX, .linktype = 1 };

	ck_reason(decoder_packet(fed.decoder, &p, &fed.segment, &fed.reason), "fragment-too-large");
}
END_TEST

int main(void)
{
	TCase *tcase;
	Suite *suite = suite_new("fragment_bad", &tcase);

	tcase_add_checked_fixture(tcase, feeder_init, feeder_fini);
	tcase_add_loop_test(tcase, overlap, 0, 2);
	tcase_add_test(tcase, overlap_from_the_left);
	tcase_add_test(tcase, overlap_of_all);
	tcase_add_test(tcase, overlap_of_a_neighbour);
	tcase_add_test(tcase, ends_disagree);
	tcase_add_test(tcase, impossible);
	tcase_add_test(tcase, absurd_length);
	return suite_run(suite);
}
