/*
 * A dump takes some microseconds: what it shows was true at some time between its begin and its end. So what came is
 * stamped with the begin, what went with the end, and a trace event in between lies rightly after or before.
 */
#include "diag.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PORTS = 65536 };

void diag_init(struct diag *d, const struct host *h, uint32_t states)
{
	host_enter(h);
	*d = (struct diag){ .side = h->side, .family = h->family, .states = states };
	d->known = calloc(PORTS, sizeof *d->known);
	d->look_of = calloc(PORTS, sizeof *d->look_of);
	d->netlink = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
	if (d->netlink < 0 || !d->known || !d->look_of)
		broken("sock_diag: %s", strerror(errno));
}

void diag_fini(struct diag *d)
{
	close(d->netlink);
	free(d->now.at);
	free(d->before.at);
	free(d->known);
	free(d->look_of);
}

static void add(struct socket_list *l, const struct inet_diag_msg *m)
{
	enum tcp_state state = m->idiag_state == K_NEW_SYN_RECV ? K_SYN_RECV : m->idiag_state;

	if (l->len == l->room) {
		l->room = l->room * 2 + 16;
		l->at = realloc(l->at, l->room * sizeof *l->at);
		if (!l->at)
			abort();
	}
	l->at[l->len++] = (struct socket_seen){ ntohs(m->id.idiag_sport), ntohs(m->id.idiag_dport), state };
}

/* One datagram of the answer; true when it was the last. */
static bool read_part(struct diag *d)
{
	uint8_t bytes[32768];
	struct nlmsghdr head;
	struct inet_diag_msg body;
	ssize_t n = recv(d->netlink, bytes, sizeof bytes, 0);

	if (n < 0)
		broken("sock_diag: %s", strerror(errno));
	for (size_t at = 0; at + NLMSG_HDRLEN <= (size_t)n; at += NLMSG_ALIGN(head.nlmsg_len)) {
		memcpy(&head, bytes + at, sizeof head);
		if (head.nlmsg_type != SOCK_DIAG_BY_FAMILY || at + NLMSG_LENGTH(sizeof body) > (size_t)n)
			return true;
		memcpy(&body, bytes + at + NLMSG_HDRLEN, sizeof body);
		add(&d->now, &body);
	}
	return false;
}

void diag_dump(struct diag *d)
{
	struct {
		struct nlmsghdr head;
		struct inet_diag_req_v2 body;
	} ask = {
		.head = { .nlmsg_len = sizeof ask,
			  .nlmsg_type = SOCK_DIAG_BY_FAMILY,
			  .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP },
		.body = { .sdiag_family = (uint8_t)d->family, .sdiag_protocol = IPPROTO_TCP, .idiag_states = d->states },
	};

	d->now.len = 0;
	if (send(d->netlink, &ask, sizeof ask, 0) < 0)
		broken("sock_diag: %s", strerror(errno));
	while (!read_part(d))
		;
}

enum tcp_state diag_find(const struct diag *d, uint16_t port, uint16_t peer)
{
	for (size_t i = 0; i < d->now.len; i++)
		if (d->now.at[i].port == port && d->now.at[i].peer == peer)
			return d->now.at[i].state;
	return TCP_NONE;
}

static uint16_t client_port(const struct diag *d, const struct socket_seen *s)
{
	return d->side == CLIENT ? s->port : s->peer;
}

static void note(struct diag *d, struct happenings *out, int64_t time, const struct socket_seen *s, bool gone)
{
	struct happening h = {
		.time = time,
		.kind = gone ? GONE : SEEN,
		.side = d->side,
		.port = s->port,
		.peer = s->peer,
		.length_ns = time - d->last,
	};

	*(gone ? &h.from : &h.to) = s->state;
	happened(out, &h);
}

static void compare(struct diag *d, struct happenings *out, const struct socket_seen *now, int64_t begin, int64_t end)
{
	struct socket_seen *known = &d->known[client_port(d, now)];

	d->look_of[client_port(d, now)] = d->look;
	if (known->state == now->state && known->port == now->port && known->peer == now->peer)
		return;
	if (known->state != TCP_NONE)
		note(d, out, end, known, true);
	note(d, out, begin, now, false);
	*known = *now;
}

void diag_watch(struct diag *d, struct happenings *out)
{
	int64_t begin = clock_ns(CLOCK_REALTIME);
	struct socket_list before = d->now;

	d->now = d->before;
	d->before = before;
	diag_dump(d);
	int64_t end = clock_ns(CLOCK_REALTIME);
	d->look++;
	for (size_t i = 0; i < d->now.len; i++)
		compare(d, out, &d->now.at[i], begin, end);
	for (size_t i = 0; i < before.len; i++) {
		uint16_t port = client_port(d, &before.at[i]);

		if (d->known[port].state == TCP_NONE || d->look_of[port] == d->look)
			continue;
		note(d, out, end, &d->known[port], true);
		d->known[port].state = TCP_NONE;
	}
	d->last = end;
}
