/*
 * Most steps are told by the tracepoint. Four are not, and are worked out here:
 * - a hand-over to a mini-socket: CLOSE right after a mini-socket's timer was started in the same task;
 * - FIN-WAIT-2 -> TIME-WAIT inside a mini-socket: its timer is started again for 60 s;
 * - the life of a SYN-RECEIVED request, and the end of a mini-socket before its time: sock_diag;
 * - what closed a socket: the reset, timer or error next to it.
 */
#include "truth.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { RECENT = 64 };
#define NEAR_NS INT64_C(1000000)
#define SAME_CALL_NS INT64_C(100000000) /* the processor may be taken away in between */
#define SAME_TIMER_NS INT64_C(1000000)
#define FIRST_TIMEOUT_NS INT64_C(900000000)
#define TIME_WAIT_NS INT64_C(40000000000) /* more than tcp_fin_timeout, less than TIME-WAIT's length */

/* The last happenings of some kinds, by which the next change is explained. */
struct recent {
	struct happening list[RECENT];
	size_t next;
};

static void remember(struct recent *r, const struct happening *h)
{
	r->list[r->next++ % RECENT] = *h;
}

static struct happening *recall(struct recent *r, enum kind kind, const struct happening *now, int64_t within)
{
	for (size_t i = 0; i < RECENT; i++) {
		struct happening *h = &r->list[(r->next + RECENT - 1 - i) % RECENT];

		if (h->time && h->kind == kind && h->task == now->task && now->time - h->time < within)
			return h;
	}
	return NULL;
}

struct endpoint *truth_endpoint(struct truth *t, enum side side, uint16_t port, uint16_t peer)
{
	for (size_t i = t->len; i-- > 0;)
		if (t->list[i].side == side && t->list[i].port == port && t->list[i].peer == peer)
			return &t->list[i];
	if (t->len == t->room) {
		t->room = t->room * 2 + 16;
		t->list = realloc(t->list, t->room * sizeof *t->list);
		if (!t->list)
			abort();
	}
	struct endpoint *e = &t->list[t->len++];
	*e = (struct endpoint){ .side = side, .port = port, .peer = peer };
	return e;
}

static struct endpoint *endpoint_of(struct truth *t, const struct happening *h)
{
	return truth_endpoint(t, h->side, h->port, h->peer);
}

static struct endpoint *owner_of(struct truth *t, uint64_t timer)
{
	for (size_t i = t->len; i-- > 0;)
		if (t->list[i].timer == timer)
			return &t->list[i];
	return NULL;
}

static enum tcp_state state_of(const struct endpoint *e)
{
	return e->len ? e->path[e->len - 1].state : TCP_NONE;
}

static void push(struct endpoint *e, enum tcp_state state, int64_t time, const char *source, const char *cause)
{
	if (e->len == STEPS_MAX)
		broken("more than %d steps at port %u", STEPS_MAX, e->port);
	e->path[e->len++] = (struct step){ state, time, source, cause };
	if (state == K_CLOSED)
		e->timer = 0;
}

static const char *cause_of(const struct endpoint *e, struct recent *r, const struct happening *h)
{
	if (e->reset_in && h->time - e->reset_in < NEAR_NS)
		return "reset";
	if (e->reset_out && h->time - e->reset_out < NEAR_NS)
		return "abort";
	if (recall(r, TCP_TIMER, h, SAME_TIMER_NS))
		return "timer";
	return h->from == K_LAST_ACK ? "last-ack" : "user";
}

/* The mini-socket that takes over, if this change to CLOSE is a hand-over. */
static struct happening *successor(const struct endpoint *e, struct recent *r, const struct happening *h)
{
	if (h->from != K_FIN_WAIT_1 && h->from != K_FIN_WAIT_2 && h->from != K_CLOSING)
		return NULL;
	if (e->reset_in && h->time - e->reset_in < NEAR_NS)
		return NULL;
	return recall(r, TIMER_START, h, SAME_CALL_NS);
}

static void on_close(struct truth *t, struct endpoint *e, struct recent *r, const struct happening *h)
{
	struct happening *mini = successor(e, r, h);

	if (!mini) {
		push(e, K_CLOSED, h->time, "trace", cause_of(e, r, h));
		return;
	}
	struct endpoint *before = owner_of(t, mini->timer);
	if (before && before != e)
		before->timer = 0;
	e->timer = mini->timer;
	if (mini->length_ns > TIME_WAIT_NS)
		push(e, K_TIME_WAIT, mini->time, "timer", NULL);
	mini->time = 0;
}

static void on_state(struct truth *t, struct recent *r, const struct happening *h)
{
	if (h->to == K_LISTEN || h->from == K_LISTEN || h->from == h->to)
		return;
	struct endpoint *e = endpoint_of(t, h);
	if (h->from == K_SYN_RECV && state_of(e) != K_SYN_RECV)
		push(e, K_SYN_RECV, h->time, "trace", NULL);
	if (h->to == K_CLOSED)
		on_close(t, e, r, h);
	else
		push(e, h->to, h->time, "trace", NULL);
}

static void on_timer(struct truth *t, struct recent *r, const struct happening *h)
{
	struct endpoint *e = owner_of(t, h->timer);

	if (h->kind == TIMER_START)
		remember(r, h);
	if (!e)
		return;
	if (h->kind == TIMER_END)
		push(e, K_CLOSED, h->time, "timer", "timer");
	else if (state_of(e) == K_FIN_WAIT_2 && h->length_ns > TIME_WAIT_NS)
		push(e, K_TIME_WAIT, h->time, "timer", NULL);
}

/* A reset that follows the close it explains. */
static void on_reset_out(struct endpoint *e, const struct happening *h)
{
	struct step *last = e->len ? &e->path[e->len - 1] : NULL;

	e->reset_out = h->time;
	if (last && last->state == K_CLOSED && h->time - last->time < NEAR_NS && strcmp(last->cause, "user") == 0)
		last->cause = "abort";
}

static void on_error(struct endpoint *e, const struct happening *h)
{
	struct step *last = e->len ? &e->path[e->len - 1] : NULL;

	if (last && last->state == K_CLOSED && h->time - last->time < NEAR_NS && strcmp(last->cause, "user") == 0 &&
	    (h->number == ECONNREFUSED || h->number == EHOSTUNREACH || h->number == ENETUNREACH))
		last->cause = "icmp";
}

/* Requests' timers bear no address: one ran out since the last look, and this request is old enough (RFC 6298 2.1). */
static bool request_ran_out(const struct endpoint *e, const struct recent *r, const struct happening *gone)
{
	if (gone->time - e->path[e->len - 1].time < FIRST_TIMEOUT_NS)
		return false;
	for (size_t i = 0; i < RECENT; i++)
		if (r->list[i].kind == REQUEST_END && r->list[i].time > gone->time - gone->length_ns - NEAR_NS)
			return true;
	return false;
}

/* Only what has no tracepoint: requests come and go, mini-sockets go before their time. */
static void on_sight(struct truth *t, struct recent *r, const struct happening *h)
{
	struct endpoint *e = endpoint_of(t, h);
	enum tcp_state state = state_of(e);
	bool is_new = state == TCP_NONE || state == K_CLOSED || e->timer;

	if (h->kind == SEEN && h->to == K_SYN_RECV && is_new) {
		if (e->timer)
			push(e, K_CLOSED, h->time, "diag", "reuse");
		push(e, K_SYN_RECV, h->time, "diag", NULL);
	} else if (h->kind == GONE && h->from == K_SYN_RECV && state == K_SYN_RECV) {
		push(e, K_CLOSED, h->time, "diag", request_ran_out(e, r, h) ? "timer" : "reset");
	} else if (h->kind == GONE && h->from == state && e->timer) {
		push(e, K_CLOSED, h->time, "diag", "reset");
	}
}

static void replay(struct truth *t, struct recent *r, const struct happening *h)
{
	if (h->timer == 0 && (h->port == 0 || h->peer == 0))
		return; /* a listener, or a socket already unbound */
	switch (h->kind) {
	case SET_STATE:
		on_state(t, r, h);
		return;
	case TIMER_START:
	case TIMER_END:
		on_timer(t, r, h);
		return;
	case REQUEST_END:
	case TCP_TIMER:
		remember(r, h);
		return;
	case RESET_IN:
		endpoint_of(t, h)->reset_in = h->time;
		return;
	case RESET_OUT:
		on_reset_out(endpoint_of(t, h), h);
		return;
	case SOCKET_ERROR:
		on_error(endpoint_of(t, h), h);
		return;
	case SEEN:
	case GONE:
		on_sight(t, r, h);
		return;
	case COOKIE:
		push(endpoint_of(t, h), K_SYN_RECV, h->time, "cookie", NULL);
		return;
	}
}

void truth_replay(struct truth *t, const struct happenings *all)
{
	struct recent r = { 0 };

	for (size_t i = 0; i < all->len; i++)
		replay(t, &r, &all->list[i]);
}

void truth_fini(struct truth *t)
{
	free(t->list);
}

void truth_settle(struct truth *t, const struct diag now[SIDES], int64_t time)
{
	for (size_t i = 0; i < t->len; i++) {
		struct endpoint *e = &t->list[i];

		if (e->timer && diag_find(&now[e->side], e->port, e->peer) == TCP_NONE)
			push(e, K_CLOSED, time, "diag", "reset");
	}
}

/* The listener keeps nothing of it. */
static bool is_cookie(const struct endpoint *e)
{
	return e->len && strcmp(e->path[e->len - 1].source, "cookie") == 0;
}

const char *truth_contradiction(const struct truth *t, const struct diag now[SIDES])
{
	static char text[160];

	for (size_t i = 0; i < t->len; i++) {
		const struct endpoint *e = &t->list[i];
		enum tcp_state ours = is_cookie(e) ? TCP_NONE : state_of(e), theirs = diag_find(&now[e->side], e->port, e->peer);

		if (ours == theirs || (ours <= TCP_NONE && theirs == K_CLOSED) || (ours == K_CLOSED && theirs == TCP_NONE))
			continue;
		snprintf(text, sizeof text, "%s %u->%u: the trace says %s, sock_diag %s", side_name[e->side], e->port,
			 e->peer, state_name(ours), state_name(theirs));
		return text;
	}
	return NULL;
}
