/*
 * Opening, options and waiting. What is said and closed is in talk.c.
 */
#include "verbs.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PATIENCE_MS = 40000 };

static int64_t now_ms(void)
{
	return clock_ns(CLOCK_MONOTONIC) / 1000000;
}

static int new_socket(struct bed *b, enum side side, uint16_t port)
{
	struct sockaddr_storage at;
	const int on = 1;

	host_enter(&b->host[side]);
	int fd = socket(b->family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, b->protocol);
	socklen_t len = host_sockaddr(&b->host[side], port, &at);
	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) < 0 ||
	    bind(fd, (struct sockaddr *)&at, len) < 0)
		broken("bind to %u: %s", port, strerror(errno));
	if (b->prepare)
		b->prepare(b, side, fd);
	return fd;
}

void serve(struct bed *b, int backlog)
{
	if (b->listener < 0)
		b->listener = new_socket(b, SERVER, b->server_port);
	if (listen(b->listener, backlog) < 0)
		broken("listen: %s", strerror(errno));
	b->listening = true;
}

void unserve(struct bed *b)
{
	close(b->listener);
	b->listener = -1;
	b->listening = false;
}

static void connect_to(struct bed *b, enum side side, int fd, uint16_t port)
{
	struct sockaddr_storage at;
	socklen_t len = host_sockaddr(&b->host[other(side)], port, &at);

	if (connect(fd, (struct sockaddr *)&at, len) < 0 && errno != EINPROGRESS)
		broken("connect: %s", strerror(errno));
}

static void begin(struct bed *b, uint16_t port)
{
	if (b->connections == CONNECTIONS_MAX)
		broken("too many connections");
	b->now = &b->connection[b->connections++];
	*b->now = (struct connection){ port, { new_socket(b, CLIENT, port), -1 } };
}

void dial_to(struct bed *b, uint16_t from, uint16_t to)
{
	begin(b, from);
	connect_to(b, CLIENT, b->now->fd[CLIENT], to);
}

void dial(struct bed *b)
{
	dial_to(b, (uint16_t)(FIRST_PORT + b->connections), b->server_port);
}

void dial_saying(struct bed *b, size_t bytes)
{
	struct sockaddr_storage at;
	socklen_t len = host_sockaddr(&b->host[SERVER], b->server_port, &at);
	char data[1024] = { 0 };

	begin(b, (uint16_t)(FIRST_PORT + b->connections));
	if (sendto(b->now->fd[CLIENT], data, bytes, MSG_FASTOPEN, (struct sockaddr *)&at, len) < 0 &&
	    errno != EINPROGRESS)
		broken("fast open: %s", strerror(errno));
}

void dial_back(struct bed *b)
{
	b->now->fd[SERVER] = new_socket(b, SERVER, b->server_port);
	connect_to(b, SERVER, b->now->fd[SERVER], b->now->port);
}

void answer(struct bed *b)
{
	struct pollfd ready = { b->listener, POLLIN, 0 };

	if (poll(&ready, 1, PATIENCE_MS) != 1)
		broken("nobody to accept");
	b->now->fd[SERVER] = accept4(b->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	if (b->now->fd[SERVER] < 0)
		broken("accept: %s", strerror(errno));
}

void meet(struct bed *b)
{
	if (!b->listening)
		serve(b, 128);
	dial(b);
	answer(b);
	reach(b, CLIENT, K_ESTABLISHED);
}

void turn_to(struct bed *b, size_t connection)
{
	b->now = &b->connection[connection];
}

void tune(struct bed *b, enum side side, const char *name, const char *value)
{
	host_sysctl(&b->host[side], name, value);
}

void use_cookies(struct bed *b)
{
	tune(b, SERVER, "tcp_syncookies", "2");
	b->host[SERVER].cookies = true;
}

void option(struct bed *b, enum side side, int level, int name, int value)
{
	if (setsockopt(b->now->fd[side], level, name, &value, sizeof value) < 0)
		broken("setsockopt %d/%d: %s", level, name, strerror(errno));
}

void listener_option(struct bed *b, int level, int name, int value)
{
	if (b->listener < 0)
		b->listener = new_socket(b, SERVER, b->server_port);
	if (setsockopt(b->listener, level, name, &value, sizeof value) < 0)
		broken("setsockopt %d/%d: %s", level, name, strerror(errno));
}

void rest(unsigned ms)
{
	usleep(ms * 1000);
}

static enum tcp_state state_now(struct bed *b, enum side side)
{
	struct diag *d = &b->look[side];
	uint16_t port = b->now->port;

	diag_dump(d);
	for (size_t i = 0; i < d->now.len; i++)
		if ((side == CLIENT ? d->now.at[i].port : d->now.at[i].peer) == port)
			return d->now.at[i].state;
	return TCP_NONE;
}

void reach(struct bed *b, enum side side, enum tcp_state state)
{
	int64_t until = now_ms() + PATIENCE_MS;
	enum tcp_state is;

	while ((is = state_now(b, side)) != state) {
		if (now_ms() > until)
			broken("the %s is in %s, never reached %s", side_name[side], state_name(is), state_name(state));
		usleep(500);
	}
}

void gone(struct bed *b, enum side side)
{
	int64_t until = now_ms() + PATIENCE_MS;
	enum tcp_state is;

	while ((is = state_now(b, side)) != TCP_NONE && is != K_CLOSED) {
		if (now_ms() > until)
			broken("the %s is in %s, never closed", side_name[side], state_name(is));
		usleep(500);
	}
}

void quiet(struct bed *b, unsigned ms)
{
	int64_t begin = now_ms();

	while (wire_idle_ms(b->wire) < ms || now_ms() - begin < ms) {
		if (now_ms() - begin > PATIENCE_MS)
			broken("the path does not fall silent");
		usleep(1000);
	}
}

void acted(struct bed *b, unsigned times)
{
	int64_t until = now_ms() + PATIENCE_MS;

	while (wire_acts(b->wire) < times) {
		if (now_ms() > until)
			broken("the rules acted %u times, not %u", wire_acts(b->wire), times);
		usleep(500);
	}
}

void inject(struct bed *b, const struct fake *f)
{
	wire_fake(b->wire, b->now ? b->now->port : FIRST_PORT, b->server_port, f);
}

void delay(struct bed *b, enum side from, unsigned ms)
{
	wire_delay(b->wire, from, ms * 1000);
}

void unsure(struct bed *b, enum side endpoint, int tap, const char *reason)
{
	if (b->exemptions == EXEMPTIONS_MAX)
		broken("too many exemptions");
	b->exemption[b->exemptions++] = (struct exemption){ endpoint, tap, reason };
}

void begin_captures(struct bed *b)
{
	b->captured_from = clock_ns(CLOCK_REALTIME);
}
