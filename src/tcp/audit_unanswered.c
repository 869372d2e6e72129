/*
 * Handshakes that come to nothing: no answer, a refusal, an answer to nobody, or somebody takes his word back.
 */
#include "base/clock.h"
#include "tcp/opening.h"

/* As long as Zeek waits for an answer (tcp_attempt_delay). By then the SYN has been repeated twice. */
#define ATTEMPT_NS (5 * NS_PER_SEC)

static bool syn_timeout(const struct sight *sight, struct finding *finding)
{
	const struct endpoint *x = sight->x;

	return is_waiting(x) && sight->y->packets == 0 && x->rsts == 0 && !x->has_fin &&
	       sight->now - x->syn_ts >= ATTEMPT_NS &&
	       finding_values(finding, (uint64_t)ATTEMPT_NS, (uint64_t)(sight->now - x->syn_ts));
}

/* RFC 9293 3.10.7.1, 3.10.7.2. Whoever takes it had asked for it; the capture has missed that. */
static bool syn_ack_unsolicited(const struct sight *sight, struct finding *finding)
{
	const struct endpoint *x = sight->x;
	const struct endpoint *y = sight->y;

	return is_responder(y) && !y->sent_other && !x->saw_syn && !x->sent_other &&
	       !endpoint_is_proven(x, FSM_RCV_SYN_ACK) &&
	       finding_seen(finding, sight->memory->handshake.side[!sight->who].syn_ack_ack);
}

/* RFC 9293 figures 8 and 11. */
static bool handshake_reset_by_initiator(const struct sight *sight, struct finding *finding)
{
	const struct endpoint *x = sender_before(sight);
	const struct endpoint *y = receiver_before(sight);

	return x->saw_bare_syn && !x->saw_syn_ack && !x->sent_other && is_responder(y) && !y->sent_other &&
	       finding_values(finding, WS_FLAG_ACK, sight->s->flags);
}

/* RFC 9293 3.10.7.3, second: the opener ignores it. */
static bool connection_refused_wrong_ack(const struct sight *sight, struct finding *finding)
{
	const struct endpoint *x = sender_before(sight);
	const struct endpoint *y = receiver_before(sight);

	if (!is_waiting(y) || x->saw_syn || x->sent_other || x->has_wrong_ack)
		return false;
	/* A number of its own is that of a side whose SYN-ACK the capture has missed. */
	if (!(sight->s->flags & WS_FLAG_ACK) && sight->s->seq != 0)
		return false;
	return !((sight->s->flags & WS_FLAG_ACK) && acks_what_was_sent(y, sight->s->ack)) &&
	       finding_values(finding, y->iss + 1, sight->s->ack);
}

/* RFC 9293 3.5.1: so speaks a side that has an old connection. Of one that has none, it is the answer to a split handshake. */
static bool ack_instead_of_syn_ack(const struct sight *sight, struct finding *finding)
{
	const struct endpoint *x = sender_before(sight);
	const struct endpoint *y = receiver_before(sight);

	return sight->facts->kind == KIND_ORDINARY && is_waiting(y) && !x->saw_syn && !x->sent_other && y->rsts == 0 &&
	       finding_values(finding, WS_FLAG_SYN | WS_FLAG_ACK, sight->s->flags);
}

static bool syn_then_reset_no_reply(const struct sight *sight, struct finding *finding)
{
	return is_waiting(sender_before(sight)) && receiver_before(sight)->packets == 0 &&
	       finding_seen(finding, sight->s->flags);
}

/* An ACK in it tells of an answer, which the capture may have missed; unless that comes, or a refusal, only now. */
static bool syn_then_fin_no_reply(const struct sight *sight, struct finding *finding)
{
	const struct endpoint *x = sender_before(sight);
	const struct endpoint *y = receiver_before(sight);

	if ((sight->s->flags & (WS_FLAG_FIN | WS_FLAG_SYN | WS_FLAG_ACK | WS_FLAG_RST)) == WS_FLAG_FIN)
		return is_waiting(x) && y->packets == 0 && finding_seen(finding, sight->s->flags);
	if (!(sight->topics & (ON_SYN | ON_RST)) || x->packets > 0 || !y->saw_bare_syn || !y->has_fin ||
	    y->is_fin_presumed || y->bytes > 0 || sight->now - y->last_ts <= DISORDER_NS)
		return false;
	finding->side = (enum ws_side) !sight->who;
	return finding_seen(finding, y->at[FSM_SND_FIN].flags);
}

static bool is_answer_to_nobody(const struct sight *sight)
{
	const struct endpoint *y = receiver_before(sight);

	return is_responder(sender_before(sight)) && y->packets == 0 && !y->saw_syn;
}

static bool syn_ack_then_reset_no_syn(const struct sight *sight, struct finding *finding)
{
	return is_answer_to_nobody(sight) && finding_seen(finding, sight->s->flags);
}

static bool syn_ack_then_fin_no_syn(const struct sight *sight, struct finding *finding)
{
	return sight->facts->kind == KIND_ORDINARY && is_answer_to_nobody(sight) && !sender_before(sight)->has_fin &&
	       finding_seen(finding, sight->s->flags);
}

static const struct rule rules[] = {
	{ WS_FINDING_syn_timeout, ON_END, UNIT_NANOSECONDS, OF_SENDER, syn_timeout },
	{ WS_FINDING_syn_ack_unsolicited, ON_END, UNIT_NUMBER, OF_RECEIVER, syn_ack_unsolicited },
	{ WS_FINDING_handshake_reset_by_initiator, ON_RST, UNIT_FLAGS, OF_SENDER, handshake_reset_by_initiator },
	{ WS_FINDING_connection_refused_wrong_ack, ON_RST, UNIT_NUMBER, OF_SENDER, connection_refused_wrong_ack },
	{ WS_FINDING_ack_instead_of_syn_ack, ON_BARE_ACK, UNIT_FLAGS, OF_SENDER, ack_instead_of_syn_ack },
	{ WS_FINDING_syn_then_reset_no_reply, ON_RST, UNIT_FLAGS, OF_SENDER, syn_then_reset_no_reply },
	{ WS_FINDING_syn_then_fin_no_reply, ON_FIN | ON_SYN | ON_RST, UNIT_FLAGS, OF_SENDER, syn_then_fin_no_reply },
	{ WS_FINDING_syn_ack_then_reset_no_syn, ON_RST, UNIT_FLAGS, OF_SENDER, syn_ack_then_reset_no_syn },
	{ WS_FINDING_syn_ack_then_fin_no_syn, ON_FIN, UNIT_FLAGS, OF_SENDER, syn_ack_then_fin_no_syn },
};

const struct rules audit_unanswered_rules = RULE_TABLE(rules, ON_SYN | ON_FIN | ON_RST | ON_BARE_ACK | ON_END);
