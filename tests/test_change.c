/*
 * What is told when something changes: how long the state before was held, a proof instead of a second state, why a state
 * was taken back, and what a finding says and how often.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "lib/exchange.h"
#include "lib/suite.h"

#define SECOND INT64_C(1000000000)
#define MS INT64_C(1000000)
#define TOLD_MAX 64

/* Everything told, with texts copied: they are valid during the call only. */
struct told {
	struct ws_event event;
	char why[32];
	char expected[40];
	char seen[40];
};

static struct exchange x;
static struct told told[TOLD_MAX];
static size_t told_len;

static void note(void *user, const struct ws_event *event)
{
	struct told *t = &told[told_len];

	(void)user;
	ck_assert_uint_lt(told_len++, TOLD_MAX);
	*t = (struct told){ .event = *event };
	strncpy(t->why, event->type == WS_EVENT_RETRACT && event->why ? event->why : "", sizeof t->why - 1);
	if (event->type != WS_EVENT_FINDING)
		return;
	strncpy(t->expected, event->expected ? event->expected : "", sizeof t->expected - 1);
	strncpy(t->seen, event->seen ? event->seen : "", sizeof t->seen - 1);
}

static void begin(unsigned events)
{
	struct ws_config config = { .on_event = note, .events = events };

	told_len = 0;
	exchange_init(&x, &config);
}

static void ck_told(size_t i, enum ws_side side, enum ws_state from, enum ws_state to)
{
	ck_assert_uint_lt(i, told_len);
	ck_assert_int_eq(told[i].event.side, side);
	ck_assert_str_eq(ws_state_name(told[i].event.from), ws_state_name(from));
	ck_assert_str_eq(ws_state_name(told[i].event.to), ws_state_name(to));
}

/* ---- States ------------------------------------------------------------------------------------------------------- */

/* One event for each step of RFC 9293 figure 6, with its segment's flags and the time spent in the state before. */
START_TEST(states)
{
	begin(WS_MASK(WS_EVENT_STATE));
	exchange_feed(&x, 1, CLIENT, "S", 0, 0, 0);
	x.now += 4 * MS;
	exchange_feed(&x, 1, SERVER, "S.", 0, 1, 0);
	x.now += 6 * MS;
	exchange_feed(&x, 1, CLIENT, ".", 1, 1, 0);
	ck_assert_uint_eq(told_len, 4);
	ck_told(0, WS_CLIENT, WS_CLOSED, WS_SYN_SENT);
	ck_told(1, WS_SERVER, WS_LISTEN, WS_SYN_RECEIVED);
	ck_told(2, WS_CLIENT, WS_SYN_SENT, WS_ESTABLISHED);
	ck_told(3, WS_SERVER, WS_SYN_RECEIVED, WS_ESTABLISHED);
	ck_assert_int_eq(told[0].event.held_ns, 0);
	ck_assert_int_eq(told[2].event.held_ns, 5 * MS);
	ck_assert_int_eq(told[3].event.held_ns, 12 * MS);
	ck_assert_int_eq(told[0].event.evidence, WS_PROVEN);
	ck_assert_int_eq(told[1].event.evidence, WS_PRESUMED);
	ck_assert_int_eq(told[2].event.evidence, WS_PRESUMED);
	ck_assert_uint_eq(told[0].event.flags, WS_FLAG_SYN);
	ck_assert_uint_eq(told[2].event.flags, WS_FLAG_SYN | WS_FLAG_ACK);
	ck_assert_uint_eq(told[3].event.flags, WS_FLAG_ACK);
	ck_assert_uint_eq(told[3].event.frame, 3);
	exchange_fini(&x);
}
END_TEST

/* What was presumed and is proven is told as a proof, once, and as no second state. */
START_TEST(proofs)
{
	begin(WS_MASK(WS_EVENT_STATE) | WS_MASK(WS_EVENT_PROOF));
	exchange_open(&x, 1);
	ck_assert_uint_eq(told_len, 7);
	for (size_t i = 0; i < 7; i++) {
		bool is_proof = i == 3 || i == 4 || i == 6;

		ck_assert_int_eq(told[i].event.type, is_proof ? WS_EVENT_PROOF : WS_EVENT_STATE);
		ck_assert_int_eq(told[i].event.evidence, i == 0 || is_proof ? WS_PROVEN : WS_PRESUMED);
	}
	ck_told(3, WS_SERVER, WS_LISTEN, WS_SYN_RECEIVED);
	ck_told(4, WS_CLIENT, WS_SYN_SENT, WS_ESTABLISHED);
	ck_told(6, WS_SERVER, WS_SYN_RECEIVED, WS_ESTABLISHED);
	ck_assert_uint_eq(told[3].event.frame, 2);
	ck_assert_uint_eq(told[6].event.frame, 5);
	exchange_fini(&x);
}
END_TEST

/* ---- Taken back ----------------------------------------------------------------------------------------------------- */

static void syn_repeated(void)
{
	exchange_feed(&x, 1, CLIENT, "S", 0, 0, 0);
	exchange_feed(&x, 1, SERVER, "S.", 0, 1, 0);
	x.now += SECOND;
	exchange_feed(&x, 1, CLIENT, "S", 0, 0, 0);
}

static void syn_ack_repeated(void)
{
	exchange_feed(&x, 1, CLIENT, "S", 0, 0, 0);
	exchange_feed(&x, 1, SERVER, "S.", 0, 1, 0);
	exchange_feed(&x, 1, CLIENT, ".", 1, 1, 0);
	x.now += SECOND;
	exchange_feed(&x, 1, SERVER, "S.", 0, 1, 0);
}

static void fin_repeated(void)
{
	exchange_open(&x, 1);
	exchange_feed(&x, 1, CLIENT, "F.", 11, 11, 0);
	exchange_feed(&x, 1, SERVER, ".", 11, 12, 0);
	x.now += SECOND;
	exchange_feed(&x, 1, CLIENT, "F.", 11, 11, 0);
}

static void fins_crossed(void)
{
	exchange_open(&x, 1);
	exchange_feed(&x, 1, CLIENT, "F.", 11, 11, 0);
	exchange_feed(&x, 1, SERVER, "F.", 11, 11, 0);
}

static void goes_on_after_reset(void)
{
	exchange_open(&x, 1);
	exchange_feed(&x, 1, CLIENT, "R.", 11, 11, 0);
	x.now += SECOND;
	exchange_feed(&x, 1, SERVER, "P.", 11, 11, 10);
}

static const struct {
	void (*talk)(void);
	enum ws_side side;
	enum ws_state from;
	enum ws_state to;
	const char *why;
} retractions[] = {
	{ syn_repeated, WS_CLIENT, WS_ESTABLISHED, WS_SYN_SENT, "syn-repeated" },
	{ syn_ack_repeated, WS_SERVER, WS_ESTABLISHED, WS_SYN_RECEIVED, "syn-ack-repeated" },
	{ fin_repeated, WS_CLIENT, WS_FIN_WAIT_2, WS_FIN_WAIT_1, "fin-repeated" },
	{ fins_crossed, WS_SERVER, WS_CLOSE_WAIT, WS_ESTABLISHED, "fin-does-not-cover-fin" },
	{ goes_on_after_reset, WS_SERVER, WS_CLOSED, WS_ESTABLISHED, "goes-on-after-reset" },
};

START_TEST(retraction)
{
	begin(WS_MASK(WS_EVENT_RETRACT));
	retractions[_i].talk();
	ck_assert_uint_eq(told_len, 1);
	ck_told(0, retractions[_i].side, retractions[_i].from, retractions[_i].to);
	ck_assert_str_eq(told[0].why, retractions[_i].why);
	ck_assert_uint_eq(told[0].event.frame, x.frame);
	exchange_fini(&x);
}
END_TEST

/* ---- Findings -------------------------------------------------------------------------------------------------------- */

static const struct ws_finding_count *count_of(const struct ws_record *record, enum ws_finding_id id)
{
	for (size_t i = 0; i < record->findings_len; i++)
		if (record->findings[i].id == id)
			return &record->findings[i];
	return NULL;
}

/* Each instance of one side is told and counted, with its first and last frame. */
START_TEST(each_instance)
{
	struct ws_record record;
	const struct ws_finding_count *count;

	begin(WS_MASK(WS_EVENT_FINDING));
	for (unsigned i = 0; i < 4; i++) {
		exchange_feed(&x, 1, CLIENT, "S", 0, 0, 0);
		x.now += SECOND;
	}
	ck_assert_uint_eq(told_len, 3);
	ck_assert_int_eq(told[0].event.side, WS_CLIENT);
	ck_assert_int_eq(told[0].event.level, WS_NOTE);
	ck_assert_str_eq(told[0].expected, "");
	ck_assert_str_eq(told[0].seen, "1.001000000 s");
	ck_assert_str_eq(told[2].seen, "3.003000000 s");
	ck_assert(exchange_record(&x, 1, &record));
	count = count_of(&record, WS_FINDING_syn_retransmitted);
	ck_assert_ptr_nonnull(count);
	ck_assert_uint_eq(count->count, 3);
	ck_assert_uint_eq(count->first_frame, 2);
	ck_assert_uint_eq(count->last_frame, 4);
	ck_assert_uint_eq(record.findings_len, 1);
	exchange_fini(&x);
}
END_TEST

/* What holds of the connection as a whole is said once. */
START_TEST(once_for_both)
{
	struct ws_record record;

	begin(WS_MASK(WS_EVENT_FINDING));
	fins_crossed();
	exchange_feed(&x, 1, CLIENT, ".", 12, 12, 0);
	exchange_feed(&x, 1, SERVER, ".", 12, 12, 0);
	ck_assert_uint_eq(told_len, 1);
	ck_assert_int_eq(told[0].event.finding, WS_FINDING_simultaneous_close);
	ck_assert_int_eq(told[0].event.side, WS_BOTH);
	ck_assert(exchange_record(&x, 1, &record));
	ck_assert_uint_eq(record.findings_len, 1);
	ck_assert_uint_eq(record.findings[0].count, 1);
	exchange_fini(&x);
}
END_TEST

/* Numbers are decimal, and those of the segment. */
START_TEST(numbers)
{
	struct ws_record record;

	begin(WS_MASK(WS_EVENT_FINDING));
	exchange_open(&x, 1);
	exchange_feed(&x, 1, SERVER, "R.", 90000, 11, 0);
	ck_assert_uint_eq(told_len, 1);
	ck_assert_int_eq(told[0].event.side, WS_SERVER);
	ck_assert(exchange_record(&x, 1, &record));
	ck_assert_uint_eq(strtoull(told[0].expected, NULL, 10), (uint32_t)(record.endpoint[WS_SERVER].isn + 11));
	ck_assert_uint_eq(strtoull(told[0].seen, NULL, 10), (uint32_t)(record.endpoint[WS_SERVER].isn + 90000));
	exchange_fini(&x);
}
END_TEST

int main(void)
{
	TCase *t;
	Suite *suite = suite_new("change", &t);

	tcase_add_test(t, states);
	tcase_add_test(t, proofs);
	tcase_add_loop_test(t, retraction, 0, sizeof(retractions) / sizeof(retractions[0]));
	tcase_add_test(t, each_instance);
	tcase_add_test(t, once_for_both);
	tcase_add_test(t, numbers);
	return suite_run(suite);
}
