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
		return true;
	case WS_FINDING_rst_out_of_window:
		/* No window is so small that lost frames could lead beyond it, if it is known. */
		return !was_synchronised(&pair->side[0]) || !was_synchronised(&pair->side[1]);
	case WS_FINDING_data_after_fin:
		/* The peer has taken the FIN for one. */
		return !(pair->side[!who].has_ack && acks_fin(&pair->side[who], pair->side[!who].ack_max));
	default:
		return false;
	}
}

static void tell(struct context *context, struct ws_connection *c, unsigned i)
{
	struct suspicion item = c->suspicions->item[i];

	c->suspicions->item[i] = c->suspicions->item[--c->suspicions->len];
	change_finding(context, c, &item.cause, &item.finding);
}

static void tell_all(struct context *context, struct ws_connection *c)
{
	while (c->suspicions->len > 0)
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

size_t suspicion_bytes(void)
{
	return sizeof(struct suspicions);
}

static bool has_room(struct context *context, struct ws_connection *c)
{
	if (c->suspicions)
		return true;
	c->suspicions = calloc(1, sizeof *c->suspicions);
	if (c->suspicions && context->heap)
		*context->heap += suspicion_bytes();
	return c->suspicions != NULL;
}

bool suspicion_hold(struct context *context, struct ws_connection *c, unsigned who, const struct segment *s,
		    const struct finding *finding)
{
	const struct endpoint *side = c->detail->pair.side;

	if (is_baseless(c, who, s, finding))
		return true;
	if (!needs_witness(c, who, finding))
		return false;
	if (!has_room(context, c))
		return false;
	if (c->suspicions->len == SUSPICIONS_MAX) {
		tell_all(context, c);
		return false;
	}
	c->suspicions->item[c->suspicions->len++] =
		(struct suspicion){ .finding = *finding,
				    .cause = { s->ts, s->frame, s->flags },
				    .who = who,
				    .seq = s->seq,
				    .snd_max = { side[0].snd_max, side[1].snd_max },
				    .ack_max = { side[0].ack_max, side[1].ack_max } };
	return true;
}

/* RFC 9293 3.10.7.4, fifth: the responder answers with a RST of that number. Or the opener itself says less, later. */
static bool is_wrong_ack_borne_out(const struct suspicion *item, unsigned who, const struct segment *s)
{
	uint32_t ack = (uint32_t)item->finding.seen;

	if (who != item->who)
		return (s->flags & (WS_FLAG_RST | WS_FLAG_ACK)) == WS_FLAG_RST && s->seq == ack;
	return (s->flags & (WS_FLAG_RST | WS_FLAG_ACK)) == WS_FLAG_ACK && seq_geq(s->seq, item->seq) &&
	       seq_lt(s->ack, ack);
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

static bool is_borne_out(const struct ws_connection *c, const struct suspicion *item, unsigned who,
			 const struct segment *s)
{
	if (item->finding.id == WS_FINDING_handshake_ack_wrong_ack)
		return is_wrong_ack_borne_out(item, who, s);
	if (!(s->flags & WS_FLAG_ACK) || (s->flags & (WS_FLAG_RST | WS_FLAG_SYN)))
		return false;
	/* The FIN was acknowledged, and nothing beyond it. */
	if (item->finding.id == WS_FINDING_data_after_fin)
		return who != item->who && s->ack == (uint32_t)item->finding.expected + 1;
	return who == item->who ? goes_on(item, s) : lives_on(c, item, s);
}

/* The capture shows only now what was acknowledged, or what the RST answers. */
static bool is_cleared(const struct ws_connection *c, const struct suspicion *item, unsigned who,
		       const struct segment *s)
{
	if (item->finding.id == WS_FINDING_handshake_ack_wrong_ack)
		return seq_geq(c->detail->pair.side[!item->who].snd_max, (uint32_t)item->finding.seen);
	return (item->cause.flags & (WS_FLAG_RST | WS_FLAG_ACK)) == WS_FLAG_RST && who != item->who &&
	       (s->flags & WS_FLAG_ACK) && s->ack == item->seq && s->ts - item->cause.ts <= DISORDER_NS;
}

void suspicion_judge(struct context *context, struct ws_connection *c, unsigned who, const struct segment *s)
{
	for (unsigned i = c->suspicions->len; i-- > 0;) {
		const struct suspicion *item = &c->suspicions->item[i];

		if (is_cleared(c, item, who, s))
			c->suspicions->item[i] = c->suspicions->item[--c->suspicions->len];
		else if (is_borne_out(c, item, who, s))
			tell(context, c, i);
	}
}
