/*
 * What comes late, or again, or from the past: copies, resets and SYNs into the states of closing.
 */
#include "scenarios.h"
#include "verbs.h"

#define IS_DATA .want = ACK, .mask = SYN | RST | ACK, .load = DATA
#define IS_ACK .want = ACK, .mask = SYN | FIN | RST | ACK, .load = NO_DATA
#define IS_FIN .want = FIN, .mask = FIN

static void chat(struct bed *b)
{
	meet(b);
	say(b, CLIENT, 100);
	hear(b, SERVER, 100);
	say(b, SERVER, 300);
	hear(b, CLIENT, 300);
	quiet(b, 60);
}

/* ---- Copies ---- */

/* The client's FIN comes again when the server's LAST-ACK is over; its RST kills the client's TIME-WAIT. */
static void fin_copy_to_closed(struct bed *b)
{
	rule(b, .from = CLIENT, IS_FIN, .act = DUPLICATE, .arg = 200, .place = AFTER_TAP);
	chat(b);
	part(b);
	quiet(b, 250);
}

static void fin_copy_in_close_wait(struct bed *b)
{
	rule(b, .from = CLIENT, IS_FIN, .act = DUPLICATE, .arg = 20);
	chat(b);
	part(b);
}

static void data_copy_to_time_wait(struct bed *b)
{
	rule(b, .from = SERVER, IS_DATA, .act = DUPLICATE, .arg = 300, .place = AFTER_TAP);
	chat(b);
	part(b);
	quiet(b, 300);
}

static void ack_copy_to_closed(struct bed *b)
{
	chat(b);
	rule(b, .from = CLIENT, IS_ACK, .act = DUPLICATE, .arg = 100, .count = 2, .place = AFTER_TAP);
	part(b);
	quiet(b, 150);
}

/* ---- Lost on both sides ---- */

static void both_fins_lost(struct bed *b)
{
	rule(b, .from = CLIENT, IS_FIN, .act = DROP, .place = AFTER_TAP);
	rule(b, .from = SERVER, IS_FIN, .act = DROP, .place = AFTER_TAP);
	chat(b);
	leave(b, CLIENT);
	leave(b, SERVER);
	reach(b, CLIENT, K_TIME_WAIT);
	reach(b, SERVER, K_TIME_WAIT);
	quiet(b, 300);
}

static void both_acks_lost(struct bed *b)
{
	chat(b);
	rule(b, .from = CLIENT, IS_ACK, .act = DROP, .place = AFTER_TAP);
	rule(b, .from = SERVER, IS_ACK, .act = DROP, .place = AFTER_TAP);
	leave(b, CLIENT);
	leave(b, SERVER);
	reach(b, CLIENT, K_TIME_WAIT);
	reach(b, SERVER, K_TIME_WAIT);
	quiet(b, 300);
}

static void outage(struct bed *b)
{
	chat(b);
	rule(b, .from = CLIENT, .act = DROP, .count = 4, .place = AFTER_TAP);
	rule(b, .from = SERVER, .act = DROP, .count = 3);
	say(b, CLIENT, 500);
	leave(b, CLIENT);
	rest(100);
	say(b, SERVER, 10);
	gone(b, SERVER);
	quiet(b, 700);
}

/* FIN and the data before it lost together, sent again in one segment or two. */
static void data_and_fin_lost(struct bed *b)
{
	chat(b);
	rule(b, .from = CLIENT, IS_DATA, .act = DROP, .place = AFTER_TAP);
	rule(b, .from = CLIENT, IS_FIN, .act = DROP, .place = AFTER_TAP);
	say(b, CLIENT, 50);
	half_close(b, CLIENT);
	hear_end(b, SERVER);
	half_close(b, SERVER);
	hear_end(b, CLIENT);
	quiet(b, 300);
}

static void fin_reordered(struct bed *b)
{
	chat(b);
	rule(b, .from = SERVER, IS_ACK, .act = BEHIND, .arg = 1, .place = AFTER_TAP);
	leave(b, CLIENT);
	reach(b, SERVER, K_CLOSE_WAIT);
	rest(60);
	leave(b, SERVER);
	gone(b, SERVER);
	quiet(b, 100);
}

/* ---- Resets behind holes and out of order ---- */

static void abort_behind_hole(struct bed *b)
{
	chat(b);
	rule(b, .from = CLIENT, IS_DATA, .act = DROP, .place = AFTER_TAP);
	say(b, CLIENT, 500);
	slam(b, CLIENT);
	gone(b, SERVER);
	quiet(b, 100);
}

static void abort_overtakes(struct bed *b)
{
	chat(b);
	rule(b, .from = CLIENT, IS_DATA, .act = LATE, .arg = 30, .place = AFTER_TAP);
	say(b, CLIENT, 500);
	slam(b, CLIENT);
	gone(b, SERVER);
	quiet(b, 100);
}

static void abort_crosses_fin(struct bed *b)
{
	chat(b);
	leave(b, CLIENT);
	slam(b, SERVER);
	gone(b, CLIENT);
	quiet(b, 60);
}

static void unread_crosses_fin(struct bed *b)
{
	chat(b);
	say(b, CLIENT, 50);
	quiet(b, 60);
	half_close(b, CLIENT);
	leave(b, SERVER);
	gone(b, CLIENT);
	quiet(b, 60);
}

/* ---- Resets in the remaining states ---- */

static void rst_in_close_wait(struct bed *b)
{
	chat(b);
	half_close(b, CLIENT);
	reach(b, SERVER, K_CLOSE_WAIT);
	quiet(b, 60);
	fake(b, .from = CLIENT, .flags = RST);
	gone(b, SERVER);
	quiet(b, 60);
}

static void rst_in_closing(struct bed *b)
{
	chat(b);
	rule(b, .from = SERVER, IS_ACK, .act = LATE, .arg = 100, .place = AFTER_TAP);
	leave(b, CLIENT);
	leave(b, SERVER);
	reach(b, CLIENT, K_CLOSING);
	rest(10);
	fake(b, .from = SERVER, .flags = RST, .place = AFTER_TAP);
	gone(b, CLIENT);
	quiet(b, 150);
}

/* FIN-WAIT-2 whose owner is gone lives in a mini-socket. */
static void rst_in_orphan(struct bed *b)
{
	chat(b);
	leave(b, CLIENT);
	reach(b, CLIENT, K_FIN_WAIT_2);
	quiet(b, 60);
	fake(b, .from = SERVER, .flags = RST);
	gone(b, CLIENT);
	quiet(b, 60);
}

static void rst_in_fin_wait_1(struct bed *b)
{
	chat(b);
	delay(b, SERVER, 60);
	half_close(b, CLIENT);
	rest(10);
	delay(b, SERVER, 2);
	fake(b, .from = SERVER, .flags = RST, .place = AFTER_TAP);
	gone(b, CLIENT);
	quiet(b, 100);
}

/* ---- SYNs into the states of closing ---- */

static void syn_in_close_wait(struct bed *b)
{
	chat(b);
	half_close(b, CLIENT);
	reach(b, SERVER, K_CLOSE_WAIT);
	quiet(b, 60);
	fake(b, .from = CLIENT, .flags = SYN, .seq = 9000);
	quiet(b, 60);
	leave(b, SERVER);
	hear_end(b, CLIENT);
	leave(b, CLIENT);
	quiet(b, 60);
}

/* The server is in FIN-WAIT-2 when the client crashes and comes again. */
static void crash_in_fin_wait_2(struct bed *b)
{
	chat(b);
	half_close(b, SERVER);
	reach(b, SERVER, K_FIN_WAIT_2);
	quiet(b, 60);
	vanish(b, CLIENT);
	dial_to(b, FIRST_PORT, SERVER_PORT);
	answer(b);
	part(b);
}

/* The server is in LAST-ACK, for the last ACK is lost, when the client, in TIME-WAIT, comes again. */
static void again_in_last_ack(struct bed *b)
{
	tune(b, CLIENT, "tcp_tw_reuse", "1");
	chat(b);
	leave(b, CLIENT);
	reach(b, SERVER, K_CLOSE_WAIT);
	quiet(b, 60);
	rule(b, .from = CLIENT, IS_ACK, .act = DROP, .count = ALWAYS, .place = AFTER_TAP);
	leave(b, SERVER);
	reach(b, CLIENT, K_TIME_WAIT);
	rest(1200);
	wire_clear(b->wire);
	dial_to(b, FIRST_PORT, SERVER_PORT);
	answer(b);
	part(b);
}

static void again_after_both_wait(struct bed *b)
{
	tune(b, CLIENT, "tcp_tw_reuse", "1");
	chat(b);
	leave(b, CLIENT);
	leave(b, SERVER);
	reach(b, CLIENT, K_TIME_WAIT);
	reach(b, SERVER, K_TIME_WAIT);
	rest(1300);
	dial_to(b, FIRST_PORT, SERVER_PORT);
	answer(b);
	part(b);
}

const struct scenario scenarios_late[] = {
	{ "late-fin-copy-to-closed", "a copy of the FIN finds nobody; its RST kills TIME-WAIT", fin_copy_to_closed,
	  UNSEEN },
	{ "late-fin-copy", "a copy of the FIN comes to CLOSE-WAIT", fin_copy_in_close_wait, UNSEEN },
	{ "late-data-copy", "a copy of data comes to TIME-WAIT", data_copy_to_time_wait, UNSEEN },
	{ "late-ack-copy", "copies of the last ACKs find nobody", ack_copy_to_closed, UNSEEN },
	{ "late-both-fins-lost", "crossing FINs, both lost", both_fins_lost, UNSEEN },
	{ "late-both-acks-lost", "crossing FINs, both ACKs lost", both_acks_lost, UNSEEN },
	{ "late-outage", "nothing passes for a while during the close", outage, UNSEEN },
	{ "late-data-and-fin-lost", "the FIN and the data before it are lost", data_and_fin_lost, UNSEEN },
	{ "late-ack-behind-fin", "the ACK of the FIN comes behind the peer's FIN", fin_reordered, UNSEEN },
	{ "late-abort-behind-hole", "the RST comes behind lost data", abort_behind_hole, UNSEEN },
	{ "late-abort-overtakes", "the RST overtakes data", abort_overtakes, UNSEEN },
	{ "late-abort-crosses-fin", "a RST crosses a FIN", abort_crosses_fin, UNSEEN },
	{ "late-unread-crosses-fin", "the RST for unread data crosses a FIN", unread_crosses_fin, UNSEEN },
	{ "late-rst-close-wait", "a forged RST comes to CLOSE-WAIT", rst_in_close_wait, UNSEEN },
	{ "late-rst-closing", "a forged RST comes to CLOSING", rst_in_closing, UNSEEN },
	{ "late-rst-orphan", "a forged RST comes to FIN-WAIT-2 without owner", rst_in_orphan, UNSEEN },
	{ "late-rst-fin-wait-1", "a forged RST comes to FIN-WAIT-1", rst_in_fin_wait_1, UNSEEN },
	{ "late-syn-close-wait", "a forged SYN comes to CLOSE-WAIT", syn_in_close_wait, UNSEEN },
	{ "late-crash-fin-wait-2", "the client crashed and comes back into FIN-WAIT-2", crash_in_fin_wait_2, UNSEEN },
	{ "late-again-last-ack", "the client comes back into LAST-ACK", again_in_last_ack, UNSEEN },
	{ "late-again-both-wait", "both in TIME-WAIT, the client comes back", again_after_both_wait, UNSEEN },
	{ 0 },
};
