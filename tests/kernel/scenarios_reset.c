/*
 * Every way to close without FINs, or to be closed; and what comes to TIME-WAIT.
 */
#include "scenarios.h"
#include "verbs.h"

#define IS_FIN .want = FIN, .mask = FIN
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

/* ---- Aborts ---- */

static void abort_by_client(struct bed *b)
{
	chat(b);
	slam(b, CLIENT);
	gone(b, SERVER);
	quiet(b, 60);
}

static void abort_by_server(struct bed *b)
{
	chat(b);
	slam(b, SERVER);
	gone(b, CLIENT);
	quiet(b, 60);
}

static void abort_at_once(struct bed *b)
{
	chat(b);
	slam(b, CLIENT);
	slam(b, SERVER);
	quiet(b, 60);
}

static void unread_data(struct bed *b)
{
	chat(b);
	say(b, CLIENT, 100);
	quiet(b, 60);
	leave(b, SERVER);
	gone(b, CLIENT);
	quiet(b, 60);
}

static void abort_lost(struct bed *b)
{
	chat(b);
	rule(b, .from = CLIENT, .want = RST, .mask = RST, .act = DROP, .place = AFTER_TAP);
	slam(b, CLIENT);
	rest(50);
	say(b, SERVER, 50);
	gone(b, SERVER);
	quiet(b, 60);
}

static void data_after_close(struct bed *b)
{
	chat(b);
	leave(b, CLIENT);
	reach(b, CLIENT, K_FIN_WAIT_2);
	say(b, SERVER, 50);
	gone(b, SERVER);
	quiet(b, 60);
}

/* The data meets FIN-WAIT-1: it left before the FIN came. */
static void data_after_close_early(struct bed *b)
{
	chat(b);
	delay(b, CLIENT, 40);
	leave(b, CLIENT);
	say(b, SERVER, 50);
	gone(b, CLIENT);
	gone(b, SERVER);
	quiet(b, 60);
}

/* ---- Resets by a side that has half closed ---- */

static void abort_in_close_wait(struct bed *b)
{
	chat(b);
	half_close(b, CLIENT);
	reach(b, SERVER, K_CLOSE_WAIT);
	quiet(b, 60);
	slam(b, SERVER);
	gone(b, CLIENT);
	quiet(b, 60);
}

static void abort_in_fin_wait_1(struct bed *b)
{
	chat(b);
	delay(b, SERVER, 60);
	half_close(b, CLIENT);
	rest(10);
	slam(b, CLIENT);
	gone(b, SERVER);
	quiet(b, 100);
}

static void abort_in_fin_wait_2(struct bed *b)
{
	chat(b);
	half_close(b, CLIENT);
	reach(b, CLIENT, K_FIN_WAIT_2);
	slam(b, CLIENT);
	gone(b, SERVER);
	quiet(b, 60);
}

static void abort_in_last_ack(struct bed *b)
{
	chat(b);
	half_close(b, CLIENT);
	reach(b, SERVER, K_CLOSE_WAIT);
	quiet(b, 60);
	delay(b, CLIENT, 60);
	half_close(b, SERVER);
	rest(10);
	slam(b, SERVER);
	quiet(b, 150);
}

static void rst_in_last_ack(struct bed *b)
{
	chat(b);
	leave(b, CLIENT);
	reach(b, SERVER, K_CLOSE_WAIT);
	quiet(b, 60);
	delay(b, CLIENT, 60);
	leave(b, SERVER);
	rest(10);
	delay(b, CLIENT, 2);
	fake(b, .from = CLIENT, .flags = RST, .place = AFTER_TAP);
	gone(b, SERVER);
	quiet(b, 150);
}

/* ---- FIN-WAIT-2 without an owner ---- */

static void orphan(struct bed *b)
{
	tune(b, CLIENT, "tcp_fin_timeout", "1");
	chat(b);
	leave(b, CLIENT);
	reach(b, CLIENT, K_FIN_WAIT_2);
	gone(b, CLIENT);
	quiet(b, 60);
	leave(b, SERVER);
	gone(b, SERVER);
	quiet(b, 60);
}

static void linger2(struct bed *b)
{
	chat(b);
	option(b, CLIENT, IPPROTO_TCP, TCP_LINGER2, -1);
	leave(b, CLIENT);
	gone(b, CLIENT);
	gone(b, SERVER);
	quiet(b, 60);
}

/* ---- TIME-WAIT ---- */

static void fin_copy(struct bed *b)
{
	rule(b, .from = SERVER, IS_FIN, .act = DUPLICATE, .arg = 30, .place = AFTER_TAP);
	chat(b);
	part(b);
	quiet(b, 100);
}

static void assassination(struct bed *b)
{
	chat(b);
	part(b);
	reach(b, CLIENT, K_TIME_WAIT);
	fake(b, .from = SERVER, .flags = RST);
	gone(b, CLIENT);
	quiet(b, 60);
}

static void assassination_protected(struct bed *b)
{
	tune(b, CLIENT, "tcp_rfc1337", "1");
	chat(b);
	part(b);
	reach(b, CLIENT, K_TIME_WAIT);
	fake(b, .from = SERVER, .flags = RST);
	quiet(b, 60);
}

/* The server closed first and is in TIME-WAIT; the client comes again from the same port. */
static void close_by_server(struct bed *b)
{
	chat(b);
	leave(b, SERVER);
	reach(b, CLIENT, K_CLOSE_WAIT);
	leave(b, CLIENT);
	reach(b, SERVER, K_TIME_WAIT);
	gone(b, CLIENT);
	quiet(b, 60);
}

static void come_again(struct bed *b)
{
	dial_to(b, FIRST_PORT, SERVER_PORT);
	answer(b);
	say(b, CLIENT, 40);
	hear(b, SERVER, 40);
	part(b);
}

static void reuse_by_timestamp(struct bed *b)
{
	close_by_server(b);
	come_again(b);
}

static void reuse_by_isn(struct bed *b)
{
	tune(b, CLIENT, "tcp_timestamps", "0");
	close_by_server(b);
	come_again(b);
}

static void reuse_by_owner(struct bed *b)
{
	tune(b, CLIENT, "tcp_tw_reuse", "1");
	chat(b);
	part(b);
	reach(b, CLIENT, K_TIME_WAIT);
	rest(1200);
	come_again(b);
}

static void old_syn(struct bed *b)
{
	close_by_server(b);
	fake(b, .from = CLIENT, .flags = SYN, .seq = -5000, .tsval = -5000);
	quiet(b, 60);
}

const struct scenario scenarios_reset[] = {
	{ "close-abort-by-client", "the client closes with linger 0", abort_by_client, 0 },
	{ "close-abort-by-server", "the server closes with linger 0", abort_by_server, 0 },
	{ "reset-at-once", "both close with linger 0 at once", abort_at_once, 0 },
	{ "reset-unread", "the server closes with data unread", unread_data, 0 },
	{ "reset-lost", "the RST is lost; the server's data finds nobody", abort_lost, 0 },
	{ "reset-data-after-close", "data comes to FIN-WAIT-2 after a full close", data_after_close, 0 },
	{ "reset-data-after-close-early", "data comes to FIN-WAIT-1 after a full close", data_after_close_early, 0 },
	{ "reset-in-close-wait", "the server aborts in CLOSE-WAIT", abort_in_close_wait, 0 },
	{ "reset-in-fin-wait-1", "the client aborts in FIN-WAIT-1", abort_in_fin_wait_1, 0 },
	{ "reset-in-fin-wait-2", "the client aborts in FIN-WAIT-2", abort_in_fin_wait_2, 0 },
	{ "reset-in-last-ack", "the server aborts in LAST-ACK", abort_in_last_ack, 0 },
	{ "reset-forged-last-ack", "a forged RST comes to LAST-ACK", rst_in_last_ack, 0 },
	{ "reset-orphan", "FIN-WAIT-2 without owner dies; the peer's FIN finds nobody", orphan, 0 },
	{ "reset-linger2", "no time for FIN-WAIT-2: RST on the ACK of the FIN", linger2, 0 },
	{ "wait-fin-copy", "a copy of the FIN comes to TIME-WAIT", fin_copy, 0 },
	{ "wait-assassination", "a RST ends TIME-WAIT", assassination, 0 },
	{ "wait-protected", "tcp_rfc1337: the RST does not end TIME-WAIT", assassination_protected, 0 },
	{ "wait-reuse-timestamp", "a SYN with a newer timestamp reopens TIME-WAIT", reuse_by_timestamp, 0 },
	{ "wait-reuse-isn", "a SYN with a higher ISN reopens TIME-WAIT", reuse_by_isn, 0 },
	{ "wait-reuse-owner", "the side in TIME-WAIT opens again itself", reuse_by_owner, 0 },
	{ "wait-old-syn", "an old SYN comes to TIME-WAIT", old_syn, 0 },
	{ 0 },
};
