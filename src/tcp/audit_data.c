/*
 * Data: order, holes and overlaps in the stream of each side, and what lies outside of it. Repetitions have a file of
 * their own (audit_again.c). A hole is the capture's own unless the receiver shows otherwise, so it blames nobody.
 */
#include "tcp/audit.h"

#include "base/clock.h"

#define MIB (1024 * 1024)

/* Further than this no number comes by itself (Zeek: TOO_LARGE_SEQ_DELTA). */
#define JUMP MIB

/* Zeek: tcp_max_above_hole_bytes_without_any_acks, tcp_excessive_data_without_further_acks. */
#define ABOVE_HOLE_MAX 16384
#define UNACKED_MAX (10 * MIB)

#define OVERLAPS_MAX 10

/* Snort's usual choice of what is small; so many in a row are no keystrokes. */
#define SMALL_SIZE 150
#define SMALL_MAX 20

/* RFC 7323 5.5: after 24 days without a segment the time stamp remembered says nothing. */
#define PAWS_IDLE (24 * 86400 * NS_PER_SEC)

bool data_is_sound(const struct sight *sight)
{
	return sight->facts->kind != KIND_VOID && sight->facts->is_believable;
}

bool data_is_plain(const struct sight *sight)
{
	return sight->facts->kind == KIND_ORDINARY && !(sight->s->flags & WS_FLAG_FIN) && data_is_sound(sight);
}

static const struct endpoint *x_before(const struct sight *sight)
{
	return &sight->before->side[sight->who];
}

static const struct endpoint *y_before(const struct sight *sight)
{
	return &sight->before->side[!sight->who];
}

static uint32_t data_end(const struct segment *s)
{
	return s->seq + s->len;
}

/* ---- Order ------------------------------------------------------------------------------------------------------- */

static bool segment_out_of_order(const struct sight *sight, struct finding *finding)
{
	return sight->facts->novelty == NOVEL_FILLS_HOLE && (sight->facts->marks & MARK_REORDERED) &&
	       finding_values(finding, x_before(sight)->snd_max, sight->s->seq);
}

static bool sequence_gap(const struct sight *sight, struct finding *finding)
{
	const struct data_memory *memory = &sight->memory->data;

	return sight->facts->kind == KIND_ORDINARY && sight->facts->place != PLACE_BEYOND && !sight->facts->is_stale &&
	       memory->has_nxt[sight->who] && seq_gt(sight->s->seq, memory->nxt[sight->who]) &&
	       finding_values(finding, memory->nxt[sight->who], sight->s->seq);
}

/* Half of it is new: neither a repetition nor the next piece. One byte is what a probe leaves behind. */
static bool is_overlap(const struct sight *sight)
{
	const struct data_memory *memory = &sight->memory->data;
	uint32_t nxt = memory->nxt[sight->who];

	return sight->facts->novelty == NOVEL_NEW && memory->has_nxt[sight->who] && sight->s->len > 1 &&
	       seq_lt(sight->s->seq, nxt - 1) && seq_gt(data_end(sight->s), nxt);
}

static bool overlaps_excessive(const struct sight *sight, struct finding *finding)
{
	return sight->memory->data.overlaps[sight->who] == OVERLAPS_MAX - 1 && is_overlap(sight) &&
	       finding_seen(finding, OVERLAPS_MAX);
}

/* ---- Outside of the stream --------------------------------------------------------------------------------------- */

static bool is_scale_known(const struct endpoint *e)
{
	return e->saw_syn && !e->are_options_cut;
}

/* RFC 9293 table 6. One byte beyond is a probe (3.8.6.1). Whether the peer had not opened its window meanwhile and the
 * capture missed it, only the peer can tell (track/suspicion.h). */
static bool segment_right_of_window(const struct sight *sight, struct finding *finding)
{
	const struct endpoint *y = y_before(sight);

	return sight->facts->kind == KIND_ORDINARY && y->has_window && y->sent_other && is_scale_known(y) &&
	       is_scale_known(x_before(sight)) && seq_gt(data_end(sight->s), y->right_max + 1) &&
	       finding_values(finding, y->right_max, data_end(sight->s));
}

static bool segment_left_of_stream(const struct sight *sight, struct finding *finding)
{
	const struct endpoint *x = x_before(sight);

	return sight->facts->kind == KIND_ORDINARY && x->saw_syn && endpoint_is_below(x, sight->s->seq, x->iss) &&
	       finding_values(finding, x->iss, sight->s->seq);
}

static bool is_far(uint32_t a, uint32_t b)
{
	return seq_diff(a, b) > JUMP || seq_diff(a, b) < -JUMP;
}

/* A RST without ACK has the number that it answers, which may be anything (RFC 9293 3.10.7.1); one with the number 0 and
 * an ACK answers a SYN. */
static bool sequence_jump_broken(const struct sight *sight, struct finding *finding)
{
	const struct endpoint *x = x_before(sight);
	const struct endpoint *y = y_before(sight);
	const struct segment *s = sight->s;
	bool is_answer = (s->flags & WS_FLAG_RST) && (!(s->flags & WS_FLAG_ACK) || s->seq == 0);

	if ((s->flags & (WS_FLAG_RST | WS_FLAG_SYN)) && !is_answer && x->has_seq && x->packets > 0 &&
	    is_far(s->seq, x->snd_max))
		return finding_values(finding, x->snd_max, s->seq);
	return (s->flags & WS_FLAG_ACK) && s->ack == 0 && y->has_seq && y->packets > 0 && is_far(0, y->snd_max) &&
	       finding_values(finding, y->snd_max, 0);
}

/* Older than the network keeps a segment back: a second of a clock of milliseconds, or of microseconds. */
static bool is_long_ago(const struct sight *sight)
{
	bool is_fast = (sight->memory->options.seen[sight->who] & SEEN_FAST_CLOCK) != 0;

	return seq_diff(x_before(sight)->ts_recent, sight->s->options.tsval) > (is_fast ? 1000000 : 1000);
}

/* It would have been taken but for its time stamp. What a delayed duplicate brings was there before: for that PAWS is. */
static bool paws_violation(const struct sight *sight, struct finding *finding)
{
	const struct endpoint *x = x_before(sight);
	const struct segment *s = sight->s;

	return sight->facts->is_stale && is_long_ago(sight) && seq_gt(sight->facts->end, x->snd_max) &&
	       x->last_ts != WS_TIME_NONE && sight->now - x->last_ts < PAWS_IDLE &&
	       finding_values(finding, x->ts_recent, s->options.tsval);
}

/* ---- Without acknowledgement ------------------------------------------------------------------------------------- */

static bool crosses(uint32_t before, uint32_t after, int32_t limit)
{
	return (int32_t)before <= limit && (int32_t)after > limit;
}

static bool no_acks_at_all(const struct sight *sight, struct finding *finding)
{
	const struct endpoint *x = x_before(sight);
	uint32_t hole = sight->x->edge;

	return !sight->y->has_ack && x->has_seq && x->edge == hole && data_is_sound(sight) &&
	       crosses(x->snd_max - hole, sight->x->snd_max - hole, ABOVE_HOLE_MAX) &&
	       finding_values(finding, ABOVE_HOLE_MAX, sight->x->snd_max - hole);
}

static bool excessive_unacked_data(const struct sight *sight, struct finding *finding)
{
	uint32_t acked = sight->y->ack_max;

	return sight->y->has_ack && data_is_sound(sight) &&
	       crosses(x_before(sight)->snd_max - acked, sight->x->snd_max - acked, UNACKED_MAX) &&
	       finding_values(finding, UNACKED_MAX, sight->x->snd_max - acked);
}

/* ---- Small segments ---------------------------------------------------------------------------------------------- */

/* RFC 9293 3.7.4: with earlier data under way, what is less than a full segment waits for the rest. */
static bool is_small(const struct sight *sight)
{
	const struct endpoint *y = y_before(sight);

	return sight->facts->novelty == NOVEL_NEW && sight->s->len < SMALL_SIZE &&
	       !(sight->s->flags & (WS_FLAG_FIN | WS_FLAG_URG)) && y->has_ack &&
	       seq_gt(x_before(sight)->snd_max, y->ack_max) && (y->mss < 0 || y->mss > 2 * SMALL_SIZE);
}

static bool small_segments_excessive(const struct sight *sight, struct finding *finding)
{
	return sight->memory->data.small[sight->who] == SMALL_MAX - 1 && is_small(sight) &&
	       finding_values(finding, SMALL_SIZE, sight->s->len);
}

/* ---- Topics ------------------------------------------------------------------------------------------------------ */

uint32_t audit_data_topics(const struct sight *sight)
{
	const struct data_memory *memory = &sight->memory->data;
	const struct endpoint *x = x_before(sight);
	const struct segment *s = sight->s;
	uint32_t topics = memory->has_nxt[sight->who] && seq_gt(s->seq, memory->nxt[sight->who]) ? ON_AHEAD : 0u;

	topics |= x->saw_syn && endpoint_is_below(x, s->seq, x->iss) ? ON_BELOW : 0u;
	return topics | ((s->flags & WS_FLAG_ACK) && s->ack == 0 ? ON_ACK_OF_ZERO : 0u);
}

/* ---- The table --------------------------------------------------------------------------------------------------- */

static const struct rule rules[] = {
	{ WS_FINDING_segment_out_of_order, ON_MARK, UNIT_NUMBER, OF_SENDER, segment_out_of_order },
	{ WS_FINDING_overlaps_excessive, ON_DATA, UNIT_NUMBER, OF_SENDER, overlaps_excessive },
	{ WS_FINDING_segment_right_of_window, ON_DATA, UNIT_NUMBER, OF_SENDER, segment_right_of_window },
	{ WS_FINDING_segment_left_of_stream, ON_BELOW, UNIT_NUMBER, OF_SENDER, segment_left_of_stream },
	{ WS_FINDING_sequence_gap, ON_AHEAD, UNIT_NUMBER, OF_SENDER, sequence_gap },
	{ WS_FINDING_sequence_jump_broken, ON_SYN | ON_RST | ON_ACK_OF_ZERO, UNIT_NUMBER, OF_SENDER,
	  sequence_jump_broken },
	{ WS_FINDING_paws_violation, ON_DATA | ON_FIN, UNIT_NUMBER, OF_SENDER, paws_violation },
	{ WS_FINDING_no_acks_at_all, ON_DATA, UNIT_NUMBER, OF_SENDER, no_acks_at_all },
	{ WS_FINDING_excessive_unacked_data, ON_DATA, UNIT_NUMBER, OF_SENDER, excessive_unacked_data },
	{ WS_FINDING_small_segments_excessive, ON_DATA, UNIT_NUMBER, OF_SENDER, small_segments_excessive },
};

const struct rules audit_data_rules =
	RULE_TABLE(rules, ON_MARK | ON_SYN | ON_FIN | ON_RST | ON_DATA | ON_AHEAD | ON_BELOW | ON_ACK_OF_ZERO);

/* ---- Memory ------------------------------------------------------------------------------------------------------ */

static void count_up(uint8_t *count)
{
	*count = (uint8_t)(*count + (*count < UINT8_MAX));
}

static bool is_repeated_syn(const struct sight *sight)
{
	return x_before(sight)->saw_syn && x_before(sight)->iss == sight->s->seq;
}

/* A SYN counts where inference has taken it; a byte that probes a closed window, once it is acknowledged. */
static void note_next(const struct sight *sight, struct audit_memory *memory)
{
	struct data_memory *data = &memory->data;
	const struct segment *s = sight->s;
	bool is_syn = (s->flags & WS_FLAG_SYN) != 0;
	bool is_first = !data->has_nxt[sight->who] || (is_syn && !is_repeated_syn(sight));

	if (sight->facts->kind == KIND_RST || (is_syn && s->seq != sight->x->iss))
		return;
	if (probe_is_taken(sight))
		data->nxt[!sight->who] = s->ack;
	if (probe_of(sight) == PROBE_WINDOW)
		return;
	if (is_first || seq_gt(sight->facts->end, data->nxt[sight->who]))
		data->nxt[sight->who] = sight->facts->end;
	data->has_nxt[sight->who] = true;
}

void audit_data_note(const struct sight *sight, struct audit_memory *memory)
{
	struct data_memory *data = &memory->data;

	if (!data_is_sound(sight))
		return;
	if (sight->s->len > 0 && is_overlap(sight))
		count_up(&data->overlaps[sight->who]);
	if (sight->s->len > 0 && is_small(sight))
		count_up(&data->small[sight->who]);
	else if (sight->s->len > 0)
		data->small[sight->who] = 0;
	note_next(sight, memory);
}
