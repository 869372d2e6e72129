/*
 * Selective acknowledgements (RFC 2018, RFC 2883): blocks that cannot be, duplicates reported, and reports taken back.
 */
#include "tcp/audit.h"

#include "tcp/infer.h"

/* Beside time stamps there is room for three blocks. */
#define BLOCKS_ALWAYS 3

static bool is_within(const uint32_t inner[2], const uint32_t outer[2])
{
	return seq_geq(inner[0], outer[0]) && seq_leq(inner[1], outer[1]);
}

/* RFC 2883 4: the first block lies below the ACK, or within the second. */
static bool has_dsack(const struct segment *s)
{
	const struct tcp_options *o = &s->options;

	return o->sack_len > 0 && seq_lt(o->sack[0][0], o->sack[0][1]) &&
	       (seq_leq(o->sack[0][1], s->ack) || (o->sack_len > 1 && is_within(o->sack[0], o->sack[1])));
}

static bool dsack_seen(const struct sight *sight, struct finding *finding)
{
	return data_is_sound(sight) && has_dsack(sight->s) && finding_seen(finding, sight->s->options.sack[0][0]);
}

/* ---- Impossible -------------------------------------------------------------------------------------------------- */

/* Beyond all room that its sender has ever offered, and twice as far: what the capture missed explains less. */
static bool is_far_beyond(const struct sight *sight, uint32_t right)
{
	const struct endpoint *x = &sight->before->side[sight->who];

	return x->has_window && x->sent_other && x->saw_syn && !x->are_options_cut && sight->y->packets > 0 &&
	       !(sight->tags & WS_TAG_GAPS) && seq_gt(right, x->right_max + x->win_max);
}

static bool is_block_invalid(const struct sight *sight, unsigned i)
{
	const uint32_t *block = sight->s->options.sack[i];

	if (seq_geq(block[0], block[1]))
		return true;
	return (seq_lt(block[0], sight->s->ack) && (i > 0 || !has_dsack(sight->s))) || is_far_beyond(sight, block[1]);
}

static bool sack_block_invalid(const struct sight *sight, struct finding *finding)
{
	for (unsigned i = 0; data_is_sound(sight) && i < sight->s->options.sack_len; i++)
		if (is_block_invalid(sight, i))
			return finding_values(finding, sight->s->ack, sight->s->options.sack[i][0]);
	return false;
}

/* ---- Taken back -------------------------------------------------------------------------------------------------- */

static bool is_reported(const struct segment *s, uint32_t left, uint32_t right)
{
	for (unsigned i = 0; i < s->options.sack_len; i++)
		if (seq_leq(s->options.sack[i][0], left) && seq_geq(s->options.sack[i][1], right))
			return true;
	return false;
}

/* RFC 2018 8. A segment that was on its way longer, or has no room left, says nothing. */
static bool sack_reneged(const struct sight *sight, struct finding *finding)
{
	const struct sack_memory *memory = &sight->memory->sack;
	const struct segment *s = sight->s;
	unsigned who = sight->who;

	return memory->is_set[who] && data_is_plain(sight) && s->seq == sight->memory->data.nxt[who] &&
	       seq_geq(s->ack, sight->before->side[who].ack_max) && seq_leq(s->ack, memory->left[who]) &&
	       s->options.sack_len < BLOCKS_ALWAYS && !s->is_header_cut && sight->now - memory->ts[who] > DISORDER_NS &&
	       !is_reported(s, memory->left[who], memory->right[who]) &&
	       finding_values(finding, memory->left[who], s->ack);
}

/* ---- The table --------------------------------------------------------------------------------------------------- */

static const struct rule rules[] = {
	{ WS_FINDING_dsack_seen, ON_OPTIONS, UNIT_NUMBER, OF_SENDER, dsack_seen },
	{ WS_FINDING_sack_block_invalid, ON_OPTIONS, UNIT_NUMBER, OF_SENDER, sack_block_invalid },
	{ WS_FINDING_sack_reneged, ON_BARE_ACK, UNIT_NUMBER, OF_SENDER, sack_reneged },
};

const struct rules audit_sack_rules = RULE_TABLE(rules, ON_BARE_ACK | ON_OPTIONS);

/* ---- Memory ------------------------------------------------------------------------------------------------------ */

void audit_sack_note(const struct sight *sight, struct audit_memory *memory)
{
	struct sack_memory *sack = &memory->sack;
	const struct segment *s = sight->s;
	unsigned who = sight->who;
	unsigned first = has_dsack(s) ? 1 : 0;
	struct finding unused;

	if (!data_is_plain(sight))
		return;
	if (sack->is_set[who] && (seq_geq(s->ack, sack->right[who]) || sack_reneged(sight, &unused)))
		sack->is_set[who] = false;
	if (s->options.sack_len <= first || sack_block_invalid(sight, &unused))
		return;
	sack->is_set[who] = true;
	sack->left[who] = s->options.sack[first][0];
	sack->right[who] = s->options.sack[first][1];
	sack->ts[who] = sight->now;
}
