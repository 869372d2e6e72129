/*
 * What a RST does to a connection, and what comes after: connections given up,
 * closed halves that refuse what still comes, and resets that their alleged
 * sender belies.
 */
#include "base/clock.h"
#include "tcp/audit.h"
#include "tcp/infer.h"

/* Longer than anything is on its way. */
#define ON_ITS_WAY_NS NS_PER_SEC

/* Unanswered keep-alives that make a RST the end of waiting. */
#define PROBES_MIN 2

/* After that, a stack has dropped a FIN-WAIT-2 that nobody holds (Linux
 * tcp_fin_timeout). */
#define FIN_WAIT_2_NS (60 * NS_PER_SEC)

static const struct endpoint *x_before(const struct sight *sight)
{
	return &sight->before->side[sight->who];
}

static const struct endpoint *y_before(const struct sight *sight)
{
	return &sight->before->side[!sight->who];
}

static bool has_closed(const struct endpoint *e)
{
	return e->has_fin && !e->is_fin_presumed;
}

/* The first RST that x has sent as its own. */
static bool is_first_rst(const struct sight *sight)
{
	return sight->facts->kind == KIND_RST && endpoint_is_proven(sight->x, FSM_SND_RST) &&
	       !endpoint_stands(x_before(sight), FSM_SND_RST);
}

/* ---- Resets by who had closed
 * ------------------------------------------------------------------------------------
 */

static bool knows_of_close(const struct endpoint *e, const struct endpoint *peer)
{
	return has_closed(e) && peer->has_ack && acks_fin(e, peer->ack_max);
}

static bool rst_after_fin(const struct sight *sight, struct finding *finding)
{
	const struct endpoint *x = x_before(sight);
	const struct endpoint *y = y_before(sight);

	return is_first_rst(sight) && has_closed(x) && !(knows_of_close(x, y) && knows_of_close(y, x)) &&
	       finding_seen(finding, (uint64_t)(sight->now - x->at[FSM_SND_FIN].earliest));
}

/* Has y sent bytes that x has not acknowledged? */
static bool is_data_outstanding(const struct endpoint *x, const struct endpoint *y)
{
	uint32_t end = has_closed(y) ? y->fin_seq : y->snd_max;

	return y->packets > 0 && y->sent_data && x->has_ack && seq_gt(end, x->ack_max);
}

static bool is_fin_outstanding(const struct endpoint *x, const struct endpoint *y)
{
	return has_closed(y) && x->has_ack && !acks_fin(y, x->ack_max);
}

/* x refuses something, with the number that it acknowledges (RFC
 * 9293 3.10.7.1). */
static bool is_refusal_after_fin(const struct sight *sight)
{
	return is_first_rst(sight) && has_closed(x_before(sight)) && !(sight->s->flags & WS_FLAG_ACK) &&
	       sight->s->seq == y_before(sight)->ack_last;
}

static bool is_fin_wait_2_over(const struct sight *sight)
{
	const struct moment *m = &x_before(sight)->at[FSM_RCV_ACK_OF_FIN];

	return m->standing >= PENDING && sight->now - m->earliest >= FIN_WAIT_2_NS;
}

static bool half_duplex_close(const struct sight *sight, struct finding *finding)
{
	return is_refusal_after_fin(sight) && is_data_outstanding(x_before(sight), y_before(sight)) &&
	       !is_fin_wait_2_over(sight) &&
	       finding_values(finding, x_before(sight)->ack_max, y_before(sight)->snd_max);
}

/* FIN-WAIT-2 would have taken a FIN, however late. */
static bool fin_wait2_expired_reset(const struct sight *sight, struct finding *finding)
{
	const struct endpoint *x = x_before(sight);
	const struct endpoint *y = y_before(sight);
	bool is_data = is_data_outstanding(x, y);

	if (!is_refusal_after_fin(sight) || !knows_of_close(x, y) || x->proven >= WS_CLOSING)
		return false;
	return (is_data ? is_fin_wait_2_over(sight) : is_fin_outstanding(x, y)) &&
	       finding_seen(finding, (uint64_t)(sight->now - x->at[FSM_RCV_ACK_OF_FIN].earliest));
}

/* x was in TIME-WAIT, by its own ACK, and refuses what TIME-WAIT would acknowledge. A bare ACK may answer a SYN of its own. */
static bool time_wait_shortened(const struct sight *sight, struct finding *finding)
{
	const struct endpoint *x = x_before(sight);
	const struct reset_side *last = &sight->memory->reset.side[!sight->who];
	const uint8_t main = WS_FLAG_SYN | WS_FLAG_RST | WS_FLAG_ACK;

	return sight->facts->kind == KIND_RST && x->state == WS_TIME_WAIT && x->proven == WS_TIME_WAIT &&
	       !(sight->s->flags & WS_FLAG_ACK) && sight->s->seq == y_before(sight)->ack_last &&
	       (last->flags & main) == WS_FLAG_ACK && last->has_space &&
	       finding_seen(finding, (uint64_t)(sight->now - x->time_wait_first_ts));
}

static bool keep_alive_timeout_reset(const struct sight *sight, struct finding *finding)
{
	uint8_t probes = sight->memory->reset.side[sight->who].probes;

	return is_first_rst(sight) && (sight->s->flags & WS_FLAG_ACK) && probes >= PROBES_MIN &&
	       finding_seen(finding, probes);
}

/* ---- Life after a reset
 * ------------------------------------------------------------------------------------------
 */

/* x has reset before, and its segment was sent after that: its numbers are
 * beyond those of the RST, or it comes too late to have been on its way. A RST
 * without ACK has the number of what it answers, which may be an old one. */
static bool is_belied(const struct sight *sight)
{
	const struct endpoint *x = x_before(sight);
	const struct moment *rst = &x->at[FSM_SND_RST];
	const struct reset_side *memory = &sight->memory->reset.side[sight->who];
	ws_time since;

	if (sight->facts->kind != KIND_ORDINARY || rst->standing != PROVEN || !sight->facts->is_believable ||
	    endpoint_stands(y_before(sight), FSM_SND_RST))
		return false;
	since = sight->now - rst->earliest;
	if (seq_gt(sight->facts->end, memory->rst_seq) && (memory->has_aborted || since > DISORDER_NS))
		return true;
	return since > ON_ITS_WAY_NS && (!x->has_ack || seq_geq(sight->s->ack, x->ack_max));
}

static bool rst_injection_suspected(const struct sight *sight, struct finding *finding)
{
	return is_belied(sight) &&
	       finding_values(finding, sight->memory->reset.side[sight->who].rst_seq, sight->facts->end);
}

static bool data_after_rst_sent(const struct sight *sight, struct finding *finding)
{
	return sight->s->len > 0 && is_belied(sight) && finding_seen(finding, sight->s->seq);
}

static bool fin_after_reset(const struct sight *sight, struct finding *finding)
{
	return (sight->s->flags & WS_FLAG_FIN) && is_belied(sight) && finding_seen(finding, sight->s->seq);
}

static bool data_after_rst_received(const struct sight *sight, struct finding *finding)
{
	const struct endpoint *x = x_before(sight);
	const struct moment *rst = &x->at[FSM_RCV_RST];
	ws_time way = x->rtt_ns > 0 ? 2 * x->rtt_ns + DISORDER_NS : ON_ITS_WAY_NS;

	return sight->facts->kind == KIND_ORDINARY && sight->s->len > 0 && rst->standing >= PENDING &&
	       sight->now - rst->earliest > way && finding_seen(finding, (uint64_t)(sight->now - rst->earliest));
}

/* ---- The table
 * ---------------------------------------------------------------------------------------------------
 */

static const struct rule rules[] = {
	{ WS_FINDING_rst_after_fin, ON_RST, UNIT_NANOSECONDS, OF_SENDER, rst_after_fin },
	{ WS_FINDING_half_duplex_close, ON_RST, UNIT_NUMBER, OF_SENDER, half_duplex_close },
	{ WS_FINDING_fin_wait2_expired_reset, ON_RST, UNIT_NANOSECONDS, OF_SENDER, fin_wait2_expired_reset },
	{ WS_FINDING_time_wait_shortened, ON_RST, UNIT_NANOSECONDS, OF_SENDER, time_wait_shortened },
	{ WS_FINDING_keep_alive_timeout_reset, ON_RST, UNIT_NUMBER, OF_SENDER, keep_alive_timeout_reset },
	{ WS_FINDING_rst_injection_suspected, ON_CLOSING, UNIT_NUMBER, OF_SENDER, rst_injection_suspected },
	{ WS_FINDING_data_after_rst_sent, ON_CLOSING, UNIT_NUMBER, OF_SENDER, data_after_rst_sent },
	{ WS_FINDING_fin_after_reset, ON_CLOSING, UNIT_NUMBER, OF_SENDER, fin_after_reset },
	{ WS_FINDING_data_after_rst_received, ON_CLOSING, UNIT_NANOSECONDS, OF_SENDER, data_after_rst_received },
};

const struct rules audit_abort_rules = RULE_TABLE(rules, ON_RST | ON_CLOSING);
