#include "track/connection.h"

#include "base/clock.h"
#include "track/course.h"
#include "track/openings.h"
#include "track/wrapping.h"

#define DAY (86400 * NS_PER_SEC)
#define NO_FINDING WS_FINDING_COUNT

/* How long a side may stay in a state: until a finding is due (counted from when it entered), and until its stack gives
 * up when nothing passes any more. Linux's own limits by default settings: SYN after 6 repeats, SYN-ACK after 5, orphans
 * after about 100 s; ESTABLISHED as long as conntrack keeps it. FIN-WAIT-2 ends after tcp_fin_timeout only where the
 * application has let go of the socket; where it has closed its own half it stays, and a tap cannot tell the two apart:
 * shown is the one that explains the CLOSE-WAIT at the other end. In ESTABLISHED the finding is due after so much silence,
 * and only in the full audit. */
static const struct limit {
	enum ws_finding_id finding;
	int64_t linger;
	int64_t idle;
} limits[WS_STATE_COUNT] = {
	[WS_UNKNOWN] = { NO_FINDING, 0, 0 },
	[WS_CLOSED] = { NO_FINDING, 0, 0 },
	[WS_LISTEN] = { NO_FINDING, 0, 0 },
	[WS_SYN_SENT] = { NO_FINDING, 0, 130 * NS_PER_SEC },
	[WS_SYN_RECEIVED] = { WS_FINDING_half_open_handshake, 75 * NS_PER_SEC, 80 * NS_PER_SEC },
	[WS_ESTABLISHED] = { WS_FINDING_established_idle, 300 * NS_PER_SEC, 5 * DAY },
	[WS_FIN_WAIT_1] = { WS_FINDING_fin_wait1_lingering, 100 * NS_PER_SEC, 120 * NS_PER_SEC },
	[WS_FIN_WAIT_2] = { WS_FINDING_fin_wait2_lingering, 60 * NS_PER_SEC, 5 * DAY },
	[WS_CLOSING] = { WS_FINDING_closing_lingering, 100 * NS_PER_SEC, 120 * NS_PER_SEC },
	[WS_TIME_WAIT] = { NO_FINDING, 0, 0 },
	[WS_CLOSE_WAIT] = { WS_FINDING_close_wait_lingering, 60 * NS_PER_SEC, 5 * DAY },
	[WS_LAST_ACK] = { WS_FINDING_last_ack_lingering, 100 * NS_PER_SEC, 120 * NS_PER_SEC },
};

static int64_t time_wait_of(const struct context *context)
{
	return context->config->time_wait_ns;
}

static ws_time entered(const struct ws_connection *c, unsigned who)
{
	ws_time since = c->detail->pair.side[who].since;

	return since != WS_TIME_NONE ? since : c->start;
}

/* When the side in `state` is given up: 2MSL after TIME-WAIT began or was restarted, else after silence. */
static ws_time give_up_at(const struct context *context, const struct ws_connection *c, unsigned who)
{
	const struct endpoint *e = &c->detail->pair.side[who];
	ws_time from = entered(c, who);

	if (e->state == WS_TIME_WAIT) {
		if (e->time_wait_ts != WS_TIME_NONE && e->time_wait_ts > from)
			from = e->time_wait_ts;
		return from + time_wait_of(context);
	}
	return limits[e->state].idle ? c->end + limits[e->state].idle : INT64_MAX;
}

static bool was_told(const struct ws_connection *c, unsigned who, enum ws_state state)
{
	return (c->lingering_told[who] & (1u << state)) != 0;
}

/* Has the capture missed the end of what this side has sent? */
static bool is_end_missing(const struct endpoint *e, const struct endpoint *peer)
{
	return e->packets == 0 || peer->deferred.is_set || e->has_jump || infer_is_end_missing(e);
}

/* That nothing has ended a state is worth a word only where the capture would show what ends it. */
static bool would_show_end(const struct ws_connection *c, unsigned who)
{
	const struct pair *pair = &c->detail->pair;
	const struct endpoint *e = &pair->side[who];

	if (is_end_missing(&pair->side[0], &pair->side[1]) || is_end_missing(&pair->side[1], &pair->side[0]))
		return false;
	return !pair->is_midstream || e->state == e->proven;
}

/* Of silence both sides are one: it is told of the client. */
static bool is_idle_told(const struct context *context, const struct ws_connection *c, unsigned who)
{
	return context->config->full_audit && who == c->detail->pair.client &&
	       c->detail->pair.side[!who].state == WS_ESTABLISHED;
}

static ws_time finding_at(const struct context *context, const struct ws_connection *c, unsigned who)
{
	const struct endpoint *e = &c->detail->pair.side[who];
	enum ws_state state = (enum ws_state)e->state;

	if (was_told(c, who, state) || (state == WS_SYN_RECEIVED && !e->saw_syn_ack) || !would_show_end(c, who))
		return INT64_MAX;
	/* Whoever lacks the ACK of its FIN repeats it; else it is the capture that lacks it. */
	if (state == WS_FIN_WAIT_1 && e->fin_copies < 2)
		return INT64_MAX;
	if (state == WS_ESTABLISHED)
		return is_idle_told(context, c, who) ? c->end + limits[state].linger : INT64_MAX;
	/* It should be over 2MSL after it began; that it is not means that it was restarted. */
	if (state == WS_TIME_WAIT)
		return e->time_wait_ts > e->time_wait_first_ts ? e->time_wait_first_ts + time_wait_of(context)
							       : INT64_MAX;
	return limits[state].finding == NO_FINDING ? INT64_MAX : entered(c, who) + limits[state].linger;
}

static ws_time earlier(ws_time a, ws_time b)
{
	return a < b ? a : b;
}

ws_time connection_deadline(const struct context *context, const struct ws_connection *c)
{
	ws_time deadline = INT64_MAX;

	if (c->closed_ts != WS_TIME_NONE)
		return c->closed_ts + time_wait_of(context);
	for (unsigned i = 0; i < 2; i++) {
		deadline = earlier(deadline, give_up_at(context, c, i));
		deadline = earlier(deadline, finding_at(context, c, i));
	}
	return deadline;
}

/* What connection_deadline comes to at each stage, counted from when the other side (of the opener, or closer) came to be in
 * its state; while both are ESTABLISHED from the newest segment on. */
static int64_t course_delay(const struct context *context, enum course_stage stage)
{
	switch (stage) {
	case COURSE_SYN:
		return limits[WS_SYN_RECEIVED].idle;
	case COURSE_SYN_ACK:
		return limits[WS_SYN_RECEIVED].linger;
	case COURSE_FIN:
	case COURSE_FIN_ACKED:
		return limits[WS_CLOSE_WAIT].linger;
	case COURSE_FINS:
		return earlier(time_wait_of(context), limits[WS_LAST_ACK].linger);
	case COURSE_DONE:
		return time_wait_of(context);
	case COURSE_ACK:
	case COURSE_OPEN:
	case COURSE_STAGES:
		break;
	}
	return limits[WS_ESTABLISHED].idle;
}

ws_time connection_course_deadline(const struct context *context, const struct ws_connection *c)
{
	const struct course *course = c->course;
	unsigned other = !(course->stage >= COURSE_FIN ? course->closer : course->opener);
	bool is_open = course->stage == COURSE_ACK || course->stage == COURSE_OPEN;

	return (is_open ? c->end : course->since[other]) + course_delay(context, (enum course_stage)course->stage);
}

static ws_time lingers_since(const struct ws_connection *c, unsigned who)
{
	const struct endpoint *e = &c->detail->pair.side[who];

	if (e->state == WS_ESTABLISHED)
		return c->end;
	return e->state == WS_TIME_WAIT ? e->time_wait_first_ts : entered(c, who);
}

static void raise_lingering(struct context *context, struct ws_connection *c, unsigned who, ws_time now)
{
	enum ws_state state = (enum ws_state)c->detail->pair.side[who].state;
	ws_time due = finding_at(context, c, who);
	struct finding finding = { .id = limits[state].finding,
				   .side = (enum ws_side)who,
				   .unit = UNIT_NANOSECONDS,
				   .has_expected = true,
				   .expected = (uint64_t)limits[state].linger };

	if (due > now)
		return;
	c->lingering_told[who] = (uint16_t)(c->lingering_told[who] | 1u << state);
	if (state == WS_TIME_WAIT) {
		finding.id = WS_FINDING_time_wait_lingering;
		finding.expected = (uint64_t)time_wait_of(context);
	}
	if (state == WS_SYN_RECEIVED || state == WS_ESTABLISHED)
		finding.side = WS_BOTH;
	finding.seen = (uint64_t)(due - lingers_since(c, who));
	change_finding(context, c, &(struct cause){ due, 0, 0 }, &finding);
}

/* A timer ends a side without a segment. A peer that never showed itself goes with it. */
static void give_up(struct context *context, struct ws_connection *c, unsigned who, ws_time now)
{
	ws_time due = give_up_at(context, c, who);
	struct endpoint *e = &c->detail->pair.side[who];
	bool is_time_wait = e->state == WS_TIME_WAIT;

	if (due > now)
		return;
	e->at[FSM_TIMEOUT] = (struct moment){ .earliest = due, .latest = due, .standing = PENDING };
	if (c->detail->pair.side[!who].state == WS_LISTEN)
		c->detail->pair.side[!who].at[FSM_TIMEOUT] = e->at[FSM_TIMEOUT];
	e->is_dirty = true;
	c->detail->pair.side[!who].is_dirty = true;
	change_tell(context, c, &(struct cause){ due, 0, 0 });
	change_close(context, c, &(struct cause){ due, 0, 0 });
	if (c->closed_ts != WS_TIME_NONE)
		c->end_reason = is_time_wait ? WS_END_CLOSED : WS_END_TIMEOUT;
}

bool connection_expire(struct context *context, struct ws_connection *c, ws_time now)
{
	if (c->closed_ts != WS_TIME_NONE)
		return c->closed_ts + time_wait_of(context) <= now;
	for (unsigned i = 0; i < 2; i++)
		raise_lingering(context, c, i, now);
	for (unsigned i = 0; i < 2; i++)
		if (c->closed_ts == WS_TIME_NONE)
			give_up(context, c, i, now);
	/* Whoever was in TIME-WAIT has served as its own tombstone; who timed out, by its silence. */
	return c->closed_ts != WS_TIME_NONE;
}

/* A SYN-ACK that nobody acknowledged until the end, and that had the time to be. */
static void raise_half_open(struct context *context, struct ws_connection *c, const struct cause *cause)
{
	for (unsigned i = 0; i < 2; i++) {
		const struct endpoint *e = &c->detail->pair.side[i];
		struct finding finding = { WS_FINDING_half_open_handshake, WS_BOTH, UNIT_NANOSECONDS, false, 0, 0 };

		if (e->state != WS_SYN_RECEIVED || !e->saw_syn_ack || cause->ts - e->syn_ts < NS_PER_SEC ||
		    !would_show_end(c, i))
			continue;
		finding.seen = (uint64_t)(cause->ts - e->syn_ts);
		change_finding(context, c, cause, &finding);
	}
}

/* What only the end can tell. */
static void raise_at_end(struct context *context, struct ws_connection *c, const struct cause *cause)
{
	struct audit_input input = {
		.pair = &c->detail->pair, .before = &c->detail->pair, .memory = connection_memory(c), .tags = c->tags
	};
	struct audit audit;

	audit_end(&input, context->now, &audit);
	for (unsigned i = 0; i < audit.len; i++)
		change_finding(context, c, cause, &audit.finding[i]);
}

static void count_tags(struct ws_totals *totals, uint32_t tags)
{
	for (unsigned bit = 0; bit < WS_TAG_COUNT; bit++)
		totals->tagged[bit] += tags >> bit & 1;
}

static void tag_asymmetric(struct context *context, struct ws_connection *c)
{
	if (wrapping_is_asymmetric(connection_wrapping(c)))
		c->tags |= WS_TAG_VLAN_ASYMMETRIC;
	context->totals->vlan_asymmetric += (c->tags & WS_TAG_VLAN_ASYMMETRIC) != 0;
}

static void note_end(struct ws_connection *c, enum ws_end_reason reason)
{
	c->is_ended = true;
	if (c->end_reason == WS_END_OPEN && reason != WS_END_OF_INPUT)
		c->end_reason = (uint8_t)reason;
}

void connection_end_course(struct context *context, struct ws_connection *c, enum ws_end_reason reason)
{
	struct ws_event event = { .type = WS_EVENT_END, .ts = context->now, .connection = c };

	if (c->is_ended)
		return;
	tag_asymmetric(context, c);
	count_tags(context->totals, c->tags);
	note_end(c, reason);
	change_event(context, &event);
}

void connection_end(struct context *context, struct ws_connection *c, enum ws_end_reason reason)
{
	struct cause cause = { context->now, 0, 0 };
	struct ws_event event = { .type = WS_EVENT_END, .ts = context->now, .connection = c };

	if (c->is_ended)
		return;
	tag_asymmetric(context, c);
	raise_half_open(context, c, &cause);
	raise_at_end(context, c, &cause);
	openings_missing(context, c, &cause);
	if (verdict_is_one_way(&c->detail->pair)) {
		context->totals->one_way++;
		change_finding(context, c, &cause,
			       &(struct finding){ WS_FINDING_one_way_traffic, WS_BOTH, UNIT_NUMBER, true, 1, 0 });
	}
	count_tags(context->totals, connection_tags(c));
	note_end(c, reason);
	change_event(context, &event);
}
