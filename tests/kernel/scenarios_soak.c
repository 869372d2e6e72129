/*
 * Many connections at once: the demonstration, and the soak over a bad path. Both only when asked for.
 */
#include "scenarios.h"
#include "verbs.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

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
	request(b);
	part(b);
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

/* ---- The soak ---- */

enum { WORKERS = 40, EACH = 50, WORKER_PORT = 6000, SOAK_PORT = 10000 };

/* On a bad path a reset may come any time: what cannot be sent or read any more is left. */
static void tell(struct bed *b, enum side side, size_t bytes)
{
	static const char data[8192];

	send(b->now->fd[side], data, bytes < sizeof data ? bytes : sizeof data, MSG_NOSIGNAL);
}

static void listen_to_end(struct bed *b, enum side side)
{
	struct pollfd p = { b->now->fd[side], POLLIN, 0 };
	char data[8192];

	while (poll(&p, 1, 10000) == 1 && recv(p.fd, data, sizeof data, 0) > 0)
		;
}

static void listen_once(struct bed *b, enum side side)
{
	struct pollfd p = { b->now->fd[side], POLLIN, 0 };
	char data[8192];

	if (poll(&p, 1, 10000) == 1)
		recv(p.fd, data, sizeof data, 0);
}

static void end_by(struct bed *b, enum side first)
{
	leave(b, first);
	listen_to_end(b, other(first));
	leave(b, other(first));
}

static void end_at_once(struct bed *b)
{
	leave(b, CLIENT);
	leave(b, SERVER);
}

static void end_half(struct bed *b, enum side first)
{
	half_close(b, first);
	listen_to_end(b, other(first));
	tell(b, other(first), 3000);
	half_close(b, other(first));
	listen_to_end(b, first);
	end_at_once(b);
}

static void end_unread(struct bed *b, enum side first)
{
	tell(b, other(first), 500);
	rest(20);
	leave(b, first);
	listen_to_end(b, other(first));
	leave(b, other(first));
}

static void end(struct bed *b, unsigned kind)
{
	enum side side = kind & 1 ? SERVER : CLIENT;

	switch (kind / 2) {
	case 0:
	case 1:
		end_by(b, side);
		break;
	case 2:
		end_at_once(b);
		break;
	case 3:
		end_half(b, side);
		break;
	case 4:
		slam(b, side);
		break;
	case 5:
		end_unread(b, side);
		break;
	case 6:
		half_close(b, side);
		break;
	default:
		break; /* never */
	}
}

/* True when the server has accepted. */
static bool soak_open(struct bed *b, uint16_t port)
{
	struct pollfd connected = { -1, POLLOUT, 0 }, waiting = { b->listener, POLLIN, 0 };

	dial_to(b, port, b->server_port);
	connected.fd = b->now->fd[CLIENT];
	tell(b, CLIENT, 0);
	if (poll(&connected, 1, 10000) != 1)
		return false;
	tell(b, CLIENT, 200);
	if (poll(&waiting, 1, 10000) != 1)
		return false;
	answer(b);
	return true;
}

/* Listens on a port of its own, and has EACH connections one after the other. What it leaves open stays open. */
_Noreturn static void work(struct bed *b, unsigned worker, unsigned seed, int done)
{
	unsigned random = seed + worker;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	b->server_port = (uint16_t)(WORKER_PORT + worker);
	serve(b, 8);
	for (unsigned i = 0; i < EACH; i++) {
		random = random * 1103515245 + 12345;
		if (!soak_open(b, (uint16_t)(SOAK_PORT + worker * EACH + i)))
			continue;
		listen_once(b, SERVER);
		tell(b, SERVER, random >> 20);
		if (random >> 16 & 1)
			listen_once(b, CLIENT);
		end(b, (random >> 18) % 15);
	}
	if (write(done, "", 1) != 1)
		_exit(1);
	for (;;)
		pause();
}

/* Loss and reordering in per mille. */
static void soak(struct bed *b, unsigned loss, unsigned reorder, unsigned seed)
{
	int done[2];
	char one;

	if (pipe(done) < 0)
		broken("pipe: %s", strerror(errno));
	wire_noise(b->wire, loss, reorder, seed);
	for (unsigned i = 0; i < WORKERS; i++) {
		pid_t pid = fork();

		if (pid < 0)
			broken("fork: %s", strerror(errno));
		if (pid == 0)
			work(b, i, seed, done[1]);
	}
	close(done[1]);
	for (unsigned i = 0; i < WORKERS; i++)
		if (read(done[0], &one, 1) != 1)
			broken("a worker is gone");
	quiet(b, 1500);
}

static void soak_bad(struct bed *b)
{
	soak(b, 50, 50, 9293);
}

static void soak_worse(struct bed *b)
{
	soak(b, 100, 150, 1337);
}

/* Nothing but acknowledgement numbers to go by. */
static void soak_plain(struct bed *b)
{
	for (int side = CLIENT; side <= SERVER; side++) {
		tune(b, (enum side)side, "tcp_timestamps", "0");
		tune(b, (enum side)side, "tcp_sack", "0");
	}
	soak(b, 50, 100, 7414);
}

const struct scenario scenarios_soak[] = {
	{ "demo", "a bit of everything, for make demo", demo, SOAK | MOVES_ON },
	{ "soak", "2,000 connections, mixed endings, 5 % loss and reordering both ways", soak_bad, SOAK | MOVES_ON },
	{ "soak-worse", "2,000 connections, mixed endings, 10 % loss, 15 % reordering", soak_worse,
	  SOAK | MOVES_ON | UNSEEN },
	{ "soak-plain", "2,000 connections, 5 % loss, 10 % reordering, no timestamps, no SACK", soak_plain,
	  SOAK | MOVES_ON | UNSEEN },
	{ 0 },
};
