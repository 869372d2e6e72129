#include "tcp/infer.h"

/* Is the tap so close to x that nothing of it is missed? Farther off, a FIN may be lost before the tap and come again after
 * two round trips, as a tail loss probe (RFC 8985 7). */
static bool is_near(const struct endpoint *x, const struct endpoint *y)
{
	return x->rtt_ns < 0 || 4 * x->rtt_ns < y->rtt_ns;
}

static void set_fin(struct scene *scene, uint32_t fin_seq)
{
	struct endpoint *x = scene->x;

	x->has_fin = true;
	x->fin_seq = fin_seq;
	x->has_pre_fin_ack = x->has_ack;
	x->pre_fin_ack = x->ack_max;
	x->has_fin_ack_min = false;
	if (x->has_jump && x->jump_seq == fin_seq) {
		/* The first copy was missed; what was sent after it told of it. */
		x->pre_fin_ack = x->jump_pre_ack;
		x->has_fin_ack_min = true;
		x->fin_ack_min = x->jump_ack;
	}
}

/* Fast open: was the FIN sent before the ACK of SYN can have come? (KERNEL 3) */
static bool is_before_ack_of_syn(const struct scene *scene)
{
	const struct moment *m = &scene->x->at[FSM_RCV_ACK_OF_SYN];

	if (!scene->pair->is_fast_open || !endpoint_stands(scene->x, FSM_RCV_SYN) || m->standing == PROVEN)
		return false;
	return m->standing != PENDING || m->earliest > under_way_since(scene->x, scene->s->ts);
}

/* x acknowledges something of y that the capture does not show, so it may have y's FIN. */
static bool may_have_unseen_fin(const struct scene *scene)
{
	const struct endpoint *y = scene->y;

	if (y->has_fin)
		return false;
	if (y->packets == 0)
		return y->has_seq && !(y->has_iss && scene->s->ack == y->iss + 1);
	return y->has_one_gap || (y->has_gap && scene->s->ack == y->gap_end);
}

static void first_fin(struct scene *scene, uint32_t fin_seq)
{
	struct endpoint *x = scene->x;

	/* Bytes beyond it were sent before: not this side's FIN. Bare segments beyond it may have overtaken it. */
	if (scene->had_seq && seq_gt(scene->snd_max_before, fin_seq + 1))
		return;
	if (x->is_fin_presumed && x->fin_seq != fin_seq)
		x->at[FSM_SND_FIN].standing = NEVER;
	set_fin(scene, fin_seq);
	x->is_fin_presumed = false;
	x->is_fin_first_seen = !scene->had_seq || endpoint_is_below(x, fin_seq, x->first_seq);
	x->is_fin_doubtful = may_have_unseen_fin(scene);
	x->is_fin_in_syn_received = is_before_ack_of_syn(scene);
	endpoint_confirm(x, FSM_SND_FIN, scene->s);
}

/* Two places cannot both be the end of the stream. The one without a hole before it is; nobody can have received the
 * other (KERNEL 11, 19). */
static bool is_fin_elsewhere(const struct scene *scene, uint32_t fin_seq)
{
	const struct endpoint *x = scene->x;

	return x->has_fin && fin_seq != x->fin_seq && seq_leq(x->edge, x->fin_seq) && seq_geq(x->edge, scene->s->seq) &&
	       seq_leq(x->edge, fin_seq);
}

static void forget_fin(struct scene *scene)
{
	struct endpoint *x = scene->x;

	x->has_fin = false;
	x->fin_order = FIN_ORDER_OPEN;
	x->snd_max = x->edge;
	x->ahead_len = 0;
	scene->snd_max_before = x->edge;
	endpoint_forget(x, FSM_SND_FIN);
	x->at[FSM_SND_FIN].standing = NEVER;
}

static void repeated_fin(struct scene *scene)
{
	struct endpoint *x = scene->x;
	struct endpoint *y = scene->y;
	const struct segment *s = scene->s;

	scene->facts->marks |= MARK_FIN_REPEATED;
	endpoint_deny_until(x, FSM_RCV_ACK_OF_FIN, under_way_since(x, s->ts));
	y->is_restart_due = true;
}

/* The peer had acknowledged that number before: if it is a FIN, its ACK came with the peer's FIN at the latest. */
static void take_ack_before_jump(struct scene *scene)
{
	struct endpoint *x = scene->x;

	x->jump_pre_ack = x->one_gap_ack;
	endpoint_pend(x, FSM_RCV_ACK_OF_FIN, scene->s);
	if (endpoint_stands(x, FSM_RCV_FIN)) {
		x->at[FSM_RCV_ACK_OF_FIN].earliest = x->at[FSM_RCV_FIN].earliest;
		x->at[FSM_RCV_ACK_OF_FIN].frame = x->at[FSM_RCV_FIN].frame;
	}
}

/* A bare segment one beyond the last byte: the FIN was sent and the capture missed it, or one byte was (KERNEL 12). */
static void note_jump(struct scene *scene)
{
	struct endpoint *x = scene->x;
	const struct segment *s = scene->s;

	if (x->has_fin || x->has_jump || !scene->had_seq || s->seq != scene->facts->end)
		return;
	if (x->ahead_len > 0 || x->edge != x->snd_max || s->seq != x->snd_max + !x->has_one_gap)
		return;
	x->has_jump = true;
	x->jump_seq = s->seq - 1;
	x->jump_ack = s->ack;
	x->jump_pre_ack = x->has_ack ? x->ack_max : s->ack;
	x->is_jump_late = scene->y->fin_copies > 1;
	if (x->has_one_gap)
		take_ack_before_jump(scene);
	set_fin(scene, x->jump_seq);
	x->is_fin_presumed = true;
	endpoint_pend(x, FSM_SND_FIN, s);
	scene->facts->marks |= MARK_GAP;
}

/* The byte was a byte after all. */
static void drop_presumed_fin(struct endpoint *x, struct endpoint *y)
{
	endpoint_deny(y, FSM_RCV_FIN);
	endpoint_deny(x, FSM_RCV_ACK_OF_FIN);
	x->has_fin = false;
	x->is_fin_presumed = false;
	endpoint_forget(x, FSM_SND_FIN);
	x->fin_order = FIN_ORDER_OPEN;
}

void infer_fin(struct scene *scene)
{
	struct endpoint *x = scene->x;
	const struct segment *s = scene->s;
	uint32_t fin_seq = s->seq + s->len;

	if (x->is_fin_presumed && s->len > 0 && seq_gt(fin_seq, x->fin_seq))
		drop_presumed_fin(x, scene->y);
	if ((s->flags & WS_FLAG_FIN) && is_fin_elsewhere(scene, fin_seq))
		forget_fin(scene);
	if ((s->flags & WS_FLAG_FIN) && x->fin_copies < UINT8_MAX)
		x->fin_copies++;
	if (!(s->flags & WS_FLAG_FIN))
		note_jump(scene);
	else if (!x->has_fin || x->is_fin_presumed)
		first_fin(scene, fin_seq);
	else if (fin_seq == x->fin_seq)
		repeated_fin(scene);
	/* What holds or follows the FIN carries an ACK that was given after the FIN was sent. */
	if (x->has_fin && seq_gt(scene->facts->end, x->fin_seq) &&
	    (!x->has_fin_ack_min || seq_lt(s->ack, x->fin_ack_min))) {
		x->has_fin_ack_min = true;
		x->fin_ack_min = s->ack;
	}
}

/* y has not yet acknowledged what x repeats, so x's FIN may have come to y only now. */
static void receive_again(struct scene *scene)
{
	struct endpoint *y = scene->y;
	const struct segment *s = scene->s;

	if (!(scene->facts->marks & MARK_REPEATED) || y->at[FSM_RCV_FIN].standing != PENDING)
		return;
	if (!y->has_ack || seq_leq(scene->facts->end, y->ack_max))
		return;
	y->fin_again = (struct moment){
		.earliest = s->ts, .latest = s->ts, .frame = (uint32_t)s->frame, .standing = PENDING, .flags = s->flags
	};
	y->is_dirty = true;
	y->fin_again_tsval = s->options.present & OPTION_TIMESTAMPS ? s->options.tsval : 0;
}

void infer_fin_received(struct scene *scene)
{
	struct endpoint *x = scene->x;
	struct endpoint *y = scene->y;

	receive_again(scene);
	if (!x->has_fin || seq_leq(x->edge, x->fin_seq) || !scene->facts->is_acceptable || endpoint_is_gone(y))
		return;
	/* A responder that has not taken the ACK of its SYN takes no FIN either. */
	if (endpoint_stands(y, FSM_RCV_SYN) && !endpoint_stands(y, FSM_RCV_ACK_OF_SYN) && !y->saw_bare_syn)
		return;
	endpoint_pend(y, FSM_RCV_FIN, scene->s);
}

/* The capture missed x's FIN, and the first that x said of y's FIN it said behind its own: then its own was first. Unless
 * y had repeated its FIN by then, for that may be because a FIN of x that said it was missed. */
static bool tells_of_own_fin_first(const struct endpoint *x, const struct endpoint *y)
{
	return x->has_jump && x->jump_seq == x->fin_seq && !x->is_jump_late && seq_gt(x->jump_ack, y->fin_seq) &&
	       seq_leq(x->jump_pre_ack, y->fin_seq);
}

/* Is the FIN that acknowledges y's FIN x's first copy? Where a bare ACK had come before it, yes. Else it may be a repetition
 * of one that the capture missed: if nothing of x was seen before, or if it came later than a stack delays an ACK. */
static bool is_first_copy_certain(const struct endpoint *x, const struct endpoint *y)
{
	int64_t delay = x->at[FSM_SND_FIN].earliest - x->at[FSM_RCV_FIN].earliest;

	if (x->is_fin_presumed || y->is_fin_presumed || (x->has_jump && x->jump_seq == x->fin_seq))
		return false;
	if (x->is_fin_first_seen)
		return false;
	if (x->has_pre_fin_ack && seq_gt(x->pre_fin_ack, y->fin_seq))
		return true;
	return delay < ACK_DELAY_NS && (is_near(x, y) || delay < 2 * x->rtt_ns);
}

/* x's own FIN against y's: by the ACKs that x gave before and after it, never by the order of capture. */
static void order_fins(struct endpoint *x, const struct endpoint *y)
{
	bool is_own_proven = x->has_fin_ack_min && seq_leq(x->fin_ack_min, y->fin_seq);
	bool is_own_first = is_own_proven || tells_of_own_fin_first(x, y);
	uint8_t order = is_own_first ? OWN_FIN_FIRST : PEER_FIN_FIRST;
	bool is_proven = is_own_first ? is_own_proven : is_first_copy_certain(x, y);

	if (!x->has_fin || !y->has_fin || (x->fin_order == order && x->is_fin_order_proven == is_proven))
		return;
	x->is_fin_doubtful &= y->is_fin_presumed && !is_own_proven;
	x->fin_order = order;
	x->is_fin_order_proven = is_proven;
	x->is_dirty = true;
}

void infer_fin_order(struct pair *pair)
{
	order_fins(&pair->side[0], &pair->side[1]);
	order_fins(&pair->side[1], &pair->side[0]);
}

/* Had x closed before y's FIN came to it? Its own FIN may have waited behind data that it could not send (KERNEL 10). Not
 * while it had less in flight than any stack may send at first (RFC 5681 3.1), had lost nothing that would make it slower,
 * and had room in the window: then it sends at once whatever it has, and a FIN last. */
static bool may_have_closed(const struct scene *scene)
{
	const struct endpoint *x = scene->x;
	const struct endpoint *y = scene->y;
	const struct pair *pair = scene->pair;
	uint32_t sent = scene->had_seq ? scene->snd_max_before : scene->s->seq;
	int32_t mss = y->mss > 0 ? y->mss : 1460;
	uint32_t acked = y->has_pre_fin_ack ? y->pre_fin_ack : x->first_seq;

	/* What the capture does not show may hold the FIN itself. */
	if (seq_gt(scene->s->seq, x->edge) || infer_is_end_missing(x))
		return true;
	/* Far from x a first copy may have been missed; the second looks like the first, but late. */
	if (x->has_repeated || pair->syns > 1 || pair->syn_acks > 1 || (x->has_paused && !is_near(x, y)))
		return true;
	return seq_diff(sent, acked) > 2 * mss || seq_diff(y->right_last, sent) < mss;
}

/* x's segment shows that it has y's FIN. With timestamps its echo tells which copy of y's last bytes brought it. */
static void confirm_fin_received(struct scene *scene)
{
	struct endpoint *x = scene->x;
	const struct segment *s = scene->s;

	if (!acks_fin(scene->y, s->ack))
		return;
	/* What looks like the ACK of a FIN that was not captured may be that of a byte. */
	if (scene->y->is_fin_presumed) {
		endpoint_pend(x, FSM_RCV_FIN, s);
		return;
	}
	/* RFC 9293 3.10.7.4, eighth: 2MSL runs from here, and again from here when a repeated FIN is acknowledged. */
	if (x->time_wait_first_ts == WS_TIME_NONE)
		x->time_wait_first_ts = s->ts;
	if (x->time_wait_ts == WS_TIME_NONE || x->is_restart_due)
		x->time_wait_ts = s->ts;
	x->is_restart_due = false;
	if (endpoint_is_proven(x, FSM_RCV_FIN))
		return;
	if (x->fin_again.standing == PENDING && x->at[FSM_RCV_FIN].standing == PENDING) {
		bool is_first_copy = (s->options.present & OPTION_TIMESTAMPS) && x->fin_again_tsval != 0 &&
				     seq_lt(s->options.tsecr, x->fin_again_tsval);
		if (!is_first_copy)
			x->at[FSM_RCV_FIN] = x->fin_again;
	}
	x->fin_again.standing = NEVER;
	x->may_have_closed = may_have_closed(scene);
	x->is_ack_after_fin = x->at[FSM_RCV_ACK_OF_FIN].standing == NEVER;
	endpoint_confirm(x, FSM_RCV_FIN, s);
}

/* One direction only: what x acknowledges is all that tells of y. One number more, and nothing after it, looks like a
 * FIN; then whatever x had sent to close was most likely acknowledged by it. */
static void presume_unseen_fin(struct scene *scene)
{
	struct endpoint *x = scene->x;
	struct endpoint *y = scene->y;
	const struct segment *s = scene->s;

	if (y->packets > 0 || !y->has_seq)
		return;
	if (y->is_fin_presumed && seq_gt(s->ack, y->fin_seq + 1))
		drop_presumed_fin(y, x);
	if (y->has_fin || s->ack != y->snd_max + 1 || s->seq == x->iss + 1)
		return;
	y->has_fin = true;
	y->is_fin_presumed = true;
	y->fin_seq = y->snd_max;
	endpoint_pend(y, FSM_SND_FIN, s);
	if (endpoint_stands(x, FSM_SND_FIN) && !(s->flags & WS_FLAG_FIN))
		endpoint_pend(x, FSM_RCV_ACK_OF_FIN, s);
	endpoint_pend(x, FSM_RCV_FIN, s);
}

/* Has x processed an ACK of its FIN? Lemma: it acknowledges bytes that only came with one. Or its timestamp echo is that of
 * a segment that y sent with one (INFERENCE 2, 1 and 5). */
static bool has_processed_cover(const struct scene *scene)
{
	const struct endpoint *y = scene->y;
	const struct segment *s = scene->s;

	if (seq_gt(s->ack, y->cover_fin))
		return true;
	return y->has_cover_fin_tsval && (s->options.present & OPTION_TIMESTAMPS) &&
	       seq_geq(s->options.tsecr, y->cover_fin_tsval);
}

void infer_close_acks(struct scene *scene)
{
	struct endpoint *x = scene->x;
	struct endpoint *y = scene->y;
	const struct segment *s = scene->s;

	presume_unseen_fin(scene);
	infer_reached(y, s->ack, s->ts);
	confirm_fin_received(scene);
	if (x->has_fin && y->has_cover_fin && has_processed_cover(scene))
		endpoint_confirm(x, FSM_RCV_ACK_OF_FIN, s);
	if (!acks_fin(y, s->ack)) {
		if (y->has_fin)
			x->uncovered_ts = s->ts;
		return;
	}
	if (scene->facts->is_acceptable && !endpoint_is_gone(y))
		endpoint_pend(y, FSM_RCV_ACK_OF_FIN, s);
}
