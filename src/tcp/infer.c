#include "tcp/infer.h"

static void note_window(struct endpoint *x, const struct segment *s)
{
	/* RFC 7323 2.2: the window of a SYN is never scaled. */
	uint32_t window = (uint32_t)s->window << (s->flags & WS_FLAG_SYN ? 0 : endpoint_shift(x));

	if (window > x->win_max)
		x->win_max = window;
	x->right_last = s->ack + window;
	if (!x->has_window || seq_gt(s->ack + window, x->right_max))
		x->right_max = s->ack + window;
	x->has_window = true;
	x->window_last = s->window;
}

/* RFC 7323 4.3: TS.Recent follows acceptable segments that do not lie beyond the last acknowledgement sent. */
static void note_timestamps(struct scene *scene)
{
	struct endpoint *x = scene->x;
	const struct endpoint *y = scene->y;
	const struct segment *s = scene->s;

	if (!(s->options.present & OPTION_TIMESTAMPS))
		return;
	if (!x->has_tsval || seq_gt(s->options.tsval, x->tsval_max))
		x->tsval_max = s->options.tsval;
	x->has_tsval = true;
	if (!scene->facts->is_acceptable || (y->has_ack && seq_gt(s->seq, y->ack_max)))
		return;
	if (!x->has_ts_recent || seq_gt(s->options.tsval, x->ts_recent))
		x->ts_recent = s->options.tsval;
	x->has_ts_recent = true;
}

static void note_sack(struct endpoint *x, const struct segment *s)
{
	x->has_sack_edge = s->options.sack_len > 0;
	x->sack_edge = sack_edge_of(s);
}

static void note_ack(struct endpoint *x, const struct segment *s)
{
	if (!x->has_ack || seq_gt(s->ack, x->ack_max)) {
		x->ack_before = x->has_ack ? x->ack_max : s->ack;
		x->ack_max = s->ack;
	}
	x->has_ack = true;
	note_window(x, s);
	note_sack(x, s);
}

/* What y's window does not hold is dropped by y, so it does not move the edge; a FIN counts only whole. */
static uint32_t end_within_window(const struct scene *scene)
{
	const struct endpoint *y = scene->y;
	uint32_t end = scene->facts->end;

	if (y->has_window && y->has_ack && seq_gt(end, y->right_max + 1))
		return seq_gt(y->right_max, scene->s->seq) ? y->right_max : scene->s->seq;
	return end;
}

/* What comes long before the receiver can have complained of the hole was reordered, not repeated. Where the round trip is
 * not known, 3 ms, as other tools have it. */
static int64_t disorder_limit(const struct endpoint *x, const struct endpoint *y)
{
	return x->rtt_ns > 0 && y->rtt_ns > 0 ? (x->rtt_ns + y->rtt_ns) / 2 : 3000000;
}

/* The peer has acknowledged it, and the capture shows it only now. */
static bool is_late(const struct endpoint *x, const struct segment *s, uint32_t end)
{
	return x->has_gap && seq_geq(s->seq, x->gap_start) && seq_leq(end, x->gap_end) &&
	       s->ts - x->gap_ts <= DISORDER_NS;
}

static void note_first_data(struct scene *scene)
{
	if (scene->s->len == 0 || scene->x->sent_data)
		return;
	scene->x->sent_data = true;
	scene->x->is_dirty = true;
	scene->y->is_dirty = true;
}

static void note_late(struct scene *scene)
{
	struct endpoint *x = scene->x;
	const struct segment *s = scene->s;

	/* From before the first segment of the capture: nobody can tell whether it was sent before. */
	if (endpoint_is_below(x, scene->facts->end, x->first_seq + 1)) {
		bool is_near = x->syn_ts != WS_TIME_NONE && s->ts - x->syn_ts <= DISORDER_NS;

		x->first_seq = s->seq;
		scene->facts->marks |= is_near ? (uint32_t)MARK_REORDERED : 0u;
		return;
	}
	scene->facts->marks |= MARK_REORDERED;
	x->has_gap = scene->facts->end != x->gap_end;
	scene->facts->marks |= x->has_gap ? 0u : (uint32_t)MARK_GAP_FILLED;
	x->gap_start = scene->facts->end;
	note_first_data(scene);
}

/* x goes on behind what the capture has missed: no FIN was in it. */
static void close_gap(struct scene *scene)
{
	struct endpoint *x = scene->x;

	if (!x->has_gap && !x->has_one_gap)
		return;
	x->has_gap = false;
	x->has_one_gap = false;
	scene->y->is_fin_doubtful = false;
	scene->y->is_dirty = true;
}

static void note_sequence(struct scene *scene)
{
	struct endpoint *x = scene->x;
	const struct segment *s = scene->s;
	uint32_t before = x->snd_max;

	if (!x->has_seq)
		endpoint_start(x, s->seq);
	if (s->len > 0 && x->has_fin && !x->is_fin_presumed && seq_gt(s->seq + s->len, x->fin_seq))
		scene->facts->marks |= MARK_DATA_AFTER_FIN;
	scene->novelty = endpoint_take(x, s->seq, end_within_window(scene), s->ts);
	if (scene->novelty == NOVEL_REPEATED &&
	    (is_late(x, s, scene->facts->end) || endpoint_is_below(x, scene->facts->end, x->first_seq + 1)))
		scene->novelty = NOVEL_LATE;
	scene->facts->novelty = scene->novelty;
	switch (scene->novelty) {
	case NOVEL_LATE:
		note_late(scene);
		break;
	case NOVEL_REPEATED:
		scene->facts->marks |= MARK_REPEATED;
		if (!scene->y->has_ack || seq_gt(scene->facts->end, scene->y->ack_max))
			x->has_edge_doubt = true;
		break;
	case NOVEL_FILLS_HOLE:
		scene->facts->marks |=
			s->ts - x->hole_ts < disorder_limit(x, scene->y) ? MARK_REORDERED : MARK_REPEATED;
		break;
	case NOVEL_NEW:
		close_gap(scene);
		note_first_data(scene);
		break;
	case NOVEL_NOTHING:
		break;
	}
	x->has_paused |=
		scene->novelty == NOVEL_NEW && s->len > 0 && x->sent_other && s->ts - x->last_ts >= ACK_DELAY_NS;
	x->has_repeated |= (scene->facts->marks & MARK_REPEATED) != 0;
	if (!scene->had_seq)
		x->bytes += s->len;
	else if (seq_gt(x->snd_max, before))
		x->bytes += (uint32_t)seq_diff(x->snd_max, before) -
			    ((s->flags & WS_FLAG_FIN) && x->snd_max == scene->facts->end);
}

/* Lemma (INFERENCE 2): where the bytes begin that were first sent with an ACK covering the peer's SYN, or FIN. */
static void note_cover(struct scene *scene)
{
	struct endpoint *x = scene->x;
	/* What comes first in the capture may have been sent before it. */
	uint32_t from = scene->had_seq ? seq_max(scene->snd_max_before, scene->s->seq) : scene->facts->end;

	if (!x->has_cover_syn && acks_syn(scene->y, scene->s->ack)) {
		x->has_cover_syn = true;
		x->cover_syn = from;
	}
	if (!acks_fin(scene->y, scene->s->ack))
		return;
	if (!x->has_cover_fin && (scene->s->options.present & OPTION_TIMESTAMPS) && x->has_tsval) {
		x->has_cover_fin_tsval = true;
		x->cover_fin_tsval = scene->s->options.tsval + (x->tsval_max == scene->s->options.tsval);
	}
	/* What fills a hole comes for the first time, too. */
	if (scene->novelty == NOVEL_FILLS_HOLE || scene->novelty == NOVEL_LATE)
		from = scene->s->seq;
	if (!x->has_cover_fin || seq_lt(from, x->cover_fin)) {
		x->has_cover_fin = true;
		x->cover_fin = from;
	}
}

/* An acknowledgement of what was not captured waits here until a second one, or the missing segment itself, tells that
 * the capture lost or reordered something. A lower acknowledgement at a later place belies it. */
static void defer(struct endpoint *x, const struct segment *s)
{
	x->deferred = (struct deferred){ .is_set = true,
					 .flags = s->flags,
					 .window = s->window,
					 .seq = s->seq,
					 .ack = s->ack,
					 .len = s->len,
					 .tsval = s->options.tsval,
					 .tsecr = s->options.tsecr,
					 .has_timestamps = (s->options.present & OPTION_TIMESTAMPS) != 0,
					 .ts = s->ts,
					 .frame = s->frame };
}

static void infer_ordinary(struct scene *scene)
{
	infer_life_after_reset(scene);
	infer_handshake(scene);
	infer_fin(scene);
	note_sequence(scene);
	infer_fin_received(scene);
	note_cover(scene);
	note_ack(scene->x, scene->s);
	note_timestamps(scene);
	infer_close_acks(scene);
	infer_fin_order(scene->pair);
	if (scene->x->syn_ts == WS_TIME_NONE)
		scene->x->syn_ts = scene->s->ts;
	scene->x->is_dirty |= !scene->x->sent_other;
	scene->x->sent_other = true;
}

/* Takes up again what `x` had said before and what has now turned out to be true. */
static void replay_deferred(struct pair *pair, unsigned who)
{
	struct endpoint *x = &pair->side[who];
	struct endpoint *y = &pair->side[!who];
	struct deferred d = x->deferred;
	struct segment s = { .ts = d.ts,
			     .frame = d.frame,
			     .flags = d.flags,
			     .window = d.window,
			     .seq = d.seq,
			     .ack = d.ack,
			     .len = d.len };
	struct facts facts;
	struct scene scene = { pair, x, y, &s, &facts, x->snd_max, x->has_seq, NOVEL_NOTHING };

	x->deferred.is_set = false;
	if (d.has_timestamps)
		s.options = (struct tcp_options){ .present = OPTION_TIMESTAMPS, .tsval = d.tsval, .tsecr = d.tsecr };
	classify(x, y, &s, &facts);
	if (facts.kind == KIND_ORDINARY && facts.is_believable)
		infer_ordinary(&scene);
}

void infer_reached(struct endpoint *y, uint32_t ack, ws_time ts)
{
	if (y->has_seq && seq_gt(ack, y->edge)) {
		y->has_gap = true;
		y->gap_start = y->edge;
		y->gap_end = ack;
		y->gap_ts = ts;
		for (unsigned i = 0; i < y->ahead_len; i++)
			if (seq_lt(y->ahead[i].start, y->gap_end))
				y->gap_end = y->ahead[i].start;
	}
	endpoint_reach(y, ack);
}

/* The peer's stream is accepted to reach up to `ack`: the capture missed the rest. */
static void accept_gap(struct scene *scene, uint32_t ack)
{
	struct endpoint *y = scene->y;

	if (seq_leq(ack, y->snd_max))
		return;
	y->has_one_gap = ack == y->snd_max + 1;
	y->one_gap_ack = y->ack_max;
	infer_reached(y, ack, scene->s->ts);
	classify(scene->x, y, scene->s, scene->facts);
	scene->facts->marks |= MARK_GAP;
}

static void consider_deferral(struct scene *scene)
{
	struct endpoint *x = scene->x;
	const struct segment *s = scene->s;
	bool would_be_believed = scene->facts->place != PLACE_BEYOND && !scene->facts->is_stale;

	if (!scene->facts->is_ack_beyond) {
		if (x->deferred.is_set && scene->facts->is_believable && seq_lt(s->ack, x->deferred.ack) &&
		    seq_geq(s->seq, x->deferred.seq))
			x->deferred.is_set = false;
		return;
	}
	if (!would_be_believed)
		return;
	infer_wrong_handshake_ack(scene);
	if (!x->deferred.is_set || seq_lt(s->ack, x->deferred.ack)) {
		defer(x, s);
		return;
	}
	accept_gap(scene, s->ack);
}

void infer_segment(struct pair *pair, unsigned who, const struct segment *s, struct facts *facts)
{
	struct endpoint *x = &pair->side[who];
	struct endpoint *y = &pair->side[!who];
	struct scene scene = { pair, x, y, s, facts, x->snd_max, x->has_seq, NOVEL_NOTHING };

	classify(x, y, s, facts);
	if (facts->kind == KIND_ORDINARY)
		consider_deferral(&scene);
	if (facts->is_believable) {
		x->is_signed |= (s->options.present & (OPTION_MD5 | OPTION_AO)) != 0;
		if (facts->marks & MARK_GAP && x->deferred.is_set)
			replay_deferred(pair, who);
		switch (facts->kind) {
		case KIND_SYN:
			infer_syn(&scene);
			break;
		case KIND_SYN_ACK:
			infer_syn_ack(&scene);
			break;
		case KIND_RST:
			infer_reset(&scene);
			break;
		case KIND_ORDINARY:
			infer_ordinary(&scene);
			break;
		case KIND_VOID:
			break;
		}
	}
	x->has_good_checksum |= s->checksum == CHECKSUM_GOOD;
	x->ack_last = s->ack;
	x->last_ts = s->ts;
	/* The acknowledgement passed before what it acknowledges. */
	if (y->deferred.is_set && seq_leq(y->deferred.ack, x->snd_max)) {
		facts->marks |= MARK_REORDERED;
		replay_deferred(pair, !who);
	}
}
