#include "tcp/infer.h"

/* Would a stack have sent this RST? An abort carries the current number, an answer the offender's ACK (RFC 9293 3.5.2,
 * groups 1 and 2). A number that is neither was guessed. */
static bool is_genuine(const struct scene *scene)
{
	const struct endpoint *x = scene->x;
	const struct endpoint *y = scene->y;
	uint32_t seq = scene->s->seq;

	if (!x->has_seq || x->packets == 0 || seq == x->snd_max || seq == x->edge)
		return true;
	if (scene->s->flags & WS_FLAG_ACK)
		return x->has_fin && seq == x->fin_seq;
	return (y->has_ack && (seq == y->ack_max || seq == y->ack_before)) || seq == y->ack_last;
}

/* RFC 9293 3.10.7.3, second: in SYN-SENT a RST counts only if it acknowledges the SYN. */
static void reset_opener(struct scene *scene)
{
	struct endpoint *x = scene->x;
	struct endpoint *y = scene->y;
	const struct segment *s = scene->s;

	if (!(s->flags & WS_FLAG_ACK) || !seq_gt(s->ack, y->iss) || seq_gt(s->ack, y->snd_max)) {
		return;
	}
	if (!x->saw_syn && !x->sent_other) {
		endpoint_deny(x, FSM_RCV_SYN);
		scene->pair->is_refused = true;
		scene->facts->marks |= MARK_REFUSED;
	}
	endpoint_prove(x, FSM_SND_RST, s);
	endpoint_pend(y, FSM_RCV_RST, s);
}

/* Where the RST lies for y: at the number it waits for, in its window, or outside (RFC 5961 3.2). Deployed stacks also
 * take the number of a FIN already received, and the right edge of what they hold beyond a hole (KERNEL 14). */
static bool is_exact(const struct scene *scene)
{
	const struct endpoint *x = scene->x;
	const struct endpoint *y = scene->y;
	uint32_t seq = scene->s->seq;

	if (!x->has_seq || x->packets == 0 || seq == x->edge)
		return true;
	if (x->has_fin && seq == x->fin_seq && endpoint_stands(y, FSM_RCV_FIN))
		return true;
	if (y->has_sack_edge && seq == y->sack_edge)
		return true;
	/* y has acknowledged it, though the capture has not shown it. */
	if (x->sent_other && y->deferred.is_set && seq == y->deferred.ack)
		return true;
	if (!y->has_ack || seq != y->ack_max)
		return false;
	/* y is known to have missed something: it was told, or had the time to say that it has it. */
	return x->has_edge_doubt || x->edge != x->snd_max || y->at[FSM_RCV_RST].denials > 0 ||
	       (y->rtt_ns > 0 && y->last_ts - x->edge_ts >= y->rtt_ns);
}

static bool is_in_window(const struct endpoint *x, const struct endpoint *y, uint32_t seq)
{
	uint32_t left = y->has_ack ? y->ack_max : x->edge;

	return seq_geq(seq, left) && (!y->has_window || seq_leq(seq, y->right_max));
}

static void pend_reset(struct scene *scene)
{
	const struct endpoint *x = scene->x;
	struct endpoint *y = scene->y;
	const struct segment *s = scene->s;

	if (endpoint_is_gone(y) || (y->has_wrong_ack && s->seq == y->wrong_ack))
		return;
	if (is_exact(scene)) {
		if (y->state == WS_TIME_WAIT)
			scene->facts->marks |= MARK_TIME_WAIT_KILLED;
		endpoint_pend(y, FSM_RCV_RST, s);
		return;
	}
	/* An answer to what y itself said is neither blind nor a guess; x, closed before, answers whatever is on its way. */
	if (!(s->flags & WS_FLAG_ACK) &&
	    (s->seq == y->ack_last || (x->rsts > 1 && endpoint_stands(x, FSM_SND_RST) && seq_leq(s->seq, y->ack_max))))
		return;
	scene->facts->marks |= is_in_window(x, y, s->seq) ? MARK_RST_INEXACT : MARK_RST_OUT_OF_WINDOW;
	scene->facts->expected = x->edge;
	scene->facts->seen = s->seq;
}

/* What x had received when it sent the RST: an abort says it with its ACK, an answer says which segment it refuses. */
static void settle_receptions(struct scene *scene)
{
	struct endpoint *x = scene->x;
	const struct endpoint *y = scene->y;
	const struct segment *s = scene->s;

	if (!(s->flags & WS_FLAG_ACK)) {
		if (!y->is_fin_presumed || !acks_fin(y, x->ack_max))
			endpoint_deny(x, FSM_RCV_FIN);
		/* Unless what it refuses had only been kept back. */
		if (x->has_fin && seq_leq(s->seq, x->fin_seq) && y->uncovered_ts < x->at[FSM_RCV_ACK_OF_FIN].earliest &&
		    x->at[FSM_RCV_ACK_OF_FIN].earliest > under_way_since(x, s->ts))
			endpoint_deny(x, FSM_RCV_ACK_OF_FIN);
		return;
	}
	if (acks_fin(y, s->ack)) {
		/* What looks like the number of a FIN that was not captured may be that of a byte. */
		if (y->is_fin_presumed)
			return;
		x->may_have_closed |= infer_is_end_missing(x);
		endpoint_confirm(x, FSM_RCV_FIN, s);
	} else {
		endpoint_deny(x, FSM_RCV_FIN);
	}
}

/* Only a full socket aborts. One that a listener made became ESTABLISHED first; one that has opened itself, or by fast open,
 * was a full socket before, so what cannot have come to it by then did not count. */
static void settle_abort(struct scene *scene)
{
	struct endpoint *x = scene->x;
	ws_time since = under_way_since(x, scene->s->ts);

	if (x->saw_bare_syn || scene->pair->is_fast_open) {
		if (x->at[FSM_RCV_SYN_ACK].earliest > since)
			endpoint_deny(x, FSM_RCV_SYN_ACK);
		if (x->at[FSM_RCV_ACK_OF_SYN].earliest > since)
			endpoint_deny(x, FSM_RCV_ACK_OF_SYN);
	} else if (endpoint_stands(x, FSM_RCV_SYN) && x->at[FSM_RCV_ACK_OF_SYN].standing == PENDING) {
		endpoint_confirm(x, FSM_RCV_ACK_OF_SYN, scene->s);
	}
}

/* A RST from a side that has not finished its handshake: from the opener, or from the responder. Returns whether it ends
 * the side; one that answers a wrong number does not (KERNEL 4). */
static bool ends_handshake(struct scene *scene)
{
	struct endpoint *x = scene->x;
	const struct segment *s = scene->s;

	if (s->flags & WS_FLAG_ACK) {
		settle_abort(scene);
		return true;
	}
	if (!seq_gt(s->seq, x->iss) || seq_gt(s->seq, x->snd_max))
		return false;
	/* A SYN that only the SYN-ACK told of, and that x knows nothing of. */
	if (!x->saw_syn && endpoint_stands(x, FSM_SND_SYN))
		endpoint_forget(x, FSM_SND_SYN);
	endpoint_deny(x, FSM_RCV_SYN_ACK);
	endpoint_deny(x, FSM_RCV_ACK_OF_SYN);
	return true;
}

static bool is_opening(const struct endpoint *x)
{
	if (endpoint_stands(x, FSM_SND_SYN) && !endpoint_is_proven(x, FSM_RCV_SYN_ACK) && !x->sent_other)
		return true;
	return endpoint_stands(x, FSM_RCV_SYN) && !endpoint_is_proven(x, FSM_RCV_ACK_OF_SYN) && !x->sent_other;
}

void infer_reset(struct scene *scene)
{
	struct endpoint *x = scene->x;
	struct endpoint *y = scene->y;
	const struct segment *s = scene->s;

	x->rsts++;
	if (endpoint_stands(y, FSM_SND_SYN) && !x->saw_syn && !endpoint_stands(y, FSM_RCV_SYN_ACK) && !y->sent_other) {
		reset_opener(scene);
		return;
	}
	if (is_genuine(scene) && (!x->has_iss || !is_opening(x) || ends_handshake(scene))) {
		if (!endpoint_is_gone(x))
			settle_receptions(scene);
		/* Its host has no connection any more: what had been sent to end it did. */
		if (endpoint_stands(x, FSM_RCV_RST) && !(s->flags & WS_FLAG_ACK))
			endpoint_confirm(x, FSM_RCV_RST, s);
		endpoint_prove(x, FSM_SND_RST, s);
		if ((s->flags & WS_FLAG_ACK) && x->has_ack && seq_gt(s->ack, x->ack_max))
			x->ack_max = s->ack;
	}
	pend_reset(scene);
}

/* A duplicate of what x has said before, with nothing new in it, from an x that lacks something: a challenge ACK. Where it
 * has everything, the RST was exact and drew none: this one was on its way. */
static bool is_repetition_of_ack(const struct scene *scene)
{
	const struct endpoint *x = scene->x;

	return seq_lt(scene->s->ack, scene->y->edge) && scene->s->seq == scene->facts->end &&
	       scene->s->seq == x->snd_max && x->has_ack && scene->s->ack == x->ack_max &&
	       scene->s->window == x->window_last && sack_edge_of(scene->s) == x->sack_edge;
}

/* A side that still sends old news this long after its own reset is alive; before, the tap may have seen them swapped. */
static bool belies_own_reset(const struct scene *scene)
{
	const struct endpoint *x = scene->x;
	const struct moment *rst = &x->at[FSM_SND_RST];

	return seq_gt(scene->facts->end, x->snd_max) || !x->has_ack || seq_gt(scene->s->ack, x->ack_max) ||
	       scene->s->ts - rst->latest > DISORDER_NS;
}

/* Sent before something else of x that has passed already: the network has kept it back. */
static bool is_behind(const struct scene *scene)
{
	const struct endpoint *x = scene->x;
	const struct segment *s = scene->s;

	return (x->has_ack && seq_lt(s->ack, x->ack_max)) ||
	       (x->has_tsval && (s->options.present & OPTION_TIMESTAMPS) && seq_lt(s->options.tsval, x->tsval_max));
}

/* x goes on as if nothing had happened: its RST was not its own, or the RST towards it did not count. */
void infer_life_after_reset(struct scene *scene)
{
	struct endpoint *x = scene->x;
	const struct moment *received = &x->at[FSM_RCV_RST];

	if (is_behind(scene))
		return;
	if (endpoint_stands(x, FSM_SND_RST) && belies_own_reset(scene))
		endpoint_forget(x, FSM_SND_RST);
	if (received->standing == PENDING && !endpoint_stands(x, FSM_SND_RST))
		endpoint_deny_until(x, FSM_RCV_RST,
				    is_repetition_of_ack(scene) ? scene->s->ts : under_way_since(x, scene->s->ts));
	if (endpoint_stands(x, FSM_TIMEOUT))
		endpoint_forget(x, FSM_TIMEOUT);
}
