/*
 * The bounds: how many connections are held and who has to go, why each one ended, and that a tracker which runs out of
 * memory at any point goes on, counts every packet and loses nothing of what it had allocated.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "lib/alloc.h"
#include "lib/exchange.h"
#include "lib/suite.h"

#define SECOND INT64_C(1000000000)

static struct exchange x;

/* How each connection ended, by its number. */
#define ENDS_MAX 101000

static struct {
	int reason[ENDS_MAX]; /* enum ws_end_reason, -1 while held */
	uint64_t order[ENDS_MAX];
	size_t len;
} ends;

static void note_end(void *user, const struct ws_event *event)
{
	uint64_t number = ws_connection_number(event->connection);
	struct ws_record record;

	(void)user;
	ws_connection_record(event->connection, &record);
	ck_assert_uint_lt(number, ENDS_MAX);
	ck_assert_int_eq(ends.reason[number], -1);
	ends.reason[number] = (int)record.end_reason;
	ends.order[ends.len++] = number;
}

static void begin(size_t max)
{
	struct ws_config config = { .on_event = note_end, .events = WS_MASK(WS_EVENT_END), .max_connections = max };

	ends.len = 0;
	for (size_t i = 0; i < ENDS_MAX; i++)
		ends.reason[i] = -1;
	exchange_init(&x, &config);
}

static int count(void *user, ws_connection *connection)
{
	(void)connection;
	++*(size_t *)user;
	return 0;
}

static size_t held(void)
{
	size_t n = 0;

	ck_assert_int_eq(ws_tracker_each(x.tracker, count, &n), 0);
	return n;
}

static struct ws_totals totals(void)
{
	struct ws_totals t;

	ws_tracker_totals(x.tracker, &t);
	return t;
}

static void ck_end(uint64_t number, enum ws_end_reason reason)
{
	ck_assert_int_ne(ends.reason[number], -1);
	ck_assert_str_eq(ws_end_reason_name((enum ws_end_reason)ends.reason[number]), ws_end_reason_name(reason));
}

/* ---- Who has to go ---------------------------------------------------------------------------------------------- */

#define FLOOD 100000
#define ESTABLISHED 100
#define ROOM 1000

/* A hundred connections at work beside a hundred thousand SYNs, some answered, none acknowledged. The work goes on and
 * comes to its end as if there were no flood; each that had to go is named. */
START_TEST(flood)
{
	uint64_t evicted = 0;
	struct ws_record r;

	begin(ROOM);
	for (uint32_t n = 0; n < ESTABLISHED; n++)
		exchange_open(&x, n);
	for (uint32_t i = 0; i < FLOOD; i++) {
		exchange_feed(&x, 1000 + i, CLIENT, "S", 0, 0, 0);
		if (i % 2)
			exchange_feed(&x, 1000 + i, SERVER, "S.", 0, 1, 0);
		if (i % 1000 == 0)
			exchange_feed(&x, i / 1000, CLIENT, "P.", 11, 11, 5);
	}
	ck_assert_uint_eq(held(), ROOM);
	ck_assert_uint_eq(totals().connections, FLOOD + ESTABLISHED);
	for (uint64_t number = 1; number <= FLOOD + ESTABLISHED; number++)
		evicted += ends.reason[number] == WS_END_EVICTED;
	ck_assert_uint_eq(totals().evicted, evicted);
	ck_assert_uint_eq(evicted, FLOOD + ESTABLISHED - ROOM);
	for (uint32_t n = 0; n < ESTABLISHED; n++) {
		ck_assert_int_eq(ends.reason[n + 1], -1);
		ck_assert(exchange_record(&x, n, &r));
		ck_assert_int_eq(r.endpoint[WS_CLIENT].state, WS_ESTABLISHED);
		ck_assert_int_eq(r.endpoint[WS_SERVER].proven, WS_ESTABLISHED);
		ck_assert_uint_eq(r.endpoint[WS_CLIENT].bytes, 15);
	}
	exchange_feed(&x, 7, CLIENT, "F.", 16, 11, 0);
	exchange_feed(&x, 7, SERVER, "F.", 11, 17, 0);
	exchange_feed(&x, 7, CLIENT, ".", 17, 12, 0);
	ck_assert(exchange_record(&x, 7, &r));
	ck_assert_int_eq(r.endpoint[WS_CLIENT].proven, WS_TIME_WAIT);
	ck_assert_int_eq(r.close, WS_CLOSE_FIN);
	exchange_fini(&x);
}
END_TEST

/* Half-open ones first, oldest first; when there are none left, the oldest of the others. */
START_TEST(order)
{
	static const uint64_t expected[] = { 2, 4, 6, 8, 10, 1, 3, 5 };

	begin(10);
	for (uint32_t n = 0; n < 10; n++) {
		if (n % 2)
			exchange_feed(&x, n, CLIENT, "S", 0, 0, 0);
		else
			exchange_open(&x, n);
	}
	for (uint32_t n = 10; n < 18; n++) {
		ck_assert_uint_eq(held(), 10);
		exchange_open(&x, n);
	}
	ck_assert_uint_eq(ends.len, 8);
	for (size_t i = 0; i < 8; i++) {
		ck_assert_uint_eq(ends.order[i], expected[i]);
		ck_end(expected[i], WS_END_EVICTED);
	}
	exchange_fini(&x);
}
END_TEST

/* The bound holds too when connections come by another way: SYNs of new incarnations, believed when repeated. */
START_TEST(incarnations_count)
{
	begin(10);
	for (uint32_t n = 0; n < 10; n++)
		exchange_open(&x, n);
	for (uint32_t n = 0; n < 10; n++) {
		for (unsigned i = 0; i < 2; i++) {
			exchange_feed(&x, n, CLIENT, "S", 0x30000000, 0, 0);
			x.now += SECOND;
			ck_assert_uint_le(held(), 10);
		}
	}
	exchange_fini(&x);
}
END_TEST

START_TEST(foreign_ones_count)
{
	begin(10);
	for (uint32_t n = 0; n < 10; n++)
		exchange_feed(&x, n, CLIENT, "S", 0x30000000, 0, 0);
	for (uint32_t n = 0; n < 10; n++) {
		exchange_feed(&x, n, SERVER, ".", 11, 11, 0);
		ck_assert_uint_le(held(), 10);
	}
	exchange_fini(&x);
}
END_TEST

START_TEST(room_for_one)
{
	begin(1);
	for (uint32_t n = 0; n < 20; n++) {
		exchange_open(&x, n % 3);
		exchange_feed(&x, n % 3, CLIENT, "S", 0x30000000, 0, 0);
		exchange_feed(&x, n % 3, SERVER, "S.", 0x30000000, 0x30000001, 0);
		ck_assert_uint_le(held(), 1);
	}
	ws_tracker_finish(x.tracker);
	ck_assert_uint_eq(ends.len, totals().connections);
	exchange_fini(&x);
}
END_TEST

/* ---- Why each one ended -------------------------------------------------------------------------------------------- */

START_TEST(reasons)
{
	begin(0);
	exchange_open(&x, 0); /* 1: stays */
	exchange_open(&x, 1); /* 2: closed */
	exchange_close(&x, 1);
	exchange_feed(&x, 2, CLIENT, "S", 0, 0, 0); /* 3: never answered */
	exchange_feed(&x, 3, CLIENT, "S", 0, 0, 0); /* 4: refused */
	exchange_feed(&x, 3, SERVER, "R.", 0, 1, 0);
	exchange_open(&x, 4); /* 5: the client comes again from TIME-WAIT */
	exchange_close(&x, 4);
	x.isn = 0x30000000;
	exchange_open(&x, 4); /* 6 */
	x.isn = 0;
	x.now += 1000 * SECOND;
	exchange_feed(&x, 0, CLIENT, "P.", 11, 11, 5);
	ck_end(2, WS_END_CLOSED);
	ck_end(3, WS_END_TIMEOUT);
	ck_end(4, WS_END_CLOSED);
	ck_end(5, WS_END_REUSED);
	ws_tracker_finish(x.tracker);
	ck_end(1, WS_END_OPEN);
	ck_end(6, WS_END_OPEN);
	exchange_fini(&x);
}
END_TEST

static bool has_finding(enum ws_finding_id id)
{
	struct ws_record r;
	bool has = false;

	ck_assert(exchange_record(&x, 0, &r));
	for (size_t i = 0; i < r.findings_len; i++)
		has |= r.findings[i].id == id;
	return has;
}

/* RFC 6191: the server comes again from the other side of TIME-WAIT, with a newer ISN and with an older one. */
START_TEST(reused)
{
	begin(0);
	exchange_open(&x, 0);
	exchange_close(&x, 0);
	x.isn = _i ? 0x20000000 : 0u - 0x20000000;
	exchange_feed(&x, 0, SERVER, "S", 0, 0, 0);
	exchange_feed(&x, 0, CLIENT, "S.", 0, 1, 0);
	ck_end(1, WS_END_REUSED);
	ck_assert_uint_eq(totals().connections, 2);
	ck_assert_int_eq(has_finding(WS_FINDING_time_wait_reuse_valid), _i);
	ck_assert_int_eq(has_finding(WS_FINDING_time_wait_reuse_invalid), !_i);
	exchange_fini(&x);
}
END_TEST

/* The same port tried again and again: each try was closed by its RST, not by the next one. */
START_TEST(refused_again_and_again)
{
	begin(0);
	for (uint32_t i = 0; i < 6; i++) {
		x.isn = i * 0x20000000;
		exchange_feed(&x, 0, CLIENT, "S", 0, 0, 0);
		exchange_feed(&x, 0, SERVER, "R.", 0, 1, 0);
	}
	ws_tracker_finish(x.tracker);
	ck_assert_uint_eq(ends.len, 6);
	for (uint64_t number = 1; number <= 6; number++)
		ck_end(number, WS_END_CLOSED);
	exchange_fini(&x);
}
END_TEST

/* ---- Out of memory --------------------------------------------------------------------------------------------------- */

static uint32_t next_random(uint32_t *state)
{
	*state = *state * 1664525 + 1013904223;
	return *state >> 8;
}

#define PACKETS 60

/* Traffic that makes, promotes, reopens and evicts, built beforehand. */
static struct {
	struct ws_packet packet;
	uint8_t frame[64];
} traffic[PACKETS];

static void build_traffic(uint32_t random)
{
	static const char *const flags[] = { "S", "S.", ".", "F.", "S", "R." };
	struct exchange e = { .now = EXCHANGE_START };

	for (unsigned i = 0; i < PACKETS; i++) {
		struct exchange_line line = { .n = next_random(&random) % 6 };

		line.from = next_random(&random) % 2 ? CLIENT : SERVER;
		line.flags = flags[next_random(&random) % 6];
		line.seq = next_random(&random) % 3;
		line.ack = next_random(&random) % 3;
		e.isn = next_random(&random) % 3 * 0x20000000;
		traffic[i].packet = exchange_build(&e, &line, traffic[i].frame, sizeof traffic[i].frame);
		if (i % 20 == 19)
			e.now += 61 * SECOND;
	}
}

struct life {
	bool has_failed; /* there was an n-th allocation */
	bool is_told;    /* an error was returned only then */
	bool adds_up;    /* every packet was counted once */
	bool is_clean;   /* all that was allocated was freed */
};

static bool adds_up(const ws_tracker *tracker)
{
	struct ws_totals t;
	uint64_t sum;

	ws_tracker_totals(tracker, &t);
	sum = t.segments;
	for (unsigned i = 0; i < WS_UNDECODED_COUNT; i++)
		sum += t.undecoded[i];
	return sum == t.packets && t.packets == PACKETS;
}

/* No check of Check's while allocations may fail: it allocates too. */
static struct life live_with_failure(size_t n)
{
	struct ws_config config = { .max_connections = 4 };
	size_t live = alloc_live();
	struct life life = { .is_told = true };
	ws_tracker *tracker = ws_tracker_new(&config);

	alloc_fail_at(n);
	for (unsigned i = 0; i < PACKETS; i++) {
		int result = ws_tracker_feed(tracker, &traffic[i].packet);

		life.is_told &= result == WS_OK || (result == WS_ERROR_MEMORY && alloc_has_failed());
	}
	ws_tracker_finish(tracker);
	life.has_failed = alloc_has_failed();
	alloc_fail_at(0);
	life.adds_up = adds_up(tracker);
	ws_tracker_free(tracker);
	life.is_clean = alloc_live() == live;
	return life;
}

START_TEST(every_allocation_fails_once)
{
	struct life life;
	size_t n = 0;

	build_traffic((uint32_t)_i);
	do {
		life = live_with_failure(++n);
		ck_assert_msg(life.is_told, "allocation %zu: an error where nothing failed", n);
		ck_assert_msg(life.adds_up, "allocation %zu failed: a packet was not counted, or twice", n);
		ck_assert_msg(life.is_clean, "allocation %zu failed: something was not freed", n);
	} while (life.has_failed);
	ck_assert_uint_gt(n, 10);
}
END_TEST

int main(void)
{
	TCase *t;
	Suite *suite = suite_new("tracker_limits", &t);

	tcase_set_timeout(t, 60);
	tcase_add_test(t, flood);
	tcase_add_test(t, order);
	tcase_add_test(t, incarnations_count);
	tcase_add_test(t, foreign_ones_count);
	tcase_add_test(t, room_for_one);
	tcase_add_test(t, reasons);
	tcase_add_loop_test(t, reused, 0, 2);
	tcase_add_test(t, refused_again_and_again);
	tcase_add_loop_test(t, every_allocation_fails_once, 0, 20);
	return suite_run(suite);
}
