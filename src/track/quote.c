/*
 * ICMP errors about segments (RFC 9293 3.9.2.2). The error comes from some router or from the peer's host and goes to
 * the sender of the segment it quotes; it changes no state here, since TCP may wait and try again.
 */
#include "track/tracker.h"

static void tell(ws_tracker *t, struct ws_connection *c, unsigned who, const struct icmp_quote *quote,
		 const struct cause *cause)
{
	struct context context = context_of(t);
	struct finding finding = { .id = WS_FINDING_icmp_error_for_flow,
				   .side = (enum ws_side)who,
				   .unit = UNIT_ICMP,
				   .seen = (uint64_t)quote->type << 8 | quote->code };

	change_finding(&context, c, cause, &finding);
}

void intake_quote(ws_tracker *t, const struct icmp_quote *quote, const struct cause *cause, const struct outer *outer)
{
	struct segment quoted = { .src = quote->src,
				  .dst = quote->dst,
				  .sport = quote->sport,
				  .dport = quote->dport,
				  .seq = quote->seq,
				  .outer = *outer };
	struct keyed keyed;
	unsigned who = intake_key(t, &quoted, &keyed);
	struct ws_connection *c;

	if (!t->config.full_audit || !intake_enter(t, &quoted, &keyed))
		return;
	c = store_find(&t->store, &keyed);
	if (c && bench_wake(&t->bench, c))
		tell(t, c, who, quote, cause);
	networks_leave(&t->networks, &keyed.key);
}
