/*
 * Every way to close with FINs.
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

/* ---- Both sides close, nothing goes wrong ---- */

static void by_client(struct bed *b)
{
	chat(b);
	part(b);
}

static void by_server(struct bed *b)
{
	chat(b);
	leave(b, SERVER);
	reach(b, CLIENT, K_CLOSE_WAIT);
	quiet(b, 60);
	leave(b, CLIENT);
	quiet(b, 60);
}

static void at_once(struct bed *b)
{
	chat(b);
	leave(b, CLIENT);
	leave(b, SERVER);
	quiet(b, 60);
}

/* The server closes as soon as it reads the end, while its ACK is still delayed. */
static void fin_with_ack(struct bed *b)
{
	chat(b);
	leave(b, CLIENT);
	hear_end(b, SERVER);
	leave(b, SERVER);
	quiet(b, 60);
}

static void fin_with_data(struct bed *b)
{
	chat(b);
	option(b, CLIENT, IPPROTO_TCP, TCP_CORK, 1);
	say(b, CLIENT, 50);
	leave(b, CLIENT);
	reach(b, SERVER, K_CLOSE_WAIT);
	hear_end(b, SERVER);
	option(b, SERVER, IPPROTO_TCP, TCP_CORK, 1);
	say(b, SERVER, 50);
	half_close(b, SERVER);
	quiet(b, 60);
}

static void half_close_data(struct bed *b)
{
	meet(b);
	say(b, CLIENT, 50);
	half_close(b, CLIENT);
	hear_end(b, SERVER);
	for (int i = 0; i < 5; i++) {
		say(b, SERVER, 2000);
		hear(b, CLIENT, 2000);
		rest(20);
	}
	leave(b, SERVER);
	hear_end(b, CLIENT);
	leave(b, CLIENT);
	quiet(b, 60);
}

static void half_close_by_server(struct bed *b)
{
	chat(b);
	half_close(b, SERVER);
	reach(b, CLIENT, K_CLOSE_WAIT);
	say(b, CLIENT, 4000);
	hear(b, SERVER, 4000);
	half_close(b, CLIENT);
	hear_end(b, SERVER);
	quiet(b, 60);
}

static void never_left(struct bed *b)
{
	chat(b);
	half_close(b, CLIENT);
	reach(b, SERVER, K_CLOSE_WAIT);
	quiet(b, 300);
}

/* ---- FINs and their ACKs lost ---- */

static void fin_lost(struct bed *b)
{
	rule(b, .from = CLIENT, IS_FIN, .act = DROP);
	by_client(b);
}

static void fin_lost_behind(struct bed *b)
{
	rule(b, .from = CLIENT, IS_FIN, .act = DROP, .place = AFTER_TAP);
	by_client(b);
}

static void second_fin_lost(struct bed *b)
{
	rule(b, .from = SERVER, IS_FIN, .act = DROP, .place = AFTER_TAP);
	by_client(b);
	reach(b, CLIENT, K_TIME_WAIT);
	quiet(b, 60);
}

static void ack_of_fin_lost(struct bed *b)
{
	chat(b);
	rule(b, .from = SERVER, IS_ACK, .act = DROP, .place = AFTER_TAP);
	part(b);
	quiet(b, 300);
}

static void last_ack_lost(struct bed *b)
{
	chat(b);
	leave(b, CLIENT);
	reach(b, SERVER, K_CLOSE_WAIT);
	quiet(b, 60);
	rule(b, .from = CLIENT, IS_ACK, .act = DROP, .place = AFTER_TAP);
	leave(b, SERVER);
	gone(b, SERVER);
	quiet(b, 60);
}

static void last_ack_lost_forever(struct bed *b)
{
	chat(b);
	leave(b, CLIENT);
	reach(b, SERVER, K_CLOSE_WAIT);
	quiet(b, 60);
	tune(b, SERVER, "tcp_orphan_retries", "2");
	rule(b, .from = CLIENT, IS_ACK, .act = DROP, .count = ALWAYS, .place = AFTER_TAP);
	leave(b, SERVER);
	gone(b, SERVER);
	quiet(b, 60);
}

static void fin_lost_forever(struct bed *b)
{
	chat(b);
	tune(b, CLIENT, "tcp_orphan_retries", "2");
	rule(b, .from = CLIENT, IS_FIN, .act = DROP, .count = ALWAYS, .place = AFTER_TAP);
	leave(b, CLIENT);
	gone(b, CLIENT);
	quiet(b, 60);
}

/* ---- Crossing FINs, and one of them or its ACK lost ---- */

static void at_once_fin_lost(struct bed *b)
{
	rule(b, .from = CLIENT, IS_FIN, .act = DROP, .place = AFTER_TAP);
	at_once(b);
	reach(b, SERVER, K_TIME_WAIT);
	quiet(b, 300);
}

static void at_once_ack_lost(struct bed *b)
{
	chat(b);
	rule(b, .from = SERVER, IS_ACK, .act = DROP, .place = AFTER_TAP);
	leave(b, CLIENT);
	leave(b, SERVER);
	reach(b, CLIENT, K_TIME_WAIT);
	reach(b, SERVER, K_TIME_WAIT);
	quiet(b, 300);
}

/* The server's FIN leaves before the client's comes, but only just. */
static void at_once_one_way_slow(struct bed *b)
{
	chat(b);
	delay(b, CLIENT, 40);
	leave(b, CLIENT);
	rest(15);
	leave(b, SERVER);
	reach(b, SERVER, K_TIME_WAIT);
	quiet(b, 60);
}

static void at_once_with_data(struct bed *b)
{
	chat(b);
	half_close(b, CLIENT);
	say(b, SERVER, 500);
	half_close(b, SERVER);
	quiet(b, 60);
	hear_end(b, CLIENT);
	leave(b, CLIENT);
	leave(b, SERVER);
}

/* ---- A FIN behind a hole ---- */

static void fin_behind_hole(struct bed *b)
{
	chat(b);
	rule(b, .from = CLIENT, .want = ACK, .mask = SYN | FIN | RST | ACK, .load = DATA, .act = DROP,
	     .place = AFTER_TAP);
	say(b, CLIENT, 50);
	leave(b, CLIENT);
	reach(b, SERVER, K_CLOSE_WAIT);
	hear_end(b, SERVER);
	leave(b, SERVER);
	gone(b, SERVER);
	quiet(b, 60);
}

/* The server closes while the client's FIN waits behind the hole: its own FIN is acknowledged first. */
static void fin_behind_hole_crossed(struct bed *b)
{
	chat(b);
	rule(b, .from = CLIENT, .want = ACK, .mask = SYN | FIN | RST | ACK, .load = DATA, .act = DROP, .count = 3,
	     .place = AFTER_TAP);
	say(b, CLIENT, 50);
	half_close(b, CLIENT);
	rest(20);
	half_close(b, SERVER);
	reach(b, SERVER, K_TIME_WAIT);
	quiet(b, 60);
}

static void fin_overtakes_data(struct bed *b)
{
	chat(b);
	rule(b, .from = CLIENT, .want = ACK, .mask = SYN | FIN | RST | ACK, .load = DATA, .act = BEHIND, .arg = 1);
	say(b, CLIENT, 50);
	leave(b, CLIENT);
	hear_end(b, SERVER);
	leave(b, SERVER);
	quiet(b, 60);
}

/* close() with data unsent for want of window, and the peer's FIN meanwhile. */
static void unsent_data_crossed(struct bed *b)
{
	listener_option(b, SOL_SOCKET, SO_RCVBUF, 4096);
	meet(b);
	pour(b, CLIENT, 100000);
	quiet(b, 60);
	leave(b, CLIENT);
	half_close(b, SERVER);
	quiet(b, 60);
}

const struct scenario scenarios_close[] = {
	{ "close-by-client", "the client closes first", by_client, 0 },
	{ "close-by-server", "the server closes first", by_server, 0 },
	{ "close-at-once", "both close at the same time: FINs cross", at_once, 0 },
	{ "close-fin-with-ack", "the server's ACK of the FIN carries its own FIN", fin_with_ack, 0 },
	{ "close-fin-with-data", "both FINs ride on data", fin_with_data, 0 },
	{ "close-half-data", "the client closes its half and reads on for long", half_close_data, 0 },
	{ "close-half-by-server", "the server closes its half and reads on", half_close_by_server, 0 },
	{ "close-never-left", "the server never leaves CLOSE-WAIT", never_left, 0 },
	{ "close-fin-lost", "the first FIN is lost before the middle", fin_lost, 0 },
	{ "close-fin-lost-behind", "the first FIN is lost behind the middle", fin_lost_behind, 0 },
	{ "close-second-fin-lost", "the second FIN is lost", second_fin_lost, 0 },
	{ "close-ack-of-fin-lost", "the ACK of the first FIN is lost", ack_of_fin_lost, 0 },
	{ "close-last-ack-lost", "the last ACK is lost", last_ack_lost, 0 },
	{ "close-last-ack-lost-forever", "no last ACK arrives; LAST-ACK gives up", last_ack_lost_forever, 0 },
	{ "close-fin-lost-forever", "no FIN arrives; FIN-WAIT-1 gives up", fin_lost_forever, 0 },
	{ "close-at-once-fin-lost", "crossing FINs, one lost", at_once_fin_lost, 0 },
	{ "close-at-once-ack-lost", "crossing FINs, an ACK lost", at_once_ack_lost, 0 },
	{ "close-at-once-slow", "crossing FINs, one way slow", at_once_one_way_slow, 0 },
	{ "close-at-once-data", "crossing FINs with data under way", at_once_with_data, 0 },
	{ "close-fin-behind-hole", "the FIN waits for data that was lost", fin_behind_hole, 0 },
	{ "close-fin-behind-hole-crossed", "the FIN waits for lost data, and the server closes meanwhile",
	  fin_behind_hole_crossed, 0 },
	{ "close-fin-overtakes", "the FIN overtakes the data before it", fin_overtakes_data, 0 },
	{ "close-unsent-crossed", "close() with unsent data crosses the peer's FIN", unsent_data_crossed, MOVES_ON },
	{ 0 },
};
