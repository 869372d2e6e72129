#include "tcp/classify.h"

/* A tick of grace, as deployed stacks give it: clocks of two cores may differ by one. */
#define PAWS_GRACE 1

static enum segment_kind kind_of(const struct endpoint *x, const struct segment *s)
{
	bool is_signed = (s->options.present & (OPTION_MD5 | OPTION_AO)) != 0;

	if (is_damaged(x, s) || (x->is_signed && !is_signed && !s->is_header_cut))
		return KIND_VOID;
	if (s->flags & WS_FLAG_RST)
		return KIND_RST;
	if (s->flags & WS_FLAG_SYN)
		return s->flags & WS_FLAG_ACK ? KIND_SYN_ACK : KIND_SYN;
	/* RFC 9293 3.10.7.4, fifth: if the ACK bit is off, drop the segment. */
	return s->flags & WS_FLAG_ACK ? KIND_ORDINARY : KIND_VOID;
}

/* RFC 9293 table 6, with the window that `y` was last seen to offer. Its true RCV.NXT is at or beyond ack_max. What ends
 * just there is looked at by deployed stacks, so that the ACK of a repeated FIN counts; the table would drop it. */
static enum place place_of(const struct endpoint *y, const struct segment *s, uint32_t end)
{
	if (!y->has_ack)
		return PLACE_WINDOW;
	if (seq_lt(end, y->ack_max))
		return PLACE_OLD;
	if (y->has_window && seq_gt(s->seq, y->right_max))
		return PLACE_BEYOND;
	return PLACE_WINDOW;
}

static bool is_stale(const struct endpoint *x, const struct segment *s)
{
	return x->has_ts_recent && (s->options.present & OPTION_TIMESTAMPS) &&
	       seq_diff(x->ts_recent, s->options.tsval) > PAWS_GRACE;
}

/* Has y sent what x acknowledges? A side of which nothing was captured may have sent anything. */
static bool is_ack_beyond(const struct endpoint *y, uint32_t ack)
{
	return y->has_seq && y->packets > 0 && seq_gt(ack, y->snd_max);
}

static bool is_ack_old(const struct endpoint *x, const struct endpoint *y, uint32_t ack)
{
	/* Of a side met in the middle the widest window is not known. */
	uint32_t window = x->saw_syn || x->win_max > 65535 ? x->win_max : 65535;

	return x->has_ack && y->has_seq && seq_diff(x->ack_max, ack) > (int32_t)(window & INT32_MAX);
}

/* Nothing of this connection has a number below its ISN, where that was captured; a keep-alive begins there at the lowest
 * (RFC 9293 3.4, 3.8.4). */
static bool is_before_stream(const struct endpoint *x, const struct segment *s)
{
	return x->saw_syn && endpoint_is_below(x, s->seq, x->iss);
}

void classify(const struct endpoint *x, const struct endpoint *y, const struct segment *s, struct facts *facts)
{
	*facts = (struct facts){ .kind = kind_of(x, s), .end = s->seq + segment_space(s) };
	if (facts->kind != KIND_ORDINARY) {
		facts->is_believable = facts->kind != KIND_VOID;
		return;
	}
	facts->place = place_of(y, s, facts->end);
	facts->is_ack_beyond = is_ack_beyond(y, s->ack);
	facts->is_ack_old = is_ack_old(x, y, s->ack);
	facts->is_stale = is_stale(x, s);
	facts->is_believable = facts->place != PLACE_BEYOND && !is_before_stream(x, s) && !facts->is_ack_beyond &&
			       !facts->is_ack_old && !facts->is_stale;
	facts->is_acceptable = facts->is_believable && facts->place == PLACE_WINDOW;
}

uint32_t sack_edge_of(const struct segment *s)
{
	uint32_t edge = s->options.sack_len > 0 ? s->options.sack[0][1] : 0;

	for (unsigned i = 1; i < s->options.sack_len; i++)
		edge = seq_max(edge, s->options.sack[i][1]);
	return edge;
}

/* Twice the shortest time that x ever took to answer, as seen from here: the way varies. */
ws_time under_way_since(const struct endpoint *x, ws_time now)
{
	return x->rtt_ns > 0 ? now - 2 * x->rtt_ns : now;
}
