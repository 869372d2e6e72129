/*
 * RFC 9293 figure 5 transcribed a second time, arrow by arrow in the figure's own words, with its three notes, and
 * compared with the table in both directions: every arrow is in the table, and the table has no step that is neither an
 * arrow nor one of the departures listed here, each with its reason. A departure that says what the figure says anyway
 * is a mistake as well.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "lib/suite.h"
#include "tcp/fsm.h"

/* ---- The figure's words -------------------------------------------------------------------------------------- */

struct word {
	const char *text;
	int value;
};

static const struct word state_words[] = {
	{ "(unknown)", WS_UNKNOWN },     { "CLOSED", WS_CLOSED },         { "LISTEN", WS_LISTEN },
	{ "SYN SENT", WS_SYN_SENT },     { "SYN RCVD", WS_SYN_RECEIVED }, { "ESTAB", WS_ESTABLISHED },
	{ "FIN WAIT-1", WS_FIN_WAIT_1 }, { "FINWAIT-2", WS_FIN_WAIT_2 },  { "CLOSING", WS_CLOSING },
	{ "TIME-WAIT", WS_TIME_WAIT },   { "CLOSE WAIT", WS_CLOSE_WAIT }, { "LAST-ACK", WS_LAST_ACK },
};

static const struct word event_words[] = {
	{ "snd SYN", FSM_SND_SYN },         { "snd SYN,ACK", FSM_SND_SYN_ACK },       { "rcv SYN", FSM_RCV_SYN },
	{ "rcv SYN,ACK", FSM_RCV_SYN_ACK }, { "rcv ACK of SYN", FSM_RCV_ACK_OF_SYN }, { "snd FIN", FSM_SND_FIN },
	{ "rcv FIN", FSM_RCV_FIN },         { "rcv ACK of FIN", FSM_RCV_ACK_OF_FIN }, { "snd RST", FSM_SND_RST },
	{ "rcv RST", FSM_RCV_RST },         { "Timeout=2MSL", FSM_TIMEOUT },
};

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

_Static_assert(LENGTH(state_words) == WS_STATE_COUNT, "a word for each state");
_Static_assert(LENGTH(event_words) == FSM_EVENT_COUNT, "a word for each event");

static int value_of(const struct word *words, size_t len, const char *text)
{
	for (size_t i = 0; i < len; i++)
		if (strcmp(words[i].text, text) == 0)
			return words[i].value;
	ck_abort_msg("not a word of the figure: %s", text);
	return -1;
}

static const char *text_of(const struct word *words, size_t len, int value)
{
	for (size_t i = 0; i < len; i++)
		if (words[i].value == value)
			return words[i].text;
	ck_abort_msg("no word for %d", value);
	return NULL;
}

/* ---- The figure ---------------------------------------------------------------------------------------------- */

struct arrow {
	const char *from;
	const char *event;
	const char *to;
};

/*
 * Top to bottom. The calls (passive OPEN, and CLOSE in LISTEN and SYN-SENT) send nothing, so they are no events here; a
 * call that does send something is the segment: active OPEN and SEND are "snd SYN", CLOSE is "snd FIN". An arrow marked
 * "rcv SYN / snd SYN,ACK" is two events of which either leads along it.
 */
static const struct arrow figure[] = {
	{ "CLOSED", "snd SYN", "SYN SENT" },
	{ "LISTEN", "snd SYN", "SYN SENT" },
	{ "LISTEN", "rcv SYN", "SYN RCVD" },
	{ "LISTEN", "snd SYN,ACK", "SYN RCVD" },
	{ "SYN SENT", "rcv SYN", "SYN RCVD" },
	{ "SYN SENT", "snd SYN,ACK", "SYN RCVD" },
	{ "SYN SENT", "rcv SYN,ACK", "ESTAB" },
	{ "SYN RCVD", "rcv ACK of SYN", "ESTAB" },
	{ "SYN RCVD", "snd FIN", "FIN WAIT-1" },
	{ "ESTAB", "snd FIN", "FIN WAIT-1" },
	{ "ESTAB", "rcv FIN", "CLOSE WAIT" },
	{ "FIN WAIT-1", "rcv ACK of FIN", "FINWAIT-2" },
	{ "FIN WAIT-1", "rcv FIN", "CLOSING" },
	{ "CLOSE WAIT", "snd FIN", "LAST-ACK" },
	{ "FINWAIT-2", "rcv FIN", "TIME-WAIT" },
	{ "CLOSING", "rcv ACK of FIN", "TIME-WAIT" },
	{ "LAST-ACK", "rcv ACK of FIN", "CLOSED" },
	{ "TIME-WAIT", "Timeout=2MSL", "CLOSED" },
	/* Note 1, and note 3, second half: receipt of a RST leads to LISTEN or CLOSED from any state. */
	{ "SYN RCVD", "rcv RST", "LISTEN" },
	{ "LISTEN", "rcv RST", "LISTEN" },
	{ "CLOSED", "rcv RST", "CLOSED" },
	{ "SYN SENT", "rcv RST", "CLOSED" },
	{ "ESTAB", "rcv RST", "CLOSED" },
	{ "FIN WAIT-1", "rcv RST", "CLOSED" },
	{ "FINWAIT-2", "rcv RST", "CLOSED" },
	{ "CLOSING", "rcv RST", "CLOSED" },
	{ "TIME-WAIT", "rcv RST", "CLOSED" },
	{ "CLOSE WAIT", "rcv RST", "CLOSED" },
	{ "LAST-ACK", "rcv RST", "CLOSED" },
	/* Note 3, first half: a RST can be sent from any state with a transition to TIME-WAIT. */
	{ "CLOSED", "snd RST", "TIME-WAIT" },
	{ "LISTEN", "snd RST", "TIME-WAIT" },
	{ "SYN SENT", "snd RST", "TIME-WAIT" },
	{ "SYN RCVD", "snd RST", "TIME-WAIT" },
	{ "ESTAB", "snd RST", "TIME-WAIT" },
	{ "FIN WAIT-1", "snd RST", "TIME-WAIT" },
	{ "FINWAIT-2", "snd RST", "TIME-WAIT" },
	{ "CLOSING", "snd RST", "TIME-WAIT" },
	{ "TIME-WAIT", "snd RST", "TIME-WAIT" },
	{ "CLOSE WAIT", "snd RST", "TIME-WAIT" },
	{ "LAST-ACK", "snd RST", "TIME-WAIT" },
};

/* ---- Where a tap has to depart from it ------------------------------------------------------------------------ */

struct departure {
	struct arrow arrow;
	const char *reason;
};

#define NO_TIME_WAIT "deployed stacks delete the connection when they send a RST (note 3 only allows TIME-WAIT)"
#define NO_CONNECTION "RFC 9293 3.10.7.1 and 3.10.7.2: a RST that answers a stray segment changes nothing"
#define USER_TIMEOUT "RFC 9293 3.10.8: the user timeout closes from any state; it is the same event to a tap"
#define BEGUN_BEFORE "the capture began too late: what the side sends or receives tells where it must have been"

static const struct departure departures[] = {
	{ { "SYN RCVD", "rcv RST", "CLOSED" }, "a tap sees no listener: the passive opener's connection is gone" },
	{ { "SYN RCVD", "rcv FIN", "CLOSE WAIT" }, "text of RFC 9293 3.10.7.4, eighth; not in the figure" },
	{ { "SYN RCVD", "rcv SYN,ACK", "ESTAB" }, "RFC 9293 figure 7, line 6: it brings the ACK of SYN" },
	{ { "CLOSED", "snd RST", "CLOSED" }, NO_CONNECTION },
	{ { "LISTEN", "snd RST", "LISTEN" }, NO_CONNECTION },
	{ { "SYN SENT", "snd RST", "CLOSED" }, NO_TIME_WAIT },
	{ { "SYN RCVD", "snd RST", "CLOSED" }, NO_TIME_WAIT },
	{ { "ESTAB", "snd RST", "CLOSED" }, NO_TIME_WAIT },
	{ { "FIN WAIT-1", "snd RST", "CLOSED" }, NO_TIME_WAIT },
	{ { "FINWAIT-2", "snd RST", "CLOSED" }, NO_TIME_WAIT },
	{ { "CLOSING", "snd RST", "CLOSED" }, NO_TIME_WAIT },
	{ { "TIME-WAIT", "snd RST", "CLOSED" }, NO_TIME_WAIT },
	{ { "CLOSE WAIT", "snd RST", "CLOSED" }, NO_TIME_WAIT },
	{ { "LAST-ACK", "snd RST", "CLOSED" }, NO_TIME_WAIT },
	{ { "SYN SENT", "Timeout=2MSL", "CLOSED" }, USER_TIMEOUT },
	{ { "SYN RCVD", "Timeout=2MSL", "CLOSED" }, USER_TIMEOUT },
	{ { "ESTAB", "Timeout=2MSL", "CLOSED" }, USER_TIMEOUT },
	{ { "FIN WAIT-1", "Timeout=2MSL", "CLOSED" }, USER_TIMEOUT },
	{ { "FINWAIT-2", "Timeout=2MSL", "CLOSED" }, USER_TIMEOUT },
	{ { "CLOSING", "Timeout=2MSL", "CLOSED" }, USER_TIMEOUT },
	{ { "CLOSE WAIT", "Timeout=2MSL", "CLOSED" }, USER_TIMEOUT },
	{ { "LAST-ACK", "Timeout=2MSL", "CLOSED" }, USER_TIMEOUT },
	{ { "(unknown)", "snd SYN", "SYN SENT" }, BEGUN_BEFORE },
	{ { "(unknown)", "snd SYN,ACK", "SYN RCVD" }, BEGUN_BEFORE },
	{ { "(unknown)", "snd FIN", "FIN WAIT-1" }, BEGUN_BEFORE },
	{ { "(unknown)", "rcv FIN", "CLOSE WAIT" }, BEGUN_BEFORE },
	{ { "(unknown)", "snd RST", "CLOSED" }, BEGUN_BEFORE },
	{ { "(unknown)", "rcv RST", "CLOSED" }, BEGUN_BEFORE },
	{ { "(unknown)", "Timeout=2MSL", "CLOSED" }, BEGUN_BEFORE },
};

/* ---- Both ways ------------------------------------------------------------------------------------------------ */

static enum ws_state state_of(const char *text)
{
	return (enum ws_state)value_of(state_words, LENGTH(state_words), text);
}

static bool is_arrow(const struct arrow *arrow, enum ws_state from, enum fsm_event event)
{
	return state_of(arrow->from) == from && value_of(event_words, LENGTH(event_words), arrow->event) == (int)event;
}

/* Where the figure leads; `from` itself when it has no arrow. */
static enum ws_state figure_next(enum ws_state from, enum fsm_event event)
{
	for (size_t i = 0; i < LENGTH(figure); i++)
		if (is_arrow(&figure[i], from, event))
			return state_of(figure[i].to);
	return from;
}

static const struct departure *departure_of(enum ws_state from, enum fsm_event event)
{
	for (size_t i = 0; i < LENGTH(departures); i++)
		if (is_arrow(&departures[i].arrow, from, event))
			return &departures[i];
	return NULL;
}

/* One state, all events: what the table says is what the figure says, or a departure. */
START_TEST(table_is_the_figure)
{
	enum ws_state from = (enum ws_state)_i;

	for (unsigned e = 0; e < FSM_EVENT_COUNT; e++) {
		enum fsm_event event = (enum fsm_event)e;
		const struct departure *departure = departure_of(from, event);
		enum ws_state expected = departure ? state_of(departure->arrow.to) : figure_next(from, event);

		ck_assert_msg(fsm_next(from, event) == expected, "%s, %s: the table leads to %s, the figure to %s%s%s",
			      text_of(state_words, LENGTH(state_words), _i),
			      text_of(event_words, LENGTH(event_words), (int)e), ws_state_name(fsm_next(from, event)),
			      ws_state_name(expected), departure ? "; departs: " : "",
			      departure ? departure->reason : "");
	}
}
END_TEST

START_TEST(arrow_is_in_the_table)
{
	const struct arrow *arrow = &figure[_i];
	enum ws_state from = state_of(arrow->from);
	enum fsm_event event = (enum fsm_event)value_of(event_words, LENGTH(event_words), arrow->event);

	if (!departure_of(from, event))
		ck_assert_int_eq(fsm_next(from, event), state_of(arrow->to));
	for (size_t i = 0; i < LENGTH(figure); i++)
		ck_assert_msg((int)i == _i || !is_arrow(&figure[i], from, event), "arrow %d is there twice", _i);
}
END_TEST

START_TEST(departure_departs)
{
	const struct arrow *arrow = &departures[_i].arrow;
	enum ws_state from = state_of(arrow->from);
	enum fsm_event event = (enum fsm_event)value_of(event_words, LENGTH(event_words), arrow->event);

	ck_assert_int_ne(figure_next(from, event), state_of(arrow->to));
	ck_assert_ptr_eq(departure_of(from, event), &departures[_i]);
	ck_assert_uint_gt(strlen(departures[_i].reason), 0);
}
END_TEST

/* Note 2: FIN-WAIT-1 -> TIME-WAIT when the FIN that comes acknowledges the own one. The ACK is looked at first (RFC 9293
 * 3.10.7.4, fifth and eighth), so it is two steps of the table. */
START_TEST(note_2)
{
	enum ws_state state = fsm_next(WS_FIN_WAIT_1, FSM_RCV_ACK_OF_FIN);

	ck_assert_int_eq(fsm_next(state, FSM_RCV_FIN), WS_TIME_WAIT);
}
END_TEST

static void visit(bool *seen, enum ws_state from)
{
	bool is_new = true;

	seen[from] = true;
	while (is_new) {
		is_new = false;
		for (unsigned s = 0; s < WS_STATE_COUNT; s++) {
			for (unsigned e = 0; seen[s] && e < FSM_EVENT_COUNT; e++) {
				enum ws_state to = fsm_next((enum ws_state)s, (enum fsm_event)e);

				is_new |= !seen[to];
				seen[to] = true;
			}
		}
	}
}

/* Nothing is dead: all states but LISTEN (reached by a call) and UNKNOWN come from CLOSED and LISTEN, and each but
 * LISTEN leads back to CLOSED. */
START_TEST(everything_is_reachable)
{
	bool seen[WS_STATE_COUNT] = { false };

	visit(seen, WS_CLOSED);
	visit(seen, WS_LISTEN);
	for (unsigned s = WS_CLOSED; s < WS_STATE_COUNT; s++) {
		bool from_here[WS_STATE_COUNT] = { false };

		ck_assert_msg(seen[s], "%s is never reached", ws_state_name((enum ws_state)s));
		visit(from_here, (enum ws_state)s);
		ck_assert(from_here[WS_CLOSED]);
	}
}
END_TEST

int main(void)
{
	TCase *t;
	Suite *suite = suite_new("fsm", &t);

	tcase_add_loop_test(t, table_is_the_figure, 0, WS_STATE_COUNT);
	tcase_add_loop_test(t, arrow_is_in_the_table, 0, (int)LENGTH(figure));
	tcase_add_loop_test(t, departure_departs, 0, (int)LENGTH(departures));
	tcase_add_test(t, note_2);
	tcase_add_test(t, everything_is_reachable);
	return suite_run(suite);
}
