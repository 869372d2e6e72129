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
	const struct endpoint *x = &c->pair.side[who];
	const struct endpoint *y = &c->pair.side[!who];

	if (x->has_seq && !is_near(s->seq, x->snd_max))
		return false;
	return !(s->flags & WS_FLAG_ACK) || !y->has_seq || is_near(s->ack, y->snd_max);
}

static bool is_candidate_again(const struct ws_connection *c, unsigned who, const struct segment *s)
{
	return c->candidate && c->candidate_side == who && c->candidate->seq == s->seq;
}

static enum incarnation place_syn(const struct ws_connection *c, unsigned who, const struct segment *s)
{
	const struct endpoint *x = &c->pair.side[who];
	const struct endpoint *y = &c->pair.side[!who];
	bool is_over = c->closed_ts != WS_TIME_NONE;

	/* A repeated SYN after a refusal is another try; after a whole connection it is an old copy. */
	if (x->has_iss && s->seq == x->iss)
		return !is_over ? INCARNATION_THIS : c->pair.is_refused ? INCARNATION_NEW : INCARNATION_STRAY;
	if (is_over)
		return INCARNATION_NEW;
	/* Simultaneous open, or the answer of a split handshake. */
	if (y->saw_bare_syn && !x->has_seq)
		return INCARNATION_THIS;
	if (is_candidate_again(c, who, s))
		return INCARNATION_PROMOTED;
	/* Reuse: RFC 9293 3.6.1, RFC 6191. */
	if (has_left(x) || has_left(y))
		return INCARNATION_NEW;
	return INCARNATION_CANDIDATE;
}

/* The peer answers the candidate: it has taken it for a new connection. */
static bool answers_candidate(const struct ws_connection *c, unsigned who, const struct segment *s)
{
	return c->candidate && c->candidate_side != who && (s->flags & WS_FLAG_ACK) &&
	       (s->flags & (WS_FLAG_SYN | WS_FLAG_RST)) && seq_gt(s->ack, c->candidate->seq) &&
	       seq_leq(s->ack, c->candidate->seq + segment_space(c->candidate));
}

static enum incarnation place_other(struct ws_connection *c, unsigned who, const struct segment *s)
{
	if (answers_candidate(c, who, s))
		return INCARNATION_PROMOTED;
	if (c->older && !fits(c, who, s) && fits(c->older, who, s))
		return INCARNATION_OLDER;
	if (!c->candidate || c->candidate_side != who)
		return INCARNATION_THIS;
	/* RFC 9293 3.5.1, figure 10: the opener refuses what the old connection said, and so discovers it half-open. */
	if ((s->flags & WS_FLAG_RST) && !(s->flags & WS_FLAG_ACK))
		return INCARNATION_LAST;
	/* The sender goes on with the old connection: that SYN was not its own. */
	if (fits(c, who, s)) {
		free(c->candidate);
		c->candidate = NULL;
	}
	return INCARNATION_THIS;
}

enum incarnation incarnation_of(struct ws_connection *c, unsigned who, const struct segment *s)
{
	if ((s->flags & (WS_FLAG_SYN | WS_FLAG_ACK | WS_FLAG_RST)) == WS_FLAG_SYN && s->checksum != CHECKSUM_BAD)
		return place_syn(c, who, s);
	return place_other(c, who, s);
}
