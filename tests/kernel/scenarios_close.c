/*
 * Every way to close.
 */
#include "scenarios.h"
#include "verbs.h"

/* ---- Both sides close ---- */

static void by_client(struct bed *b)
{
	meet(b);
	say(b, CLIENT, 100);
	hear(b, SERVER, 100);
	say(b, SERVER, 300);
	hear(b, CLIENT, 300);
	part(b);
}

static void by_server(struct bed *b)
{
	meet(b);
	say(b, CLIENT, 100);
	hear(b, SERVER, 100);
	leave(b, SERVER);
	reach(b, CLIENT, K_CLOSE_WAIT);
	leave(b, CLIENT);
	quiet(b, 60);
}

static void at_once(struct bed *b)
{
	meet(b);
	say(b, CLIENT, 10);
	hear(b, SERVER, 10);
	quiet(b, 60);
	leave(b, CLIENT);
	leave(b, SERVER);
	quiet(b, 60);
}

/* The server closes as soon as it reads the end, while its ACK is still delayed. */
static void fin_with_ack(struct bed *b)
{
	meet(b);
	option(b, SERVER, IPPROTO_TCP, TCP_QUICKACK, 0);
	say(b, CLIENT, 10);
	hear(b, SERVER, 10);
	say(b, SERVER, 10);
	hear(b, CLIENT, 10);
	leave(b, CLIENT);
	hear_end(b, SERVER);
	leave(b, SERVER);
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

/* ---- Resets ---- */

static void abort_by_client(struct bed *b)
{
	meet(b);
	say(b, CLIENT, 10);
	hear(b, SERVER, 10);
	slam(b, CLIENT);
	gone(b, SERVER);
	quiet(b, 60);
}

static void abort_by_server(struct bed *b)
{
	meet(b);
	say(b, CLIENT, 10);
	hear(b, SERVER, 10);
	slam(b, SERVER);
	gone(b, CLIENT);
	quiet(b, 60);
}

const struct scenario scenarios_close[] = {
	{ "close-by-client", "the client closes first", by_client, 0 },
	{ "close-by-server", "the server closes first", by_server, 0 },
	{ "close-at-once", "both close at the same time: FINs cross", at_once, 0 },
	{ "close-fin-with-ack", "the server's ACK of the FIN carries its own FIN", fin_with_ack, 0 },
	{ "close-half-data", "the client closes its half and reads on for long", half_close_data, 0 },
	{ "close-abort-by-client", "the client closes with linger 0", abort_by_client, 0 },
	{ "close-abort-by-server", "the server closes with linger 0", abort_by_server, 0 },
	{ 0 },
};
