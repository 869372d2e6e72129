#include "tcp/endpoint.h"

#include <string.h>

void endpoint_init(struct endpoint *e)
{
	memset(e, 0, sizeof *e);
	e->mss = -1;
	e->wscale = -1;
	e->rtt_ns = -1;
	e->since = WS_TIME_NONE;
	e->syn_ts = WS_TIME_NONE;
	e->last_ts = WS_TIME_NONE;
	e->uncovered_ts = WS_TIME_NONE;
	e->time_wait_ts = WS_TIME_NONE;
	e->time_wait_first_ts = WS_TIME_NONE;
}

static void moment_set(struct endpoint *e, enum fsm_event event, const struct segment *s, enum standing standing)
{
	struct moment *m = &e->at[event];

	e->is_dirty = true;
	m->earliest = s->ts;
	m->latest = s->ts;
	m->frame = (uint32_t)s->frame;
	m->frame_latest = (uint32_t)s->frame;
	m->flags = s->flags;
	m->standing = (uint8_t)standing;
}

void endpoint_prove(struct endpoint *e, enum fsm_event event, const struct segment *s)
{
	if (e->at[event].standing != PROVEN)
		moment_set(e, event, s, PROVEN);
}

void endpoint_pend(struct endpoint *e, enum fsm_event event, const struct segment *s)
{
	if (e->at[event].standing < PENDING) {
		moment_set(e, event, s, PENDING);
	} else if (e->at[event].standing == PENDING) {
		e->at[event].latest = s->ts;
		e->at[event].frame_latest = (uint32_t)s->frame;
	}
}

void endpoint_confirm(struct endpoint *e, enum fsm_event event, const struct segment *s)
{
	struct moment *m = &e->at[event];

	if (m->standing == PROVEN)
		return;
	/* What was denied did happen after all: its first moment still tells when at the earliest. */
	if (m->standing == NEVER || m->earliest == WS_TIME_NONE)
		moment_set(e, event, s, PROVEN);
	m->standing = PROVEN;
	m->latest = s->ts;
	e->is_dirty = true;
}

void endpoint_forget(struct endpoint *e, enum fsm_event event)
{
	struct moment *m = &e->at[event];

	if (m->standing == NEVER)
		m->earliest = WS_TIME_NONE;
	m->standing = DENIED;
	if (m->denials < UINT8_MAX)
		m->denials++;
	e->is_dirty = true;
}

void endpoint_deny_until(struct endpoint *e, enum fsm_event event, ws_time since)
{
	struct moment *m = &e->at[event];

	if (m->standing != PENDING || m->earliest > since)
		return;
	if (m->latest <= since) {
		endpoint_forget(e, event);
		return;
	}
	m->earliest = m->latest;
	m->frame = m->frame_latest;
	e->is_dirty = true;
}

bool endpoint_deny(struct endpoint *e, enum fsm_event event)
{
	if (e->at[event].standing != PENDING)
		return false;
	endpoint_forget(e, event);
	return true;
}

void endpoint_start(struct endpoint *e, uint32_t seq)
{
	e->has_seq = true;
	e->first_seq = seq;
	e->snd_max = seq;
	e->edge = seq;
	e->ahead_len = 0;
}

/* Moves the edge over every stretch it has reached. */
static void swallow_stretches(struct endpoint *e)
{
	for (unsigned i = 0; i < e->ahead_len;) {
		if (seq_gt(e->ahead[i].start, e->edge)) {
			i++;
			continue;
		}
		e->edge = seq_max(e->edge, e->ahead[i].end);
		e->ahead[i] = e->ahead[--e->ahead_len];
		i = 0;
	}
}

static bool touches(const struct stretch *a, uint32_t seq, uint32_t end)
{
	return seq_leq(seq, a->end) && seq_geq(end, a->start);
}

/* With no room left the nearest stretch is forgotten: its bytes will look new again, which costs a count, not a state. */
static void keep_stretch(struct endpoint *e, uint32_t seq, uint32_t end, ws_time ts)
{
	if (e->ahead_len == 0)
		e->hole_ts = ts;
	for (unsigned i = 0; i < e->ahead_len;) {
		if (!touches(&e->ahead[i], seq, end)) {
			i++;
			continue;
		}
		seq = seq_lt(e->ahead[i].start, seq) ? e->ahead[i].start : seq;
		end = seq_max(end, e->ahead[i].end);
		e->ahead[i] = e->ahead[--e->ahead_len];
		i = 0;
	}
	if (e->ahead_len == HOLES_MAX)
		e->ahead_len--;
	e->ahead[e->ahead_len++] = (struct stretch){ seq, end };
}

static bool is_known(const struct endpoint *e, uint32_t seq, uint32_t end)
{
	if (seq_leq(end, e->edge))
		return true;
	for (unsigned i = 0; i < e->ahead_len; i++)
		if (seq_geq(seq, e->ahead[i].start) && seq_leq(end, e->ahead[i].end))
			return true;
	return false;
}

void endpoint_reach(struct endpoint *e, uint32_t ack)
{
	if (!e->has_seq || seq_leq(ack, e->edge))
		return;
	e->edge = ack;
	if (seq_gt(ack, e->snd_max)) {
		e->bytes += (uint32_t)seq_diff(ack, e->snd_max);
		e->snd_max = ack;
	}
	swallow_stretches(e);
}

enum novelty endpoint_take(struct endpoint *e, uint32_t seq, uint32_t end, ws_time ts)
{
	enum novelty novelty = NOVEL_NEW;

	/* A bare segment beyond the last byte shows that something before it was sent. */
	if (seq == end) {
		e->snd_max = seq_max(e->snd_max, end);
		return NOVEL_NOTHING;
	}
	if (is_known(e, seq, end))
		return NOVEL_REPEATED;
	if (seq_leq(end, e->snd_max))
		novelty = NOVEL_FILLS_HOLE;
	e->snd_max = seq_max(e->snd_max, end);
	if (seq_gt(seq, e->edge)) {
		keep_stretch(e, seq, end, ts);
	} else {
		e->edge = seq_max(e->edge, end);
		e->edge_ts = ts;
		swallow_stretches(e);
	}
	return novelty;
}
