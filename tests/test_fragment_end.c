/*
 * Datagrams whose fragments never all come: no first fragment is lost, no other goes uncounted, memory stays bounded.
 */
#include <stdlib.h>
#include <string.h>

#include "lib/feeder.h"
#include "wire/fragment.h"

START_TEST(flush_gives_the_first)
{
	ck_held(feed_piece(ID, 0, 400, true));
	ck_held(feed_piece(ID, 400, 800, true));
	ck_assert(!decoder_flush(fed.decoder, 1000 * SECOND, &fed.segment));
	memset(&fed.segment, 0xA5, sizeof(fed.segment));
	ck_assert(decoder_flush(fed.decoder, 1000 * SECOND + 1, &fed.segment));
	ck_assert_uint_eq(fed.segment.frame, 1);
	ck_assert_int_eq(fed.segment.ts, 1000 * SECOND);
	ck_assert_uint_eq(fed.segment.len, 800 - 32);
	ck_assert_uint_eq(fed.segment.ip_len, 800 + 2 * 20);
	ck_assert_uint_eq(fed.segment.sport, 40000);
	ck_assert(fed.segment.is_fragmented);
	ck_assert_uint_eq(fed.segment.noticed, NOTICED_BIT(fragment_unfinished));
	ck_assert(!decoder_flush(fed.decoder, WS_TIME_NONE, &fed.segment));
	ck_assert_uint_eq(decoder_incomplete(fed.decoder), 0);
	ck_assert_uint_eq(decoder_ignored(fed.decoder), 0);
}
END_TEST

/* The last fragment came, one between did not: the length is known. */
START_TEST(flush_with_the_end_known)
{
	ck_held(feed_piece(ID, 0, 400, true));
	ck_held(feed_piece(ID, 800, 1000, false));
	ck_assert(decoder_flush(fed.decoder, WS_TIME_NONE, &fed.segment));
	ck_assert_uint_eq(fed.segment.len, 968);
	ck_assert_uint_eq(fed.segment.frame, 1);
}
END_TEST

START_TEST(flush_in_order_of_time)
{
	for (uint32_t id = 0; id < 50; id++)
		ck_held(feed_piece(id * 7919, 0, 400, true));
	for (uint64_t number = 1; number <= 50; number++) {
		ck_assert(decoder_flush(fed.decoder, WS_TIME_NONE, &fed.segment));
		ck_assert_uint_eq(fed.segment.frame, number);
	}
	ck_assert(!decoder_flush(fed.decoder, WS_TIME_NONE, &fed.segment));
}
END_TEST

START_TEST(never_a_first)
{
	ck_held(feed_piece(1, 400, 800, true));
	ck_held(feed_piece(1, 400, 800, true));
	ck_held(feed_piece(2, 800, 1000, false));
	ck_assert_uint_eq(decoder_incomplete(fed.decoder), 0);
	ck_assert(!decoder_flush(fed.decoder, WS_TIME_NONE, &fed.segment));
	ck_assert_uint_eq(decoder_incomplete(fed.decoder), 3);
	ck_assert_uint_eq(decoder_incomplete(fed.decoder), 0);
}
END_TEST

/* Nobody flushed: after the timeout the identification stands for something new, and the old first is still told. */
START_TEST(stale_by_itself)
{
	ck_held(feed_piece(ID, 0, 400, true));
	fed.now += FRAGMENT_TIMEOUT + 1;
	ck_held(feed_piece(ID, 400, 1000, false));
	ck_assert(decoder_flush(fed.decoder, 0, &fed.segment));
	ck_assert_uint_eq(fed.segment.frame, 1);
	ck_assert_uint_eq(fed.segment.len, 400 - 32);
	ck_assert(!decoder_flush(fed.decoder, 0, &fed.segment));
	ck_assert(!decoder_flush(fed.decoder, WS_TIME_NONE, &fed.segment));
	ck_assert_uint_eq(decoder_incomplete(fed.decoder), 1);
}
END_TEST

/* Those that give way are told in the order in which they did, the last 64 of them. */
START_TEST(retired_in_order)
{
	const uint32_t count = FRAGMENT_RETIRED_MAX + 10;

	for (uint32_t id = 0; id < count; id++)
		ck_held(feed_piece(id, 0, 400, true));
	fed.now += FRAGMENT_TIMEOUT + 1;
	for (uint32_t i = 0; i < count; i++)
		ck_held(feed_piece(i * 31 % count, 400, 800, true));
	for (uint32_t i = 10; i < count; i++) {
		ck_assert(decoder_flush(fed.decoder, 0, &fed.segment));
		ck_assert_uint_eq(fed.segment.frame, i * 31 % count + 1);
	}
	ck_assert(!decoder_flush(fed.decoder, 0, &fed.segment));
	/* And again from the place where the ring now begins. */
	for (uint32_t id = 0; id < 3; id++)
		ck_held(feed_piece(1000 + id, 0, 400, true));
	fed.now += FRAGMENT_TIMEOUT + 1;
	for (uint32_t id = 3; id-- > 0;) {
		ck_held(feed_piece(1000 + id, 400, 800, true));
		ck_held(feed_piece(1000 + id, 400, 800, true));
	}
	for (uint32_t id = 3; id-- > 0;) {
		ck_assert(decoder_flush(fed.decoder, 0, &fed.segment));
		ck_assert_uint_eq(fed.segment.frame, 2 * count + 1 + id);
	}
	ck_assert(!decoder_flush(fed.decoder, 0, &fed.segment));
}
END_TEST

/* Up to the timeout they belong together. */
START_TEST(just_in_time)
{
	ck_held(feed_piece(ID, 0, 400, true));
	fed.now = 1000 * SECOND + FRAGMENT_TIMEOUT;
	ck_assert_int_eq(feed_piece(ID, 400, 1000, false), DECODE_SEGMENT);
}
END_TEST

/* The clock of the capture steps back: what is older then is found all the same. */
START_TEST(clock_steps_back)
{
	ck_held(feed_piece(1, 0, 400, true));
	fed.now = 950 * SECOND;
	ck_held(feed_piece(2, 0, 400, true));
	ck_assert(decoder_flush(fed.decoder, 960 * SECOND, &fed.segment));
	ck_assert_uint_eq(fed.segment.frame, 2);
	ck_assert(!decoder_flush(fed.decoder, 960 * SECOND, &fed.segment));
}
END_TEST

/* A clock that jumps to either end of time does no harm. */
START_TEST(clock_jumps)
{
	fed.now = INT64_MIN + 1;
	ck_held(feed_piece(ID, 0, 400, true));
	fed.now = INT64_MAX - 2000;
	ck_held(feed_piece(ID, 400, 800, true));
	fed.now = INT64_MIN + 1;
	ck_held(feed_piece(ID, 800, 1000, false));
	ck_assert(decoder_flush(fed.decoder, WS_TIME_NONE, &fed.segment));
	ck_assert(!decoder_flush(fed.decoder, WS_TIME_NONE, &fed.segment));
}
END_TEST

/* Many more datagrams than there is room for, flushed as the tracker does: every first fragment is told once, every
 * fragment without one is counted once, as lost by its sender or by us. */
START_TEST(flood)
{
	static bool is_told[20001];
	uint64_t incomplete = 0;
	uint64_t ignored = 0;
	uint64_t told = 0;

	memset(is_told, 0, sizeof(is_told));
	for (uint32_t i = 0; i < 20000; i++) {
		bool is_first = i % 2 == 0;

		fed.packet.src.bytes[2] = (uint8_t)(i >> 8);
		ck_held(feed_piece(i, is_first ? 0 : 400, is_first ? 400 : 800, true));
		while (decoder_flush(fed.decoder, fed.now - 30 * SECOND, &fed.segment)) {
			ck_assert(!is_told[fed.segment.frame]);
			is_told[fed.segment.frame] = true;
			told++;
		}
		incomplete += decoder_incomplete(fed.decoder);
		ignored += decoder_ignored(fed.decoder);
	}
	ck_assert_uint_gt(told, 8000);
	while (decoder_flush(fed.decoder, WS_TIME_NONE, &fed.segment)) {
		ck_assert(!is_told[fed.segment.frame]);
		is_told[fed.segment.frame] = true;
		told++;
	}
	ck_assert_uint_eq(told, 10000);
	ck_assert_uint_eq(incomplete, 0);
	ck_assert_uint_gt(ignored, 8000);
	ck_assert_uint_eq(ignored + decoder_incomplete(fed.decoder), 10000);
}
END_TEST

/* Finished datagrams make room before unfinished ones: one that waits outlasts any number that come and go. */
START_TEST(finished_ones_go_first)
{
	ck_held(feed_piece(ID, 0, 400, true));
	for (uint32_t i = 0; i < 20000; i++) {
		fed.packet.src.bytes[2] = (uint8_t)(1 + i % 200);
		ck_held(feed_piece(i, 0, 400, true));
		ck_assert_int_eq(feed_piece(i, 400, 1000, false), DECODE_SEGMENT);
	}
	ck_assert(!decoder_flush(fed.decoder, 0, &fed.segment));
	ck_assert(decoder_flush(fed.decoder, WS_TIME_NONE, &fed.segment));
	ck_assert_uint_eq(fed.segment.frame, 1);
	ck_assert(!decoder_flush(fed.decoder, WS_TIME_NONE, &fed.segment));
	ck_assert_uint_eq(decoder_incomplete(fed.decoder), 0);
}
END_TEST

/* What is oldest changes when the oldest is completed. */
START_TEST(flush_looks_at_what_is_left)
{
	ck_held(feed_piece(1, 0, 400, true));
	fed.now += 10 * SECOND;
	ck_held(feed_piece(2, 0, 400, true));
	fed.now += SECOND;
	ck_assert_int_eq(feed_piece(1, 400, 1000, false), DECODE_SEGMENT);
	ck_assert(!decoder_flush(fed.decoder, 1005 * SECOND, &fed.segment));
	ck_assert(!decoder_flush(fed.decoder, 1010 * SECOND + 1000, &fed.segment));
	ck_assert(decoder_flush(fed.decoder, 1011 * SECOND, &fed.segment));
	ck_assert_uint_eq(fed.segment.frame, 2);
	ck_assert(!decoder_flush(fed.decoder, 1011 * SECOND, &fed.segment));
	ck_assert(!decoder_flush(fed.decoder, WS_TIME_NONE, &fed.segment));
}
END_TEST

/* Without any flush memory stays bounded: the last of those pushed out are told, then all that are still there, the
 * newest among them. */
START_TEST(flood_without_flush)
{
	uint64_t frame = 0;
	uint64_t recent = 0;

	for (uint32_t i = 0; i < 20000; i++) {
		fed.packet.src.bytes[2] = (uint8_t)(i >> 8);
		ck_held(feed_piece(i, 0, 400, true));
	}
	for (unsigned told = 0; told < FRAGMENT_RETIRED_MAX; told++) {
		ck_assert(decoder_flush(fed.decoder, 0, &fed.segment));
		ck_assert_uint_ge(fed.segment.frame, 17000);
	}
	ck_assert(!decoder_flush(fed.decoder, 0, &fed.segment));
	for (unsigned told = 0; told < FRAGMENT_SETS * FRAGMENT_WAYS; told++) {
		ck_assert(decoder_flush(fed.decoder, WS_TIME_NONE, &fed.segment));
		ck_assert_uint_gt(fed.segment.frame, frame);
		frame = fed.segment.frame;
		recent += frame > 20000 - 128;
	}
	ck_assert(!decoder_flush(fed.decoder, WS_TIME_NONE, &fed.segment));
	ck_assert_uint_eq(recent, 128);
}
END_TEST

int main(void)
{
	TCase *tcase;
	Suite *suite = suite_new("fragment_end", &tcase);

	tcase_add_checked_fixture(tcase, feeder_init, feeder_fini);
	tcase_add_test(tcase, flush_gives_the_first);
	tcase_add_test(tcase, flush_with_the_end_known);
	tcase_add_test(tcase, flush_in_order_of_time);
	tcase_add_test(tcase, never_a_first);
	tcase_add_test(tcase, stale_by_itself);
	tcase_add_test(tcase, retired_in_order);
	tcase_add_test(tcase, just_in_time);
	tcase_add_test(tcase, clock_steps_back);
	tcase_add_test(tcase, clock_jumps);
	tcase_add_test(tcase, flood);
	tcase_add_test(tcase, finished_ones_go_first);
	tcase_add_test(tcase, flush_looks_at_what_is_left);
	tcase_add_test(tcase, flood_without_flush);
	return suite_run(suite);
}
