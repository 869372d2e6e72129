/*
 * A host's TCP sockets as ss sees them, mini-sockets included, through NETLINK_SOCK_DIAG.
 */
#ifndef KERNEL_DIAG_H
#define KERNEL_DIAG_H

#include "happening.h"
#include "host.h"

struct socket_seen {
	uint16_t port, peer;
	enum tcp_state state;
};

struct socket_list {
	struct socket_seen *at;
	size_t len, room;
};

struct diag {
	enum side side;
	int family;
	int netlink;
	uint32_t states; /* 1 << state */
	struct socket_list now;
	/* For diag_watch: the look before; by the client's port, what is there and in which look it was. */
	struct socket_list before;
	struct socket_seen *known;
	unsigned *look_of;
	unsigned look;
	int64_t last; /* when it looked */
};

/* `states`: bits 1 << state of those wanted. */
void diag_init(struct diag *d, const struct host *h, uint32_t states);
void diag_fini(struct diag *d);

/* Reads the present sockets into d->now. */
void diag_dump(struct diag *d);

/* TCP_NONE when there is none; the listener has peer 0. */
enum tcp_state diag_find(const struct diag *d, uint16_t port, uint16_t peer);

/* Dumps again and notes what came (SEEN) and went (GONE) since the last time. One connection a client port. */
void diag_watch(struct diag *d, struct happenings *out);

#endif
