/*
 * Values at the edges of their types, and bounds of one, two and ten: whatever comes, the contract of wirestat.h holds.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "lib/contract.h"
#include "lib/packet.h"
#include "lib/suite.h"

#define SECOND INT64_C(1000000000)

static struct contract contract;
static uint8_t frame[PACKET_MAX];
static uint64_t frame_number;

static void begin(const struct ws_config *config)
{
	frame_number = 0;
	contract_begin(&contract, config);
	ck_assert_ptr_nonnull(contract.tracker);
}

static void feed(const struct packet *packet, ws_time ts)
{
	size_t len = packet_build(packet, frame, sizeof frame);
	struct ws_packet in = { .ts = ts,
				.frame = ++frame_number,
				.data = frame,
				.caplen = (uint32_t)len,
				.len = (uint32_t)len,
				.linktype = packet_linktype(packet) };

	ck_assert_int_eq(ws_tracker_feed(contract.tracker, &in), WS_OK);
	contract_check(&contract);
}

static void set(struct packet *packet, bool from_client, uint8_t flags, uint32_t seq, uint32_t ack)
{
	if (from_client)
		packet_init(packet, "10.0.0.1", 40000, "10.0.0.2", 80);
	else
		packet_init(packet, "10.0.0.2", 80, "10.0.0.1", 40000);
	packet->framing = FRAMING_RAW;
	packet->flags = flags;
	packet->seq = seq;
	packet->ack = ack;
}

static uint32_t next_random(uint32_t *state)
{
	*state = *state * 1664525 + 1013904223;
	return *state >> 8;
}

/* ---- Time ------------------------------------------------------------------------------------------------------- */

static const ws_time edges[] = { INT64_MIN, INT64_MIN + 1, -INT64_MAX / 2,    -SECOND,       -1,       0, 1,
				 SECOND,    INT64_MAX / 2, INT64_MAX / 2 + 1, INT64_MAX - 1, INT64_MAX };

#define EDGES (sizeof edges / sizeof edges[0])

/* A handshake and a close whose segments come at any two of those times. */
static void connection_between(ws_time a, ws_time b, int64_t time_wait_ns)
{
	struct ws_config config = { .time_wait_ns = time_wait_ns };
	struct packet packet;

	begin(&config);
	set(&packet, true, WS_FLAG_SYN, 0xffffffff, 0);
	feed(&packet, a);
	set(&packet, false, WS_FLAG_SYN | WS_FLAG_ACK, 0x7fffffff, 0);
	feed(&packet, b);
	set(&packet, true, WS_FLAG_ACK | WS_FLAG_FIN, 0, 0x80000000);
	feed(&packet, a);
	set(&packet, false, WS_FLAG_ACK | WS_FLAG_FIN, 0x80000000, 1);
	feed(&packet, b);
	set(&packet, true, WS_FLAG_ACK, 1, 0x80000001);
	feed(&packet, b);
	ws_tracker_advance(contract.tracker, a);
	contract_check(&contract);
	contract_end(&contract);
}

START_TEST(times)
{
	for (size_t i = 0; i < EDGES; i++) {
		connection_between(edges[_i], edges[i], 0);
		connection_between(edges[_i], edges[i], INT64_MAX);
	}
}
END_TEST

/* Before 1970 all goes as after it: TIME-WAIT lasts a minute there too. */
START_TEST(before_1970)
{
	struct ws_totals totals;

	begin(NULL);
	for (int i = 0; i < 4; i++) {
		struct packet packet;

		set(&packet, i % 2 == 0, WS_FLAG_ACK | (i > 1 ? WS_FLAG_FIN : 0), i > 1 ? 6 : 5, 6);
		packet.payload_len = i > 1 ? 0 : 1;
		feed(&packet, -1000 * SECOND + i * SECOND);
	}
	ws_tracker_totals(contract.tracker, &totals);
	ck_assert_int_eq(totals.first, -1000 * SECOND);
	ck_assert_int_eq(totals.last, -997 * SECOND);
	ck_assert_uint_eq(totals.backward, 0);
	contract_end(&contract);
}
END_TEST

/* One time stamp out of all reason, and reasonable ones after it: each of those runs back, and is counted. */
START_TEST(one_wild_time)
{
	struct ws_totals totals;
	struct packet packet;

	begin(NULL);
	set(&packet, true, WS_FLAG_SYN, 1, 0);
	feed(&packet, INT64_MAX);
	for (int i = 0; i < 10; i++) {
		set(&packet, i % 2, WS_FLAG_ACK, 2, 2);
		feed(&packet, i * SECOND);
	}
	ws_tracker_totals(contract.tracker, &totals);
	ck_assert_uint_eq(totals.segments, 11);
	ck_assert_uint_eq(totals.backward, 10);
	ck_assert_uint_eq(totals.backward_first_frame, 2);
	contract_end(&contract);
}
END_TEST

/* ---- Numbers ---------------------------------------------------------------------------------------------------- */

/* Frame numbers beyond 32 bits, and at the end of 64. */
START_TEST(frames)
{
	static const uint64_t numbers[] = { UINT32_MAX - 2u, UINT64_MAX - 10 };
	struct packet packet;

	begin(NULL);
	frame_number = numbers[_i];
	set(&packet, true, WS_FLAG_SYN, 1, 0);
	feed(&packet, 1 * SECOND);
	set(&packet, false, WS_FLAG_SYN | WS_FLAG_ACK, 1, 2);
	feed(&packet, 2 * SECOND);
	set(&packet, true, WS_FLAG_ACK | WS_FLAG_FIN, 2, 2);
	feed(&packet, 3 * SECOND);
	set(&packet, false, WS_FLAG_ACK | WS_FLAG_FIN, 2, 3);
	feed(&packet, 4 * SECOND);
	contract_end(&contract);
}
END_TEST

/* A connection of segments as long as IP allows, over the wrap again and again: bytes are counted, not numbers. */
START_TEST(long_segments)
{
	struct packet packet;
	uint32_t seq = 0xfffffff0;

	begin(NULL);
	set(&packet, true, WS_FLAG_ACK, seq, 1);
	for (int i = 0; i < 200; i++) {
		set(&packet, true, WS_FLAG_ACK, seq, 1);
		packet.payload_len = 65535 - 40;
		feed(&packet, i * SECOND / 1000);
		seq += 65535 - 40;
	}
	contract_end(&contract);
}
END_TEST

/* Every option, of every length, with bytes at their extremes, in every place of a full list. */
START_TEST(options)
{
	static const uint8_t values[] = { 0x00, 0x01, 0x7f, 0x80, 0xff };
	struct packet packet;
	ws_time now = 0;

	begin(NULL);
	for (unsigned kind = 0; kind < 256; kind += kind < 36 ? 1 : 31)
		for (unsigned len = 0; len < 44; len++) {
			uint8_t option[PACKET_OPTIONS_MAX];

			memset(option, values[(kind + len) % sizeof values], sizeof option);
			option[0] = (uint8_t)kind;
			option[1] = (uint8_t)(len < 40 ? len : 255);
			set(&packet, len % 2, kind % 3 ? WS_FLAG_SYN : WS_FLAG_ACK, kind, len);
			packet_option_raw(&packet.options, option, sizeof option);
			feed(&packet, now += SECOND / 100);
		}
	contract_end(&contract);
}
END_TEST

/* ---- Bounds ----------------------------------------------------------------------------------------------------- */

/* Traffic at random over more 4-tuples than there is room for, with new ISNs all the time. */
START_TEST(room)
{
	static const size_t rooms[] = { 1, 2, 3, 10 };
	static const uint8_t flags[] = { WS_FLAG_SYN, WS_FLAG_SYN | WS_FLAG_ACK, WS_FLAG_ACK, WS_FLAG_ACK | WS_FLAG_FIN,
					 WS_FLAG_RST, WS_FLAG_RST | WS_FLAG_ACK };
	struct ws_config config = { .max_connections = rooms[_i] };
	struct ws_totals totals;
	uint32_t random = 5;

	begin(&config);
	for (int i = 0; i < 5000; i++) {
		struct packet packet;
		bool from_client = next_random(&random) % 2;

		set(&packet, from_client, flags[next_random(&random) % 6], next_random(&random) % 3 * 0x30000000u,
		    next_random(&random) % 3 * 0x30000000u + next_random(&random) % 2);
		*(from_client ? &packet.sport : &packet.dport) = (uint16_t)(40000 + next_random(&random) % 13);
		feed(&packet, i * SECOND / 10);
	}
	ws_tracker_totals(contract.tracker, &totals);
	ck_assert_uint_gt(totals.evicted, 100);
	contract_end(&contract);
}
END_TEST

static int count_listener(void *user, const struct ws_listener *listener)
{
	(void)listener;
	++*(uint64_t *)user;
	return 0;
}

/* More ports that refuse than are remembered: the rest is counted. */
START_TEST(listeners)
{
	struct ws_config config = { .max_connections = 50 };
	const uint64_t ports = 70000;
	struct ws_totals totals;
	uint64_t told = 0;
	struct ws_tracker *tracker = ws_tracker_new(&config);

	ck_assert_ptr_nonnull(tracker);
	for (uint32_t i = 0; i < ports; i++) {
		struct packet packet;
		struct ws_packet in = { .frame = 2 * i + 1, .data = frame, .linktype = 101, .ts = i * SECOND / 1000 };

		set(&packet, true, WS_FLAG_SYN, 1, 0);
		packet.dport = (uint16_t)(i % 65000);
		packet.dst.bytes[2] = (uint8_t)(i / 65000);
		in.caplen = in.len = (uint32_t)packet_build(&packet, frame, sizeof frame);
		ws_tracker_feed(tracker, &in);
		set(&packet, false, WS_FLAG_RST | WS_FLAG_ACK, 0, 2);
		packet.sport = (uint16_t)(i % 65000);
		packet.src.bytes[2] = (uint8_t)(i / 65000);
		in.frame++;
		in.caplen = in.len = (uint32_t)packet_build(&packet, frame, sizeof frame);
		ws_tracker_feed(tracker, &in);
	}
	ws_tracker_finish(tracker);
	ws_tracker_totals(tracker, &totals);
	ck_assert_int_eq(ws_tracker_listeners(tracker, count_listener, &told), WS_OK);
	ck_assert_uint_gt(told, 65000);
	ck_assert_uint_le(told, 65536 + 50);
	ck_assert_uint_eq(told + totals.listeners_evicted, ports);
	ws_tracker_free(tracker);
}
END_TEST

int main(void)
{
	TCase *t;
	Suite *suite = suite_new("hostile", &t);

	tcase_set_timeout(t, 120);
	tcase_add_loop_test(t, times, 0, EDGES);
	tcase_add_test(t, before_1970);
	tcase_add_test(t, one_wild_time);
	tcase_add_loop_test(t, frames, 0, 2);
	tcase_add_test(t, long_segments);
	tcase_add_test(t, options);
	tcase_add_loop_test(t, room, 0, 4);
	tcase_add_test(t, listeners);
	return suite_run(suite);
}
