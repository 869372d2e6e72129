/*
 * Captures begun late, forged data and acknowledgements, windows and FINs, and calls seldom made.
 */
#include "scenarios.h"
#include "verbs.h"

#define IS_ACK .want = ACK, .mask = SYN | FIN | RST | ACK, .load = NO_DATA

static void chat(struct bed *b)
{
	meet(b);
	say(b, CLIENT, 100);
	hear(b, SERVER, 100);
	say(b, SERVER, 300);
	hear(b, CLIENT, 300);
	quiet(b, 60);
}

static void talk_on(struct bed *b)
{
	say(b, CLIENT, 40);
	hear(b, SERVER, 40);
	say(b, SERVER, 40);
	hear(b, CLIENT, 40);
	quiet(b, 60);
}

/* ---- The captures begin late ---- */

static void begun_before_talk(struct bed *b)
{
	chat(b);
	begin_captures(b);
	talk_on(b);
	part(b);
}

static void begun_before_close(struct bed *b)
{
	chat(b);
	begin_captures(b);
	leave(b, CLIENT);
	leave(b, SERVER);
	quiet(b, 60);
}

static void begun_before_abort(struct bed *b)
{
	chat(b);
	begin_captures(b);
	talk_on(b);
	slam(b, SERVER);
	gone(b, CLIENT);
	quiet(b, 60);
}

static void begun_half_closed(struct bed *b)
{
	chat(b);
	half_close(b, CLIENT);
	reach(b, SERVER, K_CLOSE_WAIT);
	quiet(b, 60);
	begin_captures(b);
	say(b, SERVER, 500);
	hear(b, CLIENT, 500);
	half_close(b, SERVER);
	quiet(b, 60);
	unsure(b, CLIENT, ANY_TAP, "a capture begun in a half-closed connection");
	unsure(b, SERVER, ANY_TAP, "a capture begun in a half-closed connection");
}

/* ---- Forged, but not state-bearing at first sight ---- */

static void forged_ack_beyond(struct bed *b)
{
	chat(b);
	fake(b, .from = CLIENT, .flags = ACK, .ack = 5000);
	quiet(b, 60);
	talk_on(b);
	part(b);
}

static void forged_ack_old(struct bed *b)
{
	chat(b);
	fake(b, .from = CLIENT, .flags = ACK, .seq = -1000000, .ack = -1000000);
	quiet(b, 60);
	talk_on(b);
	part(b);
}

static void forged_syn_ack(struct bed *b)
{
	chat(b);
	fake(b, .from = SERVER, .flags = SYN | ACK, .seq = 7000);
	quiet(b, 60);
	talk_on(b);
	part(b);
}

/* The client sends on behind its FIN, or so it seems. */
static void forged_data_after_fin(struct bed *b)
{
	chat(b);
	half_close(b, CLIENT);
	reach(b, SERVER, K_CLOSE_WAIT);
	quiet(b, 60);
	fake(b, .from = CLIENT, .flags = ACK | PSH, .data = 50);
	quiet(b, 60);
	leave(b, SERVER);
	hear_end(b, CLIENT);
	leave(b, CLIENT);
	quiet(b, 60);
}

static void forged_ack_of_fin(struct bed *b)
{
	chat(b);
	delay(b, SERVER, 60);
	half_close(b, CLIENT);
	rest(10);
	delay(b, SERVER, 2);
	fake(b, .from = SERVER, .flags = ACK, .ack = 1, .place = AFTER_TAP);
	reach(b, CLIENT, K_FIN_WAIT_2);
	quiet(b, 100);
	leave(b, SERVER);
	hear_end(b, CLIENT);
	quiet(b, 60);
}

static void null_segment(struct bed *b)
{
	chat(b);
	fake(b, .from = CLIENT);
	fake(b, .from = CLIENT, .flags = FIN | PSH | URG);
	fake(b, .from = CLIENT, .flags = SYN | FIN | RST | ACK, .seq = 100);
	quiet(b, 60);
	talk_on(b);
	part(b);
}

static void unreachable_later(struct bed *b)
{
	chat(b);
	rule(b, .from = CLIENT, .want = ACK, .mask = SYN | RST | FIN | ACK, .load = DATA, .act = REFUSE,
	     .place = AFTER_TAP);
	talk_on(b);
	part(b);
}

/* ---- Windows ---- */

static void fin_behind_window(struct bed *b)
{
	listener_option(b, SOL_SOCKET, SO_RCVBUF, 4096);
	meet(b);
	size_t poured = pour(b, CLIENT, 60000);
	quiet(b, 60);
	half_close(b, CLIENT);
	rest(300);
	hear(b, SERVER, poured);
	hear_end(b, SERVER);
	leave(b, SERVER);
	quiet(b, 60);
}

static void abort_in_zero_window(struct bed *b)
{
	listener_option(b, SOL_SOCKET, SO_RCVBUF, 4096);
	meet(b);
	pour(b, CLIENT, 60000);
	rest(500);
	slam(b, CLIENT);
	gone(b, SERVER);
	quiet(b, 60);
}

/* ---- Calls seldom made ---- */

static void shut_both_ways(struct bed *b)
{
	chat(b);
	shut(b, CLIENT);
	reach(b, CLIENT, K_FIN_WAIT_2);
	say(b, SERVER, 50);
	gone(b, SERVER);
	quiet(b, 60);
}

static void urgent_unread(struct bed *b)
{
	chat(b);
	say_urgent(b, CLIENT);
	quiet(b, 60);
	leave(b, SERVER);
	gone(b, CLIENT);
	quiet(b, 60);
}

static void lingering_close(struct bed *b)
{
	struct linger two = { .l_onoff = 1, .l_linger = 2 };

	chat(b);
	say(b, CLIENT, 3000);
	if (setsockopt(b->now->fd[CLIENT], SOL_SOCKET, SO_LINGER, &two, sizeof two) < 0)
		broken("SO_LINGER");
	leave(b, CLIENT);
	hear_end(b, SERVER);
	leave(b, SERVER);
	quiet(b, 60);
}

static void shut_while_opening(struct bed *b)
{
	serve(b, 8);
	delay(b, SERVER, 40);
	dial(b);
	rest(20);
	shut(b, CLIENT);
	quiet(b, 100);
}

static void echo_close(struct bed *b)
{
	chat(b);
	for (int i = 0; i < 30; i++)
		talk_on(b);
	leave(b, SERVER);
	reach(b, CLIENT, K_CLOSE_WAIT);
	leave(b, CLIENT);
	quiet(b, 60);
}

/* ---- Offload, and a close in the middle of it ---- */

static void offload_by_server(struct bed *b)
{
	meet(b);
	say(b, SERVER, 200000);
	leave(b, SERVER);
	hear_end(b, CLIENT);
	leave(b, CLIENT);
	quiet(b, 60);
}

static void offload_abort(struct bed *b)
{
	meet(b);
	pour(b, CLIENT, 200000);
	slam(b, CLIENT);
	gone(b, SERVER);
	quiet(b, 60);
}

static void offload_at_once(struct bed *b)
{
	chat(b);
	leave(b, CLIENT);
	leave(b, SERVER);
	quiet(b, 60);
}

const struct scenario scenarios_odd[] = {
	{ "odd-begun-talk", "the captures begin in ESTABLISHED, before data", begun_before_talk, UNSEEN },
	{ "odd-begun-close", "the captures begin with crossing FINs", begun_before_close, UNSEEN },
	{ "odd-begun-abort", "the captures begin before data and a RST", begun_before_abort, UNSEEN },
	{ "odd-begun-half", "the captures begin in a half-closed connection", begun_half_closed, UNSEEN },
	{ "odd-ack-beyond", "a forged ACK of what was never sent", forged_ack_beyond, UNSEEN },
	{ "odd-ack-old", "a forged ACK far from the past", forged_ack_old, UNSEEN },
	{ "odd-syn-ack", "a forged SYN-ACK into ESTABLISHED", forged_syn_ack, UNSEEN },
	{ "odd-data-after-fin", "forged data behind the client's FIN", forged_data_after_fin, UNSEEN },
	{ "odd-ack-of-fin", "a forged ACK of the FIN, before the true one", forged_ack_of_fin, UNSEEN },
	{ "odd-flags", "forged segments with no flags, with odd flags", null_segment, UNSEEN },
	{ "odd-unreachable", "ICMP unreachable for data", unreachable_later, UNSEEN },
	{ "odd-fin-behind-window", "the FIN waits for the window to open", fin_behind_window, UNSEEN },
	{ "odd-abort-zero-window", "abort into a closed window", abort_in_zero_window, UNSEEN },
	{ "odd-shut-both", "shutdown of both halves, then data from the peer", shut_both_ways, UNSEEN },
	{ "odd-urgent-unread", "close with urgent data unread", urgent_unread, UNSEEN },
	{ "odd-linger", "close that waits for its data to be acknowledged", lingering_close, UNSEEN },
	{ "odd-shut-opening", "shutdown in SYN-SENT", shut_while_opening, UNSEEN },
	{ "odd-echo", "thirty exchanges, then the server closes", echo_close, UNSEEN },
	{ "odd-offload-by-server", "offload: the server sends much and closes", offload_by_server, OFFLOAD | UNSEEN },
	{ "odd-offload-abort", "offload: the client aborts with much under way", offload_abort, OFFLOAD | UNSEEN },
	{ "odd-offload-at-once", "offload: crossing FINs", offload_at_once, OFFLOAD | UNSEEN },
	{ 0 },
};
