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
	if (e->is_syn_an_answer)
		plan_add(plan, e, FSM_RCV_SYN);
	plan_add(plan, e, FSM_SND_SYN);
	if (!e->is_syn_an_answer)
		plan_add(plan, e, FSM_RCV_SYN);
	if (e->is_fin_in_syn_received)
		plan_add(plan, e, FSM_SND_FIN);
	plan_add(plan, e, FSM_RCV_SYN_ACK);
	plan_add(plan, e, FSM_RCV_ACK_OF_SYN);
}

/* While a repeated copy of the peer's FIN may be the one that came, that one counts. */
static const struct moment *moment_of(const struct endpoint *e, enum fsm_event event)
{
	return event == FSM_RCV_FIN && e->fin_again.standing == PENDING ? &e->fin_again : &e->at[event];
}

/* Of what came to a side that had sent its FIN first: was the ACK of it there when the peer's FIN came? */
static bool is_ack_before_fin(const struct endpoint *e)
{
	const struct moment *ack = &e->at[FSM_RCV_ACK_OF_FIN];
	const struct moment *fin = moment_of(e, FSM_RCV_FIN);

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
	if (endpoint_stands(e, FSM_SND_SYN) && !e->is_syn_an_answer)
		return WS_CLOSED;
	/* It knows nothing of the SYN that went under its name. */
	if (e->at[FSM_SND_SYN].standing == DENIED)
		return WS_CLOSED;
	/* Refused, or never answered until the opener gave up: nobody listened. */
	if (!endpoint_stands(e, FSM_RCV_SYN) && (endpoint_stands(e, FSM_SND_RST) || endpoint_stands(e, FSM_TIMEOUT)))
		return WS_CLOSED;
	return WS_LISTEN;
}

static void path_add(struct path *path, enum ws_state state, const struct moment *m, enum ws_evidence evidence,
		     enum ws_cause cause)
{
	struct ws_step *step;
	ws_time floor = path->len > 0 ? path->step[path->len - 1].earliest : m->earliest;

	if (path->len == WS_PATH_MAX)
		return;
	step = &path->step[path->len];
	step->state = state;
	step->evidence = evidence;
	step->cause = cause;
	step->earliest = m->earliest > floor ? m->earliest : floor;
	step->latest = m->latest > step->earliest ? m->latest : step->earliest;
	step->frame = m->frame;
	path->flags[path->len++] = m->flags;
}

/* A side first met in the middle was ESTABLISHED at its first segment, unless it had been half-closed before. New data in
 * both directions rules that out, and so does a FIN of each whose order is certain. */
static bool is_start_certain(const struct pair *pair, unsigned who)
{
	const struct endpoint *e = &pair->side[who];

	if (is_handshake_known(e) || (e->sent_data && pair->side[!who].sent_data))
		return true;
	return e->is_fin_order_proven && endpoint_is_proven(e, FSM_SND_FIN) && endpoint_is_proven(e, FSM_RCV_FIN);
}

static void add_midstream(const struct endpoint *e, struct path *path, bool is_proven)
{
	struct moment first = { .earliest = e->syn_ts, .latest = e->syn_ts, .flags = WS_FLAG_ACK };

	if (e->sent_other && e->syn_ts != WS_TIME_NONE)
		path_add(path, WS_ESTABLISHED, &first, is_proven ? WS_PROVEN : WS_PRESUMED, WS_CAUSE_MIDSTREAM);
}

static enum ws_evidence evidence_of(enum fsm_event event, bool is_proven)
{
	if (event == FSM_TIMEOUT)
		return WS_TIMER;
	return is_proven ? WS_PROVEN : WS_PRESUMED;
}

/* ACK of FIN and FIN in one segment: FIN-WAIT-1 -> TIME-WAIT directly (RFC 9293 figure 5, note 2). Frames of two files
 * may have one number, but hardly one time. */
static bool is_passed_within_segment(const struct endpoint *e, const struct plan *plan, unsigned i)
{
	const struct moment *ack = &e->at[FSM_RCV_ACK_OF_FIN];
	const struct moment *fin = moment_of(e, FSM_RCV_FIN);

	return plan->event[i] == FSM_RCV_ACK_OF_FIN && i + 1 < plan->len && plan->event[i + 1] == FSM_RCV_FIN &&
	       ack->frame == fin->frame && ack->earliest == fin->earliest;
}

/* With both FINs about, what follows from either is as certain as their order. */
static bool is_order_presumed(const struct endpoint *e, enum fsm_event event)
{
	if (event == FSM_SND_FIN && e->is_fin_doubtful)
		return true;
	if (event == FSM_RCV_FIN && e->may_have_closed && e->fin_order != OWN_FIN_FIRST)
		return true;
	return (event == FSM_SND_FIN || event == FSM_RCV_FIN) && e->fin_order != FIN_ORDER_OPEN &&
	       !e->is_fin_order_proven && endpoint_stands(e, FSM_SND_FIN) && endpoint_stands(e, FSM_RCV_FIN);
}

/* Both the peer's FIN and the ACK of its own have come to the side that had closed first: TIME-WAIT, in whichever order. */
static bool is_time_wait_certain(const struct endpoint *e)
{
	return e->fin_order == OWN_FIN_FIRST && e->is_fin_order_proven && endpoint_is_proven(e, FSM_SND_FIN) &&
	       endpoint_is_proven(e, FSM_RCV_FIN) && endpoint_is_proven(e, FSM_RCV_ACK_OF_FIN);
}

/* The capture has missed the first copy of its FIN: the peer may have had it before anything else that it got since. */
static bool is_first_fin_missed(const struct endpoint *e)
{
	return e->has_fin && ((e->has_jump && e->jump_seq == e->fin_seq) || e->is_fin_first_seen);
}

/* Is `state` after `event` certain, when the one before was (or was not)? A RST closes its sender whatever it was in. And
 * CLOSING means that the ACK of the FIN has not come: certain only where none had passed. */
static bool is_certain_after(const struct endpoint *e, const struct endpoint *peer, enum fsm_event event,
			     enum ws_state state, bool was_certain)
{
	bool is_proven = e->at[event].standing == PROVEN && !is_order_presumed(e, event);

	if (state == WS_TIME_WAIT && is_time_wait_certain(e))
		return true;
	if (state == WS_CLOSING && !e->is_ack_after_fin)
		return false;
	if (state == WS_FIN_WAIT_2 && is_first_fin_missed(peer))
		return false;
	return is_proven && (was_certain || event == FSM_SND_RST);
}

void path_derive(const struct pair *pair, unsigned who, struct path *out)
{
	const struct endpoint *e = &pair->side[who];
	struct plan plan = { .len = 0 };
	enum ws_state state;
	bool is_proven = is_start_certain(pair, who);

	out->start = start_of(e);
	out->len = 0;
	plan_open(&plan, e);
	plan_close(&plan, e);
	plan_end(&plan, e);
	if (!is_handshake_known(e))
		add_midstream(e, out, is_proven);
	state = path_state(out);
	for (unsigned i = 0; i < plan.len; i++) {
		enum ws_state next = fsm_next(state, plan.event[i]);

		is_proven = is_certain_after(e, &pair->side[!who], plan.event[i], next, is_proven);
		if (next == state) {
			/* A RST says it again, and for certain. */
			if (is_proven && out->len > 0 && plan.event[i] == FSM_SND_RST)
				out->step[out->len - 1].evidence = WS_PROVEN;
			continue;
		}
		state = next;
		if (!is_passed_within_segment(e, &plan, i))
			path_add(out, state, &e->at[plan.event[i]], evidence_of(plan.event[i], is_proven),
				 (enum ws_cause)plan.event[i]);
	}
}

enum ws_state path_state(const struct path *path)
{
	return path->len > 0 ? path->step[path->len - 1].state : path->start;
}

enum ws_state path_proven_state(const struct path *path)
{
	/* 2MSL needs no other witness than the time. */
	if (path->len > 1 && path->step[path->len - 1].evidence == WS_TIMER &&
	    path->step[path->len - 2].state == WS_TIME_WAIT && path->step[path->len - 2].evidence == WS_PROVEN)
		return WS_CLOSED;
	for (unsigned i = path->len; i > 0; i--)
		if (path->step[i - 1].evidence == WS_PROVEN)
			return path->step[i - 1].state;
	return path->start == WS_LISTEN ? WS_UNKNOWN : path->start;
}
