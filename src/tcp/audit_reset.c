/*
 * Resets by themselves: their form and numbers, what they answer, and series of
 * them. What a RST does to a connection, and what comes after, is in
 * audit_abort.c.
 */
#include "tcp/audit_reset.h"

#include "base/clock.h"
#include "tcp/audit.h"

/* Subtypes of the MPTCP option, RFC 8684 table 6. */
#define MP_FASTCLOSE 7
#define MP_TCPRST 8

static const struct endpoint *x_before(const struct sight *sight)
{
	return &sight->before->side[sight->who];
}

static const struct endpoint *y_before(const struct sight *sight)
{
	return &sight->before->side[!sight->who];
}

static const struct reset_side *x_side(const struct sight *sight)
{
	return &sight->memory->reset.side[sight->who];
}

static const struct reset_side *y_side(const struct sight *sight)
{
	return &sight->memory->reset.side[!sight->who];
}

static bool is_rst(const struct sight *sight)
{
	return sight->facts->kind == KIND_RST;
}

static bool has_ack(const struct sight *sight)
{
	return (sight->s->flags & WS_FLAG_ACK) != 0;
}

/* ---- Form
 * --------------------------------------------------------------------------------------------------------
 */

/* To a side in SYN-SENT it is a refusal, which is a finding of its own. */
static bool rst_seen(const struct sight *sight, struct finding *finding)
{
	uint8_t state = y_before(sight)->state;

	return is_rst(sight) && endpoint_stands(sight->y, FSM_RCV_RST) &&
	       !endpoint_stands(y_before(sight), FSM_RCV_RST) && state != WS_CLOSED && state != WS_SYN_SENT &&
	       finding_seen(finding, sight->s->seq);
}

static bool rst_with_data(const struct sight *sight, struct finding *finding)
{
	return is_rst(sight) && sight->s->len > 0 && finding_seen(finding, sight->s->len);
}

static bool rst_without_session(const struct sight *sight, struct finding *finding)
{
	return is_rst(sight) && x_before(sight)->packets + y_before(sight)->packets == 0 &&
	       finding_values(finding, WS_FLAG_SYN, sight->s->flags);
}

/* RFC 9293 3.10.7.1: what carries an ACK is answered with that as the number; a
 * number of 0 answers what carries none, which is a SYN. */
static bool rst_bad_format(const struct sight *sight, struct finding *finding)
{
	const struct endpoint *y = y_before(sight);
	const struct reset_side *last = y_side(sight);

	if (!is_rst(sight) || sight->s->seq != 0 || !last->has_sent || !(last->flags & WS_FLAG_ACK) || y->ack_last == 0)
		return false;
	/* It may answer y's SYN, of which there may have been another copy. */
	if (has_ack(sight) && (!y->has_iss || !y->saw_syn || !y->sent_other || sight->s->ack != y->snd_max))
		return false;
	return (!has_ack(sight) || sight->s->ack != y->iss + 1) && finding_values(finding, y->ack_last, 0);
}

static bool mptcp_fastclose(const struct sight *sight, struct finding *finding)
{
	const struct tcp_options *o = &sight->s->options;

	return (o->present & OPTION_MPTCP) && (o->mptcp_subtype == MP_FASTCLOSE || o->mptcp_subtype == MP_TCPRST) &&
	       finding_seen(finding, o->mptcp_subtype);
}

/* ---- Numbers
 * -----------------------------------------------------------------------------------------------------
 */

/* RFC 9293 3.10.7.3, first: to SYN-SENT it counts only if it acknowledges the
 * SYN. */
static bool is_wrong_to_opener(const struct sight *sight)
{
	const struct endpoint *y = y_before(sight);

	return y->state == WS_SYN_SENT && y->saw_syn && y->has_iss &&
	       (!seq_gt(sight->s->ack, y->iss) || seq_gt(sight->s->ack, y->snd_max));
}

/* x never offered a window that reaches there, or has said more than a window
 * before. */
static bool is_ack_impossible(const struct sight *sight)
{
	const struct endpoint *x = x_before(sight);
	const struct endpoint *y = y_before(sight);
	uint32_t ack = sight->s->ack;

	if (!x->saw_syn || !y->saw_syn || !x->sent_other || !y->sent_other || !x->has_window || !x->has_ack)
		return false;
	return seq_gt(ack, x->right_max + 1) || endpoint_is_below(y, ack, y->iss);
}

static bool rst_invalid_ack(const struct sight *sight, struct finding *finding)
{
	return is_rst(sight) && has_ack(sight) && (is_wrong_to_opener(sight) || is_ack_impossible(sight)) &&
	       finding_values(finding, y_before(sight)->snd_max, sight->s->ack);
}

static uint32_t ms_of(ws_time now)
{
	return (uint32_t)(now / NS_PER_MS);
}

/* How long the series is with one more now. */
static uint16_t series_next(const struct series *series, ws_time now)
{
	if (series->len == 0 || ms_of(now) - series->last_ms > STORM_GAP_MS)
		return 1;
	return series->len == UINT16_MAX ? UINT16_MAX : (uint16_t)(series->len + 1);
}

/* A RST that misses, and does not answer anything that y has said: such a
 * number is one that y has acknowledged. */
static bool is_guess(const struct sight *sight)
{
	uint32_t seq = sight->s->seq;
	const struct reset_side *x = x_side(sight);

	if (!(sight->facts->marks & (MARK_RST_OUT_OF_WINDOW | MARK_RST_INEXACT)))
		return false;
	if (x->guesses.len > 0 && seq == x->guess_seq)
		return false;
	return seq_gt(seq, y_before(sight)->ack_max) ||
	       endpoint_is_below(x_before(sight), seq, x_before(sight)->first_seq);
}

static bool rst_blind_guessing(const struct sight *sight, struct finding *finding)
{
	return is_guess(sight) && series_next(&x_side(sight)->guesses, sight->now) == GUESSES &&
	       finding_values(finding, sight->facts->expected, sight->s->seq);
}

/* ---- What it answers
 * ---------------------------------------------------------------------------------------------
 */

static bool is_answer(const struct sight *sight)
{
	const struct reset_side *last = y_side(sight);

	if (has_ack(sight))
		return sight->s->seq == 0 && !(last->flags & WS_FLAG_ACK);
	return (last->flags & WS_FLAG_ACK) && sight->s->seq == y_before(sight)->ack_last;
}

/* RFC 9293 3.5.2: never. Whatever else it may answer has been answered before.
 */
static bool rst_to_rst(const struct sight *sight, struct finding *finding)
{
	const struct reset_side *last = y_side(sight);

	return is_rst(sight) && last->has_sent && (last->flags & WS_FLAG_RST) && last->unanswered == 0 &&
	       is_answer(sight) && finding_seen(finding, sight->s->seq);
}

static bool is_fully_closed(const struct pair *pair)
{
	const struct endpoint *a = &pair->side[0];
	const struct endpoint *b = &pair->side[1];

	return a->has_fin && b->has_fin && a->has_ack && b->has_ack && acks_fin(a, b->ack_max) &&
	       acks_fin(b, a->ack_max);
}

static bool rst_after_close(const struct sight *sight, struct finding *finding)
{
	return is_rst(sight) && is_fully_closed(sight->before) && finding_seen(finding, sight->s->seq);
}

/* RFC 9293 3.10.7.4, fourth, as deployed: TIME-WAIT answers a SYN that is not
 * new enough with its last ACK, which draws a RST from the opener, and the same
 * SYN once more. */
static bool time_wait_syn_challenged(const struct sight *sight, struct finding *finding)
{
	const uint8_t main = WS_FLAG_SYN | WS_FLAG_ACK | WS_FLAG_RST | WS_FLAG_FIN;

	return x_before(sight)->state == WS_TIME_WAIT && (y_side(sight)->flags & main) == WS_FLAG_SYN &&
	       sight->facts->kind == KIND_ORDINARY && segment_space(sight->s) == 0 &&
	       sight->s->ack == x_before(sight)->ack_max && finding_seen(finding, sight->s->ack);
}

/* ---- Storms
 * ------------------------------------------------------------------------------------------------------
 */

static bool is_fin(const struct sight *sight)
{
	return (sight->s->flags & (WS_FLAG_FIN | WS_FLAG_RST)) == WS_FLAG_FIN;
}

/* Each segment still under way to a side that has gone is answered with a RST:
 * those are no storm. Nor can one be told where the capture lacks what they may
 * answer. */
static bool is_unprovoked(const struct sight *sight)
{
	return is_rst(sight) && y_side(sight)->unanswered == 0 && sight->y->packets > 0 && !(sight->tags & WS_TAG_GAPS);
}

static bool fin_storm(const struct sight *sight, struct finding *finding)
{
	return is_fin(sight) && series_next(&x_side(sight)->fins, sight->now) == STORM && finding_seen(finding, STORM);
}

static bool rst_storm(const struct sight *sight, struct finding *finding)
{
	return is_unprovoked(sight) && series_next(&x_side(sight)->rsts, sight->now) == STORM &&
	       finding_seen(finding, STORM);
}

/* ---- The table
 * ---------------------------------------------------------------------------------------------------
 */

static const struct rule rules[] = {
	{ WS_FINDING_rst_seen, ON_RST, UNIT_NUMBER, OF_SENDER, rst_seen },
	{ WS_FINDING_rst_with_data, ON_RST, UNIT_NUMBER, OF_SENDER, rst_with_data },
	{ WS_FINDING_rst_without_session, ON_RST, UNIT_FLAGS, OF_SENDER, rst_without_session },
	{ WS_FINDING_rst_bad_format, ON_RST, UNIT_NUMBER, OF_SENDER, rst_bad_format },
	{ WS_FINDING_mptcp_fastclose, ON_OPTIONS, UNIT_NUMBER, OF_SENDER, mptcp_fastclose },
	{ WS_FINDING_rst_invalid_ack, ON_RST, UNIT_NUMBER, OF_SENDER, rst_invalid_ack },
	{ WS_FINDING_rst_blind_guessing, ON_RST, UNIT_NUMBER, OF_SENDER, rst_blind_guessing },
	{ WS_FINDING_rst_to_rst, ON_RST, UNIT_NUMBER, OF_SENDER, rst_to_rst },
	{ WS_FINDING_rst_after_close, ON_RST, UNIT_NUMBER, OF_SENDER, rst_after_close },
	{ WS_FINDING_time_wait_syn_challenged, ON_CLOSING, UNIT_NUMBER, OF_SENDER, time_wait_syn_challenged },
	{ WS_FINDING_fin_storm, ON_FIN, UNIT_NUMBER, OF_SENDER, fin_storm },
	{ WS_FINDING_rst_storm, ON_RST, UNIT_NUMBER, OF_SENDER, rst_storm },
};

const struct rules audit_reset_rules = RULE_TABLE(rules, ON_FIN | ON_RST | ON_OPTIONS | ON_CLOSING);

/* ---- Memory
 * ------------------------------------------------------------------------------------------------------
 */

static void series_take(struct series *series, ws_time now)
{
	series->len = series_next(series, now);
	series->last_ms = ms_of(now);
}

static void note_rst(const struct sight *sight, struct reset_side *x, struct reset_side *y)
{
	if (is_unprovoked(sight))
		series_take(&x->rsts, sight->now);
	if (is_guess(sight)) {
		series_take(&x->guesses, sight->now);
		x->guess_seq = sight->s->seq;
	}
	if (!x->has_reset || seq_gt(sight->s->seq, x->rst_seq))
		x->rst_seq = sight->s->seq;
	/* What answers nothing tells how far it has sent, too. */
	x->has_aborted |= has_ack(sight) || (!x->has_reset && y->unanswered == 0);
	x->has_reset = true;
	if (y->unanswered > 0)
		y->unanswered--;
}

/* RFC 9293 3.8.4: one below what is next, nothing being outstanding. */
static bool is_probe(const struct sight *sight)
{
	const struct endpoint *x = x_before(sight);
	const struct endpoint *y = y_before(sight);

	return sight->facts->kind == KIND_ORDINARY && sight->s->len <= 1 && !(sight->s->flags & WS_FLAG_FIN) &&
	       x->has_seq && sight->s->seq + 1 == x->snd_max && y->has_ack && y->ack_max == x->snd_max && x->sent_other;
}

void audit_reset_note(const struct sight *sight, struct audit_memory *memory)
{
	struct reset_side *x = &memory->reset.side[sight->who];
	struct reset_side *y = &memory->reset.side[!sight->who];
	bool is_reset = (sight->s->flags & WS_FLAG_RST) != 0;

	if (is_fin(sight))
		series_take(&x->fins, sight->now);
	if (is_reset && is_rst(sight))
		note_rst(sight, x, y);
	if (!is_reset) {
		if ((sight->s->flags & WS_FLAG_ACK) && sight->s->ack == sight->y->snd_max)
			y->unanswered = 0;
		if (x->unanswered < UINT16_MAX)
			x->unanswered++;
	}
	x->probes = is_probe(sight) ? (uint8_t)(x->probes + (x->probes < UINT8_MAX)) : 0;
	y->probes = 0;
	x->flags = sight->s->flags;
	x->has_space = segment_space(sight->s) > 0;
	x->has_sent = true;
}
