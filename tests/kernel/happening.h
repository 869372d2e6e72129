/*
 * One thing a kernel told about one endpoint, from whichever source, on one clock. The truth is made of these.
 */
#ifndef KERNEL_HAPPENING_H
#define KERNEL_HAPPENING_H

#include "wire.h"

#include <stdint.h>

/* As the kernel numbers them (include/net/tcp_states.h). */
enum tcp_state {
	TCP_NONE,
	K_ESTABLISHED,
	K_SYN_SENT,
	K_SYN_RECV,
	K_FIN_WAIT_1,
	K_FIN_WAIT_2,
	K_TIME_WAIT,
	K_CLOSED,
	K_CLOSE_WAIT,
	K_LAST_ACK,
	K_LISTEN,
	K_CLOSING,
	K_NEW_SYN_RECV
};

/* RFC 9293 spelling. */
const char *state_name(enum tcp_state state);

enum kind {
	SET_STATE,    /* a full socket went from `from` to `to` */
	TIMER_START,  /* of a TIME-WAIT mini-socket: `timer`, `length_ns` */
	TIMER_END,    /* the same timer ran out */
	REQUEST_END,  /* a request's timer ran out */
	TCP_TIMER,    /* a full socket's timer ran out */
	RESET_IN,     /* a reset was accepted */
	RESET_OUT,    /* a reset was sent */
	SOCKET_ERROR, /* `number`: errno */
	SEEN,         /* sock_diag: is in `to` */
	SEGMENT_IN,   /* the host's tap: a segment came */
	FIN_OUT,      /* a FIN left */
	SYN_ACK_OUT,  /* a SYN-ACK left, so there is a request */
	COOKIE_OUT,   /* the same, with a SYN cookie: there is none */
	GONE          /* sock_diag: was in `from`, is no more; last looked for `length_ns` before */
};

struct happening {
	int64_t time; /* nanoseconds since 1970 */
	enum kind kind;
	enum side side;
	uint16_t port, peer;
	enum tcp_state from, to;
	int task; /* where it happened: tells which timer belongs to which change */
	uint64_t timer;
	int64_t length_ns;
	int number;
};

/* A growing list. Ends the process when out of memory. */
struct happenings {
	struct happening *list;
	size_t len, room;
};

void happened(struct happenings *all, const struct happening *h);
/* By time; those of the same time stay in their order. */
void happenings_sort(struct happenings *all);
void happenings_fini(struct happenings *all);

#endif
