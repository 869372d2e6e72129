/*
 * The path of a side from its moments: the order of RFC 9293 figure 5 whatever the order in which they were learned, how
 * certain each step is (INFERENCE 2), the transient FIN-WAIT-2 (figure 5, note 2), and that no path is ever anything but a
 * walk through the figure.
 */
#include <check.h>

#include "lib/suite.h"
#include "lib/talk.h"
#include "tcp/path.h"

static struct talk t;

#define EVENTS_MAX 8

struct row {
	struct {
		enum fsm_event event;
		char standing; /* '!' proven, '?' pending, '-' denied */
		int at;        /* second, and frame */
	} events[EVENTS_MAX];
	enum fin_order order;
	const char *way;
};

#define CLIENT                          \
	{ FSM_SND_SYN, '!', 1 },        \
	{                               \
		FSM_RCV_SYN_ACK, '!', 2 \
	}
#define SERVER                                                \
	{ FSM_RCV_SYN, '!', 1 }, { FSM_SND_SYN_ACK, '!', 2 }, \
	{                                                     \
		FSM_RCV_ACK_OF_SYN, '!', 3                    \
	}

/* clang-format off */
static const struct row rows[] = {
	{ { { FSM_SND_SYN, '!', 1 } }, 0, "SYN-SENT" },
	{ { { FSM_SND_SYN, '!', 1 }, { FSM_RCV_SYN_ACK, '?', 2 } }, 0, "SYN-SENT ESTABLISHED" },
	{ { { FSM_SND_SYN, '!', 1 }, { FSM_RCV_SYN_ACK, '-', 2 } }, 0, "SYN-SENT" },
	{ { { FSM_RCV_SYN, '?', 1 } }, 0, "SYN-RECEIVED" },
	{ { SERVER }, 0, "SYN-RECEIVED ESTABLISHED" },
	{ { { FSM_SND_SYN, '!', 1 }, { FSM_RCV_SYN, '!', 2 }, { FSM_SND_SYN_ACK, '!', 3 }, { FSM_RCV_ACK_OF_SYN, '!', 4 } }, 0,
	  "SYN-SENT SYN-RECEIVED ESTABLISHED" },
	{ { { FSM_SND_SYN, '!', 1 }, { FSM_RCV_SYN, '!', 2 }, { FSM_RCV_SYN_ACK, '!', 4 } }, 0,
	  "SYN-SENT SYN-RECEIVED ESTABLISHED" },
	/* Closing first, its ACK before the peer's FIN, after it, and in it. */
	{ { CLIENT, { FSM_SND_FIN, '!', 5 }, { FSM_RCV_ACK_OF_FIN, '!', 6 }, { FSM_RCV_FIN, '!', 7 } }, OWN_FIN_FIRST,
	  "SYN-SENT ESTABLISHED FIN-WAIT-1 FIN-WAIT-2 TIME-WAIT" },
	{ { CLIENT, { FSM_SND_FIN, '!', 5 }, { FSM_RCV_ACK_OF_FIN, '!', 7 }, { FSM_RCV_FIN, '!', 6 } }, OWN_FIN_FIRST,
	  "SYN-SENT ESTABLISHED FIN-WAIT-1 CLOSING TIME-WAIT" },
	{ { CLIENT, { FSM_SND_FIN, '!', 5 }, { FSM_RCV_ACK_OF_FIN, '!', 6 }, { FSM_RCV_FIN, '!', 6 } }, OWN_FIN_FIRST,
	  "SYN-SENT ESTABLISHED FIN-WAIT-1 TIME-WAIT" },
	{ { CLIENT, { FSM_SND_FIN, '!', 5 }, { FSM_RCV_FIN, '?', 6 } }, OWN_FIN_FIRST,
	  "SYN-SENT ESTABLISHED FIN-WAIT-1 CLOSING" },
	/* Its FIN was first by its ACK, although the peer's passed the tap before it. */
	{ { CLIENT, { FSM_SND_FIN, '!', 6 }, { FSM_RCV_FIN, '!', 5 }, { FSM_RCV_ACK_OF_FIN, '!', 7 } }, OWN_FIN_FIRST,
	  "SYN-SENT ESTABLISHED FIN-WAIT-1 CLOSING TIME-WAIT" },
	/* Closing second; the FIN alone, before the order is known. */
	{ { SERVER, { FSM_RCV_FIN, '!', 5 }, { FSM_SND_FIN, '!', 6 }, { FSM_RCV_ACK_OF_FIN, '?', 7 } }, PEER_FIN_FIRST,
	  "SYN-RECEIVED ESTABLISHED CLOSE-WAIT LAST-ACK CLOSED" },
	{ { SERVER, { FSM_RCV_FIN, '!', 6 }, { FSM_SND_FIN, '!', 5 }, { FSM_RCV_ACK_OF_FIN, '?', 7 } }, PEER_FIN_FIRST,
	  "SYN-RECEIVED ESTABLISHED CLOSE-WAIT LAST-ACK CLOSED" },
	{ { SERVER, { FSM_RCV_FIN, '?', 5 } }, 0, "SYN-RECEIVED ESTABLISHED CLOSE-WAIT" },
	{ { SERVER, { FSM_SND_FIN, '!', 5 } }, 0, "SYN-RECEIVED ESTABLISHED FIN-WAIT-1" },
	/* FIN in SYN-RECEIVED (RFC 9293 3.10.7.4, eighth). */
	{ { { FSM_RCV_SYN, '!', 1 }, { FSM_SND_SYN_ACK, '!', 2 }, { FSM_RCV_FIN, '!', 3 } }, 0, "SYN-RECEIVED CLOSE-WAIT" },
	/* Resets and timers end whatever there is. */
	{ { CLIENT, { FSM_RCV_RST, '?', 5 } }, 0, "SYN-SENT ESTABLISHED CLOSED" },
	{ { CLIENT, { FSM_RCV_RST, '-', 5 } }, 0, "SYN-SENT ESTABLISHED" },
	{ { CLIENT, { FSM_SND_RST, '!', 5 } }, 0, "SYN-SENT ESTABLISHED CLOSED" },
	{ { CLIENT, { FSM_RCV_RST, '?', 5 }, { FSM_SND_RST, '!', 6 } }, 0, "SYN-SENT ESTABLISHED CLOSED" },
	{ { CLIENT, { FSM_TIMEOUT, '?', 5 } }, 0, "SYN-SENT ESTABLISHED CLOSED" },
	{ { { FSM_RCV_SYN, '?', 1 }, { FSM_TIMEOUT, '?', 5 } }, 0, "SYN-RECEIVED CLOSED" },
	/* A refused SYN opened nothing. */
	{ { { FSM_RCV_SYN, '-', 1 }, { FSM_SND_RST, '!', 2 } }, 0, "" },
	{ { { FSM_RCV_SYN, '-', 1 } }, 0, "" },
};
/* clang-format on */
#define ROWS ((int)(sizeof(rows) / sizeof(rows[0])))

static void set(struct endpoint *e, enum fsm_event event, char standing, int at)
{
	struct segment s = { .ts = at, .frame = (uint64_t)at, .flags = WS_FLAG_ACK };

	if (standing == '!')
		endpoint_prove(e, event, &s);
	else
		endpoint_pend(e, event, &s);
	if (standing == '-')
		endpoint_deny(e, event);
}

static unsigned events_of(const struct row *row)
{
	unsigned n = 0;

	while (n < EVENTS_MAX && row->events[n].standing)
		n++;
	return n;
}

/* Learned in any rotation of their order, the moments give the same walk. */
START_TEST(walk)
{
	const struct row *row = &rows[_i];
	unsigned n = events_of(row);

	for (unsigned first = 0; first < n; first++) {
		struct endpoint *e;

		talk_init(&t, (int)first % TALK_VARIANTS);
		e = talk_endpoint(&t, A);
		e->fin_order = (uint8_t)row->order;
		for (unsigned i = 0; i < n; i++) {
			unsigned k = (first + i) % n;

			set(e, row->events[k].event, row->events[k].standing, row->events[k].at);
		}
		ck_way(&t, A, row->way);
	}
}
END_TEST

static enum ws_state start_of(enum talk_side side)
{
	struct path path;

	path_derive(&t.pair, t.side[side], &path);
	return path.start;
}

/* The path does not show where it starts; that is CLOSED for an opener, LISTEN for whom a SYN came to. */
START_TEST(start)
{
	talk_init(&t, _i);
	ck_assert_int_eq(start_of(A), WS_UNKNOWN);
	say(&t, A, "S", 0, 0, 0);
	ck_assert_int_eq(start_of(A), WS_CLOSED);
	ck_assert_int_eq(start_of(B), WS_LISTEN);
	say(&t, B, "R.", 0, 1, 0);
	ck_assert_int_eq(start_of(B), WS_CLOSED);
}
END_TEST

/* ---- Evidence -------------------------------------------------------------------------------------------------- */

/* What follows a presumed step is presumed, however well its own event is known. */
START_TEST(presumed_goes_on)
{
	talk_init(&t, _i);
	say(&t, A, "S", 0, 0, 0);
	say(&t, B, "S.", 0, 1, 0);
	set(talk_endpoint(&t, A), FSM_SND_FIN, '!', 3);
	ck_path(&t, A, "SYN-SENT ESTABLISHED? FIN-WAIT-1?");
	set(talk_endpoint(&t, A), FSM_RCV_SYN_ACK, '!', 4);
	ck_path(&t, A, "SYN-SENT ESTABLISHED FIN-WAIT-1");
}
END_TEST

/* But a RST closes its sender, whatever it was in; and what it had received before is no clearer. */
START_TEST(own_reset_is_certain)
{
	talk_init(&t, _i);
	say(&t, A, "S", 0, 0, 0);
	say(&t, B, "S.", 0, 1, 0);
	set(talk_endpoint(&t, A), FSM_SND_RST, '!', 5);
	ck_path(&t, A, "SYN-SENT ESTABLISHED? CLOSED");
	ck_assert_str_eq(talk_state(&t, A), "CLOSED");
}
END_TEST

START_TEST(own_reset_after_another)
{
	talk_init(&t, _i);
	talk_open(&t);
	set(talk_endpoint(&t, A), FSM_RCV_RST, '?', 5);
	ck_path(&t, A, "SYN-SENT ESTABLISHED CLOSED?");
	set(talk_endpoint(&t, A), FSM_SND_RST, '!', 6);
	ck_path(&t, A, "SYN-SENT ESTABLISHED CLOSED");
}
END_TEST

/* 2MSL needs no other witness than the time, where TIME-WAIT itself is proven; any other timer is a guess. */
START_TEST(timers)
{
	struct path path;

	talk_init(&t, _i);
	talk_open(&t);
	say(&t, A, "F.", 11, 11, 0);
	say(&t, B, "F.", 11, 12, 0);
	set(talk_endpoint(&t, A), FSM_TIMEOUT, '?', 100000);
	path_derive(&t.pair, t.side[A], &path);
	ck_assert_str_eq(talk_path(&t, A), "SYN-SENT ESTABLISHED FIN-WAIT-1 TIME-WAIT? CLOSED@");
	ck_assert_int_ne(path_proven_state(&path), WS_CLOSED);
	talk_endpoint(&t, A)->at[FSM_TIMEOUT].standing = NEVER;
	say(&t, A, ".", 12, 12, 0);
	set(talk_endpoint(&t, A), FSM_TIMEOUT, '?', 100000);
	path_derive(&t.pair, t.side[A], &path);
	ck_assert_str_eq(talk_path(&t, A), "SYN-SENT ESTABLISHED FIN-WAIT-1 TIME-WAIT CLOSED@");
	ck_assert_int_eq(path_proven_state(&path), WS_CLOSED);
}
END_TEST

/* The furthest proven is before what is presumed; a listener that nothing has shown is not proven. */
START_TEST(proven_state)
{
	talk_init(&t, _i);
	say(&t, A, "S", 0, 0, 0);
	ck_assert_int_eq(talk_endpoint(&t, B)->proven, WS_UNKNOWN);
	say(&t, B, "S.", 0, 1, 0);
	ck_assert_int_eq(talk_endpoint(&t, A)->proven, WS_SYN_SENT);
	ck_assert_int_eq(talk_endpoint(&t, A)->state, WS_ESTABLISHED);
}
END_TEST

/* ---- No path is anything but a walk ----------------------------------------------------------------------------- */

static bool is_arrow(enum ws_state from, enum ws_state to)
{
	for (unsigned event = 0; event < FSM_EVENT_COUNT; event++)
		if (fsm_next(from, (enum fsm_event)event) == to)
			return true;
	/* Note 2; and where the capture began. */
	return (from == WS_FIN_WAIT_1 && to == WS_TIME_WAIT) || (from == WS_UNKNOWN && to == WS_ESTABLISHED);
}

/* Proven after presumed is only what is so whatever was before: closed by an own RST, and TIME-WAIT of who closed first. */
static bool may_be_certain_again(enum ws_state state)
{
	return state == WS_CLOSED || state == WS_TIME_WAIT;
}

static void ck_walk(enum talk_side side, ws_time begin)
{
	struct path path;
	enum ws_state state;
	ws_time earliest = begin;
	bool is_certain = true;

	path_derive(&t.pair, t.side[side], &path);
	state = path.start;
	ck_assert_uint_le(path.len, WS_PATH_MAX);
	for (unsigned i = 0; i < path.len; i++) {
		const struct ws_step *step = &path.step[i];

		ck_assert_msg(step->state != state && is_arrow(state, step->state), "%s", talk_path(&t, side));
		ck_assert_int_ge(step->earliest, earliest);
		ck_assert_int_ge(step->latest, step->earliest);
		ck_assert_msg(step->evidence != WS_PROVEN || is_certain || may_be_certain_again(step->state), "%s",
			      talk_path(&t, side));
		is_certain = step->evidence == WS_PROVEN;
		earliest = step->earliest;
		state = step->state;
	}
	ck_assert_int_eq(path_state(&path), state);
}

static uint32_t next_random(uint32_t *state)
{
	*state = *state * 1664525 + 1013904223;
	return *state >> 8;
}

static void set_at_random(uint32_t random)
{
	struct endpoint *e;

	talk_init(&t, (int)(random % TALK_VARIANTS));
	e = talk_endpoint(&t, A);
	for (unsigned i = 0; i < 30; i++) {
		enum fsm_event event = (enum fsm_event)(next_random(&random) % FSM_EVENT_COUNT);

		set(e, event, "!?-"[next_random(&random) % 3], (int)(next_random(&random) % 10));
		e->fin_order = (uint8_t)(next_random(&random) % 3);
		ck_walk(A, 0);
	}
}

START_TEST(any_moments)
{
	for (uint32_t seed = 0; seed < 1000; seed++)
		set_at_random(seed);
}
END_TEST

/* Segments that no stack would send, about an open connection or out of nothing. No step is older than the first. */
static void talk_at_random(uint32_t random, bool is_open)
{
	static const char *const flags[] = { ".", "P.", "F.", ".", "FP.", "S", "S.", "R", "R.", "F", "", "FS", "SR." };
	ws_time begin;

	talk_init(&t, (int)(random % TALK_VARIANTS));
	begin = t.now;
	if (is_open)
		talk_open(&t);
	for (unsigned i = 0; i < 40; i++) {
		uint32_t kind = next_random(&random) % (i % 3 ? 5 : 13);

		say(&t, next_random(&random) % 2 ? A : B, flags[kind], next_random(&random) % 30,
		    next_random(&random) % 30, next_random(&random) % 3 * 5);
		ck_walk(A, begin);
		ck_walk(B, begin);
	}
}

START_TEST(any_segments)
{
	for (uint32_t i = 0; i < 50; i++) {
		talk_at_random((uint32_t)_i * 50 + i, false);
		talk_at_random((uint32_t)_i * 50 + i, true);
	}
}
END_TEST

int main(void)
{
	TCase *tcase;
	Suite *suite = suite_new("path", &tcase);

	tcase_add_loop_test(tcase, walk, 0, ROWS);
	tcase_add_loop_test(tcase, start, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, presumed_goes_on, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, own_reset_is_certain, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, own_reset_after_another, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, timers, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, proven_state, 0, TALK_VARIANTS);
	tcase_add_test(tcase, any_moments);
	tcase_add_loop_test(tcase, any_segments, 0, 20);
	return suite_run(suite);
}
