/*
 * What a listener can make of an opening: cookies, full queues, fast open, deferred accept, a crash and a return.
 */
#include "scenarios.h"
#include "verbs.h"

#define IS_SYN .want = SYN, .mask = SYN | ACK
#define IS_SYN_ACK .want = SYN | ACK, .mask = SYN | ACK
#define IS_ACK .want = ACK, .mask = SYN | FIN | RST | ACK

/* ---- SYN cookies ---- */

static void cookie(struct bed *b)
{
	use_cookies(b);
	meet(b);
	say(b, CLIENT, 40);
	hear(b, SERVER, 40);
	part(b);
}

static void cookie_ack_lost(struct bed *b)
{
	use_cookies(b);
	rule(b, .from = CLIENT, IS_ACK, .act = DROP, .place = AFTER_TAP);
	serve(b, 8);
	dial(b);
	reach(b, CLIENT, K_ESTABLISHED);
	quiet(b, 100);
}

/* ---- The accept queue ---- */

/* Three where two have room; the last two at once, so that both SYNs are answered before the queue is full. */
static void dial_three(struct bed *b)
{
	serve(b, 1);
	delay(b, CLIENT, 20);
	delay(b, SERVER, 20);
	dial(b);
	reach(b, SERVER, K_ESTABLISHED);
	dial(b);
	dial(b);
	reach(b, CLIENT, K_ESTABLISHED);
}

static void overflow(struct bed *b)
{
	dial_three(b);
	rest(1500);
	turn_to(b, 0);
	answer(b);
	turn_to(b, 2);
	reach(b, SERVER, K_ESTABLISHED);
	quiet(b, 60);
}

static void overflow_forever(struct bed *b)
{
	tune(b, SERVER, "tcp_synack_retries", "1");
	dial_three(b);
	gone(b, SERVER);
	unsure(b, SERVER, ANY_TAP, "a delivered ACK that the listener does not honour and never contradicts");
}

static void overflow_abort(struct bed *b)
{
	tune(b, SERVER, "tcp_abort_on_overflow", "1");
	dial_three(b);
	gone(b, CLIENT);
	quiet(b, 60);
}

/* ---- The listener closes ---- */

static void listener_closed(struct bed *b)
{
	serve(b, 8);
	rule(b, .from = CLIENT, IS_ACK, .act = LATE, .arg = 60);
	dial(b);
	reach(b, SERVER, K_SYN_RECV);
	unserve(b);
	gone(b, CLIENT);
	gone(b, SERVER);
}

static void listener_closed_queued(struct bed *b)
{
	serve(b, 8);
	dial(b);
	reach(b, SERVER, K_ESTABLISHED);
	unserve(b);
	gone(b, CLIENT);
	quiet(b, 60);
}

/* ---- Deferred accept ---- */

static void deferred(struct bed *b)
{
	listener_option(b, IPPROTO_TCP, TCP_DEFER_ACCEPT, 30);
	serve(b, 8);
	dial(b);
	rest(300);
	say(b, CLIENT, 40);
	answer(b);
	hear(b, SERVER, 40);
	part(b);
}

static void deferred_silent(struct bed *b)
{
	listener_option(b, IPPROTO_TCP, TCP_DEFER_ACCEPT, 30);
	serve(b, 8);
	dial(b);
	rest(300);
	unsure(b, SERVER, ANY_TAP, "a delivered ACK that the listener does not honour and never contradicts");
}

/* ---- Fast open ---- */

/* A connection that brings the client its cookie. */
static void fetch_cookie(struct bed *b)
{
	tune(b, CLIENT, "tcp_fastopen", "3");
	tune(b, SERVER, "tcp_fastopen", "3");
	listener_option(b, IPPROTO_TCP, TCP_FASTOPEN, 8);
	serve(b, 8);
	dial_saying(b, 10);
	answer(b);
	reach(b, CLIENT, K_ESTABLISHED);
	say(b, CLIENT, 10);
	hear(b, SERVER, 10);
}

static void fast_open_request(struct bed *b)
{
	fetch_cookie(b);
	part(b);
}

static void fast_open(struct bed *b)
{
	fetch_cookie(b);
	part(b);
	dial_saying(b, 50);
	answer(b);
	hear(b, SERVER, 50);
	say(b, SERVER, 50);
	hear(b, CLIENT, 50);
	part(b);
}

static void fast_open_fin(struct bed *b)
{
	fetch_cookie(b);
	part(b);
	delay(b, CLIENT, 20);
	delay(b, SERVER, 20);
	dial_saying(b, 50);
	answer(b);
	hear(b, SERVER, 50);
	say(b, SERVER, 500);
	leave(b, SERVER);
	reach(b, CLIENT, K_CLOSE_WAIT);
	hear_end(b, CLIENT);
	leave(b, CLIENT);
	quiet(b, 100);
}

static void fast_open_lost(struct bed *b)
{
	fetch_cookie(b);
	part(b);
	rule(b, .from = CLIENT, IS_SYN, .act = DROP, .place = AFTER_TAP);
	dial_saying(b, 50);
	answer(b);
	hear(b, SERVER, 50);
	part(b);
}

/* ---- A client that crashed comes back from the same port ---- */

static void crash(struct bed *b)
{
	meet(b);
	say(b, CLIENT, 40);
	hear(b, SERVER, 40);
	quiet(b, 60);
	vanish(b, CLIENT);
	dial_to(b, FIRST_PORT, SERVER_PORT);
	answer(b);
	say(b, CLIENT, 40);
	hear(b, SERVER, 40);
	part(b);
}

static void crash_close_wait(struct bed *b)
{
	meet(b);
	half_close(b, CLIENT);
	reach(b, SERVER, K_CLOSE_WAIT);
	quiet(b, 60);
	vanish(b, CLIENT);
	dial_to(b, FIRST_PORT, SERVER_PORT);
	answer(b);
	part(b);
}

const struct scenario scenarios_listen[] = {
	{ "open-cookie", "SYN cookies for every SYN", cookie, 0 },
	{ "open-cookie-ack-lost", "SYN cookie, the ACK is lost: the server knows nothing", cookie_ack_lost, 0 },
	{ "open-overflow", "accept queue full: the ACK is not honoured until there is room", overflow, 0 },
	{ "open-overflow-forever", "accept queue full: the ACK is never honoured", overflow_forever, 0 },
	{ "open-overflow-abort", "accept queue full, tcp_abort_on_overflow: RST", overflow_abort, 0 },
	{ "open-listener-closed", "the listener closes before the ACK comes", listener_closed, 0 },
	{ "open-listener-closed-queued", "the listener closes with a connection in its queue", listener_closed_queued,
	  0 },
	{ "open-deferred", "deferred accept: the ACK waits for data", deferred, 0 },
	{ "open-deferred-silent", "deferred accept: no data comes", deferred_silent, 0 },
	{ "open-fast-request", "fast open without a cookie yet", fast_open_request, 0 },
	{ "open-fast", "fast open: data in the SYN", fast_open, 0 },
	{ "open-fast-fin", "fast open: the server's data and FIN leave before the ACK comes", fast_open_fin, 0 },
	{ "open-fast-lost", "fast open: the SYN with data is lost", fast_open_lost, 0 },
	{ "open-crash", "the client crashed and comes back into ESTABLISHED", crash, 0 },
	{ "open-crash-close-wait", "the client crashed and comes back into CLOSE-WAIT", crash_close_wait, 0 },
	{ 0 },
};
