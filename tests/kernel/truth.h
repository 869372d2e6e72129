/*
 * The ordered states of every endpoint, as its kernel had them: what happened, replayed.
 */
#ifndef KERNEL_TRUTH_H
#define KERNEL_TRUTH_H

#include "diag.h"
#include "happening.h"
#include "host.h"

struct step {
	enum tcp_state state;
	int64_t time;
	const char *source; /* "trace", "timer", "diag", "tap", "cookie" */
	const char *cause;  /* of CLOSED: "reset", "abort", "timer", "icmp", "last-ack", "user" */
	unsigned segments;  /* that had come in before */
	bool fin_left;      /* of FIN-WAIT-1 and LAST-ACK: before the next step */
};

enum { STEPS_MAX = 48 };

struct endpoint {
	enum side side;
	uint16_t port, peer;
	size_t len;
	struct step path[STEPS_MAX];
	uint64_t timer;    /* of its mini-socket, 0 when it has none */
	unsigned segments; /* come in so far */
	int64_t reset_in, reset_out;
};

struct truth {
	struct endpoint *list;
	size_t len, room;
};

/* `all` is sorted by time. */
void truth_replay(struct truth *t, const struct happenings *all);
void truth_fini(struct truth *t);

/* True when the step was entered by close() alone: its FIN had to wait, and never left before the next step. */
bool truth_is_unsent(const struct endpoint *e, size_t step);

/* True when the step and the next were made by one segment. */
bool truth_is_brief(const struct endpoint *e, size_t step);

/* An endpoint by its ports; made, with an empty path, when nothing has happened there. */
struct endpoint *truth_endpoint(struct truth *t, enum side side, uint16_t port, uint16_t peer);

/* Requests and mini-sockets that are no more at `time`, and of whose end nothing told, were reset. */
void truth_settle(struct truth *t, const struct diag now[SIDES], int64_t time);

/* NULL when every endpoint's last state is what the host's sockets show now, else what is wrong. Static text. */
const char *truth_contradiction(const struct truth *t, const struct diag now[SIDES]);

#endif
