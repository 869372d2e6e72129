/*
 * What the two applications say, and how they leave.
 */
#include "verbs.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PATIENCE_MS = 40000, CHUNK = 16384 };

static void ready(int fd, short events)
{
	struct pollfd p = { fd, events, 0 };

	if (poll(&p, 1, PATIENCE_MS) != 1)
		broken("nothing to %s", events == POLLIN ? "read" : "write to");
}

size_t pour(struct bed *b, enum side side, size_t bytes)
{
	static const char chunk[CHUNK] = "wirestat";
	size_t left = bytes;

	while (left) {
		ssize_t n = send(b->now->fd[side], chunk, left < CHUNK ? left : CHUNK, MSG_NOSIGNAL);

		if (n < 0 && errno == EAGAIN)
			break;
		if (n < 0)
			broken("send: %s", strerror(errno));
		left -= (size_t)n;
	}
	return bytes - left;
}

void say(struct bed *b, enum side side, size_t bytes)
{
	for (size_t left = bytes; (left -= pour(b, side, left));)
		ready(b->now->fd[side], POLLOUT);
}

void say_urgent(struct bed *b, enum side side)
{
	if (send(b->now->fd[side], "!", 1, MSG_OOB | MSG_NOSIGNAL) != 1)
		broken("send: %s", strerror(errno));
}

void hear(struct bed *b, enum side side, size_t bytes)
{
	char chunk[CHUNK];

	while (bytes) {
		ready(b->now->fd[side], POLLIN);
		ssize_t n = recv(b->now->fd[side], chunk, bytes < CHUNK ? bytes : CHUNK, 0);
		if (n <= 0)
			broken("recv: %s", n ? strerror(errno) : "the stream ended");
		bytes -= (size_t)n;
	}
}

void hear_end(struct bed *b, enum side side)
{
	char chunk[CHUNK];
	ssize_t n;

	do {
		ready(b->now->fd[side], POLLIN);
		n = recv(b->now->fd[side], chunk, CHUNK, 0);
		if (n < 0 && errno != EAGAIN)
			broken("recv: %s", strerror(errno));
	} while (n != 0);
}

void half_close(struct bed *b, enum side side)
{
	if (shutdown(b->now->fd[side], SHUT_WR) < 0)
		broken("shutdown: %s", strerror(errno));
}

void shut(struct bed *b, enum side side)
{
	if (shutdown(b->now->fd[side], SHUT_RDWR) < 0)
		broken("shutdown: %s", strerror(errno));
}

void leave(struct bed *b, enum side side)
{
	close(b->now->fd[side]);
	b->now->fd[side] = -1;
}

void slam(struct bed *b, enum side side)
{
	const struct linger none = { .l_onoff = 1, .l_linger = 0 };

	setsockopt(b->now->fd[side], SOL_SOCKET, SO_LINGER, &none, sizeof none);
	leave(b, side);
}

void vanish(struct bed *b, enum side side)
{
	const int on = 1;

	if (setsockopt(b->now->fd[side], IPPROTO_TCP, TCP_REPAIR, &on, sizeof on) < 0)
		broken("TCP_REPAIR: %s", strerror(errno));
	leave(b, side);
}

void part(struct bed *b)
{
	leave(b, CLIENT);
	reach(b, SERVER, K_CLOSE_WAIT);
	quiet(b, 60);
	leave(b, SERVER);
	quiet(b, 60);
}
