/*
 * Data sent again, and why: a timer (RFC 9293 3.8.1), duplicate acknowledgements (RFC 5681 3.2), or for nothing, the peer
 * having it already. A SYN, and a FIN whose first copy was captured, have findings of their own; keep-alives and probes are no repetitions.
 */
#include "tcp/audit.h"

#include "base/hash.h"
#include "tcp/infer.h"

/* RFC 9293 3.8.3, R1: with so many of the same segment the IP layer is asked for another way. */
#define REPEATS_MAX 3

/* As other tools have it: two duplicate ACKs, as one may be missing in the capture, and an answer at once. */
#define FAST_DUPLICATES 2
#define FAST_NS INT64_C(20000000)

enum again { AGAIN_NOT, AGAIN_PLAIN, AGAIN_FAST, AGAIN_SPURIOUS };

static const struct endpoint *y_before(const struct sight *sight)
{
	return &sight->before->side[!sight->who];
}

/* Some of it was sent before, and a FIN alone not captured. One byte of that is what a probe leaves behind. */
static bool is_repeated(const struct sight *sight)
{
	const struct data_memory *data = &sight->memory->data;
	bool is_fin_again = sight->s->len == 0 && (sight->facts->marks & MARK_FIN_REPEATED);

	if (segment_space(sight->s) == 0 || is_fin_again || sight->facts->kind != KIND_ORDINARY ||
	    !data_is_sound(sight))
		return false;
	if (sight->facts->novelty == NOVEL_NEW)
		return data->has_nxt[sight->who] && seq_lt(sight->s->seq, data->nxt[sight->who] - 1);
	return (sight->facts->marks & MARK_REPEATED) && probe_of(sight) == PROBE_NONE;
}

/* Two duplicate ACKs ask for just this, and its sender has had no time to do anything else since. */
static bool is_asked_for(const struct sight *sight)
{
	const struct endpoint *y = y_before(sight);
	int64_t way = sight->x->rtt_ns > 0 ? sight->x->rtt_ns : 0;

	return sight->memory->ack.duplicates[!sight->who] >= FAST_DUPLICATES && sight->s->seq == y->ack_last &&
	       sight->now - y->last_ts < FAST_NS + way;
}

/* The peer has all of it. What its time stamp shows to be old was held back by the network; all the same it came twice. */
static bool is_for_nothing(const struct sight *sight)
{
	const struct endpoint *y = y_before(sight);
	const struct segment *s = sight->s;

	if (s->len == 0 || !y->has_ack || seq_gt(s->seq + s->len, y->ack_max))
		return false;
	return is_repeated(sight) || (sight->facts->kind == KIND_ORDINARY && sight->facts->is_stale &&
				      !endpoint_is_below(sight->x, s->seq, sight->x->first_seq));
}

static enum again again_of(const struct sight *sight)
{
	if (is_for_nothing(sight))
		return AGAIN_SPURIOUS;
	if (!is_repeated(sight))
		return AGAIN_NOT;
	return is_asked_for(sight) ? AGAIN_FAST : AGAIN_PLAIN;
}

/* ---- Repetitions ------------------------------------------------------------------------------------------------- */

static bool segment_retransmitted(const struct sight *sight, struct finding *finding)
{
	return again_of(sight) == AGAIN_PLAIN &&
	       finding_values(finding, sight->memory->data.nxt[sight->who], sight->s->seq);
}

static bool segment_fast_retransmitted(const struct sight *sight, struct finding *finding)
{
	return again_of(sight) == AGAIN_FAST &&
	       finding_values(finding, sight->memory->data.nxt[sight->who], sight->s->seq);
}

static bool segment_spurious_retransmission(const struct sight *sight, struct finding *finding)
{
	return again_of(sight) == AGAIN_SPURIOUS && finding_values(finding, y_before(sight)->ack_max, sight->s->seq);
}

/* The same once more: data, or a FIN. */
static bool is_same_again(const struct sight *sight)
{
	const struct again_memory *memory = &sight->memory->again;

	return (is_repeated(sight) || (sight->facts->marks & MARK_FIN_REPEATED)) && memory->times[sight->who] > 0 &&
	       memory->seq[sight->who] == sight->s->seq;
}

static bool retransmissions_excessive(const struct sight *sight, struct finding *finding)
{
	return sight->memory->again.times[sight->who] == REPEATS_MAX - 1 && is_same_again(sight) &&
	       finding_seen(finding, REPEATS_MAX);
}

/* ---- What it says ------------------------------------------------------------------------------------------------ */

/* Only equality counts, within one connection; who forges the hash has the same to gain by forging the first payload. */
static uint32_t sum_of(const struct segment *s)
{
	static const uint64_t key[2] = { 0, 0 };

	return (uint32_t)hash_keyed(s->payload, s->payload_caplen, key);
}

static const struct payload *find_payload(const struct again_memory *memory, unsigned who, const struct segment *s)
{
	for (unsigned i = 0; i < AGAIN_PAYLOADS; i++)
		if (memory->payload[who][i].seq == s->seq && memory->payload[who][i].len == s->payload_caplen)
			return &memory->payload[who][i];
	return NULL;
}

static bool retransmission_content_differs(const struct sight *sight, struct finding *finding)
{
	const struct payload *first;
	uint32_t sum;

	if (sight->s->payload_caplen == 0 || !is_repeated(sight))
		return false;
	first = find_payload(&sight->memory->again, sight->who, sight->s);
	sum = first ? sum_of(sight->s) : 0;
	return first && first->sum != sum && finding_values(finding, first->sum, sum);
}

/* ---- Measured ---------------------------------------------------------------------------------------------------- */

static bool bytes_in_flight(const struct sight *sight, struct finding *finding)
{
	enum again again = again_of(sight);

	return (again == AGAIN_PLAIN || again == AGAIN_FAST) && sight->y->has_ack &&
	       finding_seen(finding, sight->x->snd_max - sight->y->ack_max);
}

/* The oldest is sent again, by the timer: whatever else makes a stack repeat something acts sooner. */
static bool rto_observed(const struct sight *sight, struct finding *finding)
{
	int64_t delay = sight->now - sight->memory->again.timer_ts[sight->who];
	bool is_fin = (sight->facts->marks & MARK_FIN_REPEATED) && sight->s->len == 0;

	return (again_of(sight) == AGAIN_PLAIN || is_fin) && y_before(sight)->has_ack &&
	       sight->s->seq == y_before(sight)->ack_max && delay >= ACK_DELAY_NS &&
	       sight->memory->again.timer_ts[sight->who] != 0 && finding_seen(finding, (uint64_t)delay);
}

/* ---- Topics ------------------------------------------------------------------------------------------------------ */

uint32_t audit_again_topics(const struct sight *sight)
{
	return sight->s->len > 0 && again_of(sight) != AGAIN_NOT ? ON_AGAIN : 0u;
}

/* ---- The table --------------------------------------------------------------------------------------------------- */

static const struct rule rules[] = {
	{ WS_FINDING_segment_retransmitted, ON_AGAIN | ON_FIN, UNIT_NUMBER, OF_SENDER, segment_retransmitted },
	{ WS_FINDING_segment_fast_retransmitted, ON_AGAIN, UNIT_NUMBER, OF_SENDER, segment_fast_retransmitted },
	{ WS_FINDING_segment_spurious_retransmission, ON_AGAIN, UNIT_NUMBER, OF_SENDER,
	  segment_spurious_retransmission },
	{ WS_FINDING_retransmissions_excessive, ON_MARK, UNIT_NUMBER, OF_SENDER, retransmissions_excessive },
	{ WS_FINDING_retransmission_content_differs, ON_MARK, UNIT_NUMBER, OF_SENDER, retransmission_content_differs },
	{ WS_FINDING_bytes_in_flight, ON_AGAIN, UNIT_NUMBER, OF_SENDER, bytes_in_flight },
	{ WS_FINDING_rto_observed, ON_MARK, UNIT_NANOSECONDS, OF_SENDER, rto_observed },
};

const struct rules audit_again_rules = RULE_TABLE(rules, ON_MARK | ON_FIN | ON_AGAIN);

/* ---- Memory ------------------------------------------------------------------------------------------------------ */

/* Where the next payload goes: in place of one that is acknowledged, else of the newest. */
static struct payload *room_for(struct payload *payload, const struct endpoint *y)
{
	struct payload *newest = payload;

	for (unsigned i = 0; i < AGAIN_PAYLOADS; i++) {
		if (payload[i].len == 0 || (y->has_ack && seq_leq(payload[i].seq + payload[i].len, y->ack_max)))
			return &payload[i];
		if (seq_gt(payload[i].seq, newest->seq))
			newest = &payload[i];
	}
	return newest;
}

static void note_payload(const struct sight *sight, struct again_memory *memory)
{
	const struct segment *s = sight->s;

	if (s->payload_caplen == 0 || is_repeated(sight) || probe_of(sight) != PROBE_NONE)
		return;
	*room_for(memory->payload[sight->who], sight->y) =
		(struct payload){ .seq = s->seq, .len = s->payload_caplen, .sum = sum_of(s) };
}

static void note_times(const struct sight *sight, struct again_memory *memory)
{
	unsigned who = sight->who;
	bool is_fin = (sight->facts->marks & MARK_FIN_REPEATED) != 0;

	if (is_same_again(sight)) {
		if (memory->times[who] < UINT8_MAX)
			memory->times[who]++;
	} else if (is_repeated(sight) || is_fin) {
		memory->times[who] = 1;
		memory->seq[who] = sight->s->seq;
	}
}

/* RFC 6298 5.1, 5.3, 5.4. */
static void note_timer(const struct sight *sight, struct again_memory *memory)
{
	const struct endpoint *x = &sight->before->side[sight->who];
	const struct endpoint *y = y_before(sight);
	bool takes_space = segment_space(sight->s) > 0;

	if (takes_space && (!y->has_ack || seq_geq(y->ack_max, x->snd_max) || sight->s->seq == y->ack_max))
		memory->timer_ts[sight->who] = sight->now;
	if (!x->has_ack || seq_gt(sight->x->ack_max, x->ack_max))
		memory->timer_ts[!sight->who] = sight->now;
}

void audit_again_note(const struct sight *sight, struct audit_memory *memory)
{
	if (!data_is_sound(sight) || sight->facts->kind == KIND_RST)
		return;
	note_payload(sight, &memory->again);
	note_times(sight, &memory->again);
	note_timer(sight, &memory->again);
}
