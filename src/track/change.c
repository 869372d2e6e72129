#include "track/connection.h"

#include <stdio.h>
#include <stdlib.h>

void change_event(struct context *context, struct ws_event *event)
{
	const struct ws_config *config = context->config;

	if (config->on_event && (config->events & WS_MASK(event->type)))
		config->on_event(config->user, event);
}

/* ---- States -------------------------------------------------------------------------------------------------- */

static unsigned common_steps(const struct told *told, const struct path *path)
{
	unsigned i = 0;

	while (i < told->len && i < path->len && told->state[i] == path->step[i].state)
		i++;
	return i;
}

static enum ws_state state_before(const struct path *path, unsigned i)
{
	return i > 0 ? path->step[i - 1].state : path->start;
}

/* Why a presumed state was taken back, as far as the moments tell. */
static const char *why_retracted(const struct endpoint *e, enum ws_state from)
{
	if (from == WS_CLOSED)
		return e->at[FSM_RCV_RST].standing == DENIED ? "goes-on-after-reset" : "goes-on";
	if (from == WS_CLOSE_WAIT && e->fin_order == OWN_FIN_FIRST)
		return "fin-does-not-cover-fin";
	if (e->at[FSM_RCV_ACK_OF_FIN].standing == DENIED && (from == WS_FIN_WAIT_2 || from == WS_TIME_WAIT))
		return "fin-repeated";
	if (e->at[FSM_RCV_SYN_ACK].standing == DENIED)
		return "syn-repeated";
	if (e->at[FSM_RCV_ACK_OF_SYN].standing == DENIED)
		return "syn-ack-repeated";
	if (e->at[FSM_RCV_SYN].standing == DENIED)
		return "syn-not-received";
	return "contradicted";
}

static void tell_retraction(struct context *context, struct ws_connection *c, unsigned who, const struct cause *cause,
			    enum ws_state to)
{
	struct told *told = &c->detail->told[who];
	enum ws_state from = (enum ws_state)told->state[told->len - 1];
	struct ws_event event = { .type = WS_EVENT_RETRACT,
				  .ts = cause->ts,
				  .frame = cause->frame,
				  .connection = c,
				  .side = connection_side(c, who),
				  .from = from,
				  .to = to,
				  .why = why_retracted(&c->detail->pair.side[who], from) };

	if (from != to)
		change_event(context, &event);
}

static void tell_step(struct context *context, struct ws_connection *c, unsigned who, const struct cause *cause,
		      const struct path *path, unsigned i)
{
	struct told *told = &c->detail->told[who];
	const struct ws_step *step = &path->step[i];
	struct ws_event event = { .type = WS_EVENT_STATE,
				  .ts = cause->ts,
				  .frame = cause->frame,
				  .connection = c,
				  .side = connection_side(c, who),
				  .from = state_before(path, i),
				  .to = step->state,
				  .evidence = step->evidence,
				  .flags = cause->flags };

	if (told->since != WS_TIME_NONE && cause->ts > told->since)
		event.held_ns = cause->ts - told->since;
	told->since = cause->ts;
	change_event(context, &event);
}

static void tell_proof(struct context *context, struct ws_connection *c, unsigned who, const struct cause *cause,
		       const struct path *path, unsigned i)
{
	struct ws_event event = { .type = WS_EVENT_PROOF,
				  .ts = cause->ts,
				  .frame = cause->frame,
				  .connection = c,
				  .side = connection_side(c, who),
				  .from = state_before(path, i),
				  .to = path->step[i].state,
				  .evidence = WS_PROVEN,
				  .flags = cause->flags };

	change_event(context, &event);
}

static void refresh_state(struct endpoint *e, const struct path *path)
{
	e->state = (uint8_t)path_state(path);
	e->proven = (uint8_t)path_proven_state(path);
	e->since = path->len > 0 ? path->step[path->len - 1].earliest : WS_TIME_NONE;
	e->is_dirty = false;
}

static void tell_side(struct context *context, struct ws_connection *c, unsigned who, const struct cause *cause)
{
	struct told *told = &c->detail->told[who];
	struct path path;
	unsigned common;

	if (!c->detail->pair.side[who].is_dirty)
		return;
	path_derive(&c->detail->pair, who, &path);
	refresh_state(&c->detail->pair.side[who], &path);
	c->state[who] = c->detail->pair.side[who].state;
	common = common_steps(told, &path);
	if (common < told->len) {
		tell_retraction(context, c, who, cause, state_before(&path, common));
		told->since = common > 0 ? path.step[common - 1].earliest : WS_TIME_NONE;
	}
	for (unsigned i = 0; i < common; i++)
		if (path.step[i].evidence == WS_PROVEN && !(told->proven & (1u << i)))
			tell_proof(context, c, who, cause, &path, i);
	for (unsigned i = common; i < path.len; i++)
		tell_step(context, c, who, cause, &path, i);
	told->len = path.len;
	told->proven = 0;
	for (unsigned i = 0; i < path.len; i++) {
		told->state[i] = (uint8_t)path.step[i].state;
		told->proven = (uint16_t)(told->proven | (path.step[i].evidence == WS_PROVEN) << i);
	}
}

void change_close(struct context *context, struct ws_connection *c, const struct cause *cause)
{
	struct ws_event event = { .type = WS_EVENT_CLOSE, .ts = cause->ts, .frame = cause->frame, .connection = c };

	if (ws_connection_is_open(c)) {
		c->closed_ts = WS_TIME_NONE;
		return;
	}
	if (c->closed_ts != WS_TIME_NONE)
		return;
	c->closed_ts = cause->ts;
	change_event(context, &event);
}

void change_tell(struct context *context, struct ws_connection *c, const struct cause *cause)
{
	tell_side(context, c, c->detail->pair.client, cause);
	tell_side(context, c, !c->detail->pair.client, cause);
}

/* ---- Findings ------------------------------------------------------------------------------------------------ */

#define VALUE_MAX 32

static const char *value_text(enum finding_unit unit, uint64_t value, char *out)
{
	static const char letters[] = "FSRPAUEC";
	size_t len = 0;

	switch (unit) {
	case UNIT_NONE:
		return NULL;
	case UNIT_NUMBER:
		snprintf(out, VALUE_MAX, "%llu", (unsigned long long)value);
		return out;
	case UNIT_NANOSECONDS:
		snprintf(out, VALUE_MAX, "%llu.%09llu s", (unsigned long long)(value / 1000000000),
			 (unsigned long long)(value % 1000000000));
		return out;
	case UNIT_ICMP:
		snprintf(out, VALUE_MAX, "type %u code %u", (unsigned)(value >> 8), (unsigned)(value & 0xFF));
		return out;
	case UNIT_FLAGS:
		for (unsigned bit = 0; bit < 8; bit++)
			if (value & (1u << bit))
				out[len++] = letters[bit];
		out[len] = '\0';
		return out;
	}
	return NULL;
}

#define FINDINGS_FIRST 4

static struct finding_list *grow(struct context *context, struct ws_connection *c, uint32_t size)
{
	struct extra *extra = connection_extra(c, context->heap);
	size_t before = connection_heap(c);
	uint32_t len = extra && extra->findings ? extra->findings->len : 0;
	struct finding_list *list;

	list = extra ? realloc(extra->findings, sizeof *list + size * sizeof list->count[0]) : NULL;
	if (!list) {
		context->totals->memory_failures++;
		return NULL;
	}
	list->len = len;
	list->size = size;
	extra->findings = list;
	if (context->heap)
		*context->heap += connection_heap(c) - before;
	return list;
}

/* With room for one more, or NULL. */
static struct finding_list *roomy(struct context *context, struct ws_connection *c)
{
	struct finding_list *list = connection_findings(c);

	if (!list)
		return grow(context, c, FINDINGS_FIRST);
	if (list->len < list->size)
		return list;
	return list->size == WS_FINDINGS_MAX ? NULL : grow(context, c, 2 * list->size);
}

/* The count of this finding; NULL when there is no memory or no room for another kind. */
static struct ws_finding_count *count_of(struct context *context, struct ws_connection *c, enum ws_finding_id id)
{
	struct finding_list *list = connection_findings(c);

	for (uint32_t i = 0; list && i < list->len; i++)
		if (list->count[i].id == id)
			return &list->count[i];
	list = roomy(context, c);
	if (!list)
		return NULL;
	list->count[list->len] = (struct ws_finding_count){ .id = id };
	return &list->count[list->len++];
}

_Static_assert(WS_FINDINGS_MAX % FINDINGS_FIRST == 0 &&
		       ((WS_FINDINGS_MAX / FINDINGS_FIRST) & (WS_FINDINGS_MAX / FINDINGS_FIRST - 1)) == 0,
	       "reached by doubling");

void change_finding(struct context *context, struct ws_connection *c, const struct cause *cause,
		    const struct finding *finding)
{
	const struct ws_finding_info *info = ws_finding_info(finding->id);
	struct ws_finding_count *sum = count_of(context, c, finding->id);
	char expected[VALUE_MAX];
	char seen[VALUE_MAX];
	struct ws_event event = { .type = WS_EVENT_FINDING,
				  .ts = cause->ts,
				  .frame = cause->frame,
				  .connection = c,
				  .flags = cause->flags,
				  .finding = finding->id,
				  .level = info->level };
	bool is_once = finding->side == WS_BOTH;

	/* What holds of the connection as a whole is said once. */
	if (sum && is_once && sum->count > 0 && finding->id != WS_FINDING_duplicate_frame)
		return;
	if (sum) {
		if (sum->count++ == 0)
			sum->first_frame = cause->frame;
		sum->last_frame = cause->frame;
		if (is_once && sum->count > 1)
			return;
	}
	event.side = is_once ? WS_BOTH : connection_side(c, (unsigned)finding->side);
	event.expected = finding->has_expected ? value_text(finding->unit, finding->expected, expected) : NULL;
	event.seen = value_text(finding->unit, finding->seen, seen);
	change_event(context, &event);
}
