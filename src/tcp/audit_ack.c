/*
 * Cumulative acknowledgements: repeated, late, of what was not captured, of what cannot have been sent. What a side
 * acknowledges beyond the captured is at first a matter of the capture.
 */
#include "tcp/audit.h"

/* Challenge ACKs are rationed by deployed stacks (RFC 5961 10), and no timer is as fast as a storm. */
#define STORM_MAX 10
#define STORM_GAP_NS INT64_C(500000000)

static const struct endpoint *x_before(const struct sight *sight)
{
	return &sight->before->side[sight->who];
}

static const struct endpoint *y_before(const struct sight *sight)
{
	return &sight->before->side[!sight->who];
}

/* ---- Repeated and late ------------------------------------------------------------------------------------------- */

/* The answer to a probe repeats the ACK, and asks for nothing; nor does one that only carries an option of MPTCP
 * (RFC 8684 3.3.1, 4). */
static bool is_duplicate(const struct sight *sight)
{
	return sight->s->len == 0 && sight->s->window != 0 && window_says_the_same(sight) &&
	       sight->memory->probe.last[!sight->who] == PROBE_NONE && !(sight->s->options.present & OPTION_MPTCP);
}

static bool duplicate_ack(const struct sight *sight, struct finding *finding)
{
	return is_duplicate(sight) && finding_seen(finding, sight->s->ack);
}

static bool ack_outdated(const struct sight *sight, struct finding *finding)
{
	const struct endpoint *x = x_before(sight);

	return data_is_plain(sight) && x->has_ack && seq_lt(sight->s->ack, x->ack_max) &&
	       finding_values(finding, x->ack_max, sight->s->ack);
}

static bool ack_regressed_out_of_window(const struct sight *sight, struct finding *finding)
{
	const struct endpoint *x = x_before(sight);

	return sight->facts->kind == KIND_ORDINARY && sight->facts->is_ack_old &&
	       finding_values(finding, x->ack_max, sight->s->ack);
}

/* ---- Beyond ------------------------------------------------------------------------------------------------------ */

/* Neither the handshake's own findings, nor the byte of a probe. */
static bool is_beyond(const struct sight *sight)
{
	const struct data_memory *data = &sight->memory->data;

	return sight->facts->kind == KIND_ORDINARY && data->has_nxt[!sight->who] && y_before(sight)->packets > 0 &&
	       seq_gt(sight->s->ack, data->nxt[!sight->who]) && !probe_is_taken(sight) &&
	       !(sight->facts->marks & MARK_HANDSHAKE_WRONG_ACK);
}

/* More than the sender of this ACK has ever offered room for, a FIN included. */
static bool is_impossible(const struct sight *sight)
{
	const struct endpoint *x = x_before(sight);

	return x->has_window && x->sent_other && x->saw_syn && !x->are_options_cut && y_before(sight)->saw_syn &&
	       seq_gt(sight->s->ack, x->right_max + 1);
}

/* Unless the capture missed how the window grew: then the peer goes on where it was acknowledged (track/suspicion.h). */
static bool ack_beyond_sent(const struct sight *sight, struct finding *finding)
{
	return is_beyond(sight) && is_impossible(sight) &&
	       finding_values(finding, sight->memory->data.nxt[!sight->who], sight->s->ack);
}

/* It takes in a hole of the peer's stream, which was the capture's own. */
static bool is_over_hole(const struct sight *sight)
{
	const struct endpoint *y = y_before(sight);

	return data_is_sound(sight) && sight->facts->kind == KIND_ORDINARY && y->ahead_len > 0 &&
	       y->ahead_len < HOLES_MAX && seq_gt(sight->s->ack, y->edge);
}

static bool ack_of_unseen_data(const struct sight *sight, struct finding *finding)
{
	const struct ack_memory *memory = &sight->memory->ack;
	unsigned who = sight->who;

	uint32_t captured = is_over_hole(sight) ? y_before(sight)->edge : sight->memory->data.nxt[!who];

	return (is_over_hole(sight) || (is_beyond(sight) && !is_impossible(sight) && !sight->facts->is_stale)) &&
	       (!memory->has_unseen[who] || seq_gt(sight->s->ack, memory->unseen[who])) &&
	       finding_values(finding, captured, sight->s->ack);
}

/* ---- Left over --------------------------------------------------------------------------------------------------- */

static bool is_reset(const struct endpoint *e)
{
	return endpoint_stands(e, FSM_SND_RST) || endpoint_stands(e, FSM_RCV_RST);
}

static bool is_closed(const struct pair *pair, unsigned who)
{
	return pair->side[!who].has_fin || is_reset(&pair->side[0]) || is_reset(&pair->side[1]);
}

/* What side `who` has sent and nobody acknowledged, though the connection was closed. */
static bool is_left_over(const struct sight *sight, unsigned who, struct finding *finding)
{
	const struct endpoint *e = &sight->pair->side[who];
	const struct ack_memory *memory = &sight->memory->ack;
	uint32_t end = e->has_fin && seq_lt(e->fin_seq, e->snd_max) ? e->fin_seq : e->snd_max;

	return e->sent_data && memory->has_newest[!who] && is_closed(sight->pair, who) &&
	       seq_lt(memory->newest[!who], end) && finding_values(finding, end, memory->newest[!who]);
}

static bool ack_stuck_at_data_of_client(const struct sight *sight, struct finding *finding)
{
	return is_left_over(sight, sight->who, finding);
}

static bool ack_stuck_at_data_of_server(const struct sight *sight, struct finding *finding)
{
	return is_left_over(sight, !sight->who, finding);
}

/* ---- Storm ------------------------------------------------------------------------------------------------------- */

static bool is_bare(const struct sight *sight)
{
	return sight->facts->kind == KIND_ORDINARY && segment_space(sight->s) == 0;
}

/* RFC 9293 3.10.7.4, first: it is answered by an ACK, and dropped. */
static bool is_unacceptable(const struct sight *sight)
{
	const struct facts *facts = sight->facts;

	return facts->place != PLACE_WINDOW || facts->is_ack_beyond || facts->is_ack_old;
}

static bool is_progress(const struct sight *sight)
{
	return !is_bare(sight) || (data_is_sound(sight) && seq_gt(sight->x->ack_max, x_before(sight)->ack_max));
}

static bool goes_on_storming(const struct sight *sight)
{
	const struct ack_memory *memory = &sight->memory->ack;

	return !is_progress(sight) && memory->storm_from != sight->who && memory->storm_ts != 0 &&
	       sight->now - memory->storm_ts < STORM_GAP_NS;
}

static bool ack_storm(const struct sight *sight, struct finding *finding)
{
	return sight->memory->ack.storm == STORM_MAX - 1 && goes_on_storming(sight) && is_unacceptable(sight) &&
	       finding_seen(finding, STORM_MAX);
}

/* ---- Topics ------------------------------------------------------------------------------------------------------ */

uint32_t audit_ack_topics(const struct sight *sight)
{
	const struct data_memory *data = &sight->memory->data;
	bool is_ahead = data->has_nxt[!sight->who] && seq_gt(sight->s->ack, data->nxt[!sight->who]);

	return is_ahead || y_before(sight)->ahead_len > 0 || sight->facts->is_ack_old ? ON_UNSEEN : 0u;
}

/* ---- The table --------------------------------------------------------------------------------------------------- */

static const struct rule rules[] = {
	{ WS_FINDING_duplicate_ack, ON_BARE_ACK, UNIT_NUMBER, OF_SENDER, duplicate_ack },
	{ WS_FINDING_ack_outdated, ON_BARE_ACK, UNIT_NUMBER, OF_SENDER, ack_outdated },
	{ WS_FINDING_ack_regressed_out_of_window, ON_UNSEEN, UNIT_NUMBER, OF_SENDER, ack_regressed_out_of_window },
	{ WS_FINDING_ack_beyond_sent, ON_UNSEEN, UNIT_NUMBER, OF_SENDER, ack_beyond_sent },
	{ WS_FINDING_ack_of_unseen_data, ON_UNSEEN, UNIT_NUMBER, OF_SENDER, ack_of_unseen_data },
	{ WS_FINDING_ack_stuck_at_fin_data, ON_END, UNIT_NUMBER, OF_SENDER, ack_stuck_at_data_of_client },
	{ WS_FINDING_ack_stuck_at_fin_data, ON_END, UNIT_NUMBER, OF_RECEIVER, ack_stuck_at_data_of_server },
	{ WS_FINDING_ack_storm, ON_BARE_ACK, UNIT_NUMBER, OF_BOTH, ack_storm },
};

const struct rules audit_ack_rules = RULE_TABLE(rules, ON_BARE_ACK | ON_END | ON_UNSEEN);

/* ---- Memory ------------------------------------------------------------------------------------------------------ */

static void note_storm(const struct sight *sight, struct ack_memory *memory)
{
	if (!goes_on_storming(sight))
		memory->storm = 0;
	else if (is_unacceptable(sight) && memory->storm < UINT8_MAX)
		memory->storm++;
	memory->storm_from = (uint8_t)sight->who;
	memory->storm_ts = is_bare(sight) ? sight->now : 0;
}

static void note_newest(const struct sight *sight, struct ack_memory *memory)
{
	unsigned who = sight->who;

	if (!(sight->s->flags & WS_FLAG_ACK) || !data_is_sound(sight))
		return;
	if (!memory->has_newest[who] || seq_gt(sight->s->ack, memory->newest[who]))
		memory->newest[who] = sight->s->ack;
	memory->has_newest[who] = true;
}

void audit_ack_note(const struct sight *sight, struct audit_memory *memory)
{
	struct ack_memory *ack = &memory->ack;
	struct finding unused;
	unsigned who = sight->who;

	if (sight->facts->kind == KIND_VOID)
		return;
	if (audit_ack_topics(sight) && ack_of_unseen_data(sight, &unused)) {
		ack->unseen[who] = sight->s->ack;
		ack->has_unseen[who] = true;
	}
	if (is_duplicate(sight))
		ack->duplicates[who] = (uint8_t)(ack->duplicates[who] + (ack->duplicates[who] < UINT8_MAX));
	else if ((sight->s->flags & WS_FLAG_ACK) && sight->s->ack != x_before(sight)->ack_last)
		ack->duplicates[who] = 0;
	note_newest(sight, ack);
	note_storm(sight, ack);
}
