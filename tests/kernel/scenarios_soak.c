/*
 * Many connections at once: the demonstration, and the soak over a bad path. Both only when asked for.
 */
#include "scenarios.h"
#include "verbs.h"

/* ---- What `make demo` shows: a bit of everything, taken in the middle ---- */

static void request(struct bed *b)
{
	meet(b);
	say(b, CLIENT, 78);
	hear(b, SERVER, 78);
	say(b, SERVER, 1200);
	hear(b, CLIENT, 1200);
}

static void demo(struct bed *b)
{
	request(b); /* a client that closes its half, a server that never closes */
	half_close(b, CLIENT);
	reach(b, SERVER, K_CLOSE_WAIT);
	request(b);
	slam(b, SERVER);
	gone(b, CLIENT);
	dial_to(b, 40003, CLOSED_PORT);
	rest(65000);
	dial_to(b, 40004, SERVER_PORT);
	answer(b);
	say(b, CLIENT, 78);
	hear(b, SERVER, 78);
	leave(b, CLIENT);
	reach(b, SERVER, K_CLOSE_WAIT);
	leave(b, SERVER);
	quiet(b, 60);
	request(b);
	quiet(b, 60);
	leave(b, CLIENT);
	leave(b, SERVER);
	quiet(b, 60);
	request(b);
	quiet(b, 60);
	rule(b, .from = SERVER, .want = SYN | ACK, .mask = SYN | ACK, .act = DROP, .count = ALWAYS, .place = AFTER_TAP);
	dial(b);
	rest(1500);
}

const struct scenario scenarios_soak[] = {
	{ "demo", "a bit of everything, for make demo", demo, SOAK | MOVES_ON },
	{ 0 },
};
