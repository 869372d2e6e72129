/*
 * SYNs and SYN-ACKs that come more than once: when, with what numbers, and with what options. A stack repeats them as they
 * were (RFC 9293 3.8.1), each time after twice as long (RFC 6298 5.5).
 */
#include "base/clock.h"
#include "tcp/opening.h"

/* As many different ones as Suricata keeps: max-syn-queued, max-synack-queued. */
#define SYNS_MAX 10
#define SYN_ACKS_MAX 5

static const struct opening_memory *memory_of(const struct sight *sight, unsigned who)
{
	return &sight->memory->handshake.side[who];
}

/* ---- SYN --------------------------------------------------------------------------------------------------------- */

/* RFC 9293 figure 8. */
static bool syn_retransmitted_different_isn(const struct sight *sight, struct finding *finding)
{
	const struct endpoint *x = sender_before(sight);

	return is_set_aside(sight) && is_waiting(x) && !receiver_before(sight)->saw_syn && sight->s->seq != x->iss &&
	       finding_values(finding, x->iss, sight->s->seq);
}

/* The kind of the first option that differs, and for the window 0; -1 when none does. */
static int first_difference(const struct opening_memory *first, const struct segment *s)
{
	const struct tcp_options *o = &s->options;
	uint32_t differs = o->present ^ first->offered_first;

	if ((differs & OPTION_MSS) || ((o->present & OPTION_MSS) && o->mss != first->mss))
		return 2;
	if ((differs & OPTION_WSCALE) || ((o->present & OPTION_WSCALE) && o->wscale != first->wscale))
		return 3;
	if (differs & OPTION_SACK_PERMITTED)
		return 4;
	if (differs & OPTION_TIMESTAMPS)
		return 8;
	return s->window != first->window ? 0 : -1;
}

static bool syn_retransmitted_different_options(const struct sight *sight, struct finding *finding)
{
	const struct segment *s = sight->s;
	int kind;

	if (!(sight->facts->marks & MARK_SYN_REPEATED) || !(memory_of(sight, sight->who)->seen & SEEN_OPENING_SYN) ||
	    s->is_header_cut || sight->x->are_options_cut || (s->options.present & OPTION_MALFORMED))
		return false;
	kind = first_difference(memory_of(sight, sight->who), s);
	return kind >= 0 && finding_seen(finding, (uint64_t)kind);
}

/* ---- How many different ones ------------------------------------------------------------------------------------- */

static unsigned count_bits(uint64_t set)
{
	unsigned count = 0;

	for (; set; set &= set - 1)
		count++;
	return count;
}

/* Two that share a bit count as one: too few are counted, never too many. */
static uint64_t bit_of(const struct segment *s)
{
	const struct tcp_options *o = &s->options;
	uint64_t hash = ((uint64_t)s->seq << 32 | s->ack) * UINT64_C(0x9e3779b97f4a7c15);

	hash ^= (uint64_t)s->window << 24 | (uint64_t)o->mss << 8 | o->wscale;
	hash = (hash ^ (o->present & 0xff) << 3) * UINT64_C(0xd6e8feb86659fd93);
	return UINT64_C(1) << (hash >> 58);
}

static bool is_one_too_many(uint64_t set, const struct segment *s, unsigned max)
{
	return !(set & bit_of(s)) && count_bits(set) == max;
}

static bool syn_candidates_exceeded(const struct sight *sight, struct finding *finding)
{
	return is_bare_syn(sight->s) && is_waiting(sender_before(sight)) &&
	       is_one_too_many(memory_of(sight, sight->who)->syns, sight->s, SYNS_MAX) &&
	       finding_values(finding, SYNS_MAX, SYNS_MAX + 1);
}

/* Who keeps no record of a SYN, to be safe from floods, may answer each copy by another number. */
static bool syn_ack_candidates_exceeded(const struct sight *sight, struct finding *finding)
{
	return sight->facts->kind == KIND_SYN_ACK && sight->pair->syns <= SYN_ACKS_MAX &&
	       is_waiting(receiver_before(sight)) &&
	       is_one_too_many(memory_of(sight, sight->who)->syn_acks, sight->s, SYN_ACKS_MAX) &&
	       finding_values(finding, SYN_ACKS_MAX, SYN_ACKS_MAX + 1);
}

/* ---- SYN-ACK ----------------------------------------------------------------------------------------------------- */

/* The way from here to x and back takes no longer, even if that was the answer to a SYN's first copy. */
static int64_t longest_way(const struct endpoint *x, const struct endpoint *y)
{
	int64_t way = y->syn_ts == WS_TIME_NONE ? 0 : x->at[FSM_SND_SYN_ACK].earliest - y->syn_ts;

	return way > DISORDER_NS ? way : DISORDER_NS;
}

/* It had passed, and not because it crossed this SYN-ACK on its way. */
static bool syn_ack_retransmitted_after_ack(const struct sight *sight, struct finding *finding)
{
	const struct endpoint *x = sender_before(sight);
	const struct endpoint *y = receiver_before(sight);
	const struct moment *ack = &x->at[FSM_RCV_ACK_OF_SYN];

	return (sight->facts->marks & MARK_SYN_ACK_REPEATED) && ack->standing == PENDING &&
	       sight->x->at[FSM_RCV_ACK_OF_SYN].standing == DENIED && sight->now - ack->earliest > longest_way(x, y) &&
	       y->sent_other && finding_seen(finding, (uint64_t)(sight->now - ack->earliest));
}

static bool syn_ack_on_established(const struct sight *sight, struct finding *finding)
{
	const struct endpoint *x = sender_before(sight);

	return sight->facts->kind == KIND_SYN_ACK && is_responder(x) && sight->s->seq == x->iss && x->sent_other &&
	       endpoint_is_proven(x, FSM_RCV_ACK_OF_SYN) && !sight->pair->is_fast_open &&
	       sight->now - x->at[FSM_RCV_ACK_OF_SYN].latest > DISORDER_NS &&
	       finding_values(finding, x->snd_max, sight->s->seq);
}

static bool syn_ack_retransmitted_different_isn(const struct sight *sight, struct finding *finding)
{
	const struct opening_memory *memory = memory_of(sight, sight->who);
	const struct endpoint *x = sender_before(sight);
	const struct endpoint *y = receiver_before(sight);

	/* What ended the connection may have been overtaken by a copy of its SYN, which then begins it anew. */
	return sight->facts->kind == KIND_SYN_ACK && is_responder(x) && !endpoint_is_gone(x) && !endpoint_is_gone(y) &&
	       y->saw_bare_syn && acks_what_was_sent(y, sight->s->ack) && (memory->seen & SEEN_OPENING_SYN_ACK) &&
	       sight->s->seq != memory->syn_ack_seq && finding_values(finding, memory->syn_ack_seq, sight->s->seq);
}

/* Of the data of a SYN one may be taken, and of its copy none. */
static bool syn_ack_retransmitted_different_ack(const struct sight *sight, struct finding *finding)
{
	const struct opening_memory *memory = memory_of(sight, sight->who);
	const struct endpoint *y = receiver_before(sight);

	if (sight->facts->kind != KIND_SYN_ACK || !(memory->seen & SEEN_OPENING_SYN_ACK) || !y->saw_bare_syn ||
	    sight->s->ack == memory->syn_ack_ack || sight->s->seq != memory->syn_ack_seq)
		return false;
	return !(acks_what_was_sent(y, sight->s->ack) && acks_what_was_sent(y, memory->syn_ack_ack)) &&
	       finding_values(finding, memory->syn_ack_ack, sight->s->ack);
}

/* ---- Crossed SYNs ------------------------------------------------------------------------------------------------ */

static bool simopen_syn_ack_wrong_ack(const struct sight *sight, struct finding *finding)
{
	return have_syns_crossed(sight->before) && (sight->facts->marks & MARK_SYN_ACK_WRONG_ACK) &&
	       finding_values(finding, sight->facts->expected, sight->facts->seen);
}

static bool simopen_syn_ack_wrong_seq(const struct sight *sight, struct finding *finding)
{
	const struct endpoint *x = sender_before(sight);

	return have_syns_crossed(sight->before) && sight->facts->kind == KIND_SYN_ACK && sight->s->seq != x->iss &&
	       finding_values(finding, x->iss, sight->s->seq);
}

/* ---- Timers ------------------------------------------------------------------------------------------------------ */

/* RFC 6298 2.1 and 5.7: a second before the first copy; 2.5: it need not grow beyond a minute. */
#define FIRST_RTO_NS (NS_PER_SEC * 9 / 10)
#define LAST_RTO_NS (60 * NS_PER_SEC)

/* Where copies are lost before the tap, one gap is the sum of several; the next, of twice the last of them, is longer still:
 * by 16 / 15 after the sum of four. */
static bool is_backoff_wrong(int64_t before, int64_t gap)
{
	return gap < FIRST_RTO_NS || (before > 0 && gap < LAST_RTO_NS && gap <= before + before / 20);
}

/* A SYN-ACK that is sent because the SYN came again was not sent by a timer. */
static bool is_by_timer(const struct sight *sight, ws_time last)
{
	return is_bare_syn(sight->s) || memory_of(sight, !sight->who)->last_ts <= last;
}

static bool retransmission_timeout_backoff(const struct sight *sight, struct finding *finding)
{
	const struct opening_memory *memory = memory_of(sight, sight->who);
	int64_t gap = sight->now - memory->last_ts;

	if (!(sight->facts->marks & (MARK_SYN_REPEATED | MARK_SYN_ACK_REPEATED)) || memory->last_ts == 0 ||
	    sender_before(sight)->sent_other || (sight->tags & WS_TAG_CLOCK) || gap <= DISORDER_NS ||
	    !is_by_timer(sight, memory->last_ts))
		return false;
	return is_backoff_wrong(memory->gap_ns, gap) &&
	       finding_values(finding, (uint64_t)(memory->gap_ns ? 2 * memory->gap_ns : NS_PER_SEC), (uint64_t)gap);
}

/* ---- The table --------------------------------------------------------------------------------------------------- */

static const struct rule rules[] = {
	{ WS_FINDING_syn_retransmitted_different_isn, ON_SYN, UNIT_NUMBER, OF_SENDER, syn_retransmitted_different_isn },
	{ WS_FINDING_syn_retransmitted_different_options, ON_SYN, UNIT_NUMBER, OF_SENDER,
	  syn_retransmitted_different_options },
	{ WS_FINDING_syn_candidates_exceeded, ON_SYN, UNIT_NUMBER, OF_SENDER, syn_candidates_exceeded },
	{ WS_FINDING_syn_ack_candidates_exceeded, ON_SYN, UNIT_NUMBER, OF_SENDER, syn_ack_candidates_exceeded },
	{ WS_FINDING_syn_ack_retransmitted_after_ack, ON_SYN, UNIT_NANOSECONDS, OF_SENDER,
	  syn_ack_retransmitted_after_ack },
	{ WS_FINDING_syn_ack_on_established, ON_SYN, UNIT_NUMBER, OF_SENDER, syn_ack_on_established },
	{ WS_FINDING_syn_ack_retransmitted_different_isn, ON_SYN, UNIT_NUMBER, OF_SENDER,
	  syn_ack_retransmitted_different_isn },
	{ WS_FINDING_syn_ack_retransmitted_different_ack, ON_SYN, UNIT_NUMBER, OF_SENDER,
	  syn_ack_retransmitted_different_ack },
	{ WS_FINDING_simopen_syn_ack_wrong_ack, ON_SYN, UNIT_NUMBER, OF_SENDER, simopen_syn_ack_wrong_ack },
	{ WS_FINDING_simopen_syn_ack_wrong_seq, ON_SYN, UNIT_NUMBER, OF_SENDER, simopen_syn_ack_wrong_seq },
	{ WS_FINDING_retransmission_timeout_backoff, ON_SYN, UNIT_NANOSECONDS, OF_SENDER,
	  retransmission_timeout_backoff },
};

const struct rules audit_handshake_rules = RULE_TABLE(rules, ON_SYN);

/* ---- Memory ------------------------------------------------------------------------------------------------------ */

static void note_options(struct opening_memory *side, const struct segment *s)
{
	const struct tcp_options *o = &s->options;

	if (!(side->seen & SEEN_OPENING_SYN)) {
		side->window = s->window;
		side->mss = o->mss;
		side->wscale = o->wscale;
		side->offered_first = (uint8_t)o->present;
		side->tsval_first = o->tsval;
	}
	side->offered |= (uint8_t)o->present;
	side->tsval_last = o->tsval;
	side->seen |= SEEN_OPENING_SYN;
}

static void note_time(const struct sight *sight, struct opening_memory *side)
{
	bool is_copy = (sight->facts->marks & (MARK_SYN_REPEATED | MARK_SYN_ACK_REPEATED)) != 0;
	int64_t gap = sight->now - side->last_ts;

	if (is_copy && gap <= DISORDER_NS)
		return;
	side->gap_ns = is_copy && is_by_timer(sight, side->last_ts) ? gap : 0;
	side->last_ts = sight->now;
}

static void note_syn(const struct sight *sight, struct opening_memory *side)
{
	const struct segment *s = sight->s;

	if (sight->facts->kind == KIND_SYN) {
		note_options(side, s);
		note_time(sight, side);
	}
	if (is_bare_syn(s))
		side->syns |= bit_of(s);
	if (sight->facts->kind != KIND_SYN_ACK)
		return;
	note_time(sight, side);
	side->syn_acks |= bit_of(s);
	side->syn_ack_seq = s->seq;
	side->syn_ack_ack = s->ack;
	side->seen |= SEEN_OPENING_SYN_ACK;
}

void audit_handshake_note(const struct sight *sight, struct audit_memory *memory)
{
	if (sight->topics & ON_SYN)
		note_syn(sight, &memory->handshake.side[sight->who]);
	audit_resyn_note(sight, memory->handshake.side);
}
