/*
 * What time alone does: each state is given up after its own time of silence, some are worth a finding before, and neither
 * comes early. Limits as Linux has them by default; 2MSL is 60 s.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "lib/exchange.h"
#include "lib/suite.h"

#define SECOND INT64_C(1000000000)
#define DAY (86400 * SECOND)
#define LATE (SECOND / 1000)

static struct exchange x;

/* The findings and state changes that a timer raised: the first finding, and for each side when it was closed. */
static struct {
	enum ws_finding_id finding;
	ws_time finding_ts;
	unsigned findings;
	char expected[32];
	char seen[32];
	ws_time closed_ts[2];
	unsigned closed[2];
	int end_reason;
} told;

static void note(void *user, const struct ws_event *event)
{
	struct ws_record record;

	(void)user;
	if (event->type == WS_EVENT_END) {
		ws_connection_record(event->connection, &record);
		told.end_reason = (int)record.end_reason;
	}
	if (event->frame != 0 || event->type == WS_EVENT_END)
		return;
	if (event->type == WS_EVENT_FINDING) {
		if (told.findings++ > 0)
			return;
		told.finding = event->finding;
		told.finding_ts = event->ts;
		strncpy(told.expected, event->expected ? event->expected : "", sizeof told.expected - 1);
		strncpy(told.seen, event->seen ? event->seen : "", sizeof told.seen - 1);
		return;
	}
	ck_assert_int_eq(event->to, WS_CLOSED);
	ck_assert_int_eq(event->evidence, WS_TIMER);
	ck_assert_int_eq(event->flags, 0);
	told.closed[event->side]++;
	told.closed_ts[event->side] = event->ts;
}

static void begin(void)
{
	struct ws_config config = {
		.on_event = note, .events = WS_MASK(WS_EVENT_FINDING) | WS_MASK(WS_EVENT_STATE) | WS_MASK(WS_EVENT_END)
	};

	memset(&told, 0, sizeof told);
	told.end_reason = -1;
	exchange_init(&x, &config);
}

/* ---- Each state ---------------------------------------------------------------------------------------------------- */

static void syn_sent(void)
{
	exchange_feed(&x, 1, CLIENT, "S", 0, 0, 0);
}

static void syn_received(void)
{
	exchange_feed(&x, 1, CLIENT, "S", 0, 0, 0);
	exchange_feed(&x, 1, SERVER, "S.", 0, 1, 0);
	exchange_feed(&x, 1, CLIENT, "R", 5, 0, 0); /* not its own: it is silent */
}

static void close_wait(void)
{
	exchange_open(&x, 1);
	exchange_feed(&x, 1, CLIENT, "F.", 11, 11, 0);
	exchange_feed(&x, 1, SERVER, ".", 11, 12, 0);
}

static void closing(void)
{
	exchange_open(&x, 1);
	exchange_feed(&x, 1, CLIENT, "F.", 11, 11, 0);
	exchange_feed(&x, 1, SERVER, "F.", 11, 11, 0);
	exchange_feed(&x, 1, CLIENT, ".", 12, 12, 0);
}

static void last_ack(void)
{
	exchange_open(&x, 1);
	exchange_feed(&x, 1, CLIENT, "F.", 11, 11, 0);
	exchange_feed(&x, 1, SERVER, "F.", 11, 12, 0);
}

static void time_wait(void)
{
	exchange_open(&x, 1);
	exchange_close(&x, 1);
}

static void restarted(void)
{
	time_wait();
	x.now += 30 * SECOND;
	exchange_feed(&x, 1, SERVER, "F.", 11, 12, 0);
	exchange_feed(&x, 1, CLIENT, ".", 12, 12, 0);
}

enum { NO_FINDING = -1 };

/* Which finding comes first, and after how long; both counted from the last segment but where `back` says otherwise. */
static const struct {
	void (*talk)(void);
	int finding; /* enum ws_finding_id */
	int64_t after;
	int64_t back;
} lingerings[] = {
	{ syn_received, WS_FINDING_half_open_handshake, 75 * SECOND, 2 * LATE },
	{ close_wait, WS_FINDING_close_wait_lingering, 60 * SECOND, LATE },
	{ closing, WS_FINDING_closing_lingering, 100 * SECOND, 2 * LATE },
	{ last_ack, WS_FINDING_last_ack_lingering, 100 * SECOND, 0 },
	{ restarted, WS_FINDING_time_wait_lingering, 60 * SECOND, 30 * SECOND + 2 * LATE },
};

START_TEST(lingering)
{
	ws_time due;

	begin();
	lingerings[_i].talk();
	due = ws_tracker_now(x.tracker) - lingerings[_i].back + lingerings[_i].after;
	ws_tracker_advance(x.tracker, due - 2 * LATE - 1);
	ck_assert_uint_eq(told.findings, 0);
	ws_tracker_advance(x.tracker, due + 2 * LATE);
	ck_assert_uint_ge(told.findings, 1);
	ck_assert_str_eq(ws_finding_info(told.finding)->id,
			 ws_finding_info((enum ws_finding_id)lingerings[_i].finding)->id);
	ck_assert_int_ge(told.finding_ts, due - 2 * LATE);
	ck_assert_int_le(told.finding_ts, due + 2 * LATE);
	ck_assert_double_eq_tol(strtod(told.expected, NULL), (double)lingerings[_i].after / 1e9, 0.001);
	ck_assert_double_eq_tol(strtod(told.seen, NULL), (double)lingerings[_i].after / 1e9, 0.01);
	exchange_fini(&x);
}
END_TEST

/* Told once, however long it lasts, and not again by the end of input. */
START_TEST(told_once)
{
	begin();
	close_wait();
	for (unsigned i = 0; i < 100; i++) {
		x.now += 50 * SECOND;
		exchange_feed(&x, 1, SERVER, "P.", 11 + i, 12, 1);
		exchange_feed(&x, 1, CLIENT, ".", 12, 12 + i, 0);
	}
	ws_tracker_finish(x.tracker);
	ck_assert_uint_eq(told.findings, 2); /* CLOSE-WAIT, and FIN-WAIT-2 opposite */
	exchange_fini(&x);
}
END_TEST

/* ---- Given up -------------------------------------------------------------------------------------------------------- */

static void established(void)
{
	exchange_open(&x, 1);
}

static void fin_wait_1(void)
{
	exchange_open(&x, 1);
	exchange_feed(&x, 1, CLIENT, "F.", 11, 11, 0);
}

/* When that side is given up, counted from the last segment. Six repeats of a SYN take 127 s; the rest are the limits of
 * conntrack and of orphans. */
static const struct {
	void (*talk)(void);
	int64_t from;
	int64_t to;
	enum ws_side side;
} limits[] = {
	{ syn_sent, 127 * SECOND, 135 * SECOND, WS_CLIENT },
	{ syn_received, 63 * SECOND, 127 * SECOND, WS_SERVER },
	{ time_wait, 60 * SECOND, 60 * SECOND + LATE, WS_CLIENT },
	{ fin_wait_1, 100 * SECOND, 140 * SECOND, WS_CLIENT },
	{ established, 5 * DAY, 5 * DAY + LATE, WS_CLIENT },
};

START_TEST(given_up)
{
	ws_time last;

	begin();
	limits[_i].talk();
	last = ws_tracker_now(x.tracker);
	ws_tracker_advance(x.tracker, last + limits[_i].from - 1);
	ck_assert_uint_eq(told.closed[limits[_i].side], 0);
	ws_tracker_advance(x.tracker, last + limits[_i].to);
	ck_assert_uint_eq(told.closed[limits[_i].side], 1);
	ck_assert_int_ge(told.closed_ts[limits[_i].side], last + limits[_i].from);
	exchange_fini(&x);
}
END_TEST

/* Silence counts from the last segment, not from the first. */
START_TEST(life_puts_it_off)
{
	begin();
	exchange_open(&x, 1);
	for (unsigned i = 0; i < 10; i++) {
		x.now += 4 * DAY;
		exchange_feed(&x, 1, CLIENT, "P.", 11 + i, 11, 1);
	}
	ck_assert_uint_eq(told.closed[WS_CLIENT] + told.closed[WS_SERVER], 0);
	ws_tracker_advance(x.tracker, ws_tracker_now(x.tracker) + 6 * DAY);
	ck_assert_uint_eq(told.closed[WS_CLIENT], 1);
	ck_assert_uint_eq(told.closed[WS_SERVER], 1);
	ck_assert_int_eq(told.end_reason, WS_END_TIMEOUT);
	exchange_fini(&x);
}
END_TEST

/* Who was given up shows that it lives: what the timer did is taken back. */
START_TEST(given_up_too_early)
{
	struct ws_record r;

	begin();
	close_wait();
	exchange_feed(&x, 1, SERVER, "F.", 11, 12, 0);
	x.now += 50 * SECOND;
	exchange_feed(&x, 1, SERVER, "F.", 11, 12, 0);
	x.now += 50 * SECOND;
	exchange_feed(&x, 1, SERVER, "F.", 11, 12, 0);
	ck_assert_uint_eq(told.closed[WS_CLIENT], 1);
	ck_assert_uint_eq(told.closed[WS_SERVER], 0);
	exchange_feed(&x, 1, CLIENT, ".", 12, 12, 0);
	ck_assert(exchange_record(&x, 1, &r));
	ck_assert_int_eq(r.endpoint[WS_CLIENT].state, WS_TIME_WAIT);
	exchange_fini(&x);
}
END_TEST

/* ---- The end of input ------------------------------------------------------------------------------------------------- */

/* A SYN-ACK without an answer is half-open only if there was time for one. */
START_TEST(half_open_at_the_end)
{
	begin();
	exchange_feed(&x, 1, CLIENT, "S", 0, 0, 0);
	exchange_feed(&x, 1, SERVER, "S.", 0, 1, 0);
	ws_tracker_advance(x.tracker, ws_tracker_now(x.tracker) + (_i ? 2 : 0) * SECOND);
	ws_tracker_finish(x.tracker);
	ck_assert_uint_eq(told.findings, (unsigned)_i);
	exchange_fini(&x);
}
END_TEST

START_TEST(one_way_is_counted)
{
	struct ws_totals totals;

	begin();
	exchange_feed(&x, 1, CLIENT, "S", 0, 0, 0);
	exchange_feed(&x, 1, CLIENT, ".", 1, 1, 0);
	exchange_open(&x, 2);
	ws_tracker_finish(x.tracker);
	ws_tracker_totals(x.tracker, &totals);
	ck_assert_uint_eq(totals.one_way, 1);
	ck_assert_int_eq(told.finding, WS_FINDING_one_way_traffic);
	exchange_fini(&x);
}
END_TEST

int main(void)
{
	TCase *t;
	Suite *suite = suite_new("expire", &t);

	tcase_add_loop_test(t, lingering, 0, sizeof(lingerings) / sizeof(lingerings[0]));
	tcase_add_test(t, told_once);
	tcase_add_loop_test(t, given_up, 0, sizeof(limits) / sizeof(limits[0]));
	tcase_add_test(t, life_puts_it_off);
	tcase_add_test(t, given_up_too_early);
	tcase_add_loop_test(t, half_open_at_the_end, 0, 2);
	tcase_add_test(t, one_way_is_counted);
	return suite_run(suite);
}
