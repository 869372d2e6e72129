/*
 * A host's TCP sockets as ss sees them, mini-sockets included, through NETLINK_SOCK_DIAG.
 */
#ifndef KERNEL_DIAG_H
#define KERNEL_DIAG_H

#include "happening.h"
#include "host.h"

struct diag {
	enum side side;
	int family;
	int netlink;
	uint32_t states; /* 1 << state */
	struct socket_seen {
		uint16_t port, peer;
		enum tcp_state state;
	} *list;
	size_t len, room;
	int64_t last; /* when diag_watch looked last */
};

/* `states`: bits 1 << state of those wanted. */
void diag_init(struct diag *d, const struct host *h, uint32_t states);
void diag_fini(struct diag *d);

/* Reads the present sockets into d->list. */
void diag_dump(struct diag *d);

/* TCP_NONE when there is none; the listener has peer 0. */
enum tcp_state diag_find(const struct diag *d, uint16_t port, uint16_t peer);

/* Dumps again and notes what came (SEEN) and went (GONE) since the last time. */
void diag_watch(struct diag *d, struct happenings *out);

#endif
