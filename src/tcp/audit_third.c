/*
 * The segment that ends a handshake, the opener's first after its SYN, and what passes in its place (RFC 9293 3.5, figures 6
 * and 7; 3.10.7.4). A capture that has missed it looks like one in which it was never sent: where later segments can tell,
 * the finding waits for them (track/suspicion.c).
 */
#include "base/clock.h"
#include "tcp/opening.h"

/* Not sooner is a connection asked whether it is still there. */
#define PROBE_NS NS_PER_SEC

/* The opener speaks for the first time after its SYN, to a responder that has sent nothing but its SYN-ACK. */
static bool is_third(const struct sight *sight)
{
	const struct endpoint *x = sender_before(sight);
	const struct endpoint *y = receiver_before(sight);

	return sight->facts->kind == KIND_ORDINARY && x->saw_bare_syn && !x->sent_other && !y->sent_other &&
	       is_responder(y) && !x->saw_syn_ack;
}

/* The responder speaks, and the opener's ACK has not passed. */
static bool is_before_third(const struct sight *sight)
{
	const struct endpoint *y = receiver_before(sight);

	return sight->facts->kind == KIND_ORDINARY && is_responder(sender_before(sight)) && y->saw_bare_syn &&
	       !y->sent_other && y->rsts == 0 && !sight->pair->is_fast_open && sight->pair->syn_data_len == 0;
}

/* The same after crossed SYNs. */
static bool is_last_of_crossed(const struct sight *sight)
{
	const struct endpoint *x = sender_before(sight);
	const struct endpoint *y = receiver_before(sight);

	return sight->facts->kind == KIND_ORDINARY && have_syns_crossed(sight->before) && !x->sent_other &&
	       (x->saw_syn_ack || y->saw_syn_ack) && !sight->before->is_split;
}

/* Before its own SYN, or beyond the window that it was offered. What is only farther on than expected may have lost its
 * predecessors to the capture; and the SYN's own number is that of a keep-alive. */
static bool is_number_wrong(const struct sight *sight)
{
	const struct endpoint *x = sender_before(sight);
	const struct segment *s = sight->s;

	if (s->seq == x->iss)
		return sight->now - x->syn_ts < PROBE_NS;
	return seq_lt(s->seq, x->iss) || sight->facts->place == PLACE_BEYOND;
}

static bool handshake_ack_wrong_seq(const struct sight *sight, struct finding *finding)
{
	return is_third(sight) && is_number_wrong(sight) &&
	       finding_values(finding, sender_before(sight)->snd_max, sight->s->seq);
}

static bool simopen_ack_wrong_seq(const struct sight *sight, struct finding *finding)
{
	return is_last_of_crossed(sight) && is_number_wrong(sight) &&
	       finding_values(finding, sender_before(sight)->snd_max, sight->s->seq);
}

static bool simopen_ack_invalid(const struct sight *sight, struct finding *finding)
{
	const struct endpoint *y = receiver_before(sight);

	return is_last_of_crossed(sight) && !y->sent_other && !acks_what_was_sent(y, sight->s->ack) &&
	       finding_values(finding, y->iss + 1, sight->s->ack);
}

/* No window that a SYN can offer is wider, and nothing is known of the one that was. */
#define WINDOW_MAX 65535

static bool one_way_handshake_wrong_seq(const struct sight *sight, struct finding *finding)
{
	const struct endpoint *x = sender_before(sight);
	const struct segment *s = sight->s;

	if (sight->facts->kind != KIND_ORDINARY || !is_waiting(x) || receiver_before(sight)->packets > 0 ||
	    (seq_gt(s->seq, x->iss) && seq_leq(s->seq, x->snd_max + WINDOW_MAX)))
		return false;
	return finding_values(finding, x->snd_max, s->seq);
}

/* Without progress: an ACK of data would show that the capture has missed something. */
static bool handshake_ack_wrong_direction(const struct sight *sight, struct finding *finding)
{
	const struct endpoint *x = sender_before(sight);

	return is_before_third(sight) && sight->s->ack == receiver_before(sight)->iss + 1 && x->rsts == 0 &&
	       sight->s->seq == x->iss + 1 && finding_seen(finding, sight->s->flags);
}

static bool handshake_data_injection_suspected(const struct sight *sight, struct finding *finding)
{
	const struct endpoint *x = sender_before(sight);

	return is_before_third(sight) && !x->sent_other && sight->s->seq == x->iss + 1 &&
	       sight->s->ack == receiver_before(sight)->iss + 1 && finding_values(finding, 0, sight->s->len);
}

static bool handshake_ack_missing_in_capture(const struct sight *sight, struct finding *finding)
{
	const struct endpoint *x = sender_before(sight);

	return is_before_third(sight) && !endpoint_is_proven(x, FSM_RCV_ACK_OF_SYN) &&
	       endpoint_is_proven(sight->x, FSM_RCV_ACK_OF_SYN) && finding_seen(finding, sight->s->seq);
}

static bool handshake_ack_with_data(const struct sight *sight, struct finding *finding)
{
	return is_third(sight) && sight->s->seq == sender_before(sight)->snd_max &&
	       finding_seen(finding, sight->s->len);
}

/* Without ACK, and without an answer: it cannot have come beyond its SYN. */
static bool is_data_without_ack(const struct sight *sight)
{
	return sight->s->len > 0 && !(sight->s->flags & (WS_FLAG_SYN | WS_FLAG_ACK | WS_FLAG_RST)) &&
	       is_waiting(sender_before(sight)) && receiver_before(sight)->packets == 0;
}

/* The SYN-ACK comes only after the opener's data, and those did not know its number: no earlier copy had brought them. */
static bool is_data_before_syn_ack(const struct sight *sight)
{
	const struct endpoint *x = sender_before(sight);
	const struct endpoint *y = receiver_before(sight);

	return sight->facts->kind == KIND_SYN_ACK && x->packets == 0 && y->saw_bare_syn && y->sent_data &&
	       !y->has_fast_open && sight->pair->syn_data_len == 0 && sight->now - y->last_ts > DISORDER_NS &&
	       y->ack_max != sight->s->seq + 1;
}

static bool data_before_established(const struct sight *sight, struct finding *finding)
{
	if (is_data_without_ack(sight))
		return finding_values(finding, 0, sight->s->len);
	if (!is_data_before_syn_ack(sight))
		return false;
	finding->side = (enum ws_side) !sight->who;
	return finding_values(finding, 0, receiver_before(sight)->bytes);
}

static const struct rule rules[] = {
	{ WS_FINDING_handshake_ack_wrong_seq, ON_OPENING, UNIT_NUMBER, OF_SENDER, handshake_ack_wrong_seq },
	{ WS_FINDING_simopen_ack_wrong_seq, ON_CROSSED_SYNS, UNIT_NUMBER, OF_SENDER, simopen_ack_wrong_seq },
	{ WS_FINDING_simopen_ack_invalid, ON_CROSSED_SYNS, UNIT_NUMBER, OF_SENDER, simopen_ack_invalid },
	{ WS_FINDING_one_way_handshake_wrong_seq, ON_OPENING, UNIT_NUMBER, OF_SENDER, one_way_handshake_wrong_seq },
	{ WS_FINDING_handshake_ack_wrong_direction, ON_BARE_ACK, UNIT_FLAGS, OF_SENDER, handshake_ack_wrong_direction },
	{ WS_FINDING_handshake_data_injection_suspected, ON_DATA, UNIT_NUMBER, OF_SENDER,
	  handshake_data_injection_suspected },
	{ WS_FINDING_handshake_ack_missing_in_capture, ON_OPENING, UNIT_NUMBER, OF_BOTH,
	  handshake_ack_missing_in_capture },
	{ WS_FINDING_handshake_ack_with_data, ON_DATA, UNIT_NUMBER, OF_SENDER, handshake_ack_with_data },
	{ WS_FINDING_data_before_established, ON_DATA | ON_SYN, UNIT_NUMBER, OF_SENDER, data_before_established },
};

const struct rules audit_third_rules = RULE_TABLE(rules, ON_SYN | ON_DATA | ON_BARE_ACK | ON_OPENING | ON_CROSSED_SYNS);
