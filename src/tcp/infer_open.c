#include "tcp/infer.h"

void infer_options(struct endpoint *x, const struct segment *s)
{
	const struct tcp_options *o = &s->options;

	x->mss = o->present & OPTION_MSS ? o->mss : -1;
	x->wscale = o->present & OPTION_WSCALE ? o->wscale : -1;
	x->sack_permitted = (o->present & OPTION_SACK_PERMITTED) != 0;
	x->offers_timestamps = (o->present & OPTION_TIMESTAMPS) != 0;
	x->has_fast_open = (o->present & OPTION_FAST_OPEN) != 0;
	x->are_options_cut = s->is_header_cut;
}

/* RFC 7323 2.2: a scale counts only when both SYNs carry it. */
static void settle_scale(struct pair *pair)
{
	struct endpoint *a = &pair->side[0];
	struct endpoint *b = &pair->side[1];

	if (a->saw_syn && b->saw_syn && !a->are_options_cut && !b->are_options_cut &&
	    (a->wscale < 0 || b->wscale < 0)) {
		a->wscale = a->wscale < 0 ? -1 : 0;
		b->wscale = b->wscale < 0 ? -1 : 0;
	}
}

static void note_syn_window(struct endpoint *x, const struct segment *s)
{
	if (s->window > x->win_max)
		x->win_max = s->window;
	if ((s->flags & WS_FLAG_ACK) && (!x->has_ack || seq_gt(s->ack, x->ack_max))) {
		x->ack_max = s->ack;
		x->has_ack = true;
		x->right_max = s->ack + s->window;
		x->has_window = true;
	}
	if (s->options.present & OPTION_TIMESTAMPS) {
		x->tsval_max = s->options.tsval;
		x->ts_recent = s->options.tsval;
		x->has_tsval = true;
		x->has_ts_recent = true;
	}
}

static void start_at_syn(struct scene *scene)
{
	struct endpoint *x = scene->x;
	const struct segment *s = scene->s;

	if (!scene->had_seq || x->iss != s->seq)
		endpoint_start(x, s->seq);
	x->has_iss = true;
	x->iss = s->seq;
	endpoint_take(x, s->seq, s->seq + 1 + s->len, s->ts);
	x->saw_syn = true;
	x->bytes = s->len;
	if (x->syn_ts == WS_TIME_NONE)
		x->syn_ts = s->ts;
	infer_options(x, s);
	settle_scale(scene->pair);
}

/* The opener repeats its SYN: it has had neither SYN-ACK nor SYN. */
static void repeat_syn(struct scene *scene)
{
	struct endpoint *x = scene->x;
	struct endpoint *y = scene->y;

	if (endpoint_is_proven(x, FSM_RCV_SYN_ACK)) {
		/* A copy that the network kept back; a challenge ACK is due (RFC 5961 4). */
		scene->facts->marks |= MARK_SYN_TO_SYNCHRONISED;
		scene->facts->expected = x->snd_max;
		scene->facts->seen = scene->s->seq;
		return;
	}
	scene->facts->marks |= MARK_SYN_REPEATED;
	x->rtt_ns = -1;
	endpoint_deny(x, FSM_RCV_SYN_ACK);
	endpoint_deny(x, FSM_RCV_SYN);
	endpoint_pend(y, FSM_RCV_SYN, scene->s);
}

void infer_syn(struct scene *scene)
{
	struct pair *pair = scene->pair;
	struct endpoint *x = scene->x;
	struct endpoint *y = scene->y;
	const struct segment *s = scene->s;

	pair->syns++;
	if (x->saw_bare_syn && s->seq == x->iss) {
		repeat_syn(scene);
		return;
	}
	if (endpoint_is_proven(x, FSM_RCV_SYN) && !x->saw_syn) {
		x->is_syn_an_answer = true;
		pair->is_split = true;
		scene->facts->marks |= MARK_SPLIT_HANDSHAKE;
	}
	if (!x->saw_syn && endpoint_is_proven(x, FSM_SND_SYN))
		scene->facts->marks |= MARK_REORDERED;
	start_at_syn(scene);
	note_syn_window(x, s);
	x->saw_bare_syn = true;
	pair->syn_data_len = s->len;
	if (s->len > 0 && y->saw_syn_ack && seq_gt(y->ack_max, s->seq + 1))
		pair->is_fast_open = true;
	if (pair->is_opener_stale)
		endpoint_forget(x, FSM_SND_SYN);
	else
		endpoint_prove(x, FSM_SND_SYN, s);
	if (s->flags & WS_FLAG_FIN) {
		/* Deployed listeners drop SYN with FIN; one that does not will answer. */
		scene->facts->marks |= MARK_SYN_FIN;
		if (y->at[FSM_RCV_SYN].standing == NEVER)
			endpoint_forget(y, FSM_RCV_SYN);
		return;
	}
	endpoint_pend(y, FSM_RCV_SYN, s);
}

/* The capture missed the SYN that this SYN-ACK answers, or shows it later. */
static void supply_syn(struct scene *scene)
{
	struct endpoint *y = scene->y;
	const struct segment *s = scene->s;

	endpoint_start(y, s->ack - 1);
	endpoint_take(y, s->ack - 1, s->ack, s->ts);
	y->has_iss = true;
	y->iss = s->ack - 1;
	endpoint_prove(y, FSM_SND_SYN, s);
}

static bool is_right_syn_ack(struct scene *scene)
{
	struct endpoint *y = scene->y;
	const struct segment *s = scene->s;

	if (!y->has_iss) {
		if (!y->has_seq)
			supply_syn(scene);
		return y->has_iss;
	}
	return seq_gt(s->ack, y->iss) && seq_leq(s->ack, y->snd_max);
}

static void repeat_syn_ack(struct scene *scene)
{
	struct endpoint *x = scene->x;

	scene->facts->marks |= MARK_SYN_ACK_REPEATED;
	endpoint_deny_until(x, FSM_RCV_ACK_OF_SYN, under_way_since(x, scene->s->ts));
	endpoint_deny_until(x, FSM_RCV_SYN_ACK, under_way_since(x, scene->s->ts));
	endpoint_pend(scene->y, FSM_RCV_SYN_ACK, scene->s);
}

void infer_syn_ack(struct scene *scene)
{
	struct pair *pair = scene->pair;
	struct endpoint *x = scene->x;
	struct endpoint *y = scene->y;
	const struct segment *s = scene->s;

	pair->syn_acks++;
	if (!is_right_syn_ack(scene)) {
		/* What it answers was not captured. */
		if (!y->saw_syn)
			return;
		scene->facts->marks |= MARK_SYN_ACK_WRONG_ACK;
		scene->facts->expected = y->iss + 1;
		scene->facts->seen = s->ack;
		x->has_wrong_ack = true;
		x->wrong_ack = s->ack;
		return;
	}
	if (x->saw_syn_ack && s->seq == x->iss) {
		repeat_syn_ack(scene);
		return;
	}
	/* Another ISN than before counts only while the opener has not taken the first. */
	if (x->saw_syn && s->seq != x->iss && endpoint_is_proven(y, FSM_RCV_SYN_ACK))
		return;
	if (y->syn_ts != WS_TIME_NONE && pair->syns == (x->saw_bare_syn ? 2u : 1u))
		x->rtt_ns = s->ts - y->syn_ts;
	if (!x->saw_syn && endpoint_is_proven(x, FSM_SND_SYN_ACK))
		scene->facts->marks |= MARK_REORDERED;
	start_at_syn(scene);
	note_syn_window(x, s);
	x->saw_syn_ack = true;
	if (!x->saw_bare_syn)
		x->syn_ts = s->ts;
	endpoint_confirm(x, FSM_RCV_SYN, s);
	endpoint_prove(x, FSM_SND_SYN_ACK, s);
	if (pair->syn_data_len > 0 && seq_gt(s->ack, y->iss + 1))
		pair->is_fast_open = true;
	endpoint_pend(y, FSM_RCV_SYN_ACK, s);
}

/* The opener's first ACK tells how far it is from here; not one that was captured before the SYN-ACK it answers. */
static void measure_opener(struct scene *scene)
{
	struct endpoint *x = scene->x;
	const struct endpoint *y = scene->y;
	ws_time syn_ack = y->at[FSM_SND_SYN_ACK].earliest;

	if (x->rtt_ns < 0 && y->saw_syn_ack && scene->pair->syn_acks == 1 && scene->s->ts >= syn_ack)
		x->rtt_ns = scene->s->ts - syn_ack;
}

/* x acknowledges a SYN of y. */
static void confirm_syn_received(struct scene *scene)
{
	struct pair *pair = scene->pair;
	struct endpoint *x = scene->x;
	struct endpoint *y = scene->y;
	const struct segment *s = scene->s;

	/* A SYN taken for an old copy was none. */
	if (x->saw_bare_syn && !endpoint_stands(x, FSM_SND_SYN) && acks_syn(y, s->ack))
		endpoint_confirm(x, FSM_SND_SYN, s);
	if (!endpoint_stands(x, FSM_SND_SYN) || endpoint_is_proven(x, FSM_RCV_SYN_ACK))
		return;
	if (!y->has_seq) {
		/* One direction only, or the SYN-ACK was missed: the first ACK tells the ISN. */
		if (s->seq != x->iss + 1 || pair->is_midstream)
			return;
		endpoint_start(y, s->ack - 1);
		endpoint_take(y, s->ack - 1, s->ack, s->ts);
		y->has_iss = true;
		y->iss = s->ack - 1;
		endpoint_confirm(y, FSM_RCV_SYN, s);
		endpoint_prove(y, FSM_SND_SYN_ACK, s);
	}
	if (!acks_syn(y, s->ack))
		return;
	if (y->saw_bare_syn && !y->saw_syn_ack && !x->saw_syn_ack) {
		/* A bare ACK of a bare SYN: x has taken the SYN, but did not answer as the figure asks. */
		endpoint_confirm(x, FSM_RCV_SYN, s);
		if (!pair->is_split)
			scene->facts->marks |= MARK_SPLIT_HANDSHAKE;
		pair->is_split = true;
		return;
	}
	/* It went on without a SYN-ACK of its own, so the peer's SYN never came: its SYN-ACK did (KERNEL 6). */
	if (x->saw_bare_syn && !x->saw_syn_ack && y->saw_syn_ack)
		endpoint_deny(x, FSM_RCV_SYN);
	measure_opener(scene);
	endpoint_confirm(x, FSM_RCV_SYN_ACK, s);
}

/* x answers a SYN by a bare ACK: it has taken the SYN, but not as the figure asks; or it says where an old connection
 * stands, which tells nothing of this one. Unless the capture has missed the SYN-ACK: then the opener goes on. */
static bool is_bare_answer_to_syn(const struct scene *scene)
{
	const struct endpoint *y = scene->y;

	return !scene->x->saw_syn && y->saw_bare_syn && !y->sent_other && endpoint_stands(scene->x, FSM_RCV_SYN) &&
	       !endpoint_is_proven(scene->x, FSM_SND_SYN_ACK);
}

/* What x acknowledges beyond y's SYN can only have been sent by a y that is ESTABLISHED; where it was captured this is
 * known already. */
static void confirm_peer_by_its_data(struct scene *scene)
{
	struct endpoint *y = scene->y;

	if (y->sent_other || scene->pair->is_fast_open || !y->has_iss || !seq_gt(scene->s->ack, y->iss + 1))
		return;
	if (seq_leq(scene->s->ack, y->iss + 1 + scene->pair->syn_data_len))
		return;
	if (endpoint_stands(y, FSM_RCV_SYN) && !y->saw_bare_syn)
		endpoint_confirm(y, FSM_RCV_ACK_OF_SYN, scene->s);
	else if (endpoint_stands(y, FSM_RCV_SYN_ACK))
		endpoint_confirm(y, FSM_RCV_SYN_ACK, scene->s);
}

/* A bare ACK of no more than the SYN, where nothing had passed that would make x ESTABLISHED, or after a RST: a challenge
 * (RFC 5961 3), which deployed listeners send out of SYN-RECEIVED too. */
static bool is_challenge(const struct scene *scene)
{
	const struct endpoint *y = scene->y;
	const struct segment *s = scene->s;

	return s->seq == scene->facts->end && s->ack == y->iss + 1 &&
	       (y->rsts > 0 || !endpoint_stands(scene->x, FSM_RCV_ACK_OF_SYN));
}

/* x, the responder, sends something that is no SYN-ACK. With fast open it may do so before its SYN was acknowledged. */
static void confirm_ack_of_syn(struct scene *scene)
{
	struct endpoint *x = scene->x;
	const struct endpoint *y = scene->y;
	const struct segment *s = scene->s;
	bool is_lemma = y->has_cover_syn && seq_gt(s->ack, y->cover_syn);

	if (!endpoint_stands(x, FSM_RCV_SYN) || endpoint_is_proven(x, FSM_RCV_ACK_OF_SYN))
		return;
	if ((scene->pair->is_fast_open && !is_lemma) || (x->saw_syn_ack && is_challenge(scene)))
		return;
	if (is_bare_answer_to_syn(scene)) {
		if (s->ack == y->iss + 1)
			endpoint_confirm(x, FSM_RCV_SYN, s);
		return;
	}
	if (x->saw_bare_syn && !x->saw_syn_ack)
		return;
	endpoint_confirm(x, FSM_RCV_ACK_OF_SYN, s);
}

/* On its way to y: an ACK of y's SYN. */
static void pend_ack_of_syn(struct scene *scene)
{
	struct endpoint *x = scene->x;
	struct endpoint *y = scene->y;

	if (!scene->facts->is_acceptable || !endpoint_stands(y, FSM_RCV_SYN) || !acks_syn(y, scene->s->ack))
		return;
	if (endpoint_is_gone(y))
		return;
	if (!x->sent_other)
		measure_opener(scene);
	endpoint_pend(y, FSM_RCV_ACK_OF_SYN, scene->s);
}

void infer_wrong_handshake_ack(struct scene *scene)
{
	struct endpoint *y = scene->y;

	if (scene->facts->is_ack_beyond && y->saw_syn_ack && !y->sent_other &&
	    !endpoint_is_proven(y, FSM_RCV_ACK_OF_SYN) && scene->x->has_iss && scene->s->seq == scene->x->iss + 1) {
		scene->facts->marks |= MARK_HANDSHAKE_WRONG_ACK;
		scene->facts->expected = y->iss + 1;
		scene->facts->seen = scene->s->ack;
	}
}

void infer_handshake(struct scene *scene)
{
	confirm_syn_received(scene);
	confirm_ack_of_syn(scene);
	confirm_peer_by_its_data(scene);
	pend_ack_of_syn(scene);
}
