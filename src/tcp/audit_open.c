#include "tcp/audit.h"

static bool is_marked(const struct sight *sight, enum mark mark)
{
	return (sight->facts->marks & (uint32_t)mark) != 0;
}

/* As inference has filled them in with the mark. */
static bool values_of_facts(const struct sight *sight, struct finding *finding)
{
	return finding_values(finding, sight->facts->expected, sight->facts->seen);
}

static bool since_syn(const struct sight *sight, struct finding *finding)
{
	return finding_seen(finding, sight->x->syn_ts == WS_TIME_NONE ? 0 : (uint64_t)(sight->now - sight->x->syn_ts));
}

static bool is_split(const struct sight *sight)
{
	const struct endpoint *x = sight->x;
	const struct endpoint *y = sight->y;

	if (is_marked(sight, MARK_SPLIT_HANDSHAKE))
		return true;
	/* What follows is told by times. */
	if (sight->tags & WS_TAG_CLOCK)
		return false;
	return sight->facts->kind == KIND_ORDINARY && x->saw_bare_syn && y->saw_bare_syn && y->saw_syn_ack &&
	       !x->saw_syn_ack && x->syn_ts > y->syn_ts && x->rtt_ns >= 0 && x->syn_ts - y->syn_ts >= x->rtt_ns;
}

static bool split_handshake(const struct sight *sight, struct finding *finding)
{
	return is_split(sight) && finding_values(finding, WS_FLAG_SYN | WS_FLAG_ACK, sight->s->flags);
}

/* RFC 9293 3.5, figure 7. After two bare SYNs, a SYN-ACK from whoever was second shows that it had been opening itself.
 * One that only acknowledges was either waiting for the first SYN (a split handshake), or never received it: then its
 * own SYN came sooner than an answer can. */
static bool is_simultaneous(const struct sight *sight)
{
	const struct endpoint *x = sight->x;
	const struct endpoint *y = sight->y;

	if (!x->saw_bare_syn || !y->saw_bare_syn || sight->pair->is_split)
		return false;
	if (x->syn_ts < y->syn_ts && !x->saw_syn_ack)
		return false;
	if (sight->facts->kind == KIND_SYN_ACK)
		return y->saw_syn_ack || x->syn_ts > y->syn_ts;
	return sight->facts->kind == KIND_ORDINARY && y->saw_syn_ack &&
	       (x->saw_syn_ack || x->rtt_ns < 0 || x->syn_ts - y->syn_ts < x->rtt_ns);
}

static bool simultaneous_open(const struct sight *sight, struct finding *finding)
{
	return !is_split(sight) && is_simultaneous(sight) &&
	       finding_values(finding, WS_FLAG_SYN | WS_FLAG_ACK, WS_FLAG_SYN);
}

static bool connection_refused(const struct sight *sight, struct finding *finding)
{
	return is_marked(sight, MARK_REFUSED) && finding_values(finding, WS_FLAG_SYN | WS_FLAG_ACK, sight->s->flags);
}

static bool syn_retransmitted(const struct sight *sight, struct finding *finding)
{
	return is_marked(sight, MARK_SYN_REPEATED) && since_syn(sight, finding);
}

static bool syn_ack_retransmitted(const struct sight *sight, struct finding *finding)
{
	return is_marked(sight, MARK_SYN_ACK_REPEATED) && since_syn(sight, finding);
}

static bool syn_ack_wrong_ack(const struct sight *sight, struct finding *finding)
{
	return is_marked(sight, MARK_SYN_ACK_WRONG_ACK) && values_of_facts(sight, finding);
}

static bool handshake_ack_wrong_ack(const struct sight *sight, struct finding *finding)
{
	return is_marked(sight, MARK_HANDSHAKE_WRONG_ACK) && values_of_facts(sight, finding);
}

static bool syn_on_established(const struct sight *sight, struct finding *finding)
{
	return is_marked(sight, MARK_SYN_TO_SYNCHRONISED) && values_of_facts(sight, finding);
}

static bool flags_syn_fin(const struct sight *sight, struct finding *finding)
{
	return is_marked(sight, MARK_SYN_FIN) && finding_seen(finding, sight->s->flags);
}

static const struct rule rules[] = {
	{ WS_FINDING_split_handshake, ON_MARK | ON_CROSSED_SYNS, UNIT_FLAGS, OF_BOTH, split_handshake },
	{ WS_FINDING_simultaneous_open, ON_CROSSED_SYNS, UNIT_FLAGS, OF_BOTH, simultaneous_open },
	{ WS_FINDING_connection_refused, ON_MARK, UNIT_FLAGS, OF_SENDER, connection_refused },
	{ WS_FINDING_syn_retransmitted, ON_MARK, UNIT_NANOSECONDS, OF_SENDER, syn_retransmitted },
	{ WS_FINDING_syn_ack_retransmitted, ON_MARK, UNIT_NANOSECONDS, OF_SENDER, syn_ack_retransmitted },
	{ WS_FINDING_syn_ack_wrong_ack, ON_MARK, UNIT_NUMBER, OF_SENDER, syn_ack_wrong_ack },
	{ WS_FINDING_handshake_ack_wrong_ack, ON_MARK, UNIT_NUMBER, OF_SENDER, handshake_ack_wrong_ack },
	{ WS_FINDING_syn_on_established, ON_MARK, UNIT_NUMBER, OF_SENDER, syn_on_established },
	{ WS_FINDING_flags_syn_fin, ON_MARK, UNIT_FLAGS, OF_SENDER, flags_syn_fin },
};

const struct rules audit_open_rules = RULE_TABLE(rules, ON_MARK | ON_CROSSED_SYNS);
