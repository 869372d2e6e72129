#include "tcp/path.h"

/* The events of one side in causal order. */
struct plan {
	enum fsm_event event[FSM_EVENT_COUNT];
	unsigned len;
};

static void plan_add(struct plan *plan, const struct endpoint *e, enum fsm_event event)
{
	if (endpoint_stands(e, event))
		plan->event[plan->len++] = event;
}

static void plan_open(struct plan *plan, const struct endpoint *e)
{
	plan_add(plan, e, FSM_SND_SYN);
	plan_add(plan, e, FSM_RCV_SYN);
	if (e->is_fin_in_syn_received)
		plan_add(plan, e, FSM_SND_FIN);
	plan_add(plan, e, FSM_RCV_SYN_ACK);
	plan_add(plan, e, FSM_RCV_ACK_OF_SYN);
}

/* Of what came to a side that had sent its FIN first: was the ACK of it there when the peer's FIN came? While a repeated
 * copy may have brought the FIN, that one counts. */
static bool is_ack_before_fin(const struct endpoint *e)
{
	const struct moment *ack = &e->at[FSM_RCV_ACK_OF_FIN];
	const struct moment *fin = e->fin_again.standing == PENDING ? &e->fin_again : &e->at[FSM_RCV_FIN];

	return ack->earliest < fin->earliest || (ack->earliest == fin->earliest && ack->frame <= fin->frame);
}

static void plan_close(struct plan *plan, const struct endpoint *e)
{
	if (e->fin_order == PEER_FIN_FIRST || !endpoint_stands(e, FSM_SND_FIN)) {
		plan_add(plan, e, FSM_RCV_FIN);
		if (!e->is_fin_in_syn_received)
			plan_add(plan, e, FSM_SND_FIN);
		plan_add(plan, e, FSM_RCV_ACK_OF_FIN);
		return;
	}
	if (!e->is_fin_in_syn_received)
		plan_add(plan, e, FSM_SND_FIN);
	if (is_ack_before_fin(e)) {
		plan_add(plan, e, FSM_RCV_ACK_OF_FIN);
		plan_add(plan, e, FSM_RCV_FIN);
	} else {
		plan_add(plan, e, FSM_RCV_FIN);
		plan_add(plan, e, FSM_RCV_ACK_OF_FIN);
	}
}

static void plan_end(struct plan *plan, const struct endpoint *e)
{
	/* A timer ends only what no reset has ended, so it came first. */
	plan_add(plan, e, FSM_TIMEOUT);
	plan_add(plan, e, FSM_RCV_RST);
	plan_add(plan, e, FSM_SND_RST);
}

static bool is_handshake_known(const struct endpoint *e)
{
	return e->at[FSM_SND_SYN].standing != NEVER || e->at[FSM_RCV_SYN].standing != NEVER;
}

static enum ws_state start_of(const struct endpoint *e)
{
	if (!is_handshake_known(e))
		return WS_UNKNOWN;
	if (endpoint_stands(e, FSM_SND_SYN))
		return WS_CLOSED;
	/* Refused, or never answered until the opener gave up: nobody listened. */
	if (!endpoint_stands(e, FSM_RCV_SYN) && (endpoint_stands(e, FSM_SND_RST) || endpoint_stands(e, FSM_TIMEOUT)))
		return WS_CLOSED;
	return WS_LISTEN;
}

static void path_add(struct path *path, enum ws_state state, const struct moment *m, enum ws_evidence evidence)
{
	struct ws_step *step;
	ws_time floor = path->len > 0 ? path->step[path->len - 1].earliest : m->earliest;

	if (path->len == WS_PATH_MAX)
		return;
	step = &path->step[path->len];
	step->state = state;
	step->evidence = evidence;
	step->earliest = m->earliest > floor ? m->earliest : floor;
	step->latest = m->latest > step->earliest ? m->latest : step->earliest;
	step->frame = m->frame;
	path->flags[path->len++] = m->flags;
}

/* A side first met in the middle: it was ESTABLISHED at its first segment, unless it had been half-closed before. New data
 * in both directions rules that out. */
static bool add_midstream(const struct pair *pair, unsigned who, struct path *path)
{
	const struct endpoint *e = &pair->side[who];
	bool is_proven = e->sent_data && pair->side[!who].sent_data;
	struct moment first = { .earliest = e->syn_ts, .latest = e->syn_ts, .flags = WS_FLAG_ACK };

	if (!e->sent_other || e->syn_ts == WS_TIME_NONE)
		return true;
	path_add(path, WS_ESTABLISHED, &first, is_proven ? WS_PROVEN : WS_PRESUMED);
	return is_proven;
}

static enum ws_evidence evidence_of(enum fsm_event event, bool is_proven)
{
	if (event == FSM_TIMEOUT)
		return WS_TIMER;
	return is_proven ? WS_PROVEN : WS_PRESUMED;
}

/* ACK of FIN and FIN in one segment: FIN-WAIT-1 -> TIME-WAIT directly (RFC 9293 figure 5, note 2). */
static bool is_passed_within_segment(const struct endpoint *e, const struct plan *plan, unsigned i)
{
	return plan->event[i] == FSM_RCV_ACK_OF_FIN && i + 1 < plan->len && plan->event[i + 1] == FSM_RCV_FIN &&
	       e->at[FSM_RCV_ACK_OF_FIN].frame == e->at[FSM_RCV_FIN].frame;
}

void path_derive(const struct pair *pair, unsigned who, struct path *out)
{
	const struct endpoint *e = &pair->side[who];
	struct plan plan = { .len = 0 };
	enum ws_state state;
	bool is_proven = true;

	out->start = start_of(e);
	out->len = 0;
	out->proven_len = 0;
	state = out->start;
	plan_open(&plan, e);
	plan_close(&plan, e);
	plan_end(&plan, e);
	if (!is_handshake_known(e)) {
		is_proven = add_midstream(pair, who, out);
		state = path_state(out);
	}
	out->proven_len = is_proven ? out->len : 0;
	for (unsigned i = 0; i < plan.len; i++) {
		const struct moment *m = &e->at[plan.event[i]];
		enum ws_state next = fsm_next(state, plan.event[i]);

		is_proven &= m->standing == PROVEN;
		if (next == state)
			continue;
		state = next;
		if (is_passed_within_segment(e, &plan, i))
			continue;
		path_add(out, state, m, evidence_of(plan.event[i], is_proven));
		if (is_proven)
			out->proven_len = out->len;
	}
}

enum ws_state path_state(const struct path *path)
{
	return path->len > 0 ? path->step[path->len - 1].state : path->start;
}

enum ws_state path_proven_state(const struct path *path)
{
	if (path->proven_len > 0)
		return path->step[path->proven_len - 1].state;
	return path->start == WS_LISTEN ? WS_UNKNOWN : path->start;
}
