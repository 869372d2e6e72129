#include "track/plain.h"

#define ETHERNET_MSS 1460

enum trait {
	TRAIT_TSVAL = 1u << 0, /* its segments carry time stamps */
	TRAIT_TS_RECENT = 1u << 1,
	TRAIT_DATA = 1u << 2,   /* it has sent data before, */
	TRAIT_ACK = 1u << 3,    /* and bare acknowledgements */
	TRAIT_PAUSED = 1u << 4, /* struct endpoint's has_paused */
	TRAIT_GOOD = 1u << 5,   /* it has sent right checksums */
	TRAIT_JUMBO = 1u << 6,  /* the peer takes more in a segment than Ethernet holds */
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
	       e->sent_other && e->packets > 0 && e->saw_syn && e->syn_ts != WS_TIME_NONE && e->has_cover_syn &&
	       !e->is_signed && !e->has_wrong_ack && seq_leq(e->ack_max, peer->snd_max) && e->sack_edge == 0;
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
	traits |= detail->pair.side[!who].mss > ETHERNET_MSS ? TRAIT_JUMBO : 0u;
	return (uint8_t)traits;
}

static void take_side(struct plain_side *p, struct detail *detail, unsigned who)
{
	struct endpoint *e = &detail->pair.side[who];

	*p = (struct plain_side){ .edge_ts = e->edge_ts,
				  .last_ts = e->last_ts,
				  .packets = e->packets,
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

/* Nothing about the packet that would have to be told. */
static bool is_clean(const struct plain_side *x, const struct segment *s, uint32_t tags)
{
	if (s->len > ETHERNET_MSS && !(x->traits & TRAIT_JUMBO) && !(tags & WS_TAG_OFFLOAD))
		return false;
	if ((s->flags & (uint8_t)~WS_FLAG_PSH) != WS_FLAG_ACK || s->is_fragmented || s->window == 0 ||
	    (s->options.present & ~(uint32_t)OPTION_TIMESTAMPS))
		return false;
	if (s->checksum == CHECKSUM_BAD ||
	    ((s->is_offload || s->checksum == CHECKSUM_OFFLOAD) && !(tags & WS_TAG_OFFLOAD)))
		return false;
	return !s->is_truncated || (tags & WS_TAG_TRUNCATED);
}

/* It goes on where x stood, within y's window, and brings something that x has not said before. */
static bool is_next(const struct plain_side *x, const struct plain_side *y, const struct segment *s)
{
	if (s->seq != x->snd_max || seq_lt(s->ack, x->ack_max) || seq_gt(s->ack, y->snd_max))
		return false;
	if (s->len == 0)
		return s->ack != x->ack_max && (x->traits & TRAIT_ACK);
	return (x->traits & TRAIT_DATA) && seq_leq(s->seq + s->len, y->right_max);
}

static bool has_time_right(const struct plain_side *x, const struct segment *s)
{
	if (!(s->options.present & OPTION_TIMESTAMPS))
		return !(x->traits & TRAIT_TSVAL);
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

bool plain_segment(struct plain *plain, unsigned who, const struct segment *s, uint32_t tags)
{
	struct plain_side *x = &plain->side[who];
	const struct plain_side *y = &plain->side[!who];

	if (!is_clean(x, s, tags) || !is_next(x, y, s) || !has_time_right(x, s))
		return false;
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
	return true;
}
