#include "tcp/audit.h"

static uint64_t since_syn(const struct endpoint *x, const struct segment *s)
{
	return x->syn_ts == WS_TIME_NONE ? 0 : (uint64_t)(s->ts - x->syn_ts);
}

/* RFC 9293 3.5, figure 7. After two bare SYNs, a SYN-ACK from whoever was second shows that it had been opening itself.
 * One that only acknowledges was either waiting for the first SYN (a split handshake), or never received it: then its
 * own SYN came sooner than an answer can. */
static bool is_simultaneous(const struct pair *pair, unsigned who, const struct facts *facts)
{
	const struct endpoint *x = &pair->side[who];
	const struct endpoint *y = &pair->side[!who];

	if (!x->saw_bare_syn || !y->saw_bare_syn || pair->is_split)
		return false;
	if (x->syn_ts < y->syn_ts && !x->saw_syn_ack)
		return false;
	if (facts->kind == KIND_SYN_ACK)
		return y->saw_syn_ack || x->syn_ts > y->syn_ts;
	return facts->kind == KIND_ORDINARY && y->saw_syn_ack &&
	       (x->saw_syn_ack || x->rtt_ns < 0 || x->syn_ts - y->syn_ts < x->rtt_ns);
}

static bool is_split(const struct pair *pair, unsigned who, const struct facts *facts)
{
	const struct endpoint *x = &pair->side[who];
	const struct endpoint *y = &pair->side[!who];

	if (facts->marks & MARK_SPLIT_HANDSHAKE)
		return true;
	return facts->kind == KIND_ORDINARY && x->saw_bare_syn && y->saw_bare_syn && y->saw_syn_ack &&
	       !x->saw_syn_ack && x->syn_ts > y->syn_ts && x->rtt_ns >= 0 && x->syn_ts - y->syn_ts >= x->rtt_ns;
}

void audit_open(const struct pair *pair, unsigned who, const struct segment *s, const struct facts *facts,
		struct audit *out)
{
	const struct endpoint *x = &pair->side[who];
	enum ws_side side = (enum ws_side)who;

	if (is_split(pair, who, facts))
		audit_add(out, &(struct finding){ WS_FINDING_split_handshake, WS_BOTH, UNIT_FLAGS, true,
						  WS_FLAG_SYN | WS_FLAG_ACK, s->flags });
	else if (is_simultaneous(pair, who, facts))
		audit_add(out, &(struct finding){ WS_FINDING_simultaneous_open, WS_BOTH, UNIT_FLAGS, true,
						  WS_FLAG_SYN | WS_FLAG_ACK, WS_FLAG_SYN });
	if (facts->marks & MARK_REFUSED)
		audit_add(out, &(struct finding){ WS_FINDING_connection_refused, side, UNIT_FLAGS, true,
						  WS_FLAG_SYN | WS_FLAG_ACK, s->flags });
	if (facts->marks & MARK_SYN_REPEATED)
		audit_add(out, &(struct finding){ WS_FINDING_syn_retransmitted, side, UNIT_NANOSECONDS, false, 0,
						  since_syn(x, s) });
	if (facts->marks & MARK_SYN_ACK_REPEATED)
		audit_add(out, &(struct finding){ WS_FINDING_syn_ack_retransmitted, side, UNIT_NANOSECONDS, false, 0,
						  since_syn(x, s) });
	if (facts->marks & MARK_SYN_ACK_WRONG_ACK)
		audit_add(out, &(struct finding){ WS_FINDING_syn_ack_wrong_ack, side, UNIT_NUMBER, true,
						  facts->expected, facts->seen });
	if (facts->marks & MARK_HANDSHAKE_WRONG_ACK)
		audit_add(out, &(struct finding){ WS_FINDING_handshake_ack_wrong_ack, side, UNIT_NUMBER, true,
						  facts->expected, facts->seen });
	if (facts->marks & MARK_SYN_TO_SYNCHRONISED)
		audit_add(out, &(struct finding){ WS_FINDING_syn_on_established, side, UNIT_NUMBER, true,
						  facts->expected, facts->seen });
	if (facts->marks & MARK_SYN_FIN)
		audit_add(out, &(struct finding){ WS_FINDING_flags_syn_fin, side, UNIT_FLAGS, false, 0, s->flags });
}
