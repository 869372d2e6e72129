/*
 * What a connection tells of its hosts. Whatever it was counted as is marked in the connection, so that it is taken back
 * from the same record; a record that has gone meanwhile is not missed.
 */
#include "track/host.h"

#include "track/host_load.h"
#include "track/host_scan.h"

enum host_mark {
	COUNTED_HALF_OPEN = 1u << 0,
	COUNTED_ROUTE = 1u << 1,
	COUNTED_CLIENT_IS_1 = 1u << 2, /* the client's side, when it was first counted */
	COUNTED_TIME_WAIT = 1u << 3,   /* two bits, one a side */
	COUNTED_CLOSE_WAIT = 1u << 5,  /* the same */
	COUNTED_PROBE = 1u << 7,
};

static bool has(const struct ws_connection *c, unsigned mark)
{
	return (c->host_marks & mark) != 0;
}

static void mark(struct ws_connection *c, unsigned bits)
{
	c->host_marks = (uint8_t)(c->host_marks | bits);
}

static void unmark(struct ws_connection *c, unsigned bits)
{
	c->host_marks = (uint8_t)(c->host_marks & ~bits);
}

static unsigned client_of(const struct ws_connection *c)
{
	return has(c, COUNTED_CLIENT_IS_1) ? 1 : 0;
}

/* ---- Records ----------------------------------------------------------------------------------------------------- */

static struct host_key service_key(const struct ws_connection *c)
{
	unsigned server = !client_of(c);
	struct host_key key = host_key_of(HOST_SERVICE, &c->key, server);

	key.port = c->key.port[server];
	return key;
}

static struct host_key route_key(const struct ws_connection *c)
{
	unsigned client = client_of(c);
	struct host_key key = host_key_of_two(HOST_ROUTE, &c->key, client);

	key.port = c->key.port[!client];
	return key;
}

static struct host *service_of(const struct host_scene *scene, const struct ws_connection *c)
{
	struct host_key key = service_key(c);

	return host_get(scene, &key);
}

/* Where what side `side` holds is counted. */
static struct host_key holder_key(const struct ws_connection *c, unsigned side)
{
	return side == client_of(c) ? route_key(c) : service_key(c);
}

/* ---- Before ------------------------------------------------------------------------------------------------------ */

/* The full audit counts them better. */
static uint32_t gaps_of(const struct ws_connection *c)
{
	return connection_memory(c) ? c->extra->memory->capture.gaps : c->gaps;
}

void host_look(struct host_was *was, const struct ws_connection *c, unsigned who)
{
	const struct endpoint *x = &c->detail->pair.side[who];
	const struct endpoint *y = &c->detail->pair.side[!who];

	for (unsigned i = 0; i < 2; i++) {
		was->state[i] = c->state[i];
		was->since[i] = c->detail->pair.side[i].since;
		was->lingering_told[i] = c->lingering_told[i];
	}
	was->end = c->end;
	was->snd_max = x->snd_max;
	was->gaps = gaps_of(c);
	was->is_new = x->packets + y->packets == 0;
	was->had_fin = x->has_fin;
	was->had_end = x->has_fin || y->has_fin || x->rsts > 0 || y->rsts > 0;
}

/* ---- Beginning --------------------------------------------------------------------------------------------------- */

static bool is_bare_syn(const struct segment *s)
{
	return (s->flags & (WS_FLAG_SYN | WS_FLAG_ACK | WS_FLAG_RST | WS_FLAG_FIN)) == WS_FLAG_SYN;
}

static void begin(const struct host_scene *scene, struct ws_connection *c, unsigned who, const struct segment *s)
{
	unsigned client = is_bare_syn(s) ? who : c->detail->pair.client;
	struct host_key key;
	struct host *host;

	mark(c, client == 1 ? COUNTED_CLIENT_IS_1 : 0u);
	if (is_bare_syn(s) && (host = service_of(scene, c)) != NULL) {
		mark(c, COUNTED_HALF_OPEN);
		flood_add(scene, host, host_hash(c->key.addr[who], 16));
	}
	if (!(s->flags & (WS_FLAG_SYN | WS_FLAG_RST | WS_FLAG_ACK)) && s->checksum != CHECKSUM_BAD) {
		mark(c, COUNTED_PROBE);
		host_probe(scene, &c->key, who, SCAN_ODD_FLAGS, PROBE_SILENT);
	}
	if (c->role_source > WS_ROLE_PORT)
		return;
	key = route_key(c);
	host = host_get(scene, &key);
	if (!host)
		return;
	mark(c, COUNTED_ROUTE);
	route_add(scene, host);
}

/* ---- Probes ------------------------------------------------------------------------------------------------------ */

static void probe(const struct host_scene *scene, struct ws_connection *c, unsigned from, enum scan_method method,
		  enum probe_result result)
{
	if (method != SCAN_HALF_OPEN && has(c, COUNTED_PROBE))
		return;
	mark(c, COUNTED_PROBE);
	host_probe(scene, &c->key, from, method, result);
}

/* A RST came. A segment with nothing but ACK that was answered by it, and nothing else, asked for no more than that. */
static void judge_rst(const struct host_scene *scene, struct ws_connection *c, unsigned who)
{
	const struct pair *pair = &c->detail->pair;
	const struct endpoint *x = &pair->side[who];
	const struct endpoint *y = &pair->side[!who];

	if (pair->is_refused && y->saw_bare_syn && !y->sent_other) {
		probe(scene, c, !who, SCAN_SYN, PROBE_REFUSED);
	} else if (x->saw_bare_syn && y->saw_syn_ack && !x->sent_other && !y->sent_other) {
		probe(scene, c, who, SCAN_SYN, PROBE_ABORTED);
		probe(scene, c, who, SCAN_HALF_OPEN, PROBE_ABORTED);
	} else if (pair->is_midstream && y->packets == 1 && y->sent_other && x->packets == 1 && y->bytes == 0 &&
		   !y->has_fin) {
		probe(scene, c, !who, SCAN_ACK, PROBE_REFUSED);
	}
}

/* What has come of it by the end: no answer, though there was time for one; or an answer that nobody had asked for. */
static void judge_end(const struct host_scene *scene, struct ws_connection *c)
{
	const struct pair *pair = &c->detail->pair;

	for (unsigned i = 0; i < 2; i++) {
		const struct endpoint *x = &pair->side[i];
		const struct endpoint *y = &pair->side[!i];
		bool is_answer = x->saw_syn_ack || (x->rsts > 0 && c->role_source == WS_ROLE_ACK_PATTERN);

		if (x->saw_bare_syn && !x->sent_other && y->packets == 0 && y->duplicates == 0 &&
		    scene->now - c->start >= NS_PER_SEC)
			probe(scene, c, i, SCAN_SYN, PROBE_SILENT);
		/* What was forgotten may have asked for it. */
		else if (is_answer && scene->context->totals->evicted == 0 && !x->sent_other && !y->saw_syn &&
			 !y->sent_other && i != pair->client)
			probe(scene, c, i, SCAN_REVERSE, PROBE_SILENT);
	}
}

/* ---- States ------------------------------------------------------------------------------------------------------ */

/* The client has shown that it is real, or it is over. */
static void settle_half_open(const struct host_scene *scene, struct ws_connection *c, bool is_over)
{
	const struct endpoint *opener = &c->detail->pair.side[client_of(c)];
	const struct endpoint *responder = &c->detail->pair.side[!client_of(c)];
	struct host_key key = service_key(c);
	struct host *host;

	if (!has(c, COUNTED_HALF_OPEN) || (!is_over && !opener->sent_other && !opener->rsts && !responder->rsts))
		return;
	unmark(c, COUNTED_HALF_OPEN);
	host = host_find(scene->census, &key);
	if (host)
		flood_remove(host, c->start);
	if (opener->sent_other)
		host_success(scene, &c->key, client_of(c));
}

static void settle_time_wait(const struct host_scene *scene, struct ws_connection *c, unsigned side, bool is_over)
{
	bool holds = !is_over && c->state[side] == WS_TIME_WAIT;
	unsigned bit = (unsigned)COUNTED_TIME_WAIT << side;
	struct host_key key = holder_key(c, side);
	struct host *host;

	if (holds == has(c, bit))
		return;
	host = holds ? host_get(scene, &key) : host_find(scene->census, &key);
	if (holds && host) {
		mark(c, bit);
		time_wait_add(scene, host);
	} else if (!holds) {
		unmark(c, bit);
		if (host)
			time_wait_remove(host);
	}
}

static void settle_close_wait(const struct host_scene *scene, struct ws_connection *c, unsigned side,
			      const struct host_was *was, bool is_over)
{
	unsigned bit = (unsigned)COUNTED_CLOSE_WAIT << side;
	struct host_key key = holder_key(c, side);
	struct host *host;

	if (!has(c, bit) || (!is_over && c->state[side] == WS_CLOSE_WAIT))
		return;
	unmark(c, bit);
	host = host_find(scene->census, &key);
	if (host)
		close_wait_remove(host, was ? was->since[side] : c->detail->pair.side[side].since, scene->now);
}

static void settle_route(const struct host_scene *scene, struct ws_connection *c, bool is_over)
{
	struct host_key key = route_key(c);
	struct host *host;

	if (!has(c, COUNTED_ROUTE) || (!is_over && c->state[client_of(c)] != WS_CLOSED))
		return;
	unmark(c, COUNTED_ROUTE);
	host = host_find(scene->census, &key);
	if (host)
		route_remove(host);
}

static void settle(const struct host_scene *scene, struct ws_connection *c, const struct host_was *was, bool is_over)
{
	/* Whoever leaves half-open stays so: a flood that fills the table must not hide itself by that. */
	settle_half_open(scene, c, false);
	for (unsigned i = 0; i < 2; i++) {
		settle_time_wait(scene, c, i, is_over);
		settle_close_wait(scene, c, i, was, is_over);
	}
	settle_route(scene, c, is_over);
}

/* ---- Ends and rhythms -------------------------------------------------------------------------------------------- */

static bool was_synchronised(const struct host_was *was)
{
	return was->state[0] >= WS_ESTABLISHED && was->state[1] >= WS_ESTABLISHED;
}

static void note_sender(const struct host_scene *scene, const struct ws_connection *c, unsigned who, bool is_rst)
{
	struct host_key key = host_key_of(HOST_SENDER, &c->key, who);
	struct host *host = host_get(scene, &key);

	if (!host)
		return;
	if (is_rst)
		sender_rst(scene, host);
	else
		sender_fin(scene, host);
}

static void note_churn(const struct host_scene *scene, const struct ws_connection *c)
{
	struct host_key key = route_key(c);
	struct host *host = host_find(scene->census, &key);

	if (host && c->detail->pair.side[client_of(c)].saw_bare_syn && scene->now - c->start < CHURN_LIFE_NS)
		route_churn(scene, host);
}

static void note_end(const struct host_scene *scene, const struct ws_connection *c, unsigned who,
		     const struct segment *s, const struct host_was *was)
{
	const struct endpoint *peer = &c->detail->pair.side[!who];
	bool is_rst = (s->flags & WS_FLAG_RST) != 0;
	struct host *host;

	if (!was_synchronised(was) || (!is_rst && was->had_fin))
		return;
	note_sender(scene, c, who, is_rst);
	if (is_rst ? !was->had_end : peer->has_fin)
		note_churn(scene, c);
	if (was->had_end || s->ts - was->end < IDLE_MIN_NS || c->role_source > WS_ROLE_PORT)
		return;
	host = service_of(scene, c);
	if (host)
		rhythm_idle(scene, host, s->ts - was->end);
}

/* RFC 9293 3.8.4: nothing, or one byte, below what has been sent. */
static bool is_keepalive(const struct segment *s, const struct host_was *was)
{
	return !(s->flags & (WS_FLAG_SYN | WS_FLAG_FIN | WS_FLAG_RST)) && (s->flags & WS_FLAG_ACK) && s->len <= 1 &&
	       !was->is_new && !was->had_end && was_synchronised(was) && s->seq == was->snd_max - 1 &&
	       s->ts - was->end >= NS_PER_SEC;
}

/* ---- Where it comes in ------------------------------------------------------------------------------------------- */

static void count_gaps(struct census *census, const struct ws_connection *c, const struct host_was *was)
{
	if (gaps_of(c) > was->gaps)
		census->gaps++;
	else if (gaps_of(c) < was->gaps && census->gaps > 0)
		census->gaps--;
}

/* Nothing to settle: the ordinary segment. */
static bool changes_nothing(const struct ws_connection *c, const struct segment *s, const struct host_was *was)
{
	return !(s->flags & (WS_FLAG_SYN | WS_FLAG_FIN | WS_FLAG_RST)) && !was->is_new && !has(c, COUNTED_HALF_OPEN) &&
	       c->state[0] == was->state[0] && c->state[1] == was->state[1];
}

void census_segment(struct census *census, struct context *context, struct ws_connection *c, unsigned who,
		    const struct segment *s, const struct host_was *was)
{
	struct host_scene scene = { census, context, s->ts, s->frame };
	struct host *host;

	census->controls += (s->flags & (WS_FLAG_SYN | WS_FLAG_FIN | WS_FLAG_RST)) != 0;
	census->fins += (s->flags & WS_FLAG_FIN) != 0;
	count_gaps(census, c, was);
	if (was->is_new)
		begin(&scene, c, who, s);
	else if (is_bare_syn(s))
		settle_half_open(&scene, c, true);
	if (s->flags & WS_FLAG_RST)
		judge_rst(&scene, c, who);
	if (s->flags & (WS_FLAG_RST | WS_FLAG_FIN))
		note_end(&scene, c, who, s, was);
	if (is_keepalive(s, was) && (host = service_of(&scene, c)) != NULL)
		rhythm_keepalive(&scene, host, s->ts - was->end);
	if (!changes_nothing(c, s, was))
		settle(&scene, c, was, false);
}

void census_timer(struct census *census, struct context *context, struct ws_connection *c, const struct host_was *was)
{
	struct host_scene scene = { census, context, context->now, 0 };

	for (unsigned i = 0; i < 2; i++) {
		unsigned bit = (unsigned)COUNTED_CLOSE_WAIT << i;
		bool is_told = (c->lingering_told[i] & ~was->lingering_told[i] & (1u << WS_CLOSE_WAIT)) != 0;
		struct host_key key = holder_key(c, i);
		struct host *host;

		if (!is_told || c->role_source > WS_ROLE_PORT || has(c, bit))
			continue;
		host = host_get(&scene, &key);
		if (!host)
			continue;
		mark(c, bit);
		close_wait_add(&scene, host, was->since[i]);
	}
	settle(&scene, c, was, false);
}

void census_end(struct census *census, struct context *context, struct ws_connection *c, bool leaves)
{
	struct host_scene scene = { census, context, context->now, 0 };

	judge_end(&scene, c);
	if (leaves)
		settle(&scene, c, NULL, true);
}
