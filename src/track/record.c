/*
 * A connection as the outside sees it: the record, made when it is asked for.
 */
#include <string.h>

#include "track/bench.h"
#include "track/course.h"
#include "track/identity.h"
#include "track/wrapping.h"

static void fill_path(const struct ws_connection *c, unsigned who, struct ws_endpoint *out)
{
	struct path path;

	path_derive(&c->detail->pair, who, &path);
	out->state = path_state(&path);
	out->proven = path_proven_state(&path);
	out->since = path.len > 0 ? path.step[path.len - 1].earliest : WS_TIME_NONE;
	out->path_len = path.len;
	memcpy(out->path, path.step, path.len * sizeof path.step[0]);
}

/* An acknowledgement may have passed of what was not captured. */
static int64_t outstanding(const struct endpoint *e, const struct endpoint *peer)
{
	if (!e->has_seq || !peer->has_ack)
		return -1;
	return seq_gt(e->snd_max, peer->ack_max) ? seq_diff(e->snd_max, peer->ack_max) : 0;
}

static int64_t outstanding_bytes(const struct endpoint *e, const struct endpoint *peer)
{
	int64_t all = outstanding(e, peer);

	if (all <= 0)
		return all;
	all -= e->has_fin && seq_gt(e->snd_max, e->fin_seq) && seq_leq(peer->ack_max, e->fin_seq);
	all -= e->saw_syn && endpoint_is_below(e, peer->ack_max, e->iss + 1);
	return all > 0 ? all : 0;
}

/* From when 2MSL counts, in TIME-WAIT. */
static ws_time two_msl_since(const struct endpoint *e, const struct ws_endpoint *side)
{
	if (side->state != WS_TIME_WAIT)
		return WS_TIME_NONE;
	return e->time_wait_ts != WS_TIME_NONE && e->time_wait_ts > side->since ? e->time_wait_ts : side->since;
}

static void fill_endpoint(const struct ws_connection *c, unsigned who, struct ws_endpoint *out)
{
	const struct endpoint *e = &c->detail->pair.side[who];

	*out = (struct ws_endpoint){ .addr = flow_addr(&c->key, who),
				     .port = c->key.port[who],
				     .packets = e->packets,
				     .bytes = e->bytes,
				     .ip_bytes = e->ip_bytes,
				     .retransmitted = e->retransmitted,
				     .duplicates = e->duplicates,
				     .outstanding = outstanding(e, &c->detail->pair.side[!who]),
				     .outstanding_bytes = outstanding_bytes(e, &c->detail->pair.side[!who]),
				     .has_isn = e->has_iss,
				     .isn = e->iss,
				     .mss = e->mss,
				     .wscale = e->wscale,
				     .saw_syn = e->saw_syn && !e->are_options_cut,
				     .sack = e->sack_permitted,
				     .timestamps = e->offers_timestamps };
	fill_path(c, who, out);
	out->two_msl_since = two_msl_since(e, out);
}

uint32_t connection_tags(const struct ws_connection *c)
{
	uint32_t tags = c->tags;

	tags |= verdict_is_one_way(&c->detail->pair) ? (uint32_t)WS_TAG_ONE_WAY : 0u;
	tags |= verdict_lacks_syn(&c->detail->pair) ? (uint32_t)WS_TAG_SYN_MISSING : 0u;
	tags |= wrapping_is_asymmetric(connection_wrapping(c)) ? (uint32_t)WS_TAG_VLAN_ASYMMETRIC : 0u;
	return tags;
}

static enum ws_confidence confidence_of(const struct ws_record *record)
{
	const uint32_t lacking = WS_TAG_ONE_WAY | WS_TAG_GAPS | WS_TAG_SYN_MISSING;

	switch (record->role_source) {
	case WS_ROLE_SYN:
	case WS_ROLE_SYN_ACK:
		return record->tags & lacking ? WS_CONFIDENCE_MEDIUM : WS_CONFIDENCE_HIGH;
	case WS_ROLE_ACK_PATTERN:
	case WS_ROLE_PORT:
		return WS_CONFIDENCE_MEDIUM;
	case WS_ROLE_FIRST_PACKET:
		break;
	}
	return WS_CONFIDENCE_LOW;
}

static void fill_verdicts(const struct ws_connection *c, struct ws_record *out)
{
	const struct pair *pair = &c->detail->pair;
	const struct endpoint *client = &pair->side[pair->client];
	const struct endpoint *server = &pair->side[!pair->client];
	unsigned reset_by = verdict_reset_by(pair);
	unsigned first = 0;

	out->handshake = verdict_handshake(pair);
	out->server_rtt_ns = client->saw_bare_syn && server->saw_syn_ack ? server->rtt_ns : -1;
	out->client_rtt_ns = server->saw_syn_ack ? client->rtt_ns : -1;
	out->syns = pair->syns;
	out->syn_acks = pair->syn_acks;
	out->close = verdict_close(pair, &out->has_close_first, &first);
	out->close_first = connection_side(c, first);
	out->has_reset_by = reset_by < 2;
	out->reset_by = connection_side(c, reset_by);
	zeek_history(&c->detail->zeek, out->history);
	strncpy(out->conn_state, zeek_conn_state(&c->detail->zeek), sizeof out->conn_state - 1);
}

static enum ws_end_reason end_reason_of(const struct ws_connection *c)
{
	if (c->end_reason != WS_END_OPEN)
		return (enum ws_end_reason)c->end_reason;
	return ws_connection_is_open(c) ? WS_END_OPEN : WS_END_CLOSED;
}

static void fill_findings(const struct ws_connection *c, struct ws_record *out)
{
	const struct finding_list *list = connection_findings(c);

	out->findings_len = list ? list->len : 0;
	if (list)
		memcpy(out->findings, list->count, list->len * sizeof out->findings[0]);
}

void ws_connection_outline(const ws_connection *connection, struct ws_record *out)
{
	struct ws_connection copy;
	struct detail room;
	const struct ws_connection *c = &copy;

	bench_look(connection, &copy, &room);
	memset(out, 0, sizeof *out);
	out->role_source = (enum ws_role_source)c->role_source;
	fill_endpoint(c, c->detail->pair.client, &out->endpoint[WS_CLIENT]);
	fill_endpoint(c, !c->detail->pair.client, &out->endpoint[WS_SERVER]);
	out->start = c->start;
	out->end = c->end;
	out->first_frame = c->first_frame;
	out->last_frame = c->last_frame;
	out->file = c->file;
	fill_verdicts(c, out);
	fill_findings(c, out);
	out->end_reason = end_reason_of(c);
	/* At the end of the input an open connection stays open: a longer capture would tell more of it. */
	out->final = c->is_ended && out->end_reason != WS_END_OPEN;
	out->tags = connection_tags(c);
	out->confidence = confidence_of(out);
	wrapping_outer(connection_wrapping(c), c->detail->pair.client, &out->outer[WS_CLIENT]);
	wrapping_outer(connection_wrapping(c), !c->detail->pair.client, &out->outer[WS_SERVER]);
}

static void glance_course(const struct ws_connection *c, unsigned who, struct ws_endpoint *out)
{
	const struct course *course = c->course;

	out->state = course_state(course, who);
	out->proven = course_proven(course, who);
	out->since = course->since[who];
	out->two_msl_since = WS_TIME_NONE;
	if (out->state == WS_TIME_WAIT)
		out->two_msl_since = course->stage == COURSE_DONE ? c->end : out->since;
	course_amounts(course, who, &out->packets, &out->bytes);
}

/* While its moments have changed and the path has not, the state is not the one that was kept. */
static void glance_detail(const struct ws_connection *c, unsigned who, struct ws_endpoint *out)
{
	const struct endpoint *e = &c->detail->pair.side[who];

	out->packets = e->packets;
	out->bytes = e->bytes;
	if (e->is_dirty) {
		fill_path(c, who, out);
	} else {
		out->state = (enum ws_state)e->state;
		out->proven = (enum ws_state)e->proven;
		out->since = e->since;
	}
	out->two_msl_since = two_msl_since(e, out);
}

void ws_connection_glance(const ws_connection *connection, struct ws_record *out)
{
	const struct ws_connection *c = connection;
	unsigned client;

	if (!c->course && !c->detail) {
		ws_connection_outline(c, out);
		return;
	}
	client = c->course ? c->course->opener : c->detail->pair.client;
	out->uid[0] = '\0';
	out->community_id[0] = '\0';
	for (unsigned i = 0; i < 2; i++) {
		struct ws_endpoint *side = &out->endpoint[i == client ? WS_CLIENT : WS_SERVER];

		side->addr = flow_addr(&c->key, i);
		side->port = c->key.port[i];
		if (c->course)
			glance_course(c, i, side);
		else
			glance_detail(c, i, side);
	}
	fill_findings(c, out);
	out->end_reason = end_reason_of(c);
}

void ws_connection_uid(const ws_connection *connection, char *out)
{
	const struct ws_connection *c = connection;
	struct ws_addr a = flow_addr(&c->key, 0);
	struct ws_addr b = flow_addr(&c->key, 1);

	identity_uid(&a, c->key.port[0], &b, c->key.port[1], c->start,
		     (uint64_t)flow_scope(&c->key) << 32 | c->incarnation, out);
}

void ws_connection_record(const ws_connection *connection, struct ws_record *out)
{
	struct ws_addr a = flow_addr(&connection->key, 0);
	struct ws_addr b = flow_addr(&connection->key, 1);

	ws_connection_outline(connection, out);
	ws_connection_uid(connection, out->uid);
	identity_community_id(&a, connection->key.port[0], &b, connection->key.port[1], out->community_id);
}

uint64_t ws_connection_number(const ws_connection *connection)
{
	return connection->number;
}

static bool holds(enum ws_state state)
{
	switch (state) {
	case WS_UNKNOWN:
	case WS_CLOSED:
	case WS_LISTEN:
	case WS_STATE_COUNT:
		return false;
	case WS_SYN_SENT:
	case WS_SYN_RECEIVED:
	case WS_ESTABLISHED:
	case WS_FIN_WAIT_1:
	case WS_FIN_WAIT_2:
	case WS_CLOSING:
	case WS_TIME_WAIT:
	case WS_CLOSE_WAIT:
	case WS_LAST_ACK:
		return true;
	}
	return false;
}

bool ws_connection_is_open(const ws_connection *connection)
{
	return holds((enum ws_state)connection->state[0]) || holds((enum ws_state)connection->state[1]);
}

void *ws_connection_user(const ws_connection *connection)
{
	return connection->user;
}

void ws_connection_set_user(ws_connection *connection, void *user)
{
	connection->user = user;
}
