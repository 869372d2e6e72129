#include "track/reuse.h"

#include "tcp/opening.h"

static void raise_number(struct context *context, struct ws_connection *c, const struct segment *s,
			 enum ws_finding_id id, unsigned side, uint64_t expected, uint64_t seen)
{
	struct finding finding = { id, (enum ws_side)side, UNIT_NUMBER, true, expected, seen };

	change_finding(context, c, &(struct cause){ s->ts, s->frame, s->flags }, &finding);
}

/* When the first TIME-WAIT of the connection began; WS_TIME_NONE: neither side has come to it. */
static ws_time time_wait_of(const struct ws_connection *c)
{
	for (unsigned i = 0; i < 2; i++) {
		const struct endpoint *e = &c->detail->pair.side[i];

		if (e->has_fin && e->fin_order == OWN_FIN_FIRST && e->time_wait_first_ts != WS_TIME_NONE)
			return e->time_wait_first_ts;
	}
	return WS_TIME_NONE;
}

static void raise_early(struct context *context, struct ws_connection *c, const struct segment *s)
{
	ws_time since = time_wait_of(c->older);
	int64_t limit = context->config->time_wait_ns;
	struct finding finding = { WS_FINDING_port_reuse_early, WS_BOTH, UNIT_NANOSECONDS, true, (uint64_t)limit, 0 };

	if (since == WS_TIME_NONE || s->ts < since || s->ts - since >= limit)
		return;
	finding.seen = (uint64_t)(s->ts - since);
	change_finding(context, c, &(struct cause){ s->ts, s->frame, s->flags }, &finding);
}

/* TIME-WAIT, where the SYN is newer than all that was sent before, is there to be ended by it. */
static bool is_still_closing(const struct ws_connection *c, unsigned receiver)
{
	uint8_t state = c->older->state[receiver];

	return state > WS_ESTABLISHED && !(state == WS_TIME_WAIT && c->is_newer);
}

void reuse_begun(struct context *context, struct ws_connection *c, unsigned who, const struct segment *s, bool is_told)
{
	const struct endpoint *x = &c->older->detail->pair.side[who];

	if (!context->config->full_audit || !is_bare_syn(s) || c->detail->pair.is_opener_stale)
		return;
	if (!is_told && is_still_closing(c, !who))
		raise_number(context, c, s, WS_FINDING_syn_during_close, who, x->snd_max, s->seq);
	if (!is_told && c->older->detail->pair.is_midstream && x->packets > 0 && !x->saw_syn &&
	    s->seq + 1 != x->first_seq)
		raise_number(context, c, s, WS_FINDING_syn_after_midstream, who, x->snd_max, s->seq);
	if (endpoint_stands(x, FSM_SND_RST) && x->at[FSM_SND_RST].earliest <= s->ts &&
	    !c->older->detail->pair.is_refused)
		raise_number(context, c, s, WS_FINDING_syn_after_reset, who, x->snd_max, s->seq);
	raise_early(context, c, s);
}

/* Nothing that has passed tells of an end, not even by a number. */
static bool is_active_side(const struct endpoint *e)
{
	return e->state == WS_ESTABLISHED && !e->has_fin && !e->has_one_gap && !e->has_jump && !e->deferred.is_set &&
	       e->rsts == 0;
}

static bool is_active(const struct ws_connection *c)
{
	const uint32_t lacking = WS_TAG_GAPS | WS_TAG_ONE_WAY | WS_TAG_MIDSTREAM | WS_TAG_SYN_MISSING;

	return !(connection_tags(c) & lacking) && is_active_side(&c->detail->pair.side[0]) &&
	       is_active_side(&c->detail->pair.side[1]);
}

void reuse_accepted(struct context *context, struct ws_connection *c, const struct ws_connection *old, unsigned opener,
		    const struct segment *s)
{
	const struct endpoint *x = &c->detail->pair.side[opener];
	const struct endpoint *old_x = &old->detail->pair.side[opener];
	const struct endpoint *y = &c->detail->pair.side[!opener];
	const struct endpoint *old_y = &old->detail->pair.side[!opener];

	if (!context->config->full_audit || !x->saw_bare_syn)
		return;
	if (is_active(old))
		raise_number(context, c, s, WS_FINDING_port_reuse_active, WS_BOTH, old_x->snd_max, x->iss);
	if (old_y->saw_syn_ack && y->saw_syn_ack && y->iss == old_y->iss)
		raise_number(context, c, s, WS_FINDING_isn_reused, !opener, old_y->snd_max, y->iss);
}

void reuse_crossed(struct context *context, const struct ws_connection *c, struct ws_connection *old, unsigned who,
		   const struct segment *s)
{
	const uint8_t main = s->flags & (WS_FLAG_SYN | WS_FLAG_FIN | WS_FLAG_RST | WS_FLAG_ACK);
	const struct endpoint *side = c->detail->pair.side;
	struct finding finding = { .id = WS_FINDING_ack_instead_of_syn_ack,
				   .side = (enum ws_side)who,
				   .unit = UNIT_FLAGS,
				   .has_expected = true,
				   .expected = WS_FLAG_SYN | WS_FLAG_ACK,
				   .seen = s->flags };

	if (!context->config->full_audit || !old)
		return;
	if (main == WS_FLAG_ACK && s->len == 0 && is_waiting(&side[!who]))
		change_finding(context, old, &(struct cause){ s->ts, s->frame, s->flags }, &finding);
	/* RFC 9293 figure 9: the opener refuses that. */
	if (main == WS_FLAG_RST && is_waiting(&side[who]) && s->seq == old->detail->pair.side[!who].ack_last)
		raise_number(context, old, s, WS_FINDING_half_open_connection_discovered, WS_BOTH, side[who].snd_max,
			     s->seq);
}
