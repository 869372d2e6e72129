/*
 * Closing, beyond what is about states alone: FINs that do not fit, numbers
 * that do not fit a side that closes, data where there can be none. What may
 * look wrong only because frames were lost is left out, or waits for a witness
 * (track/suspicion.h).
 */
#include "tcp/audit_teardown.h"

#include "base/clock.h"
#include "tcp/audit.h"
#include "tcp/infer.h"

/* RFC 9293 3.8.3 SHLD-10: R1, retransmissions after which the network layer is
 * to be told. */
#define R1 3

/* Later than any copy that the network has kept back. */
#define OLD_COPY_NS NS_PER_SEC

/* Zeek waits so long for the other side of a connection met in the middle
 * (tcp_partial_close_delay). */
#define PARTIAL_CLOSE_NS (3 * NS_PER_SEC)

static const struct endpoint *x_before(const struct sight *sight)
{
	return &sight->before->side[sight->who];
}

static const struct endpoint *y_before(const struct sight *sight)
{
	return &sight->before->side[!sight->who];
}

static bool has_flags(const struct sight *sight, unsigned mask, unsigned flags)
{
	return (sight->s->flags & mask) == flags;
}

static bool is_ordinary(const struct sight *sight)
{
	return sight->facts->kind == KIND_ORDINARY;
}

static bool is_fin(const struct sight *sight)
{
	return is_ordinary(sight) && has_flags(sight, WS_FLAG_FIN, WS_FLAG_FIN);
}

static bool has_seen_fin(const struct endpoint *e)
{
	return e->has_fin && !e->is_fin_presumed;
}

/* ---- The FIN itself
 * ----------------------------------------------------------------------------------------------
 */

static bool fin_with_data(const struct sight *sight, struct finding *finding)
{
	return is_fin(sight) && sight->s->len > 0 && !has_seen_fin(x_before(sight)) &&
	       finding_seen(finding, sight->s->len);
}

static bool fin_different_seq(const struct sight *sight, struct finding *finding)
{
	uint32_t fin_seq = sight->s->seq + sight->s->len;

	return is_fin(sight) && has_seen_fin(x_before(sight)) && fin_seq != x_before(sight)->fin_seq &&
	       sight->facts->place != PLACE_BEYOND && finding_values(finding, x_before(sight)->fin_seq, fin_seq);
}

static bool are_windows_known(const struct sight *sight)
{
	return sight->x->saw_syn && sight->y->saw_syn && y_before(sight)->sent_other && y_before(sight)->has_window;
}

/* Beyond what the peer takes, and not next after what was sent before: else it is a newer window that was not captured. */
static bool is_out_of_window(const struct sight *sight)
{
	return sight->facts->place == PLACE_BEYOND && are_windows_known(sight) &&
	       sight->s->seq != sight->memory->teardown.next[sight->who];
}

static bool fin_out_of_window(const struct sight *sight, struct finding *finding)
{
	return is_fin(sight) && is_out_of_window(sight) &&
	       finding_values(finding, y_before(sight)->right_max, sight->s->seq);
}

static bool fin_invalid_ack(const struct sight *sight, struct finding *finding)
{
	return is_fin(sight) && (sight->facts->is_ack_beyond || sight->facts->is_ack_old) &&
	       finding_values(finding, y_before(sight)->snd_max, sight->s->ack);
}

/* Also where memory for the audit came late. */
static bool is_first_segment(const struct sight *sight)
{
	return x_before(sight)->packets + y_before(sight)->packets == 0;
}

static bool fin_without_session(const struct sight *sight, struct finding *finding)
{
	return is_first_segment(sight) && has_flags(sight, WS_FLAG_FIN | WS_FLAG_SYN | WS_FLAG_RST, WS_FLAG_FIN) &&
	       finding_values(finding, WS_FLAG_SYN, sight->s->flags);
}

/* With an ACK it may be the capture that lacks the SYN-ACK. */
static bool fin_in_handshake(const struct sight *sight, struct finding *finding)
{
	uint8_t state = x_before(sight)->state;

	return has_flags(sight, WS_FLAG_FIN | WS_FLAG_SYN | WS_FLAG_RST | WS_FLAG_ACK, WS_FLAG_FIN) &&
	       !is_first_segment(sight) && (state == WS_LISTEN || state == WS_SYN_SENT || state == WS_SYN_RECEIVED) &&
	       finding_seen(finding, sight->s->flags);
}

/* RFC 9293 3.10.7.4, eighth: the ACK is looked at first, so the receiver is in
 * ESTABLISHED when it takes the FIN. */
static bool fin_in_syn_rcvd(const struct sight *sight, struct finding *finding)
{
	const struct endpoint *y = y_before(sight);

	if (!is_fin(sight) || !sight->facts->is_believable || has_seen_fin(x_before(sight)))
		return false;
	return ((y->state == WS_SYN_RECEIVED && y->saw_syn_ack && acks_syn(y, sight->s->ack)) ||
		sight->x->is_fin_in_syn_received) &&
	       finding_seen(finding, sight->s->flags);
}

static bool last_ack_missing(const struct sight *sight, struct finding *finding)
{
	const struct endpoint *x = sight->x;

	return (sight->facts->marks & MARK_FIN_REPEATED) && x->fin_order == PEER_FIN_FIRST && x->fin_copies == R1 + 1 &&
	       finding_seen(finding, (uint64_t)(sight->now - x->at[FSM_SND_FIN].earliest));
}

/* ---- Numbers
 * -----------------------------------------------------------------------------------------------------
 */

/* No loss in the capture explains it: the FIN is the last that its sender has.
 */
static bool is_ack_beyond_fin(const struct sight *sight)
{
	const struct endpoint *y = y_before(sight);

	return is_ordinary(sight) && sight->facts->is_ack_beyond && has_seen_fin(y) &&
	       seq_gt(sight->s->ack, y->fin_seq + 1) && sight->facts->place != PLACE_BEYOND;
}

static bool ack_beyond_fin(const struct sight *sight, struct finding *finding)
{
	return is_ack_beyond_fin(sight) && finding_values(finding, y_before(sight)->fin_seq + 1, sight->s->ack);
}

static bool is_before_stream(const struct sight *sight)
{
	const struct endpoint *x = x_before(sight);

	return x->saw_syn && endpoint_is_below(x, sight->s->seq, x->iss);
}

/* The receiver was in `state`, and its sender cannot have sent that number. */
static bool is_wrong_seq_in(const struct sight *sight, struct finding *finding, enum ws_state state)
{
	if (y_before(sight)->state != state || !is_ordinary(sight) ||
	    (!is_out_of_window(sight) && !is_before_stream(sight)))
		return false;
	return finding_values(finding, x_before(sight)->snd_max, sight->s->seq);
}

/* The same, or what it acknowledges: everything had been sent. */
static bool is_wrong_in(const struct sight *sight, struct finding *finding, enum ws_state state)
{
	if (is_wrong_seq_in(sight, finding, state))
		return true;
	return y_before(sight)->state == state && is_ack_beyond_fin(sight) &&
	       finding_values(finding, y_before(sight)->fin_seq + 1, sight->s->ack);
}

static bool fin_wait1_wrong_seq(const struct sight *sight, struct finding *finding)
{
	return is_wrong_seq_in(sight, finding, WS_FIN_WAIT_1);
}

static bool fin_wait2_wrong_seq(const struct sight *sight, struct finding *finding)
{
	return is_wrong_seq_in(sight, finding, WS_FIN_WAIT_2);
}

static bool closing_wrong_seq(const struct sight *sight, struct finding *finding)
{
	return is_wrong_in(sight, finding, WS_CLOSING);
}

static bool last_ack_wrong_seq(const struct sight *sight, struct finding *finding)
{
	return is_wrong_in(sight, finding, WS_LAST_ACK);
}

static bool time_wait_wrong_seq(const struct sight *sight, struct finding *finding)
{
	return is_wrong_in(sight, finding, WS_TIME_WAIT);
}

/* ---- Data
 * --------------------------------------------------------------------------------------------------------
 */

static bool is_sent_half_closed(const struct sight *sight)
{
	const struct facts *facts = sight->facts;

	return is_ordinary(sight) && sight->s->len > 0 && facts->is_believable && has_seen_fin(sight->y) &&
	       acks_fin(sight->y, sight->s->ack) &&
	       (facts->novelty == NOVEL_NEW || facts->novelty == NOVEL_FILLS_HOLE) &&
	       !(facts->marks & MARK_DATA_AFTER_FIN);
}

static bool half_closed(const struct sight *sight, struct finding *finding)
{
	return !sight->memory->teardown.has_sent_half_closed[sight->who] && is_sent_half_closed(sight) &&
	       finding_seen(finding, sight->s->seq);
}

static bool is_acked(const struct endpoint *e, const struct endpoint *peer)
{
	return has_seen_fin(e) && peer->has_ack && acks_fin(e, peer->ack_max);
}

static bool is_reset(const struct endpoint *e)
{
	return endpoint_stands(e, FSM_SND_RST) || endpoint_stands(e, FSM_RCV_RST);
}

/* Both have closed, and x is known to know it: that all it ever sent has arrived. */
static bool data_on_closed(const struct sight *sight, struct finding *finding)
{
	const struct endpoint *x = x_before(sight);
	const struct endpoint *y = y_before(sight);

	return is_ordinary(sight) && sight->s->len > 0 && !(sight->facts->marks & MARK_DATA_AFTER_FIN) &&
	       is_acked(x, y) && is_acked(y, x) && !is_reset(x) && endpoint_is_proven(x, FSM_RCV_ACK_OF_FIN) &&
	       sight->now - x->at[FSM_RCV_ACK_OF_FIN].latest > OLD_COPY_NS &&
	       finding_values(finding, x->fin_seq, sight->s->seq);
}

/* RFC 9293 3.10.7.4, sixth: ignored from CLOSE-WAIT on. */
static bool urgent_after_fin(const struct sight *sight, struct finding *finding)
{
	const struct endpoint *y = y_before(sight);

	return is_ordinary(sight) && has_flags(sight, WS_FLAG_URG, WS_FLAG_URG) && has_seen_fin(x_before(sight)) &&
	       seq_geq(sight->s->seq, x_before(sight)->fin_seq) &&
	       (y->state == WS_CLOSE_WAIT || y->state == WS_CLOSING || y->state == WS_LAST_ACK ||
		y->state == WS_TIME_WAIT) &&
	       finding_seen(finding, sight->s->urgent);
}

/* ---- Ways to close
 * -----------------------------------------------------------------------------------------------
 */

/* A stack that gives a connection up says so with an ACK; a RST without one
 * answers something (RFC 9293 3.10.7.1). */
static bool abortive_close(const struct sight *sight, struct finding *finding)
{
	const struct endpoint *x = x_before(sight);
	const struct endpoint *y = y_before(sight);

	return sight->facts->kind == KIND_RST && has_flags(sight, WS_FLAG_ACK, WS_FLAG_ACK) &&
	       (x->state == WS_ESTABLISHED || x->state == WS_CLOSE_WAIT) && !x->has_fin && y->state >= WS_ESTABLISHED &&
	       !endpoint_is_gone(x) && !endpoint_is_gone(y) && endpoint_is_proven(sight->x, FSM_SND_RST) &&
	       finding_values(finding, WS_FLAG_FIN, sight->s->flags);
}

/* Of a connection whose handshake was captured, the states tell (FIN-WAIT-2 and
 * CLOSE-WAIT for long). */
static bool partial_close(const struct sight *sight, struct finding *finding)
{
	const struct endpoint *closed = has_seen_fin(sight->x) ? sight->x : sight->y;
	const struct endpoint *open = closed == sight->x ? sight->y : sight->x;
	ws_time held;

	if (!sight->pair->is_midstream || !has_seen_fin(closed) || open->has_fin || open->rsts || closed->rsts)
		return false;
	held = sight->now - closed->at[FSM_SND_FIN].earliest;
	return held >= PARTIAL_CLOSE_NS && finding_seen(finding, (uint64_t)held);
}

/* ---- The table
 * ---------------------------------------------------------------------------------------------------
 */

static const struct rule rules[] = {
	{ WS_FINDING_half_closed, ON_CLOSING, UNIT_NUMBER, OF_SENDER, half_closed },
	{ WS_FINDING_fin_with_data, ON_FIN, UNIT_NUMBER, OF_SENDER, fin_with_data },
	{ WS_FINDING_fin_retransmitted_different_seq, ON_FIN, UNIT_NUMBER, OF_SENDER, fin_different_seq },
	{ WS_FINDING_fin_out_of_window, ON_FIN, UNIT_NUMBER, OF_SENDER, fin_out_of_window },
	{ WS_FINDING_fin_invalid_ack, ON_FIN, UNIT_NUMBER, OF_SENDER, fin_invalid_ack },
	{ WS_FINDING_ack_beyond_fin, ON_CLOSING, UNIT_NUMBER, OF_SENDER, ack_beyond_fin },
	{ WS_FINDING_fin_wait1_wrong_seq, ON_CLOSING, UNIT_NUMBER, OF_SENDER, fin_wait1_wrong_seq },
	{ WS_FINDING_fin_wait2_wrong_seq, ON_CLOSING, UNIT_NUMBER, OF_SENDER, fin_wait2_wrong_seq },
	{ WS_FINDING_closing_wrong_seq, ON_CLOSING, UNIT_NUMBER, OF_SENDER, closing_wrong_seq },
	{ WS_FINDING_last_ack_wrong_seq, ON_CLOSING, UNIT_NUMBER, OF_SENDER, last_ack_wrong_seq },
	{ WS_FINDING_time_wait_wrong_seq, ON_CLOSING, UNIT_NUMBER, OF_SENDER, time_wait_wrong_seq },
	{ WS_FINDING_last_ack_missing, ON_FIN, UNIT_NANOSECONDS, OF_SENDER, last_ack_missing },
	{ WS_FINDING_data_on_closed, ON_CLOSING, UNIT_NUMBER, OF_SENDER, data_on_closed },
	{ WS_FINDING_urgent_after_fin, ON_ODD_FLAGS, UNIT_NUMBER, OF_SENDER, urgent_after_fin },
	{ WS_FINDING_fin_without_session, ON_FIN, UNIT_FLAGS, OF_SENDER, fin_without_session },
	{ WS_FINDING_fin_in_handshake, ON_ODD_FLAGS, UNIT_FLAGS, OF_SENDER, fin_in_handshake },
	{ WS_FINDING_fin_in_syn_rcvd, ON_FIN, UNIT_FLAGS, OF_SENDER, fin_in_syn_rcvd },
	{ WS_FINDING_partial_close, ON_END, UNIT_NANOSECONDS, OF_BOTH, partial_close },
	{ WS_FINDING_abortive_close, ON_RST, UNIT_FLAGS, OF_SENDER, abortive_close },
};

const struct rules audit_teardown_rules = RULE_TABLE(rules, ON_FIN | ON_RST | ON_ODD_FLAGS | ON_CLOSING | ON_END);

void audit_teardown_note(const struct sight *sight, struct audit_memory *memory)
{
	if (sight->facts->kind == KIND_ORDINARY)
		memory->teardown.next[sight->who] = sight->facts->end;
	if ((sight->topics & ON_CLOSING) && is_sent_half_closed(sight))
		memory->teardown.has_sent_half_closed[sight->who] = true;
}
