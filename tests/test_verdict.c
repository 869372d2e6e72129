/*
 * The two verdicts on a connection, handshake and close, by the words of the machine output; who closed first; and
 * whether one direction only was captured.
 */
#include <check.h>

#include "lib/suite.h"
#include "lib/talk.h"
#include "track/connection.h"

static struct talk t;

/* ---- Handshake -------------------------------------------------------------------------------------------------- */

static void nothing_but_a_syn(void)
{
	say(&t, A, "S", 0, 0, 0);
	say(&t, A, "S", 0, 0, 0);
}

static void syn_ack_unanswered(void)
{
	say(&t, A, "S", 0, 0, 0);
	say(&t, B, "S.", 0, 1, 0);
	say(&t, B, "S.", 0, 1, 0);
}

static void whole(void)
{
	talk_open(&t);
}

static void whole_then_reset(void)
{
	talk_open(&t);
	say(&t, B, "R.", 11, 11, 0);
}

static void syn_ack_missed(void)
{
	say(&t, A, "S", 0, 0, 0);
	say(&t, A, ".", 1, 1, 0);
	say(&t, B, "P.", 1, 1, 10);
}

static void third_missed(void)
{
	say(&t, A, "S", 0, 0, 0);
	say(&t, B, "S.", 0, 1, 0);
	say(&t, B, "P.", 1, 1, 10);
}

static void refused(void)
{
	say(&t, A, "S", 0, 0, 0);
	say(&t, B, "R.", 0, 1, 0);
}

static void reset_of_something_else(void)
{
	say(&t, A, "S", 0, 0, 0);
	say(&t, B, "R.", 0, 77, 0);
}

static void reset_by_the_opener(void)
{
	say(&t, A, "S", 0, 0, 0);
	say(&t, B, "S.", 0, 1, 0);
	say(&t, A, "R", 1, 0, 0);
}

static void both_open(void)
{
	say(&t, A, "S", 0, 0, 0);
	say(&t, B, "S", 0, 0, 0);
	say(&t, A, "S.", 0, 1, 0);
	say(&t, B, "S.", 0, 1, 0);
}

static void fast_open(void)
{
	talk_make(&t, A, "S", 0, 0, 100)->options = (struct tcp_options){ .present = OPTION_FAST_OPEN };
	talk_send(&t);
	say(&t, B, "S.", 0, 101, 0);
	say(&t, A, ".", 101, 1, 0);
}

static void midstream(void)
{
	say(&t, A, "P.", 1, 1, 10);
	say(&t, B, ".", 1, 11, 0);
}

static void split(void)
{
	say(&t, A, "S", 0, 0, 0);
	say(&t, B, ".", 0, 1, 0);
	say(&t, B, "S", 0, 0, 0);
	say(&t, A, "S.", 0, 1, 0);
	say(&t, B, ".", 1, 1, 0);
}

static void wrong_syn_ack(void)
{
	say(&t, A, "S", 0, 0, 0);
	say(&t, B, "S.", 0, 500, 0);
}

static const struct {
	void (*talk)(void);
	enum ws_handshake verdict;
} handshakes[] = {
	{ nothing_but_a_syn, WS_HANDSHAKE_NO_ANSWER },
	{ reset_of_something_else, WS_HANDSHAKE_NO_ANSWER },
	{ syn_ack_unanswered, WS_HANDSHAKE_HALF_OPEN },
	{ whole, WS_HANDSHAKE_COMPLETE },
	{ whole_then_reset, WS_HANDSHAKE_COMPLETE },
	{ syn_ack_missed, WS_HANDSHAKE_COMPLETE },
	{ third_missed, WS_HANDSHAKE_COMPLETE },
	{ refused, WS_HANDSHAKE_REFUSED },
	{ reset_by_the_opener, WS_HANDSHAKE_RESET },
	{ both_open, WS_HANDSHAKE_SIMULTANEOUS },
	{ fast_open, WS_HANDSHAKE_FAST_OPEN },
	{ midstream, WS_HANDSHAKE_MIDSTREAM },
	{ split, WS_HANDSHAKE_IRREGULAR },
	{ wrong_syn_ack, WS_HANDSHAKE_IRREGULAR },
};
#define HANDSHAKES ((int)(sizeof(handshakes) / sizeof(handshakes[0])))

START_TEST(handshake)
{
	talk_init(&t, _i % TALK_VARIANTS);
	handshakes[_i / TALK_VARIANTS].talk();
	ck_assert_str_eq(ws_handshake_name(verdict_handshake(&t.pair)),
			 ws_handshake_name(handshakes[_i / TALK_VARIANTS].verdict));
}
END_TEST

/* ---- Close ------------------------------------------------------------------------------------------------------ */

static void by_the_client(void)
{
	talk_open(&t);
	say(&t, A, "F.", 11, 11, 0);
	say(&t, B, ".", 11, 12, 0);
	say(&t, B, "F.", 11, 12, 0);
	say(&t, A, ".", 12, 12, 0);
}

static void by_the_server(void)
{
	talk_open(&t);
	say(&t, B, "F.", 11, 11, 0);
	say(&t, A, "F.", 11, 12, 0);
	say(&t, B, ".", 12, 12, 0);
}

/* B had A's FIN when it sent its own, whatever passed first. */
static void by_the_client_unordered(void)
{
	talk_open(&t);
	say(&t, B, "F.", 11, 12, 0);
	say(&t, A, "F.", 11, 11, 0);
	say(&t, A, ".", 12, 12, 0);
}

static void at_once(void)
{
	talk_open(&t);
	say(&t, B, "F.", 11, 11, 0);
	say(&t, A, "F.", 11, 11, 0);
	say(&t, B, ".", 12, 12, 0);
	say(&t, A, ".", 12, 12, 0);
}

static void half(void)
{
	talk_open(&t);
	say(&t, B, "F.", 11, 11, 0);
	say(&t, A, ".", 11, 12, 0);
	say(&t, A, "P.", 11, 12, 10);
}

static void reset_by_the_server(void)
{
	talk_open(&t);
	say(&t, B, "R.", 11, 11, 0);
}

/* A closes; B does not care for the data it still has, and resets. */
static void fin_answered_by_reset(void)
{
	talk_open(&t);
	say(&t, A, "F.", 11, 11, 0);
	say(&t, B, "R.", 11, 12, 0);
}

/* A closes the whole socket, so B's data are refused. */
static void reset_by_who_closed(void)
{
	talk_open(&t);
	say(&t, A, "F.", 11, 11, 0);
	say(&t, B, "P.", 11, 12, 10);
	say(&t, A, "R", 12, 0, 0);
}

/* The connection was over: that RST cut nothing short. */
static void reset_afterwards(void)
{
	by_the_client();
	say(&t, B, "R", 12, 0, 0);
}

/* Blind, outside the window: nobody's. */
static void reset_by_nobody(void)
{
	talk_open(&t);
	say(&t, B, "R.", 90000, 11, 0);
}

enum { NOBODY = -1 };

static const struct {
	void (*talk)(void);
	enum ws_close kind;
	int first; /* enum talk_side */
	int reset_by;
} closes[] = {
	{ whole, WS_CLOSE_NONE, NOBODY, NOBODY },           { refused, WS_CLOSE_NONE, NOBODY, NOBODY },
	{ reset_by_nobody, WS_CLOSE_NONE, NOBODY, NOBODY }, { by_the_client, WS_CLOSE_FIN, A, NOBODY },
	{ by_the_server, WS_CLOSE_FIN, B, NOBODY },         { by_the_client_unordered, WS_CLOSE_FIN, A, NOBODY },
	{ at_once, WS_CLOSE_SIMULTANEOUS, B, NOBODY },      { half, WS_CLOSE_HALF_CLOSED, B, NOBODY },
	{ reset_by_the_server, WS_CLOSE_RESET, B, B },      { fin_answered_by_reset, WS_CLOSE_RESET, A, B },
	{ reset_by_who_closed, WS_CLOSE_ABORTED, A, A },    { reset_afterwards, WS_CLOSE_FIN, A, NOBODY },
};
#define CLOSES ((int)(sizeof(closes) / sizeof(closes[0])))

START_TEST(closing)
{
	int i = _i / TALK_VARIANTS;
	bool has_first = closes[i].first == NOBODY;
	unsigned first = 0;

	talk_init(&t, _i % TALK_VARIANTS);
	closes[i].talk();
	ck_assert_str_eq(ws_close_name(verdict_close(&t.pair, &has_first, &first)), ws_close_name(closes[i].kind));
	ck_assert_int_eq(has_first, closes[i].first != NOBODY);
	if (has_first)
		ck_assert_uint_eq(first, t.side[closes[i].first]);
	ck_assert_uint_eq(verdict_reset_by(&t.pair), closes[i].reset_by == NOBODY ? 2 : t.side[closes[i].reset_by]);
}
END_TEST

/* ---- One direction ----------------------------------------------------------------------------------------------- */

START_TEST(one_way)
{
	talk_init(&t, _i);
	say(&t, A, "S", 0, 0, 0);
	ck_assert(!verdict_is_one_way(&t.pair));
	say(&t, A, ".", 1, 1, 0);
	ck_assert(verdict_is_one_way(&t.pair));
	say(&t, B, ".", 1, 1, 0);
	ck_assert(!verdict_is_one_way(&t.pair));

	talk_init(&t, _i);
	say(&t, B, "S.", 0, 1, 0);
	ck_assert(verdict_is_one_way(&t.pair));
}
END_TEST

int main(void)
{
	TCase *tcase;
	Suite *suite = suite_new("verdict", &tcase);

	tcase_add_loop_test(tcase, handshake, 0, HANDSHAKES * TALK_VARIANTS);
	tcase_add_loop_test(tcase, closing, 0, CLOSES * TALK_VARIANTS);
	tcase_add_loop_test(tcase, one_way, 0, TALK_VARIANTS);
	return suite_run(suite);
}
