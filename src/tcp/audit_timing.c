/*
 * Times that a stack keeps, or does not: handshakes, acknowledgements,
 * repetitions, TIME-WAIT. States that last too long without a segment to tell
 * are found by the limits in track/expire.c.
 */
#include "tcp/audit_timing.h"

#include "base/clock.h"
#include "tcp/audit.h"
#include "tcp/infer.h"

/* RFC 6298 2.1: the first timer. A handshake that takes longer has lost a
 * segment, or its path is longer than that. */
#define HANDSHAKE_SLOW_NS NS_PER_SEC

/* A SYN still repeated after that, and a SYN-ACK: what other monitors wait at
 * most (Suricata, Snort). */
#define SYN_SENT_NS (60 * NS_PER_SEC)
#define SYN_RECEIVED_NS (30 * NS_PER_SEC)

/* RFC 9293 3.8.3 SHLD-11: R2, when to give a connection up. */
#define R2_NS (100 * NS_PER_SEC)

/* RFC 6298 2.5: a maximum of a minute or more may be put on the timer; from
 * there on it need not grow. */
#define RTO_MAX_MS 60000

/* Repetitions closer than that are made by the network, or by acknowledgements.
 */
#define AGAIN_MIN_MS 50

#define SHORT_LIVED_NS NS_PER_SEC

static const struct endpoint *x_before(const struct sight *sight)
{
	return &sight->before->side[sight->who];
}

static const struct endpoint *y_before(const struct sight *sight)
{
	return &sight->before->side[!sight->who];
}

static uint32_t ms_of(ws_time now)
{
	return (uint32_t)(now / NS_PER_MS);
}

/* ---- Opening
 * -----------------------------------------------------------------------------------------------------
 */

static bool is_since(const struct sight *sight, struct finding *finding, ws_time since, int64_t limit)
{
	return since != WS_TIME_NONE && sight->now - since >= limit &&
	       finding_values(finding, (uint64_t)limit, (uint64_t)(sight->now - since));
}

/* Whoever repeats its SYN is still where that leads from. */
static bool syn_sent_lingering(const struct sight *sight, struct finding *finding)
{
	return (sight->facts->marks & MARK_SYN_REPEATED) && is_since(sight, finding, sight->x->syn_ts, SYN_SENT_NS);
}

static bool syn_rcvd_lingering(const struct sight *sight, struct finding *finding)
{
	return (sight->facts->marks & MARK_SYN_ACK_REPEATED) &&
	       is_since(sight, finding, sight->x->syn_ts, SYN_RECEIVED_NS);
}

static bool handshake_slow(const struct sight *sight, struct finding *finding)
{
	return sight->facts->kind == KIND_ORDINARY && sight->facts->is_believable && sight->x->saw_bare_syn &&
	       !x_before(sight)->sent_other && sight->y->saw_syn_ack && acks_syn(sight->y, sight->s->ack) &&
	       is_since(sight, finding, sight->x->syn_ts, HANDSHAKE_SLOW_NS);
}

/* ---- Repetitions
 * -------------------------------------------------------------------------------------------------
 */

static bool is_repeated(const struct sight *sight)
{
	return sight->facts->kind == KIND_ORDINARY && (sight->facts->marks & (MARK_REPEATED | MARK_FIN_REPEATED));
}

/* x repeats the first byte that y has not acknowledged: whatever the capture
 * lacks, x has no acknowledgement of it. While y's window is closed, x may ask
 * for ever (RFC 9293 3.8.6.1). */
static bool is_unacked_long(const struct sight *sight)
{
	const struct timing_side *x = &sight->memory->timing.side[sight->who];
	uint8_t state = x_before(sight)->state;

	return is_repeated(sight) && sight->s->len > 0 && x->is_waiting && y_before(sight)->packets > 0 &&
	       (state == WS_ESTABLISHED || state == WS_CLOSE_WAIT) && sight->s->seq == y_before(sight)->ack_max &&
	       y_before(sight)->window_last > 0 && ms_of(sight->now) - x->waits_ms >= R2_NS / NS_PER_MS;
}

static bool established_unacked(const struct sight *sight, struct finding *finding)
{
	uint32_t since = sight->memory->timing.side[sight->who].waits_ms;

	return is_unacked_long(sight) &&
	       finding_values(finding, (uint64_t)R2_NS, (uint64_t)(ms_of(sight->now) - since) * NS_PER_MS);
}

/* The gap between this repetition and the last, both by timer; 0: there is
 * none. */
static uint32_t gap_now(const struct sight *sight)
{
	const struct timing_side *x = &sight->memory->timing.side[sight->who];

	if (!is_repeated(sight) || !x->is_again || x->again_seq != sight->s->seq)
		return 0;
	return ms_of(sight->now) - x->again_ms;
}

/* RFC 6298 5.5: the timer doubles each time. With room for a path that keeps
 * some back. */
static bool retransmission_timeout_backoff(const struct sight *sight, struct finding *finding)
{
	uint32_t before = sight->memory->timing.side[sight->who].gap_ms;
	uint32_t gap = gap_now(sight);

	return before >= AGAIN_MIN_MS && gap >= AGAIN_MIN_MS && gap < RTO_MAX_MS && gap < before + before / 2 &&
	       finding_values(finding, (uint64_t)before * 2 * NS_PER_MS, (uint64_t)gap * NS_PER_MS);
}

/* ---- Closing
 * -----------------------------------------------------------------------------------------------------
 */

/* RFC 9293 3.10.7.4, eighth: a repeated FIN is acknowledged, and 2MSL starts
 * again. */
static bool time_wait_extended(const struct sight *sight, struct finding *finding)
{
	const struct endpoint *x = x_before(sight);

	return x->state == WS_TIME_WAIT && x->time_wait_ts != WS_TIME_NONE &&
	       sight->x->time_wait_ts > x->time_wait_ts &&
	       finding_seen(finding, (uint64_t)(sight->now - x->time_wait_first_ts));
}

static bool has_left(const struct endpoint *e)
{
	return e->state == WS_CLOSED || e->state == WS_TIME_WAIT;
}

static bool short_lived_connection(const struct sight *sight, struct finding *finding)
{
	const struct endpoint *x = sight->x;
	const struct endpoint *y = sight->y;
	ws_time last = x->last_ts > y->last_ts ? x->last_ts : y->last_ts;

	/* The client's first segment after its SYN is what completes the handshake.
   */
	if (!x->saw_bare_syn || !y->saw_syn_ack || !x->sent_other || !has_left(x) || !has_left(y) || x->bytes ||
	    y->bytes)
		return false;
	return last - x->syn_ts < SHORT_LIVED_NS && finding_seen(finding, (uint64_t)(last - x->syn_ts));
}

/* ---- The table
 * ---------------------------------------------------------------------------------------------------
 */

static const struct rule rules[] = {
	{ WS_FINDING_syn_sent_lingering, ON_SYN, UNIT_NANOSECONDS, OF_SENDER, syn_sent_lingering },
	{ WS_FINDING_syn_rcvd_lingering, ON_SYN, UNIT_NANOSECONDS, OF_SENDER, syn_rcvd_lingering },
	{ WS_FINDING_handshake_slow, ON_OPENING, UNIT_NANOSECONDS, OF_BOTH, handshake_slow },
	{ WS_FINDING_established_unacked, ON_MARK, UNIT_NANOSECONDS, OF_SENDER, established_unacked },
	{ WS_FINDING_retransmission_timeout_backoff, ON_MARK, UNIT_NANOSECONDS, OF_SENDER,
	  retransmission_timeout_backoff },
	{ WS_FINDING_time_wait_extended, ON_TWO_FINS, UNIT_NANOSECONDS, OF_SENDER, time_wait_extended },
	{ WS_FINDING_short_lived_connection, ON_END, UNIT_NANOSECONDS, OF_BOTH, short_lived_connection },
};

const struct rules audit_timing_rules = RULE_TABLE(rules, ON_MARK | ON_SYN | ON_OPENING | ON_TWO_FINS | ON_END);

/* ---- Memory
 * ------------------------------------------------------------------------------------------------------
 */

static bool is_outstanding(const struct endpoint *e, const struct endpoint *peer)
{
	return e->has_seq && peer->has_ack && seq_gt(e->snd_max, peer->ack_max);
}

static void note_waiting(const struct sight *sight, struct timing_side *x, struct timing_side *y)
{
	bool has_moved = sight->x->ack_max != x_before(sight)->ack_max;

	if (!x->is_waiting || is_unacked_long(sight))
		x->waits_ms = ms_of(sight->now);
	x->is_waiting = is_outstanding(sight->x, sight->y);
	if (has_moved)
		y->waits_ms = ms_of(sight->now);
	y->is_waiting = is_outstanding(sight->y, sight->x);
}

static void note_again(const struct sight *sight, struct timing_side *x, struct timing_side *y)
{
	uint32_t gap = gap_now(sight);

	y->is_again = false;
	if (!is_repeated(sight) || (gap > 0 && gap < AGAIN_MIN_MS))
		return;
	x->gap_ms = x->is_again && x->again_seq == sight->s->seq ? gap : 0;
	x->again_seq = sight->s->seq;
	x->again_ms = ms_of(sight->now);
	x->is_again = true;
}

void audit_timing_note(const struct sight *sight, struct audit_memory *memory)
{
	struct timing_side *x = &memory->timing.side[sight->who];
	struct timing_side *y = &memory->timing.side[!sight->who];

	note_waiting(sight, x, y);
	note_again(sight, x, y);
}
