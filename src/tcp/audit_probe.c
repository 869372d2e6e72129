#include "tcp/audit.h"

#include "base/clock.h"

/* RFC 9293 3.8.4 MUST-28. */
#define KEEP_ALIVE_IDLE (7200 * NS_PER_SEC)

/* No stack sends them at a shorter interval than a second; what comes sooner was overtaken by a byte. */
#define KEEP_ALIVE_MIN (NS_PER_SEC / 2)

/* One may be lost (MUST-29); with three it is no accident. */
#define KEEP_ALIVES_MAX 3

/* A byte that the peer has not acknowledged is sent again for its own sake. */
static bool is_known_to_peer(const struct sight *sight)
{
	const struct endpoint *y = &sight->before->side[!sight->who];

	return y->has_ack && seq_geq(y->ack_max, sight->memory->data.nxt[sight->who]);
}

enum probe probe_of(const struct sight *sight)
{
	const struct segment *s = sight->s;
	unsigned who = sight->who;
	uint32_t nxt = sight->memory->data.nxt[who];
	bool is_closed = window_is_closed(sight->memory, !who);

	if (s->len > 1 || !data_is_plain(sight) || !sight->memory->data.has_nxt[who])
		return PROBE_NONE;
	if (s->len == 1 && s->seq == nxt)
		return is_closed ? PROBE_WINDOW : PROBE_NONE;
	if (s->seq != nxt - 1 || (s->len == 1 && !is_known_to_peer(sight)))
		return PROBE_NONE;
	return is_closed ? PROBE_WINDOW : PROBE_KEEP_ALIVE;
}

bool probe_is_taken(const struct sight *sight)
{
	const struct audit_memory *memory = sight->memory;

	return data_is_plain(sight) && memory->probe.last[!sight->who] == PROBE_WINDOW &&
	       memory->probe.byte[!sight->who] && sight->s->ack == memory->data.nxt[!sight->who] + 1;
}

/* A bare ACK that says the same as the segment before, window and all. */
static bool is_answer(const struct sight *sight, enum probe probe)
{
	return sight->memory->probe.last[!sight->who] == probe && sight->s->len == 0 && window_says_the_same(sight);
}

/* ---- Keep-alives ------------------------------------------------------------------------------------------------- */

static ws_time idle_of(const struct sight *sight)
{
	ws_time own = sight->before->side[sight->who].last_ts;
	ws_time peer = sight->before->side[!sight->who].last_ts;

	return sight->now - (own > peer ? own : peer);
}

static bool keep_alive(const struct sight *sight, struct finding *finding)
{
	return probe_of(sight) == PROBE_KEEP_ALIVE && finding_seen(finding, (uint64_t)idle_of(sight));
}

/* Sent for want of anything else. */
static bool is_after_silence(const struct sight *sight)
{
	return probe_of(sight) == PROBE_KEEP_ALIVE && idle_of(sight) >= KEEP_ALIVE_MIN;
}

static bool keep_alive_ack(const struct sight *sight, struct finding *finding)
{
	(void)finding;
	return is_answer(sight, PROBE_KEEP_ALIVE) && sight->s->window != 0;
}

/* Only of a peer that was heard. */
static bool keep_alive_unanswered(const struct sight *sight, struct finding *finding)
{
	return is_after_silence(sight) && sight->y->packets > 0 &&
	       sight->memory->probe.keep_alives[sight->who] == KEEP_ALIVES_MAX - 1 &&
	       finding_seen(finding, KEEP_ALIVES_MAX);
}

/* MUST-26, MUST-28. The first of a series tells how long the connection was left alone. */
static bool keep_alive_too_early(const struct sight *sight, struct finding *finding)
{
	return is_after_silence(sight) && sight->memory->probe.keep_alives[sight->who] == 0 &&
	       (idle_of(sight) < KEEP_ALIVE_IDLE || !is_known_to_peer(sight)) &&
	       finding_values(finding, KEEP_ALIVE_IDLE, (uint64_t)idle_of(sight));
}

/* ---- Probes of a window ------------------------------------------------------------------------------------------ */

static bool zero_window_probe(const struct sight *sight, struct finding *finding)
{
	return probe_of(sight) == PROBE_WINDOW && finding_seen(finding, sight->s->seq);
}

static bool zero_window_probe_ack(const struct sight *sight, struct finding *finding)
{
	return is_answer(sight, PROBE_WINDOW) && sight->s->window == 0 && finding_seen(finding, sight->s->ack);
}

static bool ack_of_zero_window_probe(const struct sight *sight, struct finding *finding)
{
	return probe_is_taken(sight) && finding_seen(finding, sight->s->ack);
}

/* ---- Topics ------------------------------------------------------------------------------------------------------ */

uint32_t audit_probe_topics(const struct sight *sight)
{
	return (probe_of(sight) != PROBE_NONE ? ON_PROBE : 0u) |
	       (sight->memory->probe.last[!sight->who] != PROBE_NONE ? ON_PROBED : 0u);
}

/* ---- The table --------------------------------------------------------------------------------------------------- */

static const struct rule rules[] = {
	{ WS_FINDING_keep_alive, ON_PROBE, UNIT_NANOSECONDS, OF_SENDER, keep_alive },
	{ WS_FINDING_keep_alive_ack, ON_PROBED, UNIT_NONE, OF_SENDER, keep_alive_ack },
	{ WS_FINDING_keep_alive_unanswered, ON_PROBE, UNIT_NUMBER, OF_RECEIVER, keep_alive_unanswered },
	{ WS_FINDING_keep_alive_too_early, ON_PROBE, UNIT_NANOSECONDS, OF_SENDER, keep_alive_too_early },
	{ WS_FINDING_zero_window_probe, ON_PROBE, UNIT_NUMBER, OF_SENDER, zero_window_probe },
	{ WS_FINDING_zero_window_probe_ack, ON_PROBED, UNIT_NUMBER, OF_SENDER, zero_window_probe_ack },
	{ WS_FINDING_ack_of_zero_window_probe, ON_PROBED, UNIT_NUMBER, OF_SENDER, ack_of_zero_window_probe },
};

const struct rules audit_probe_rules = RULE_TABLE(rules, ON_PROBE | ON_PROBED);

/* ---- Memory ------------------------------------------------------------------------------------------------------ */

void audit_probe_note(const struct sight *sight, struct audit_memory *memory)
{
	struct probe_memory *probe = &memory->probe;
	unsigned who = sight->who;
	enum probe now = probe_of(sight);

	if (sight->facts->kind == KIND_VOID)
		return;
	probe->byte[who] = now == PROBE_WINDOW && sight->s->seq == memory->data.nxt[who];
	probe->last[who] = (uint8_t)now;
	if (now != PROBE_KEEP_ALIVE)
		probe->keep_alives[who] = 0;
	else if (is_after_silence(sight) && probe->keep_alives[who] < UINT8_MAX)
		probe->keep_alives[who]++;
	probe->keep_alives[!who] = 0;
}
