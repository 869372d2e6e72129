/*
 * Watches a tracker through its events.
 */
#include "contract.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HOLDS(condition)                                                                               \
	do {                                                                                           \
		if (!(condition)) {                                                                    \
			fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #condition); \
			abort();                                                                       \
		}                                                                                      \
	} while (0)

/* What is known of a connection; it hangs on the connection's user pointer from OPEN to END. */
struct life {
	char uid[20];
	uint64_t frame; /* of the newest event, and how far the order of its segment has come */
	int rank;
	ws_time ts;
	/* By end, not by role: who is called client may change. */
	struct ws_addr addr;
	uint16_t port;
	bool is_same_end; /* it talks to itself: the ends cannot be told apart */
	enum ws_state state[2];
	bool has_state[2];
	bool was_open;
	bool is_closed;
};

/* ---- Records ---------------------------------------------------------------------------------------------------- */

static bool ends_in(const char *text, size_t size)
{
	return memchr(text, '\0', size) != NULL;
}

static void check_path(const struct ws_endpoint *e)
{
	HOLDS(e->path_len <= WS_PATH_MAX);
	for (size_t i = 0; i < e->path_len; i++) {
		const struct ws_step *step = &e->path[i];

		HOLDS(step->state < WS_STATE_COUNT && step->evidence <= WS_TIMER);
		HOLDS(step->earliest == WS_TIME_NONE || step->earliest <= step->latest);
		HOLDS(i == 0 || step->state != e->path[i - 1].state);
		HOLDS(i == 0 || step->earliest >= e->path[i - 1].earliest);
	}
	if (e->path_len > 0) {
		HOLDS(e->state == e->path[e->path_len - 1].state);
		HOLDS(e->since == e->path[e->path_len - 1].earliest);
	}
}

static void check_endpoint(const struct ws_endpoint *e)
{
	HOLDS(e->addr.family == 4 || e->addr.family == 6);
	HOLDS(e->state < WS_STATE_COUNT && e->proven < WS_STATE_COUNT);
	HOLDS(e->retransmitted <= e->packets);
	HOLDS(e->mss >= -1 && e->mss <= 65535 && e->wscale >= -1 && e->wscale <= 255);
	HOLDS((e->two_msl_since == WS_TIME_NONE) == (e->state != WS_TIME_WAIT));
	check_path(e);
}

static void check_findings(const struct ws_record *record)
{
	bool seen[WS_FINDING_COUNT] = { false };

	HOLDS(record->findings_len <= WS_FINDINGS_MAX);
	for (size_t i = 0; i < record->findings_len; i++) {
		const struct ws_finding_count *f = &record->findings[i];

		HOLDS(f->id < WS_FINDING_COUNT && f->count > 0);
		HOLDS(!seen[f->id]);
		seen[f->id] = true;
	}
}

void contract_check_record(const struct ws_record *record)
{
	HOLDS(ends_in(record->uid, sizeof record->uid) && record->uid[0] == 'C');
	HOLDS(ends_in(record->community_id, sizeof record->community_id) &&
	      strncmp(record->community_id, "1:", 2) == 0);
	HOLDS(ends_in(record->history, sizeof record->history));
	HOLDS(ends_in(record->conn_state, sizeof record->conn_state));
	HOLDS(record->role_source <= WS_ROLE_FIRST_PACKET && record->confidence <= WS_CONFIDENCE_LOW);
	HOLDS(record->handshake <= WS_HANDSHAKE_IRREGULAR && record->close <= WS_CLOSE_ABORTED);
	HOLDS(record->end_reason <= WS_END_OF_INPUT);
	HOLDS(!record->has_close_first || record->close_first <= WS_BOTH);
	HOLDS(record->start <= record->end);
	HOLDS(record->server_rtt_ns >= -1 && record->client_rtt_ns >= -1);
	HOLDS(record->tags < 1u << WS_TAG_COUNT);
	check_endpoint(&record->endpoint[WS_CLIENT]);
	check_endpoint(&record->endpoint[WS_SERVER]);
	check_findings(record);
}

/* ---- Events ----------------------------------------------------------------------------------------------------- */

static int rank_of(enum ws_event_type type)
{
	switch (type) {
	case WS_EVENT_OPEN:
		return 0;
	case WS_EVENT_SEGMENT:
		return 1;
	case WS_EVENT_STATE:
	case WS_EVENT_RETRACT:
	case WS_EVENT_PROOF:
		return 2;
	case WS_EVENT_FINDING:
		return 3;
	case WS_EVENT_CLOSE:
		return 4;
	case WS_EVENT_END:
	case WS_EVENT_HOST: /* not of one connection: never asked */
	case WS_EVENT_COUNT:
		break;
	}
	return 5;
}

static void check_order(struct life *life, const struct ws_event *event)
{
	int rank = rank_of(event->type);

	if (event->frame == 0 || event->frame != life->frame)
		life->rank = 0;
	HOLDS(rank >= life->rank);
	life->rank = event->frame == 0 ? 0 : rank;
	life->frame = event->frame;
}

/* Where a path starts is never told: no connection, in one of three words. */
static enum ws_state told(enum ws_state state)
{
	return state == WS_UNKNOWN || state == WS_LISTEN ? WS_CLOSED : state;
}

static unsigned end_of(const struct life *life, const struct ws_endpoint *e)
{
	return e->port != life->port || memcmp(&e->addr, &life->addr, sizeof e->addr) != 0;
}

static void check_state(struct life *life, const struct ws_event *event, const struct ws_record *record)
{
	unsigned end;

	HOLDS(event->side == WS_CLIENT || event->side == WS_SERVER);
	HOLDS(event->from < WS_STATE_COUNT && event->to < WS_STATE_COUNT && event->from != event->to);
	HOLDS(event->held_ns >= 0);
	HOLDS((event->why != NULL) == (event->type == WS_EVENT_RETRACT));
	if (life->is_same_end)
		return;
	end = end_of(life, &record->endpoint[event->side]);
	HOLDS(!life->has_state[end] || told(event->from) == told(life->state[end]));
	life->state[end] = event->to;
	life->has_state[end] = true;
}

/* CLOSE comes when the last side that was open is closed, and not before; never END without it. */
static void check_close(struct life *life, const struct ws_event *event)
{
	bool is_open = ws_connection_is_open(event->connection);

	life->was_open |= is_open;
	if (is_open)
		life->is_closed = false;
	if (event->type == WS_EVENT_CLOSE) {
		HOLDS(!is_open && !life->is_closed);
		life->is_closed = true;
	}
	if (event->type == WS_EVENT_END)
		HOLDS(is_open || !life->was_open || life->is_closed);
}

static struct life *life_of(struct contract *contract, const struct ws_event *event, const struct ws_record *record)
{
	struct life *life = ws_connection_user(event->connection);
	const struct ws_endpoint *e = record->endpoint;

	if (event->type == WS_EVENT_OPEN) {
		HOLDS(life == NULL);
		life = calloc(1, sizeof *life);
		HOLDS(life != NULL);
		memcpy(life->uid, record->uid, sizeof life->uid);
		life->ts = event->ts;
		life->addr = e[0].addr;
		life->port = e[0].port;
		life->is_same_end = end_of(life, &e[1]) == 0;
		ws_connection_set_user(event->connection, life);
		contract->opened++;
	}
	HOLDS(life != NULL);
	HOLDS(memcmp(record->uid, life->uid, sizeof life->uid) == 0);
	return life;
}

static void end_life(struct contract *contract, const struct ws_event *event, struct life *life,
		     const struct ws_record *record)
{
	for (unsigned i = 0; i < 2; i++) {
		const struct ws_endpoint *e = &record->endpoint[i];
		unsigned end = end_of(life, e);

		contract->packets += e->packets + e->duplicates;
		if (!life->is_same_end && life->has_state[end])
			HOLDS(told(e->state) == told(life->state[end]));
	}
	contract->ended++;
	ws_connection_set_user(event->connection, NULL);
	free(life);
}

static void check_values(const struct ws_event *event)
{
	if (event->type == WS_EVENT_SEGMENT) {
		HOLDS(event->segment != NULL && event->segment->sack_len <= 4);
		HOLDS(event->segment->from == WS_CLIENT || event->segment->from == WS_SERVER);
	}
	if (event->type == WS_EVENT_FINDING) {
		HOLDS(event->finding < WS_FINDING_COUNT && event->level < WS_LEVEL_COUNT);
		HOLDS(event->side <= WS_BOTH);
		HOLDS(event->expected == NULL || strlen(event->expected) < 64);
		HOLDS(event->seen == NULL || strlen(event->seen) < 64);
	}
}

/* A SYN that was set aside may be told of later than it came: then its connection begins with it. */
static void check_time(const struct contract *contract, struct life *life, const struct ws_event *event,
		       const struct ws_record *record)
{
	HOLDS(event->ts >= record->start);
	HOLDS(event->ts <= ws_tracker_now(contract->tracker));
	/* A timer may find out that it was due before the newest segment told of the state; a finding may have waited for a
	 * witness. */
	if (event->frame > 0 && event->type != WS_EVENT_FINDING) {
		HOLDS(event->ts >= life->ts);
		life->ts = event->ts;
	}
}

static void check_event(struct contract *contract, const struct ws_event *event)
{
	struct ws_record record;
	struct life *life;

	HOLDS(event->type < WS_EVENT_COUNT);
	if (event->type == WS_EVENT_HOST) {
		HOLDS(event->connection == NULL && event->host != NULL && event->finding < WS_FINDING_COUNT);
		contract->events++;
		return;
	}
	HOLDS(event->connection != NULL);
	ws_connection_record(event->connection, &record);
	contract_check_record(&record);
	life = life_of(contract, event, &record);
	check_values(event);
	check_order(life, event);
	check_close(life, event);
	check_time(contract, life, event, &record);
	if (event->type == WS_EVENT_STATE || event->type == WS_EVENT_RETRACT)
		check_state(life, event, &record);
	contract->events++;
	contract->segments += event->type == WS_EVENT_SEGMENT;
	if (event->type == WS_EVENT_END)
		end_life(contract, event, life, &record);
}

static void take_event(void *user, const struct ws_event *event)
{
	struct contract *contract = user;

	check_event(contract, event);
	if (contract->on_event)
		contract->on_event(contract->user, event);
}

/* ---- The whole -------------------------------------------------------------------------------------------------- */

void contract_listen(struct contract *contract, struct ws_config *config)
{
	*contract = (struct contract){ .max_connections = config->max_connections,
				       .on_event = config->on_event,
				       .user = config->user };
	config->on_event = take_event;
	config->user = contract;
	config->events = CONTRACT_EVENTS;
}

void contract_begin(struct contract *contract, const struct ws_config *config)
{
	struct ws_config own = config ? *config : (struct ws_config){ .max_connections = 0 };

	contract_listen(contract, &own);
	contract->tracker = ws_tracker_new(&own);
}

struct count {
	size_t len;
	uint64_t number;
};

static int count_one(void *user, ws_connection *connection)
{
	struct count *count = user;
	struct ws_record record;

	HOLDS(ws_connection_number(connection) > count->number);
	count->number = ws_connection_number(connection);
	count->len++;
	ws_connection_record(connection, &record);
	contract_check_record(&record);
	return 0;
}

void contract_check(const struct contract *contract)
{
	struct count count = { .len = 0 };

	HOLDS(ws_tracker_each(contract->tracker, count_one, &count) == WS_OK);
	HOLDS(contract->max_connections == 0 || count.len <= contract->max_connections);
	HOLDS(count.len == contract->opened - contract->ended);
}

static int check_listener(void *user, const struct ws_listener *listener)
{
	(void)user;
	HOLDS(listener->addr.family == 4 || listener->addr.family == 6);
	HOLDS(listener->state < WS_PORT_STATE_COUNT && listener->first_seen <= listener->last_seen);
	HOLDS(listener->state != WS_PORT_REFUSING || listener->refused > 0);
	HOLDS(listener->state != WS_PORT_SILENT || listener->unanswered > 0);
	return 0;
}

static void check_totals(const struct contract *contract, const struct ws_totals *totals)
{
	uint64_t told_of = totals->segments;

	for (size_t i = 0; i < WS_UNDECODED_COUNT; i++)
		told_of += totals->undecoded[i];
	HOLDS(told_of == totals->packets);
	HOLDS(totals->truncated <= totals->packets && totals->backward <= totals->packets);
	HOLDS(totals->evicted <= totals->connections && totals->one_way <= totals->connections);
	HOLDS(contract->segments == totals->segments);
	HOLDS(contract->packets == totals->segments);
	HOLDS(contract->opened == totals->connections && contract->ended == totals->connections);
}

void contract_end(struct contract *contract)
{
	struct ws_totals totals;
	int result;

	ws_tracker_finish(contract->tracker);
	ws_tracker_totals(contract->tracker, &totals);
	check_totals(contract, &totals);
	result = ws_tracker_listeners(contract->tracker, check_listener, NULL);
	HOLDS(result == WS_OK);
	ws_tracker_free(contract->tracker);
}
