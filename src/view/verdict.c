/*
 * The verdict in words: what of a handshake was right, what the two round trips tell, what was offered and taken; who closed,
 * how, and what was lost.
 */
#include "view/verdict.h"

#include <string.h>

#include "base/clock.h"

/* Times one round trip must be the other before the tap is said to be near an end. */
#define NEAR_FACTOR 4
#define RTO_FLOOR_NS NS_PER_SEC /* RFC 6298 2.1 */

struct clause {
	struct text *out;
	const char *lead; /* of the next */
};

static void next(struct clause *c)
{
	text_puts(c->out, c->lead);
	c->lead = "; ";
}

static void duration(struct text *out, int64_t ns)
{
	char text[CLOCK_TEXT_MAX];

	text_puts(out, clock_duration_text(ns, text));
}

/* ---- Handshake ---------------------------------------------------------------------------------------------- */

/* The finding that says that a number of the handshake was wrong; NULL when there is none. */
static const char *wrong_number(const struct ws_record *record)
{
	static const char *const openings[] = { "syn-ack-", "handshake-ack-", "simopen-", "one-way-handshake-" };

	for (size_t i = 0; i < record->findings_len; i++) {
		const char *id = ws_finding_info(record->findings[i].id)->id;

		/* An ACK of the wrong side has right numbers. */
		if ((!strstr(id, "-wrong-") && !strstr(id, "-invalid")) || strstr(id, "-direction"))
			continue;
		for (size_t k = 0; k < sizeof(openings) / sizeof(openings[0]); k++)
			if (strncmp(id, openings[k], strlen(openings[k])) == 0)
				return id;
	}
	return NULL;
}

const char *verdict_numbers(const struct ws_record *record)
{
	if (wrong_number(record))
		return "wrong";
	return record->handshake == WS_HANDSHAKE_COMPLETE && record->endpoint[WS_CLIENT].saw_syn &&
			       record->endpoint[WS_SERVER].saw_syn
		       ? "right"
		       : NULL;
}

static void numbers(struct clause *c, const struct ws_record *record)
{
	const char *verdict = verdict_numbers(record);
	const char *wrong = wrong_number(record);

	if (!verdict)
		return;
	next(c);
	text_puts(c->out, "numbers ");
	text_puts(c->out, verdict);
	if (wrong)
		text_printf(c->out, " (%s)", wrong);
}

/* RFC 6298 2.1 and 5.5: the first timer is a second at least, and each is twice the one before. */
static void repeats(struct clause *c, const char *what, uint32_t count, const struct instances_repeats *r)
{
	if (count < 2)
		return;
	next(c);
	text_printf(c->out, "%s sent %u times", what, (unsigned)count);
	if (!r || r->len == 0)
		return;
	text_puts(c->out, ", after ");
	duration(c->out, r->first_gap);
	if (r->first_gap < RTO_FLOOR_NS - RTO_FLOOR_NS / 10)
		text_puts(c->out, " (RFC 6298 2.1 asks for 1 s)");
	if (r->len > 1)
		text_puts(c->out, r->is_doubled ? " and doubled each time" : " and not doubled (RFC 6298 5.5)");
}

const char *verdict_tap_place(const struct ws_record *record)
{
	int64_t server = record->server_rtt_ns;
	int64_t client = record->client_rtt_ns;

	if (server < 0 || client < 0)
		return NULL;
	if (server < client / NEAR_FACTOR)
		return "near the server";
	return client < server / NEAR_FACTOR ? "near the client" : "in between";
}

static void round_trips(struct clause *c, const struct ws_record *record)
{
	const char *place = verdict_tap_place(record);

	if (record->server_rtt_ns >= 0) {
		next(c);
		text_puts(c->out, "server answers in ");
		duration(c->out, record->server_rtt_ns);
	}
	if (record->client_rtt_ns >= 0) {
		next(c);
		text_puts(c->out, "client in ");
		duration(c->out, record->client_rtt_ns);
	}
	if (place) {
		text_puts(c->out, ": tap ");
		text_puts(c->out, place);
	}
}

/* An option that counts only when both have it, and that may be answered only when it was offered. */
static void agreed(struct clause *c, const char *name, bool offered, bool answered, const char *rfc)
{
	if (!offered && !answered)
		return;
	next(c);
	text_puts(c->out, name);
	if (offered && !answered)
		text_puts(c->out, " offered, not taken");
	else if (!offered)
		text_printf(c->out, " answered, never offered (%s)", rfc);
}

/* A line for each connection: without printf. */
static void both(struct clause *c, int64_t client, int64_t server)
{
	text_char(c->out, ' ');
	text_i64(c->out, client);
	text_char(c->out, '/');
	text_i64(c->out, server);
}

static void options(struct clause *c, const struct ws_record *record)
{
	const struct ws_endpoint *client = &record->endpoint[WS_CLIENT];
	const struct ws_endpoint *server = &record->endpoint[WS_SERVER];

	if (!client->saw_syn || !server->saw_syn)
		return;
	if (client->mss >= 0 && server->mss >= 0) {
		next(c);
		text_puts(c->out, "MSS");
		both(c, client->mss, server->mss);
	}
	agreed(c, "window scale", client->wscale >= 0, server->wscale >= 0, "RFC 7323 2.2");
	if (client->wscale >= 0 && server->wscale >= 0)
		both(c, client->wscale, server->wscale);
	agreed(c, "SACK", client->sack, server->sack, "RFC 2018 2");
	agreed(c, "timestamps", client->timestamps, server->timestamps, "RFC 7323 3.2");
}

void verdict_handshake_line(struct text *out, const struct ws_record *record, const struct instances *instances)
{
	struct clause c = { out, ": " };

	text_puts(out, ws_handshake_name(record->handshake));
	if (record->handshake == WS_HANDSHAKE_MIDSTREAM) {
		text_puts(out, ": begun before the capture");
		return;
	}
	numbers(&c, record);
	repeats(&c, "SYN", record->syns, instances ? &instances->repeats[0] : NULL);
	repeats(&c, "SYN-ACK", record->syn_acks, instances ? &instances->repeats[1] : NULL);
	round_trips(&c, record);
	options(&c, record);
}

/* ---- Close -------------------------------------------------------------------------------------------------- */

/* When the side entered the first of these two states; WS_TIME_NONE: never. */
static ws_time entered(const struct ws_endpoint *endpoint, enum ws_state a, enum ws_state b)
{
	for (size_t i = 0; i < endpoint->path_len; i++) {
		if (endpoint->path[i].state == a || endpoint->path[i].state == b)
			return endpoint->path[i].earliest;
	}
	return WS_TIME_NONE;
}

/* The state in which a reset met the side. */
static enum ws_state state_before_end(const struct ws_endpoint *endpoint)
{
	return endpoint->path_len > 1 && endpoint->path[endpoint->path_len - 1].state == WS_CLOSED
		       ? endpoint->path[endpoint->path_len - 2].state
		       : endpoint->state;
}

static void other_fin(struct clause *c, const struct ws_record *record)
{
	enum ws_side other = record->close_first == WS_CLIENT ? WS_SERVER : WS_CLIENT;
	ws_time first = entered(&record->endpoint[record->close_first], WS_FIN_WAIT_1, WS_LAST_ACK);
	ws_time second = entered(&record->endpoint[other], WS_FIN_WAIT_1, WS_LAST_ACK);

	if (record->close == WS_CLOSE_HALF_CLOSED) {
		next(c);
		text_printf(c->out, "the %s is in %s", ws_side_name(other),
			    ws_state_name(record->endpoint[other].state));
	} else if (first != WS_TIME_NONE && second != WS_TIME_NONE && second >= first) {
		next(c);
		text_puts(c->out, "the ");
		text_puts(c->out, ws_side_name(other));
		text_char(c->out, ' ');
		duration(c->out, second - first);
		text_puts(c->out, " later");
	}
}

/* What the peer has not acknowledged of this side: lost, when the connection is over. */
static void lost_of(struct clause *c, const struct ws_record *record, enum ws_side side)
{
	const struct ws_endpoint *e = &record->endpoint[side];
	const char *name = ws_side_name(side);
	bool has_closed = entered(e, WS_FIN_WAIT_1, WS_LAST_ACK) != WS_TIME_NONE;

	next(c);
	if (e->outstanding_bytes > 0)
		text_printf(c->out, "%lld byte%s of the %s not acknowledged%s", (long long)e->outstanding_bytes,
			    e->outstanding_bytes == 1 ? "" : "s", name,
			    has_closed && e->outstanding > e->outstanding_bytes ? ", nor its FIN" : "");
	else
		text_printf(c->out, "%s of the %s not acknowledged", has_closed ? "FIN" : "SYN", name);
}

static void lost(struct clause *c, const struct ws_record *record)
{
	bool is_known = true;
	bool is_lost = false;

	for (unsigned side = WS_CLIENT; side <= WS_SERVER; side++) {
		int64_t outstanding = record->endpoint[side].outstanding;

		is_known = is_known && outstanding >= 0;
		is_lost |= outstanding > 0;
		if (outstanding > 0)
			lost_of(c, record, (enum ws_side)side);
	}
	if (is_known && !is_lost) {
		next(c);
		text_puts(c->out, "all acknowledged");
	}
}

static void states(struct clause *c, const struct ws_record *record)
{
	next(c);
	text_puts(c->out, "client ");
	text_puts(c->out, ws_state_name(state_before_end(&record->endpoint[WS_CLIENT])));
	text_puts(c->out, ", server ");
	text_puts(c->out, ws_state_name(state_before_end(&record->endpoint[WS_SERVER])));
}

/* One had closed, and the other reset. */
static void first_of_two(struct clause *c, const struct ws_record *record)
{
	if (!record->has_reset_by || record->close_first == record->reset_by)
		return;
	next(c);
	text_printf(c->out, "the %s had closed first", ws_side_name(record->close_first));
}

void verdict_close_line(struct text *out, const struct ws_record *record)
{
	struct clause c = { out, ": " };

	text_puts(out, ws_close_name(record->close));
	if (record->has_reset_by || (record->has_close_first && record->close != WS_CLOSE_SIMULTANEOUS)) {
		text_puts(out, " by ");
		text_puts(out, ws_side_name(record->has_reset_by ? record->reset_by : record->close_first));
	}
	switch (record->close) {
	case WS_CLOSE_NONE:
	case WS_CLOSE_RESET:
	case WS_CLOSE_ABORTED:
		first_of_two(&c, record);
		states(&c, record);
		break;
	case WS_CLOSE_FIN:
	case WS_CLOSE_HALF_CLOSED:
		other_fin(&c, record);
		break;
	case WS_CLOSE_SIMULTANEOUS:
		break;
	}
	lost(&c, record);
}
