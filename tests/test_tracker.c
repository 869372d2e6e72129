/*
 * The public API: what is fed is held and listed in the order of first frames, every packet is counted once, time only
 * goes forward, and the end of input ends everything.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "lib/exchange.h"
#include "lib/packet.h"
#include "lib/suite.h"

#define SECOND INT64_C(1000000000)

static struct exchange x;

static struct ws_totals totals_of(const ws_tracker *tracker)
{
	struct ws_totals totals;

	ws_tracker_totals(tracker, &totals);
	return totals;
}

/* Every packet is a segment, or is counted under one reason. */
static void ck_adds_up(const ws_tracker *tracker, uint64_t packets)
{
	struct ws_totals totals = totals_of(tracker);
	uint64_t sum = totals.segments;

	for (unsigned i = 0; i < WS_UNDECODED_COUNT; i++)
		sum += totals.undecoded[i];
	ck_assert_uint_eq(totals.packets, packets);
	ck_assert_uint_eq(sum, packets);
}

static void ck_states(uint32_t n, enum ws_state client, enum ws_state server)
{
	struct ws_record r;

	ck_assert(exchange_record(&x, n, &r));
	ck_assert_str_eq(ws_state_name(r.endpoint[WS_CLIENT].state), ws_state_name(client));
	ck_assert_str_eq(ws_state_name(r.endpoint[WS_SERVER].state), ws_state_name(server));
}

/* ---- Feeding and listing ---------------------------------------------------------------------------------------- */

struct listing {
	uint64_t numbers[64];
	size_t len;
	int stop_at;
};

static int list(void *user, ws_connection *connection)
{
	struct listing *listing = user;

	ck_assert_uint_lt(listing->len, 64);
	listing->numbers[listing->len++] = ws_connection_number(connection);
	return listing->stop_at && listing->len == (size_t)listing->stop_at ? 42 : 0;
}

/* Fifty, interleaved segment by segment, the later ones ending first. */
START_TEST(in_order_of_first_frames)
{
	struct listing listing = { .len = 0 };

	exchange_init(&x, NULL);
	for (uint32_t n = 0; n < 50; n++)
		exchange_feed(&x, n, CLIENT, "S", 0, 0, 0);
	for (uint32_t n = 50; n-- > 0;)
		exchange_feed(&x, n, SERVER, n % 3 ? "S." : "R.", 0, 1, 0);
	for (uint32_t n = 0; n < 50; n += 2)
		exchange_feed(&x, n, CLIENT, ".", 1, 1, 0);
	ck_assert_int_eq(ws_tracker_each(x.tracker, list, &listing), 0);
	ck_assert_uint_eq(listing.len, 50);
	for (size_t i = 0; i < 50; i++)
		ck_assert_uint_eq(listing.numbers[i], i + 1);
	listing = (struct listing){ .stop_at = 7 };
	ck_assert_int_eq(ws_tracker_each(x.tracker, list, &listing), 42);
	ck_assert_uint_eq(listing.len, 7);
	exchange_fini(&x);
}
END_TEST

START_TEST(whole_life)
{
	struct ws_record r;

	exchange_init(&x, NULL);
	exchange_open(&x, 5);
	ck_states(5, WS_ESTABLISHED, WS_ESTABLISHED);
	exchange_close(&x, 5);
	ck_states(5, WS_TIME_WAIT, WS_CLOSED);
	ck_assert(exchange_record(&x, 5, &r));
	ck_assert_uint_eq(r.first_frame, 1);
	ck_assert_uint_eq(r.last_frame, 9);
	ck_assert_int_eq(r.start, EXCHANGE_START);
	ck_assert_int_eq(r.end, EXCHANGE_START + 8 * SECOND / 1000);
	ck_assert_uint_eq(r.endpoint[WS_CLIENT].packets, 5 + 1);
	ck_assert_uint_eq(r.endpoint[WS_SERVER].packets, 3);
	ck_assert_uint_eq(r.endpoint[WS_CLIENT].bytes, 10);
	ck_assert_uint_eq(r.endpoint[WS_CLIENT].ip_bytes, 6 * 40 + 10);
	ck_assert_int_eq(r.handshake, WS_HANDSHAKE_COMPLETE);
	ck_assert_int_eq(r.close, WS_CLOSE_FIN);
	ck_assert_int_eq(r.server_rtt_ns, SECOND / 1000);
	ck_assert_int_eq(r.client_rtt_ns, SECOND / 1000);
	exchange_fini(&x);
}
END_TEST

START_TEST(nothing_at_all)
{
	struct ws_totals totals;

	ws_tracker_free(NULL);
	exchange_init(&x, NULL);
	ck_assert_int_eq(ws_tracker_now(x.tracker), WS_TIME_NONE);
	ws_tracker_finish(x.tracker);
	totals = totals_of(x.tracker);
	ck_assert_int_eq(totals.first, WS_TIME_NONE);
	ck_assert_int_eq(totals.last, WS_TIME_NONE);
	ck_adds_up(x.tracker, 0);
	exchange_fini(&x);
}
END_TEST

/* ---- Counting ----------------------------------------------------------------------------------------------------- */

static void feed_fragment(uint32_t id, size_t offset, size_t len, bool more)
{
	uint8_t frame[2048];
	struct packet packet;
	struct ws_packet p = { .ts = x.now, .frame = ++x.frame, .data = frame };

	packet_init(&packet, "10.0.0.1", 1, "10.0.0.2", 2);
	packet.flags = WS_FLAG_ACK;
	packet.payload_len = 1000;
	p.caplen = (uint32_t)packet_build_fragment(&packet, id, offset, len, more, frame, sizeof frame);
	p.len = p.caplen;
	p.linktype = packet_linktype(&packet);
	x.now += SECOND / 1000;
	ck_assert_int_eq(ws_tracker_feed(x.tracker, &p), WS_OK);
}

START_TEST(every_packet_once)
{
	exchange_init(&x, NULL);
	exchange_open(&x, 1);
	for (uint32_t i = 0; i < 256; i++)
		exchange_junk(&x, i % 2 ? 1 : 101, (uint8_t)i, i);
	exchange_junk(&x, 9999, 0x45, 100);
	ck_adds_up(x.tracker, 6 + 256 + 1);
	ck_assert_uint_eq(totals_of(x.tracker).segments, 6);
	ck_assert_uint_gt(totals_of(x.tracker).undecoded[WS_UNDECODED_linktype_unsupported], 0);
	/* Held, then whole; held to the end; without a first. */
	feed_fragment(1, 0, 512, true);
	feed_fragment(1, 512, 508, false);
	ck_assert_uint_eq(totals_of(x.tracker).segments, 7);
	feed_fragment(2, 0, 512, true);
	ck_adds_up(x.tracker, 266);
	ws_tracker_finish(x.tracker);
	ck_adds_up(x.tracker, 266);
	ck_assert_uint_eq(totals_of(x.tracker).segments, 8);
	exchange_fini(&x);
}
END_TEST

START_TEST(fragment_without_a_first)
{
	exchange_init(&x, NULL);
	feed_fragment(1, 512, 508, false);
	x.now += 100 * SECOND;
	exchange_open(&x, 1);
	ck_adds_up(x.tracker, 7);
	ck_assert_uint_eq(totals_of(x.tracker).undecoded[WS_UNDECODED_fragment_incomplete], 1);
	exchange_fini(&x);
}
END_TEST

/* ---- Time ---------------------------------------------------------------------------------------------------------- */

/* A clock that runs backwards is held at the newest time, counted, and its first frame is named, and how far it went. */
START_TEST(backwards)
{
	struct ws_totals totals;
	ws_time earliest;
	struct ws_record r;

	exchange_init(&x, NULL);
	exchange_feed(&x, 1, CLIENT, "S", 0, 0, 0);
	ck_assert_uint_eq(totals_of(x.tracker).backward, 0);
	x.now -= 10 * SECOND;
	earliest = x.now;
	exchange_feed(&x, 1, SERVER, "S.", 0, 1, 0);
	exchange_feed(&x, 1, CLIENT, ".", 1, 1, 0);
	ck_assert_int_eq(ws_tracker_now(x.tracker), EXCHANGE_START);
	totals = totals_of(x.tracker);
	ck_assert_uint_eq(totals.backward, 2);
	ck_assert_uint_eq(totals.backward_first_frame, 2);
	ck_assert_int_eq(totals.backward_ns, EXCHANGE_START - earliest);
	ck_assert_int_eq(totals.first, EXCHANGE_START);
	ck_assert_int_eq(totals.last, EXCHANGE_START);
	ck_assert(exchange_record(&x, 1, &r));
	ck_assert_int_eq(r.start, EXCHANGE_START);
	ck_assert_int_eq(r.end, EXCHANGE_START);
	x.now = EXCHANGE_START + SECOND;
	exchange_feed(&x, 1, SERVER, ".", 1, 1, 0);
	ck_assert_int_eq(ws_tracker_now(x.tracker), EXCHANGE_START + SECOND);
	ck_assert_uint_eq(totals_of(x.tracker).backward, 2);
	ck_states(1, WS_ESTABLISHED, WS_ESTABLISHED);
	exchange_fini(&x);
}
END_TEST

/* The same time again is no step back. */
START_TEST(standing_still)
{
	exchange_init(&x, NULL);
	exchange_feed(&x, 1, CLIENT, "S", 0, 0, 0);
	x.now = EXCHANGE_START;
	exchange_feed(&x, 1, SERVER, "S.", 0, 1, 0);
	ck_assert_uint_eq(totals_of(x.tracker).backward, 0);
	ck_assert_uint_eq(totals_of(x.tracker).backward_first_frame, 0);
	exchange_fini(&x);
}
END_TEST

/* RFC 9293 3.6.1: TIME-WAIT lasts 2MSL, here 60 s or as configured; not a nanosecond less. */
START_TEST(two_msl)
{
	struct ws_config config = { .time_wait_ns = _i * 10 * SECOND };
	int64_t limit = _i ? _i * 10 * SECOND : 60 * SECOND;
	struct ws_record r;
	ws_time last;

	exchange_init(&x, &config);
	exchange_open(&x, 1);
	exchange_close(&x, 1);
	last = ws_tracker_now(x.tracker);
	ws_tracker_advance(x.tracker, last + limit - 1);
	ck_states(1, WS_TIME_WAIT, WS_CLOSED);
	ws_tracker_advance(x.tracker, last);
	ck_assert_int_eq(ws_tracker_now(x.tracker), last + limit - 1);
	ws_tracker_advance(x.tracker, last + limit + SECOND / 1000);
	if (exchange_record(&x, 1, &r))
		ck_assert_int_eq(r.endpoint[WS_CLIENT].state, WS_CLOSED);
	exchange_fini(&x);
}
END_TEST

/* 3.10.7.4, eighth: a repeated FIN that is acknowledged again restarts it; one that is not does not (INFERENCE 2). */
START_TEST(two_msl_restarted)
{
	ws_time second;

	exchange_init(&x, NULL);
	exchange_open(&x, 1);
	exchange_close(&x, 1);
	x.now += 30 * SECOND;
	exchange_feed(&x, 1, SERVER, "F.", 11, 12, 0);
	exchange_feed(&x, 1, CLIENT, ".", 12, 12, 0);
	second = ws_tracker_now(x.tracker);
	ws_tracker_advance(x.tracker, second + 59 * SECOND);
	ck_states(1, WS_TIME_WAIT, WS_CLOSED);
	exchange_fini(&x);

	exchange_init(&x, NULL);
	exchange_open(&x, 1);
	exchange_close(&x, 1);
	second = ws_tracker_now(x.tracker);
	x.now += 30 * SECOND;
	exchange_feed(&x, 1, SERVER, "F.", 11, 12, 0);
	ws_tracker_advance(x.tracker, second + 61 * SECOND);
	ck_states(1, WS_CLOSED, WS_LAST_ACK);
	exchange_fini(&x);
}
END_TEST

/* ---- The end of input ------------------------------------------------------------------------------------------------ */

struct end {
	uint64_t numbers[32];
	size_t len;
};

static void note_end(void *user, const struct ws_event *event)
{
	struct end *end = user;

	ck_assert_int_eq(event->type, WS_EVENT_END);
	ck_assert_uint_lt(end->len, 32);
	end->numbers[end->len++] = ws_connection_number(event->connection);
}

START_TEST(finish)
{
	struct end end = { .len = 0 };
	struct ws_config config = { .on_event = note_end, .user = &end, .events = WS_MASK(WS_EVENT_END) };
	struct ws_record r;

	exchange_init(&x, &config);
	for (uint32_t n = 0; n < 10; n++)
		exchange_open(&x, n);
	for (uint32_t n = 10; n-- > 5;)
		exchange_close(&x, n);
	ck_assert_uint_eq(end.len, 0);
	ws_tracker_finish(x.tracker);
	ck_assert_uint_eq(end.len, 10);
	for (size_t i = 0; i < 10; i++)
		ck_assert_uint_eq(end.numbers[i], i + 1);
	ws_tracker_finish(x.tracker);
	ck_assert_uint_eq(end.len, 10);
	ck_assert(exchange_record(&x, 3, &r));
	ck_assert_int_eq(r.end_reason, WS_END_OPEN);
	ck_assert(!r.final);
	ck_states(3, WS_ESTABLISHED, WS_ESTABLISHED);
	ck_states(7, WS_TIME_WAIT, WS_CLOSED);
	exchange_fini(&x);
}
END_TEST

/* A pointer of the caller's own stays with its connection. */
static int set_user(void *user, ws_connection *connection)
{
	ck_assert_ptr_null(ws_connection_user(connection));
	ws_connection_set_user(connection, (char *)user + ws_connection_number(connection));
	return 0;
}

static int check_user(void *user, ws_connection *connection)
{
	ck_assert_ptr_eq(ws_connection_user(connection), (char *)user + ws_connection_number(connection));
	return 0;
}

START_TEST(user_pointer)
{
	char base[64];

	exchange_init(&x, NULL);
	for (uint32_t n = 0; n < 10; n++)
		exchange_open(&x, n);
	ck_assert_int_eq(ws_tracker_each(x.tracker, set_user, base), 0);
	for (uint32_t n = 0; n < 10; n++)
		exchange_close(&x, n);
	ck_assert_int_eq(ws_tracker_each(x.tracker, check_user, base), 0);
	exchange_fini(&x);
}
END_TEST

int main(void)
{
	TCase *t;
	Suite *suite = suite_new("tracker", &t);

	tcase_add_test(t, in_order_of_first_frames);
	tcase_add_test(t, whole_life);
	tcase_add_test(t, nothing_at_all);
	tcase_add_test(t, every_packet_once);
	tcase_add_test(t, fragment_without_a_first);
	tcase_add_test(t, backwards);
	tcase_add_test(t, standing_still);
	tcase_add_loop_test(t, two_msl, 0, 4);
	tcase_add_test(t, two_msl_restarted);
	tcase_add_test(t, finish);
	tcase_add_test(t, user_pointer);
	return suite_run(suite);
}
