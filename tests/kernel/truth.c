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

enum { RECENT = 256 };
#define NEAR_NS INT64_C(1000000)
#define STALL_NS INT64_C(100000000) /* the processor may be taken away between two events of one call */
#define CALL_NS INT64_C(50000)      /* if it is not */
#define ONE_SEGMENT_NS INT64_C(10000000)
#define RTO_MIN_NS INT64_C(190000000)
#define FIRST_TIMEOUT_NS INT64_C(900000000)
#define TIME_WAIT_NS INT64_C(40000000000) /* more than tcp_fin_timeout, less than TIME-WAIT's length */

/* The last happenings in the trace, by which the next change is explained. */
struct recent {
	struct happening list[RECENT];
	size_t next;
	int64_t request_end;
};

static void remember(struct recent *r, const struct happening *h)
{
	r->list[r->next++ % RECENT] = *h;
	if (h->kind == REQUEST_END)
		r->request_end = h->time;
}

/* What the same task did right before, if it was of this kind. */
static const struct happening *preceded_by(const struct recent *r, enum kind kind, const struct happening *now)
{
	for (size_t i = 1; i <= RECENT; i++) {
		const struct happening *h = &r->list[(r->next + RECENT - i) % RECENT];

		if (h->time && h->task == now->task)
			return h->kind == kind && now->time - h->time < STALL_NS ? h : NULL;
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
	e->path[e->len++] = (struct step){
		.state = state,
		.time = time,
		.source = source,
		.cause = cause,
		.segments = e->segments,
	};
	if (state == K_CLOSED)
		e->timer = 0;
}

static int64_t since_of(const struct endpoint *e)
{
	return e->len ? e->path[e->len - 1].time : 0;
}

static const char *cause_of(const struct endpoint *e, const struct recent *r, const struct happening *h)
{
	if (e->reset_in && h->time - e->reset_in < NEAR_NS)
		return "reset";
	if (e->reset_out && h->time - e->reset_out < NEAR_NS)
		return "abort";
	if (preceded_by(r, TCP_TIMER, h) && h->time - since_of(e) > RTO_MIN_NS)
		return "timer";
	return h->from == K_LAST_ACK ? "last-ack" : "user";
}

/* The start of the mini-socket's timer that takes over, if this change to CLOSE is a hand-over. A timer that has an owner
 * was started again for it, unless its memory is new. */
static const struct happening *successor(struct truth *t, const struct endpoint *e, const struct recent *r,
					 const struct happening *h)
{
	const struct happening *start = preceded_by(r, TIMER_START, h);

	if (!start || (h->from != K_FIN_WAIT_1 && h->from != K_FIN_WAIT_2 && h->from != K_CLOSING))
		return NULL;
	if (e->reset_in && h->time - e->reset_in < NEAR_NS)
		return NULL;
	return owner_of(t, start->timer) && h->time - start->time > CALL_NS ? NULL : start;
}

/* Its memory is another's: it was killed. What looked like its timer started again was the other's. */
static void bury(struct endpoint *e, const struct happening *start)
{
	if (state_of(e) == K_TIME_WAIT && since_of(e) == start->time)
		e->len--;
	push(e, K_CLOSED, start->time, "timer", "reset");
}

static void on_close(struct truth *t, struct endpoint *e, const struct recent *r, const struct happening *h)
{
	const struct happening *start = successor(t, e, r, h);

	if (!start) {
		push(e, K_CLOSED, h->time, "trace", cause_of(e, r, h));
		return;
	}
	struct endpoint *before = owner_of(t, start->timer);
	if (before && before != e)
		bury(before, start);
	e->timer = start->timer;
	if (start->length_ns > TIME_WAIT_NS)
		push(e, K_TIME_WAIT, start->time, "timer", NULL);
}

static void on_state(struct truth *t, const struct recent *r, const struct happening *h)
{
	if (h->to == K_LISTEN || h->from == K_LISTEN || h->from == h->to)
		return;
	struct endpoint *e = endpoint_of(t, h);
	if (e->timer) /* a full socket again */
		push(e, K_CLOSED, h->time, "trace", "reuse");
	if (h->from == K_SYN_RECV && state_of(e) != K_SYN_RECV)
		push(e, K_SYN_RECV, h->time, "trace", NULL);
	if (h->to == K_CLOSED)
		on_close(t, e, r, h);
	else
		push(e, h->to, h->time, "trace", NULL);
}

static void on_timer(struct truth *t, const struct happening *h)
{
	struct endpoint *e = owner_of(t, h->timer);

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

/* A SYN came and was answered: a new life. */
static void on_request(struct endpoint *e, const struct happening *h)
{
	static const char *const sources[] = { [SYN_ACK_OUT] = "tap", [COOKIE_OUT] = "cookie", [SEEN] = "diag" };

	if (e->timer)
		push(e, K_CLOSED, h->time, sources[h->kind], "reuse");
	if (state_of(e) == TCP_NONE || state_of(e) == K_CLOSED)
		push(e, K_SYN_RECV, h->time, sources[h->kind], NULL);
}

static void on_fin_out(struct endpoint *e)
{
	if (e->len)
		e->path[e->len - 1].fin_left = true;
}

bool truth_is_unsent(const struct endpoint *e, size_t step)
{
	const struct step *s = &e->path[step];

	return (s->state == K_FIN_WAIT_1 || s->state == K_LAST_ACK) && !s->fin_left;
}

bool truth_is_brief(const struct endpoint *e, size_t step)
{
	const struct step *s = &e->path[step];

	return step + 1 < e->len && s[0].segments == s[1].segments && s[1].time - s[0].time < ONE_SEGMENT_NS;
}

/* Requests' timers bear no address: one ran out since the last look, and this request is old enough (RFC 6298 2.1). */
static bool request_ran_out(const struct endpoint *e, const struct recent *r, const struct happening *gone)
{
	return gone->time - since_of(e) > FIRST_TIMEOUT_NS && r->request_end > gone->time - gone->length_ns - NEAR_NS;
}

/* Only what has no tracepoint: requests come and go, mini-sockets go before their time. */
static void on_sight(struct truth *t, const struct recent *r, const struct happening *h)
{
	struct endpoint *e = endpoint_of(t, h);
	enum tcp_state state = state_of(e);

	if (h->kind == SEEN && h->to == K_SYN_RECV) {
		on_request(e, h);
	} else if (h->kind == GONE && h->from == K_SYN_RECV && state == K_SYN_RECV) {
		push(e, K_CLOSED, h->time, "diag", request_ran_out(e, r, h) ? "timer" : "reset");
	} else if (h->kind == GONE && h->from == state && e->timer) {
		push(e, K_CLOSED, h->time, "diag", "reset");
	}
}

static void replay(struct truth *t, const struct recent *r, const struct happening *h)
{
	if (h->timer == 0 && (h->port == 0 || h->peer == 0))
		return; /* a listener, or a socket already unbound */
	switch (h->kind) {
	case SET_STATE:
		on_state(t, r, h);
		return;
	case TIMER_START:
	case TIMER_END:
		on_timer(t, h);
		return;
	case REQUEST_END:
	case TCP_TIMER:
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
	case SEGMENT_IN:
		endpoint_of(t, h)->segments++;
		return;
	case FIN_OUT:
		on_fin_out(endpoint_of(t, h));
		return;
	case SYN_ACK_OUT:
	case COOKIE_OUT:
		on_request(endpoint_of(t, h), h);
		return;
	}
}

void truth_replay(struct truth *t, const struct happenings *all)
{
	struct recent r = { 0 };

	for (size_t i = 0; i < all->len; i++) {
		replay(t, &r, &all->list[i]);
		if (all->list[i].task)
			remember(&r, &all->list[i]);
	}
}

void truth_fini(struct truth *t)
{
	free(t->list);
}

/* The listener keeps nothing of it. */
static bool is_cookie(const struct endpoint *e)
{
	return e->len && strcmp(e->path[e->len - 1].source, "cookie") == 0;
}

void truth_settle(struct truth *t, const struct diag now[SIDES], int64_t time)
{
	for (size_t i = 0; i < t->len; i++) {
		struct endpoint *e = &t->list[i];

		bool is_mini = e->timer || (state_of(e) == K_SYN_RECV && !is_cookie(e));

		if (is_mini && diag_find(&now[e->side], e->port, e->peer) == TCP_NONE)
			push(e, K_CLOSED, time, "diag", "reset");
	}
}

const char *truth_contradiction(const struct truth *t, const struct diag now[SIDES])
{
	static char text[160];

	for (size_t i = 0; i < t->len; i++) {
		const struct endpoint *e = &t->list[i];
		enum tcp_state ours = is_cookie(e) ? TCP_NONE : state_of(e),
			       theirs = diag_find(&now[e->side], e->port, e->peer);

		if (ours == theirs || (ours <= TCP_NONE && theirs == K_CLOSED) ||
		    (ours == K_CLOSED && theirs == TCP_NONE))
			continue;
		snprintf(text, sizeof text, "%s %u->%u: the trace says %s, sock_diag %s", side_name[e->side], e->port,
			 e->peer, state_name(ours), state_name(theirs));
		return text;
	}
	return NULL;
}
