#include "track/suspicion.h"

#include <stdlib.h>

/* So many at once need no witness: nobody loses that many frames in a row. */
#define SUSPICIONS_MAX 8

struct suspicion {
	struct finding finding;
	struct cause cause;
	unsigned who;        /* sent the segment */
	uint32_t seq;        /* of the segment */
	uint32_t snd_max[2]; /* of both sides then */
	uint32_t ack_max[2];
};

struct suspicions {
	unsigned len;
	struct suspicion item[SUSPICIONS_MAX];
};

static bool was_synchronised(const struct endpoint *e)
{
	return e->saw_syn && e->sent_other;
}

static bool needs_witness(const struct ws_connection *c, unsigned who, const struct finding *finding)
{
	const struct pair *pair = &c->detail->pair;

	switch ((int)finding->id) {
	case WS_FINDING_handshake_ack_wrong_ack:
	case WS_FINDING_rst_in_window_not_exact:
	case WS_FINDING_syn_on_established:
	case WS_FINDING_syn_on_established_different_isn:
	case WS_FINDING_syn_from_responder:
	case WS_FINDING_handshake_data_injection_suspected:
	case WS_FINDING_handshake_ack_missing_in_capture:
	case WS_FINDING_segment_right_of_window:
	case WS_FINDING_ack_beyond_sent:
	case WS_FINDING_paws_violation:
	case WS_FINDING_window_update_bad:
	case WS_FINDING_fin_out_of_window:
		return true;
	/* What is older than a window is certain. */
	case WS_FINDING_fin_invalid_ack:
		return seq_gt((uint32_t)finding->seen, (uint32_t)finding->expected);
	case WS_FINDING_simopen_ack_invalid:
		return seq_gt((uint32_t)finding->seen, (uint32_t)finding->expected);
	case WS_FINDING_rst_out_of_window:
		/* No window is so small that lost frames could lead beyond it, if it is known. */
		return !was_synchronised(&pair->side[0]) || !was_synchronised(&pair->side[1]);
	case WS_FINDING_syn_ack_wrong_ack:
		/* The answer to a SYN of the next connection, unless this one has got no further than its own. */
		return pair->side[!who].sent_other || pair->side[!who].rsts > 0 || pair->side[who].sent_other;
	case WS_FINDING_data_after_fin:
		/* The peer has taken the FIN for one. */
		return !(pair->side[!who].has_ack && acks_fin(&pair->side[who], pair->side[!who].ack_max));
	default:
		return false;
	}
}

static void tell(struct context *context, struct ws_connection *c, unsigned i)
{
	struct suspicion item = c->extra->suspicions->item[i];

	c->extra->suspicions->item[i] = c->extra->suspicions->item[--c->extra->suspicions->len];
	change_finding(context, c, &item.cause, &item.finding);
}

static void tell_all(struct context *context, struct ws_connection *c)
{
	while (c->extra->suspicions->len > 0)
		tell(context, c, 0);
}

/* Nothing of the receiver was captured to judge by; or the sender, still opening, speaks of an earlier connection. */
static bool is_baseless(const struct ws_connection *c, unsigned who, const struct segment *s,
			const struct finding *finding)
{
	const struct endpoint *x = &c->detail->pair.side[who];

	if (finding->id != WS_FINDING_rst_in_window_not_exact && finding->id != WS_FINDING_rst_out_of_window)
		return false;
	return c->detail->pair.side[!who].packets == 0 || (!(s->flags & WS_FLAG_ACK) && x->saw_syn && !x->sent_other);
}

/* One lost acknowledgement makes all that follows look wrong: of those about windows one waits for all. */
static bool is_held(const struct ws_connection *c, unsigned who, const struct finding *finding)
{
	if (finding->id != WS_FINDING_segment_right_of_window && finding->id != WS_FINDING_ack_beyond_sent &&
	    finding->id != WS_FINDING_paws_violation)
		return false;
	for (unsigned i = 0; connection_suspicions(c) && i < c->extra->suspicions->len; i++)
		if (c->extra->suspicions->item[i].finding.id == finding->id && c->extra->suspicions->item[i].who == who)
			return true;
	return false;
}

size_t suspicion_bytes(void)
{
	return sizeof(struct suspicions);
}

static bool has_room(struct context *context, struct ws_connection *c)
{
	struct extra *extra = connection_extra(c, context->heap);

	if (!extra || extra->suspicions)
		return extra != NULL;
	extra->suspicions = calloc(1, sizeof *extra->suspicions);
	if (extra->suspicions && context->heap)
		*context->heap += suspicion_bytes();
	return extra->suspicions != NULL;
}

bool suspicion_hold(struct context *context, struct ws_connection *c, unsigned who, const struct segment *s,
		    const struct finding *finding)
{
	const struct endpoint *side = c->detail->pair.side;

	if (is_baseless(c, who, s, finding) || is_held(c, who, finding))
		return true;
	if (!needs_witness(c, who, finding))
		return false;
	if (!has_room(context, c))
		return false;
	if (c->extra->suspicions->len == SUSPICIONS_MAX) {
		tell_all(context, c);
		return false;
	}
	c->extra->suspicions->item[c->extra->suspicions->len++] =
		(struct suspicion){ .finding = *finding,
				    .cause = { s->ts, s->frame, s->flags },
				    .who = who,
				    .seq = s->seq,
				    .snd_max = { side[0].snd_max, side[1].snd_max },
				    .ack_max = { side[0].ack_max, side[1].ack_max } };
	return true;
}

/* RFC 9293 3.10.7.4, fifth, and 3.10.7.3, first: what acknowledges something never sent is answered by a RST of that number. */
static bool is_refused(const struct suspicion *item, unsigned who, const struct segment *s)
{
	return who != item->who && (s->flags & (WS_FLAG_RST | WS_FLAG_ACK)) == WS_FLAG_RST &&
	       s->seq == (uint32_t)item->finding.seen;
}

/* Refused; or the opener itself says less, later. */
static bool is_wrong_ack_borne_out(const struct suspicion *item, unsigned who, const struct segment *s)
{
	if (who != item->who)
		return is_refused(item, who, s);
	return (s->flags & (WS_FLAG_RST | WS_FLAG_ACK)) == WS_FLAG_ACK && seq_geq(s->seq, item->seq) &&
	       seq_lt(s->ack, (uint32_t)item->finding.seen);
}

/* `x`, who sent the RST or SYN, goes on, beyond where it stood or for longer than packets are swapped. */
static bool goes_on(const struct suspicion *item, const struct segment *s)
{
	return seq_gt(s->seq + segment_space(s), item->snd_max[item->who]) ||
	       seq_gt(s->ack, item->ack_max[item->who]) || s->ts - item->cause.ts > DISORDER_NS;
}

/* The receiver lives on: it says what it has said before, which is a challenge (RFC 5961 3.2, 4.2), or speaks when the RST must
 * long have come. */
static bool lives_on(const struct ws_connection *c, const struct suspicion *item, const struct segment *s)
{
	unsigned y = !item->who;
	int64_t way = 2 * c->detail->pair.side[y].rtt_ns;

	if (segment_space(s) == 0 && s->seq == item->snd_max[y] && s->ack == item->ack_max[y])
		return true;
	return s->ts - item->cause.ts > (way > DISORDER_NS ? way : DISORDER_NS);
}

/* How far the receiver's newest window reaches. */
static uint32_t edge_of(const struct ws_connection *c, unsigned who, const struct segment *s)
{
	return s->ack + ((uint32_t)s->window << endpoint_shift(&c->detail->pair.side[who]));
}

/* What was acknowledged had perhaps never been sent. */
static bool is_about_sent(const struct suspicion *item)
{
	return item->finding.id == WS_FINDING_ack_beyond_sent || item->finding.id == WS_FINDING_fin_invalid_ack;
}

/* RFC 9293 3.10.7.4, first, fifth: the receiver answers by saying once more what it has, or goes on where it stood. */
static bool is_window_borne_out(const struct ws_connection *c, const struct suspicion *item, unsigned who,
				const struct segment *s)
{
	if (item->finding.id == WS_FINDING_window_update_bad)
		return who == item->who && s->seq == item->snd_max[who] && s->ts - item->cause.ts > DISORDER_NS;
	if (who == item->who)
		return false;
	if (is_about_sent(item))
		return seq_geq(s->seq, item->snd_max[who]) && seq_lt(s->seq, (uint32_t)item->finding.seen);
	return lives_on(c, item, s);
}

/* It was taken, or there was room for it after all. */
static bool is_window_cleared(const struct ws_connection *c, const struct suspicion *item, unsigned who,
			      const struct segment *s)
{
	uint32_t seen = (uint32_t)item->finding.seen;

	if (item->finding.id == WS_FINDING_window_update_bad)
		return who == item->who && seq_geq(s->seq, item->seq);
	if (who == item->who || !(s->flags & WS_FLAG_ACK))
		return false;
	if (is_about_sent(item))
		return seq_geq(s->seq + segment_space(s), seen);
	if (item->finding.id == WS_FINDING_paws_violation)
		return seq_gt(s->ack, item->seq);
	return seq_gt(s->ack, (uint32_t)item->finding.expected) || seq_geq(edge_of(c, who, s), seen);
}

static bool is_about_window(const struct suspicion *item)
{
	return item->finding.id == WS_FINDING_segment_right_of_window ||
	       item->finding.id == WS_FINDING_fin_out_of_window || item->finding.id == WS_FINDING_paws_violation ||
	       item->finding.id == WS_FINDING_window_update_bad || is_about_sent(item);
}

static bool is_about_ack(const struct suspicion *item)
{
	return item->finding.id == WS_FINDING_handshake_ack_wrong_ack ||
	       item->finding.id == WS_FINDING_simopen_ack_invalid;
}

static bool is_about_third(const struct suspicion *item)
{
	return item->finding.id == WS_FINDING_handshake_data_injection_suspected ||
	       item->finding.id == WS_FINDING_handshake_ack_missing_in_capture;
}

/* The opener's bare ACK of the SYN-ACK, and of no more. */
static bool is_third_segment(const struct suspicion *item, const struct segment *s)
{
	return segment_space(s) == 0 && !(s->flags & WS_FLAG_RST) && s->ack == item->seq &&
	       seq_leq(s->seq, item->snd_max[!item->who]);
}

/* It comes too late to have brought that about; or never, and the opener goes on. */
static bool is_third_borne_out(const struct suspicion *item, unsigned who, const struct segment *s)
{
	if (who == item->who || (s->flags & WS_FLAG_SYN))
		return false;
	if (item->finding.id == WS_FINDING_handshake_ack_missing_in_capture)
		return !is_third_segment(item, s);
	return is_third_segment(item, s) && s->ts - item->cause.ts > DISORDER_NS;
}

static bool is_borne_out(const struct ws_connection *c, const struct suspicion *item, unsigned who,
			 const struct segment *s)
{
	if (is_about_ack(item))
		return is_wrong_ack_borne_out(item, who, s);
	if (is_about_third(item))
		return is_third_borne_out(item, who, s);
	if (item->finding.id == WS_FINDING_syn_ack_wrong_ack)
		return is_refused(item, who, s);
	if (!(s->flags & WS_FLAG_ACK) || (s->flags & (WS_FLAG_RST | WS_FLAG_SYN)))
		return false;
	if (is_about_window(item))
		return is_window_borne_out(c, item, who, s);
	/* The FIN was acknowledged, and nothing beyond it. */
	if (item->finding.id == WS_FINDING_data_after_fin)
		return who != item->who && s->ack == (uint32_t)item->finding.expected + 1;
	return who == item->who ? goes_on(item, s) : lives_on(c, item, s);
}

/* The capture shows only now what was acknowledged, or what the RST answers. */
static bool is_cleared(const struct ws_connection *c, const struct suspicion *item, unsigned who,
		       const struct segment *s)
{
	if (is_about_window(item))
		return is_window_cleared(c, item, who, s);
	if (is_about_ack(item))
		return seq_geq(c->detail->pair.side[!item->who].snd_max, (uint32_t)item->finding.seen);
	if (is_about_third(item))
		return who != item->who && !is_third_borne_out(item, who, s);
	return (item->cause.flags & (WS_FLAG_RST | WS_FLAG_ACK)) == WS_FLAG_RST && who != item->who &&
	       (s->flags & WS_FLAG_ACK) && s->ack == item->seq && s->ts - item->cause.ts <= DISORDER_NS;
}

void suspicion_judge(struct context *context, struct ws_connection *c, unsigned who, const struct segment *s)
{
	for (unsigned i = c->extra->suspicions->len; i-- > 0;) {
		const struct suspicion *item = &c->extra->suspicions->item[i];

		if (is_cleared(c, item, who, s))
			c->extra->suspicions->item[i] = c->extra->suspicions->item[--c->extra->suspicions->len];
		else if (is_borne_out(c, item, who, s))
			tell(context, c, i);
	}
}
