/*
 * SYNs and SYN-ACKs from the wrong side or at the wrong time, and how the other side defends itself (RFC 9293 3.5.1, 3.10.7.4;
 * RFC 5961 3 and 4).
 */
#include "base/clock.h"
#include "tcp/opening.h"

/* A challenge ACK is sent at once; what passes later answers something else. */
#define CHALLENGE_NS NS_PER_SEC

/* Before the opener's ACK it may be that a SYN of the other side was missed, and that the two have crossed. */
static bool syn_ack_from_initiator(const struct sight *sight, struct finding *finding)
{
	const struct endpoint *x = sender_before(sight);
	const struct endpoint *y = receiver_before(sight);

	return sight->facts->kind == KIND_SYN_ACK && x->saw_bare_syn && x->sent_other && !y->saw_bare_syn &&
	       (y->saw_syn_ack || y->sent_other) && !sight->before->is_split && !(sight->tags & WS_TAG_GAPS) &&
	       finding_values(finding, WS_FLAG_ACK, sight->s->flags);
}

static bool syn_from_responder(const struct sight *sight, struct finding *finding)
{
	const struct endpoint *x = sender_before(sight);

	return is_bare_syn(sight->s) && is_responder(x) && x->state <= WS_ESTABLISHED && !endpoint_is_gone(x) &&
	       finding_values(finding, x->snd_max, sight->s->seq);
}

static bool syn_on_established_different_isn(const struct sight *sight, struct finding *finding)
{
	const struct endpoint *x = sender_before(sight);

	return is_set_aside(sight) && (sight->facts->marks & MARK_SYN_TO_SYNCHRONISED) && !is_responder(x) &&
	       x->has_iss && x->saw_syn && sight->s->seq != x->iss && receiver_before(sight)->state == WS_ESTABLISHED &&
	       finding_values(finding, x->iss, sight->s->seq);
}

static bool syn_during_close(const struct sight *sight, struct finding *finding)
{
	const struct endpoint *y = receiver_before(sight);

	/* Whether TIME-WAIT may take it can be in a time stamp that was cut off. */
	return is_set_aside(sight) && y->state > WS_ESTABLISHED &&
	       !(y->state == WS_TIME_WAIT && sight->s->is_header_cut) &&
	       finding_values(finding, sender_before(sight)->snd_max, sight->s->seq);
}

static bool syn_after_midstream(const struct sight *sight, struct finding *finding)
{
	const struct endpoint *x = sender_before(sight);

	/* Not the SYN of this very connection, come late. */
	return is_set_aside(sight) && sight->before->is_midstream && x->packets > 0 && !x->saw_syn &&
	       sight->s->seq + 1 != x->first_seq && finding_values(finding, x->snd_max, sight->s->seq);
}

/* It goes on from what had been taken for an old copy of the SYN before: it began again with that number. */
static bool isn_reused(const struct sight *sight, struct finding *finding)
{
	return sight->pair->is_opener_stale && sight->x->saw_bare_syn &&
	       !endpoint_stands(sender_before(sight), FSM_SND_SYN) && endpoint_stands(sight->x, FSM_SND_SYN) &&
	       finding_seen(finding, sight->x->iss);
}

/* ---- Challenge --------------------------------------------------------------------------------------------------- */

static bool is_provoked(const struct sight *sight, const struct opening_memory *side)
{
	const struct endpoint *x = sender_before(sight);
	const struct segment *s = sight->s;

	return (sight->topics & ON_BARE_ACK) && (side->seen & SEEN_PROVOKED) &&
	       sight->now - side->provoked_ts <= CHALLENGE_NS && s->seq == x->snd_max && x->has_ack &&
	       s->ack == x->ack_max;
}

static bool challenge_ack(const struct sight *sight, struct finding *finding)
{
	return is_provoked(sight, &sight->memory->handshake.side[sight->who]) && finding_seen(finding, sight->s->ack);
}

/* RFC 9293 3.5.1, figure 9: the side that begins anew knows nothing of what the other still holds. */
static bool half_open_connection_discovered(const struct sight *sight, struct finding *finding)
{
	return (sight->memory->handshake.side[!sight->who].seen & SEEN_CHALLENGE) && !(sight->s->flags & WS_FLAG_ACK) &&
	       sight->s->seq == receiver_before(sight)->ack_last && finding_seen(finding, sight->s->seq);
}

static const struct rule rules[] = {
	{ WS_FINDING_syn_ack_from_initiator, ON_SYN, UNIT_FLAGS, OF_SENDER, syn_ack_from_initiator },
	{ WS_FINDING_syn_from_responder, ON_SYN, UNIT_NUMBER, OF_SENDER, syn_from_responder },
	{ WS_FINDING_syn_on_established_different_isn, ON_SYN, UNIT_NUMBER, OF_SENDER,
	  syn_on_established_different_isn },
	{ WS_FINDING_syn_during_close, ON_SYN, UNIT_NUMBER, OF_SENDER, syn_during_close },
	{ WS_FINDING_syn_after_midstream, ON_SYN, UNIT_NUMBER, OF_SENDER, syn_after_midstream },
	{ WS_FINDING_isn_reused, ON_OPENING, UNIT_NUMBER, OF_SENDER, isn_reused },
	{ WS_FINDING_challenge_ack, ON_BARE_ACK, UNIT_NUMBER, OF_SENDER, challenge_ack },
	{ WS_FINDING_half_open_connection_discovered, ON_RST, UNIT_NUMBER, OF_BOTH, half_open_connection_discovered },
};

const struct rules audit_resyn_rules = RULE_TABLE(rules, ON_SYN | ON_RST | ON_BARE_ACK | ON_OPENING);

/* ---- Memory ------------------------------------------------------------------------------------------------------ */

/* Does it ask for a challenge ACK? */
static bool provokes(const struct sight *sight)
{
	if (is_bare_syn(sight->s))
		return receiver_before(sight)->state >= WS_ESTABLISHED &&
		       (is_set_aside(sight) || (sight->facts->marks & MARK_SYN_TO_SYNCHRONISED));
	return (sight->facts->marks & MARK_RST_INEXACT) != 0;
}

/* A SYN that is no old copy: not of its own connection, and not one that TIME-WAIT holds off for being old. Met in the
 * middle, the receiver may be in TIME-WAIT. */
static bool is_anew(const struct sight *sight)
{
	const struct endpoint *x = sender_before(sight);

	return is_set_aside(sight) && receiver_before(sight)->state != WS_TIME_WAIT && sight->s->seq != x->iss &&
	       (!sight->before->is_midstream || seq_gt(sight->s->seq, x->snd_max));
}

static void note_answer(const struct sight *sight, struct opening_memory *side)
{
	if (!(sight->topics & ON_BARE_ACK) || !(side->seen & SEEN_PROVOKED))
		return;
	if (is_provoked(sight, side) && (side->seen & SEEN_PROVOKED_BY_SYN))
		side->seen |= SEEN_CHALLENGE;
	side->seen &= (uint8_t) ~(SEEN_PROVOKED | SEEN_PROVOKED_BY_SYN);
}

void audit_resyn_note(const struct sight *sight, struct opening_memory *side)
{
	struct opening_memory *y = &side[!sight->who];

	note_answer(sight, &side[sight->who]);
	if (!(sight->topics & (ON_SYN | ON_RST)) || !provokes(sight))
		return;
	y->seen |= SEEN_PROVOKED;
	y->provoked_ts = sight->now;
	if (is_anew(sight))
		y->seen |= SEEN_PROVOKED_BY_SYN;
}
