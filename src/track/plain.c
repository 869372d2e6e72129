#include "track/plain.h"

enum trait {
	TRAIT_TSVAL = 1u << 0, /* its segments carry time stamps */
	TRAIT_TS_RECENT = 1u << 1,
	TRAIT_DATA = 1u << 2,   /* it has sent data before, */
	TRAIT_ACK = 1u << 3,    /* and bare acknowledgements */
	TRAIT_PAUSED = 1u << 4, /* struct endpoint's has_paused */
	TRAIT_GOOD = 1u << 5,   /* it has sent right checksums */
};

/* ---- Is it plain? ---------------------------------------------------------------------------------------------- */

/* No event is in doubt, so no segment can settle one. */
static bool is_settled(const struct endpoint *e)
{
	for (unsigned i = 0; i < FSM_EVENT_COUNT; i++)
		if (e->at[i].standing == PENDING)
			return false;
	return e->state == WS_ESTABLISHED && e->proven == WS_ESTABLISHED && !e->is_dirty;
}

static bool has_no_end(const struct endpoint *e)
{
	return !e->has_fin && !e->rsts && !e->fin_copies && !e->has_jump && e->at[FSM_SND_RST].standing == NEVER &&
	       e->at[FSM_RCV_RST].standing == NEVER && e->at[FSM_TIMEOUT].standing == NEVER &&
	       e->at[FSM_RCV_FIN].standing == NEVER && e->fin_again.standing == NEVER;
}

static bool has_no_gap(const struct endpoint *e)
{
	return e->edge == e->snd_max && e->ahead_len == 0 && !e->deferred.is_set && !e->has_one_gap && !e->has_gap &&
	       !e->has_sack_edge;
}

static bool is_plain(const struct endpoint *e, const struct endpoint *peer)
{
	return is_settled(e) && has_no_end(e) && has_no_gap(e) && e->has_seq && e->has_ack && e->has_window &&
	       e->sent_other && e->packets > 0 && e->packets < UINT32_MAX && e->saw_syn && e->syn_ts != WS_TIME_NONE &&
	       e->has_cover_syn && !e->is_signed && !e->has_wrong_ack && seq_leq(e->ack_max, peer->snd_max) &&
	       e->sack_edge == 0;
}

/* Zeek's machine goes on the same way where it stands at the same place. */
static bool is_plain_for_zeek(const struct detail *detail, unsigned who)
{
	const struct zeek_endpoint *z = &detail->zeek.endpoint[who == detail->pair.client ? 0 : 1];

	return z->state == ZEEK_ESTABLISHED && z->end == detail->pair.side[who].snd_max;
}

/* ---- In and out ------------------------------------------------------------------------------------------------ */

static uint8_t traits_of(const struct detail *detail, unsigned who)
{
	const struct endpoint *e = &detail->pair.side[who];
	const struct zeek_endpoint *z = &detail->zeek.endpoint[who == detail->pair.client ? 0 : 1];
	unsigned traits = 0;

	traits |= e->has_tsval ? TRAIT_TSVAL : 0u;
	traits |= e->has_ts_recent ? TRAIT_TS_RECENT : 0u;
	traits |= e->sent_data && zeek_has_said(z, 'D') && z->has_data ? TRAIT_DATA : 0u;
	traits |= zeek_has_said(z, 'A') ? TRAIT_ACK : 0u;
	traits |= e->has_paused ? TRAIT_PAUSED : 0u;
	traits |= e->has_good_checksum ? TRAIT_GOOD : 0u;
	return (uint8_t)traits;
}

static void take_side(struct plain_side *p, struct detail *detail, unsigned who)
{
	struct endpoint *e = &detail->pair.side[who];
	int32_t peer_mss = detail->pair.side[!who].mss;

	*p = (struct plain_side){ .edge_ts = e->edge_ts,
				  .last_ts = e->last_ts,
				  .packets = (uint32_t)e->packets,
				  .bytes = e->bytes,
				  .ip_bytes = e->ip_bytes,
				  .snd_max = e->snd_max,
				  .ack_max = e->ack_max,
				  .ack_before = e->ack_before,
				  .ack_last = e->ack_last,
				  .right_last = e->right_last,
				  .right_max = e->right_max,
				  .win_max = e->win_max,
				  .tsval_max = e->tsval_max,
				  .ts_recent = e->ts_recent,
				  .window_last = e->window_last,
				  .peer_mss = peer_mss > 0 ? (uint16_t)peer_mss : 0,
				  .shift = (uint8_t)endpoint_shift(e),
				  .traits = traits_of(detail, who) };
	e->edge_ts = 0;
	e->last_ts = WS_TIME_NONE;
	e->packets = e->bytes = e->ip_bytes = 0;
	e->snd_max = e->edge = e->ack_max = e->ack_before = e->ack_last = 0;
	e->right_last = e->right_max = e->win_max = e->tsval_max = e->ts_recent = 0;
	e->window_last = 0;
	detail->zeek.endpoint[who == detail->pair.client ? 0 : 1].end = 0;
}

bool plain_take(struct plain *plain, struct detail *detail)
{
	const struct pair *pair = &detail->pair;

	for (unsigned i = 0; i < 2; i++)
		if (!is_plain(&pair->side[i], &pair->side[!i]) || !is_plain_for_zeek(detail, i))
			return false;
	take_side(&plain->side[0], detail, 0);
	take_side(&plain->side[1], detail, 1);
	return true;
}

static void put_side(const struct plain_side *p, struct detail *detail, unsigned who)
{
	struct endpoint *e = &detail->pair.side[who];

	e->edge_ts = p->edge_ts;
	e->last_ts = p->last_ts;
	e->packets = p->packets;
	e->bytes = p->bytes;
	e->ip_bytes = p->ip_bytes;
	e->snd_max = p->snd_max;
	e->edge = p->snd_max;
	e->ack_max = p->ack_max;
	e->ack_before = p->ack_before;
	e->ack_last = p->ack_last;
	e->right_last = p->right_last;
	e->right_max = p->right_max;
	e->win_max = p->win_max;
	e->tsval_max = p->tsval_max;
	e->ts_recent = p->ts_recent;
	e->window_last = p->window_last;
	e->has_paused = (p->traits & TRAIT_PAUSED) != 0;
	e->has_good_checksum = (p->traits & TRAIT_GOOD) != 0;
	e->has_ts_recent = (p->traits & TRAIT_TS_RECENT) != 0;
	detail->zeek.endpoint[who == detail->pair.client ? 0 : 1].end = p->snd_max;
}

void plain_put(const struct plain *plain, struct detail *detail)
{
	put_side(&plain->side[0], detail, 0);
	put_side(&plain->side[1], detail, 1);
}

/* ---- The ordinary segment -------------------------------------------------------------------------------------- */

uint32_t plain_tags(const struct plain_side *x, const struct segment *s)
{
	bool is_super_frame = s->is_offload || (x->peer_mss > 0 && s->len > x->peer_mss);

	return (s->is_truncated ? (uint32_t)WS_TAG_TRUNCATED : 0u) |
	       (is_super_frame || s->checksum == CHECKSUM_OFFLOAD ? (uint32_t)WS_TAG_OFFLOAD : 0u);
}

bool plain_is_clean(const struct plain_side *x, const struct segment *s, uint32_t tags, uint8_t flags)
{
	return (s->flags & (uint8_t)~WS_FLAG_PSH) == flags && s->window != 0 && !s->is_fragmented &&
	       s->checksum != CHECKSUM_BAD && !(s->options.present & ~(uint32_t)OPTION_TIMESTAMPS) &&
	       !(plain_tags(x, s) & ~tags);
}

/* It goes on where x stood, within y's window. A bare one that brings no new acknowledgement tells of the window. */
static bool is_next(const struct plain_side *x, const struct plain_side *y, const struct segment *s, uint8_t traits)
{
	if (s->seq != x->snd_max || x->packets == UINT32_MAX || seq_lt(s->ack, x->ack_max) ||
	    seq_gt(s->ack, y->snd_max))
		return false;
	if (s->len == 0)
		return (traits & TRAIT_ACK) != 0;
	return (traits & TRAIT_DATA) && seq_leq(s->seq + s->len, y->right_max);
}

bool plain_is_time_right(const struct plain_side *x, const struct segment *s)
{
	if (!(s->options.present & OPTION_TIMESTAMPS))
		return true;
	return (x->traits & TRAIT_TSVAL) && (x->traits & TRAIT_TS_RECENT) && seq_geq(s->options.tsval, x->tsval_max) &&
	       seq_geq(s->options.tsval, x->ts_recent);
}

static void note_window(struct plain_side *x, const struct segment *s)
{
	uint32_t window = (uint32_t)s->window << x->shift;

	if (window > x->win_max)
		x->win_max = window;
	x->right_last = s->ack + window;
	if (seq_gt(x->right_last, x->right_max))
		x->right_max = x->right_last;
	x->window_last = s->window;
}

static void note_time(struct plain_side *x, const struct plain_side *y, const struct segment *s)
{
	if (!(s->options.present & OPTION_TIMESTAMPS))
		return;
	x->tsval_max = s->options.tsval;
	if (seq_leq(s->seq, y->ack_max))
		x->ts_recent = s->options.tsval;
}

static void note_data(struct plain_side *x, const struct segment *s)
{
	if (s->len == 0)
		return;
	x->snd_max += s->len;
	x->bytes += s->len;
	x->edge_ts = s->ts;
	if (s->ts - x->last_ts >= ACK_DELAY_NS)
		x->traits |= TRAIT_PAUSED;
}

static void note(struct plain_side *x, const struct plain_side *y, const struct segment *s)
{
	note_data(x, s);
	if (s->ack != x->ack_max) {
		x->ack_before = x->ack_max;
		x->ack_max = s->ack;
	}
	note_window(x, s);
	note_time(x, y, s);
	if (s->checksum == CHECKSUM_GOOD)
		x->traits |= TRAIT_GOOD;
	x->ack_last = s->ack;
	x->last_ts = s->ts;
	x->packets++;
	x->ip_bytes += s->ip_len;
}

static bool take(struct plain *plain, unsigned who, const struct segment *s, uint32_t tags, uint8_t assumed)
{
	struct plain_side *x = &plain->side[who];
	const struct plain_side *y = &plain->side[!who];

	if (!plain_is_clean(x, s, tags, WS_FLAG_ACK) || !is_next(x, y, s, x->traits | assumed) ||
	    !plain_is_time_right(x, s))
		return false;
	note(x, y, s);
	return true;
}

bool plain_may_be_copy(const struct plain_side *x, const struct segment *s)
{
	return s->len == 0 && s->ack == x->ack_max && s->seq == x->snd_max;
}

bool plain_segment(struct plain *plain, unsigned who, const struct segment *s, uint32_t tags)
{
	return take(plain, who, s, tags, 0);
}

bool plain_has_paused(const struct plain_side *x)
{
	return (x->traits & TRAIT_PAUSED) != 0;
}

/* ---- From the beginning ---------------------------------------------------------------------------------------- */

/* What comes first of a side cannot have been paused before. */
static void note_kind(struct plain_side *x, const struct segment *s, bool was_silent)
{
	x->traits |= s->len > 0 ? TRAIT_DATA : TRAIT_ACK;
	if (was_silent)
		x->traits &= (uint8_t)~TRAIT_PAUSED;
}

bool plain_first(struct plain *plain, unsigned who, const struct segment *s, uint32_t tags)
{
	struct plain_side *x = &plain->side[who];
	bool was_silent = !(x->traits & (TRAIT_DATA | TRAIT_ACK));

	if (!take(plain, who, s, tags, TRAIT_DATA | TRAIT_ACK))
		return false;
	note_kind(x, s, was_silent);
	return true;
}

static uint8_t scale_of(const struct segment *s, const struct segment *peer)
{
	if (!(s->options.present & peer->options.present & OPTION_WSCALE))
		return 0;
	return s->options.wscale > 14 ? 14 : s->options.wscale;
}

/* A side that has sent its SYN, or SYN-ACK. */
static void open_side(struct plain_side *x, const struct segment *s, const struct segment *peer)
{
	const struct tcp_options *o = &s->options;

	*x = (struct plain_side){ .edge_ts = s->ts,
				  .last_ts = s->ts,
				  .packets = 1,
				  .ip_bytes = s->ip_len,
				  .snd_max = s->seq + 1,
				  .ack_last = s->ack,
				  .win_max = s->window,
				  .peer_mss = peer->options.present & OPTION_MSS ? peer->options.mss : 0,
				  .shift = scale_of(s, peer),
				  .traits = s->checksum == CHECKSUM_GOOD ? TRAIT_GOOD : 0 };
	if (o->present & OPTION_TIMESTAMPS) {
		x->tsval_max = o->tsval;
		x->ts_recent = o->tsval;
		x->traits |= TRAIT_TSVAL | TRAIT_TS_RECENT;
	}
}

bool plain_open(struct plain *plain, unsigned opener, const struct segment *syn, const struct segment *syn_ack,
		const struct segment *ack, uint32_t tags)
{
	struct plain_side *x = &plain->side[opener];
	struct plain_side *y = &plain->side[!opener];

	open_side(x, syn, syn_ack);
	open_side(y, syn_ack, syn);
	y->ack_max = syn_ack->ack;
	y->right_max = syn_ack->ack + syn_ack->window;
	if (!plain_is_clean(x, ack, tags | plain_tags(x, ack), WS_FLAG_ACK) || ack->seq != x->snd_max ||
	    ack->ack != y->snd_max || seq_gt(ack->seq + ack->len, y->right_max) || !plain_is_time_right(x, ack))
		return false;
	/* Its first acknowledgement: there was none before that it could differ from. */
	x->ack_max = ack->ack;
	x->ack_before = ack->ack;
	x->right_max = ack->ack;
	note(x, y, ack);
	note_kind(x, ack, true);
	return true;
}
