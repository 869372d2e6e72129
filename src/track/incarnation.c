#include "track/incarnation.h"

#include <stdlib.h>

/* How far from what a side has sent a segment may lie to be taken for its own; ISNs differ by more, as good as always. */
#define NEARBY (1 << 24)

static bool is_near(uint32_t a, uint32_t b)
{
	int32_t d = seq_diff(a, b);

	return d > -NEARBY && d < NEARBY;
}

static bool has_left(const struct endpoint *e)
{
	return e->state == WS_CLOSED || e->state == WS_TIME_WAIT || e->state == WS_UNKNOWN || e->state == WS_LISTEN;
}

/* Could the numbers be of this connection? What it does not know fits. */
static bool fits(const struct ws_connection *c, unsigned who, const struct segment *s)
{
	const struct endpoint *x = &c->detail->pair.side[who];
	const struct endpoint *y = &c->detail->pair.side[!who];

	if (x->has_seq && !is_near(s->seq, x->snd_max))
		return false;
	return !(s->flags & WS_FLAG_ACK) || !y->has_seq || is_near(s->ack, y->snd_max);
}

/* The sender has not answered this connection's SYN, and what it acknowledges is not that SYN: it has an old connection
 * (RFC 9293 3.5.1, figure 10). */
static bool is_foreign(const struct ws_connection *c, unsigned who, const struct segment *s)
{
	const struct endpoint *x = &c->detail->pair.side[who];
	const struct endpoint *y = &c->detail->pair.side[!who];

	if (x->saw_syn || !y->saw_bare_syn || y->sent_other || (s->flags & (WS_FLAG_SYN | WS_FLAG_RST)) ||
	    !(s->flags & WS_FLAG_ACK))
		return false;
	return !seq_gt(s->ack, y->iss) || seq_gt(s->ack, y->snd_max);
}

/* A RST without ACK takes its number from what it refuses. */
static bool refuses_older(const struct ws_connection *c, unsigned who, const struct segment *s)
{
	return (s->flags & WS_FLAG_RST) && !(s->flags & WS_FLAG_ACK) && s->seq != c->detail->pair.side[who].snd_max &&
	       s->seq == c->older->detail->pair.side[!who].ack_last;
}

static bool is_candidate_again(const struct ws_connection *c, unsigned who, const struct segment *s)
{
	const struct segment *candidate = connection_candidate(c);

	return candidate && c->candidate_side == who && candidate->seq == s->seq;
}

bool incarnation_is_newer(const struct ws_connection *c, unsigned who, const struct segment *s)
{
	const struct endpoint *x = &c->detail->pair.side[who];

	if (x->has_tsval && (s->options.present & OPTION_TIMESTAMPS) && s->options.tsval != x->tsval_max)
		return seq_gt(s->options.tsval, x->tsval_max);
	return seq_gt(s->seq, x->snd_max);
}

static enum incarnation place_syn(const struct ws_connection *c, unsigned who, const struct segment *s)
{
	const struct endpoint *x = &c->detail->pair.side[who];
	const struct endpoint *y = &c->detail->pair.side[!who];
	bool is_over = c->closed_ts != WS_TIME_NONE;

	/* A repeated SYN after a refusal is another try; after a whole connection it is an old copy. */
	if (x->has_iss && s->seq == x->iss)
		return !is_over ? INCARNATION_THIS : c->detail->pair.is_refused ? INCARNATION_NEW : INCARNATION_LATE;
	/* The SYN-ACK that takes its data came first. */
	if (!x->saw_syn && y->saw_syn_ack && s->len > 0 && y->ack_max == s->seq + 1 + s->len)
		return INCARNATION_THIS;
	if (is_candidate_again(c, who, s))
		return INCARNATION_PROMOTED;
	if (is_over)
		return INCARNATION_NEW;
	/* Simultaneous open, or the answer of a split handshake. */
	if (y->saw_bare_syn && !x->saw_syn && !y->sent_other)
		return INCARNATION_THIS;
	/* A side in TIME-WAIT answers an old SYN like any other old segment. */
	if (y->state == WS_TIME_WAIT && !incarnation_is_newer(c, who, s))
		return INCARNATION_CANDIDATE;
	return has_left(x) || has_left(y) ? INCARNATION_NEW : INCARNATION_CANDIDATE;
}

/* The sender goes on from the candidate, whose answer was not captured. */
static bool continues_candidate(const struct ws_connection *c, unsigned who, const struct segment *s)
{
	const struct segment *candidate = connection_candidate(c);

	return candidate && c->candidate_side == who && (s->flags & WS_FLAG_ACK) &&
	       !(s->flags & (WS_FLAG_SYN | WS_FLAG_RST)) && s->seq == candidate->seq + segment_space(candidate) &&
	       s->seq != c->detail->pair.side[who].snd_max;
}

/* The peer answers the candidate: it has taken it for a new connection. */
static bool answers_candidate(const struct ws_connection *c, unsigned who, const struct segment *s)
{
	const struct segment *candidate = connection_candidate(c);

	return candidate && c->candidate_side != who && (s->flags & WS_FLAG_ACK) &&
	       (s->flags & (WS_FLAG_SYN | WS_FLAG_RST)) && seq_gt(s->ack, candidate->seq) &&
	       seq_leq(s->ack, candidate->seq + segment_space(candidate));
}

/* A SYN-ACK of neither side's numbers, after a whole connection: the capture missed the SYN of the next, or shows it later. */
static bool begins_next(const struct ws_connection *c, unsigned who, const struct segment *s)
{
	const struct endpoint *x = &c->detail->pair.side[who];
	const struct endpoint *y = &c->detail->pair.side[!who];

	if ((s->flags & (WS_FLAG_SYN | WS_FLAG_ACK | WS_FLAG_RST)) != (WS_FLAG_SYN | WS_FLAG_ACK) ||
	    connection_candidate(c))
		return false;
	if ((x->has_iss && s->seq == x->iss) || (y->has_iss && s->ack == y->iss + 1))
		return false;
	if (c->closed_ts != WS_TIME_NONE)
		return true;
	if (y->packets == 0)
		return has_left(x) || x->has_fin;
	return y->sent_other && (has_left(x) || has_left(y)) && x->has_seq && y->has_seq;
}

static enum incarnation place_other(struct ws_connection *c, unsigned who, const struct segment *s)
{
	if (answers_candidate(c, who, s) || continues_candidate(c, who, s))
		return INCARNATION_PROMOTED;
	if (c->older &&
	    (refuses_older(c, who, s) || ((is_foreign(c, who, s) || !fits(c, who, s)) && fits(c->older, who, s))))
		return INCARNATION_OLDER;
	if (!c->older && is_foreign(c, who, s))
		return INCARNATION_FOREIGN;
	if (begins_next(c, who, s))
		return INCARNATION_NEW;
	if (!connection_candidate(c) || c->candidate_side != who)
		return INCARNATION_THIS;
	/* The sender goes on with the old connection: that SYN was not its own. A RST without ACK only refuses the answer
	 * (RFC 9293 3.5.1, figure 10); whether it was its own SYN will show when it is repeated. */
	if (fits(c, who, s) && ((s->flags & WS_FLAG_ACK) || !(s->flags & WS_FLAG_RST))) {
		free(c->extra->candidate);
		c->extra->candidate = NULL;
	}
	return INCARNATION_THIS;
}

enum incarnation incarnation_of(struct ws_connection *c, unsigned who, const struct segment *s)
{
	if (is_damaged(&c->detail->pair.side[who], s))
		return INCARNATION_THIS;
	if ((s->flags & (WS_FLAG_SYN | WS_FLAG_ACK | WS_FLAG_RST)) == WS_FLAG_SYN)
		return place_syn(c, who, s);
	return place_other(c, who, s);
}
