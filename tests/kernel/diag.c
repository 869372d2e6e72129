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

void diag_init(struct diag *d, const struct host *h, uint32_t states)
{
	host_enter(h);
	*d = (struct diag){ .side = h->side, .family = h->family, .states = states };
	d->netlink = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
	if (d->netlink < 0)
		broken("sock_diag: %s", strerror(errno));
}

void diag_fini(struct diag *d)
{
	close(d->netlink);
	free(d->list);
}

static void add(struct diag *d, const struct inet_diag_msg *m)
{
	enum tcp_state state = m->idiag_state == K_NEW_SYN_RECV ? K_SYN_RECV : m->idiag_state;

	if (d->len == d->room) {
		d->room = d->room * 2 + 16;
		d->list = realloc(d->list, d->room * sizeof *d->list);
		if (!d->list)
			abort();
	}
	d->list[d->len++] = (struct socket_seen){ ntohs(m->id.idiag_sport), ntohs(m->id.idiag_dport), state };
}

/* One datagram of the answer; true when it was the last. */
static bool read_part(struct diag *d)
{
	union {
		char bytes[32768];
		struct nlmsghdr align;
	} in;
	ssize_t n = recv(d->netlink, &in, sizeof in, 0);

	if (n < 0)
		broken("sock_diag: %s", strerror(errno));
	size_t left = (size_t)n;
	for (struct nlmsghdr *h = &in.align; NLMSG_OK(h, left); h = NLMSG_NEXT(h, left)) {
		if (h->nlmsg_type == NLMSG_DONE || h->nlmsg_type == NLMSG_ERROR)
			return true;
		add(d, NLMSG_DATA(h));
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

	d->len = 0;
	if (send(d->netlink, &ask, sizeof ask, 0) < 0)
		broken("sock_diag: %s", strerror(errno));
	while (!read_part(d))
		;
}

static enum tcp_state find(const struct socket_seen *list, size_t len, uint16_t port, uint16_t peer)
{
	for (size_t i = 0; i < len; i++)
		if (list[i].port == port && list[i].peer == peer)
			return list[i].state;
	return TCP_NONE;
}

enum tcp_state diag_find(const struct diag *d, uint16_t port, uint16_t peer)
{
	return find(d->list, d->len, port, peer);
}

static void note(struct diag *d, struct happenings *out, int64_t time, const struct socket_seen *s, bool gone)
{
	struct happening h = {
		.time = time, .kind = gone ? GONE : SEEN, .side = d->side, .port = s->port, .peer = s->peer,
		.length_ns = time - d->last,
	};

	*(gone ? &h.from : &h.to) = s->state;
	happened(out, &h);
}

void diag_watch(struct diag *d, struct happenings *out)
{
	struct socket_seen *before = d->list;
	size_t before_len = d->len;
	int64_t begin = clock_ns(CLOCK_REALTIME);

	d->list = NULL;
	d->room = 0;
	diag_dump(d);
	int64_t end = clock_ns(CLOCK_REALTIME);
	for (size_t i = 0; i < d->len; i++)
		if (find(before, before_len, d->list[i].port, d->list[i].peer) != d->list[i].state)
			note(d, out, begin, &d->list[i], false);
	for (size_t i = 0; i < before_len; i++)
		if (diag_find(d, before[i].port, before[i].peer) != before[i].state)
			note(d, out, end, &before[i], true);
	d->last = end;
	free(before);
}
