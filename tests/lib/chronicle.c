#include "chronicle.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#define BATCH_MAX 1024
#define CONTEXT 600 /* bytes shown around the first difference */

#define ALL_EVENTS (WS_MASK(WS_EVENT_COUNT) - 1)

const struct ws_config chronicle_configs[CHRONICLE_CONFIGS] = {
	{ .events = WS_MASK(WS_EVENT_END) },
	{ .events = ALL_EVENTS, .full_audit = true, .key = WS_KEY_VLAN },
	{ .events = WS_MASK(WS_EVENT_END) | WS_MASK(WS_EVENT_STATE) | WS_MASK(WS_EVENT_HOST), .max_connections = 7 },
	{ .events = WS_MASK(WS_EVENT_END) | WS_MASK(WS_EVENT_FINDING), .full_audit = true, .max_memory = 60000 },
};

/* ---- What is told ------------------------------------------------------------------------------------------------- */

static void write_endpoint(FILE *out, const struct ws_endpoint *e)
{
	fprintf(out,
		"  %s %s %lld %lld packets %llu bytes %llu %llu again %llu copies %llu out %lld %lld isn %u %d %d %d %d\n",
		ws_state_name(e->state), ws_state_name(e->proven), (long long)e->since, (long long)e->two_msl_since,
		(unsigned long long)e->packets, (unsigned long long)e->bytes, (unsigned long long)e->ip_bytes,
		(unsigned long long)e->retransmitted, (unsigned long long)e->duplicates, (long long)e->outstanding,
		(long long)e->outstanding_bytes, e->isn, e->mss, e->wscale, e->sack, e->timestamps);
	for (size_t i = 0; i < e->path_len; i++)
		fprintf(out, "    %s %s %lld %lld %llu\n", ws_state_name(e->path[i].state),
			ws_evidence_name(e->path[i].evidence), (long long)e->path[i].earliest,
			(long long)e->path[i].latest, (unsigned long long)e->path[i].frame);
}

void chronicle_record(FILE *out, const ws_connection *c)
{
	struct ws_record r;

	ws_connection_record(c, &r);
	fprintf(out, "%llu %s %s %d %lld %lld %llu %llu %u %d %lld %lld %d %d %s %s %d %d %x\n",
		(unsigned long long)ws_connection_number(c), r.uid, r.community_id, (int)r.role_source,
		(long long)r.start, (long long)r.end, (unsigned long long)r.first_frame,
		(unsigned long long)r.last_frame, r.file, (int)r.handshake, (long long)r.server_rtt_ns,
		(long long)r.client_rtt_ns, (int)r.close, (int)r.close_first, r.history, r.conn_state, r.final,
		(int)r.end_reason, r.tags);
	write_endpoint(out, &r.endpoint[WS_CLIENT]);
	write_endpoint(out, &r.endpoint[WS_SERVER]);
	for (size_t i = 0; i < r.findings_len; i++)
		fprintf(out, "  %d %u %llu %llu\n", (int)r.findings[i].id, r.findings[i].count,
			(unsigned long long)r.findings[i].first_frame, (unsigned long long)r.findings[i].last_frame);
}

static void write_totals(FILE *out, const ws_tracker *tracker)
{
	struct ws_totals t;

	ws_tracker_totals(tracker, &t);
	fprintf(out, "now %lld", (long long)ws_tracker_now(tracker));
	/* All members are numbers of 64 bits. */
	for (size_t i = 0; i < sizeof t / sizeof(uint64_t); i++) {
		uint64_t value;

		memcpy(&value, (const char *)&t + i * sizeof value, sizeof value);
		fprintf(out, " %llu", (unsigned long long)value);
	}
	putc('\n', out);
}

static void write_host(FILE *out, const struct ws_host_finding *h)
{
	fprintf(out, "host %d %02x%02x%02x%02x:%d %d:%d %llu %llu %llu %llu %lld %lld %lld %lld %lld %d\n",
		h->addr.family, h->addr.bytes[0], h->addr.bytes[1], h->addr.bytes[2], h->addr.bytes[3], h->port,
		h->peer.bytes[3], h->peer_port, (unsigned long long)h->count, (unsigned long long)h->connections,
		(unsigned long long)h->hosts, (unsigned long long)h->ports, (long long)h->interval_ns,
		(long long)h->age_ns, (long long)h->per_hour, (long long)h->first, (long long)h->last, h->is_final);
}

static void on_event(void *user, const struct ws_event *e)
{
	struct chronicle *chronicle = user;
	FILE *out = chronicle->out;

	fprintf(out, "%d %lld %llu #%llu side %d %d>%d %d held %lld flags %x why %s finding %d %d %s %s\n",
		(int)e->type, (long long)e->ts, (unsigned long long)e->frame,
		e->connection ? (unsigned long long)ws_connection_number(e->connection) : 0, (int)e->side, (int)e->from,
		(int)e->to, (int)e->evidence, (long long)e->held_ns, e->flags, e->why ? e->why : "-", (int)e->finding,
		(int)e->level, e->expected ? e->expected : "-", e->seen ? e->seen : "-");
	if (e->segment)
		fprintf(out, "  %d %x %u %u %u %u %d %d\n", (int)e->segment->from, e->segment->flags, e->segment->seq,
			e->segment->ack, e->segment->len, e->segment->tsval, e->segment->is_duplicate,
			e->segment->is_retransmission);
	if (e->host)
		write_host(out, e->host);
	if (e->type == WS_EVENT_END)
		chronicle_record(out, e->connection);
	/* Of the tracker's life, unless it is not yet known by name. */
	if (chronicle->tracker && e->type != WS_EVENT_SEGMENT)
		write_totals(out, chronicle->tracker);
}

/* ---- What is asked for -------------------------------------------------------------------------------------------- */

static int write_connection(void *user, ws_connection *c)
{
	fprintf(user, "open %d\n", ws_connection_is_open(c));
	chronicle_record(user, c);
	return 0;
}

int chronicle_listener(void *user, const struct ws_listener *l)
{
	fprintf(user, "listener %d %02x%02x:%u %d %lld %lld %llu %llu %llu %llu\n", l->addr.family, l->addr.bytes[2],
		l->addr.bytes[3], l->port, (int)l->state, (long long)l->first_seen, (long long)l->last_seen,
		(unsigned long long)l->accepted, (unsigned long long)l->half_open, (unsigned long long)l->refused,
		(unsigned long long)l->unanswered);
	return 0;
}

static void look(struct chronicle *chronicle)
{
	ws_tracker_settle(chronicle->tracker);
	fprintf(chronicle->out, "look\n");
	write_totals(chronicle->out, chronicle->tracker);
	ck_assert_int_eq(ws_tracker_each(chronicle->tracker, write_connection, chronicle->out), 0);
	ck_assert_int_eq(ws_tracker_listeners(chronicle->tracker, chronicle_listener, chronicle->out), 0);
}

/* ---- Feeding ------------------------------------------------------------------------------------------------------ */

/* Packets are borrowed during the call, and no longer. */
static uint8_t *lend(const struct frame *frame)
{
	uint8_t *bytes = malloc(frame->caplen + 1);

	ck_assert_ptr_nonnull(bytes);
	memcpy(bytes, frame->data, frame->caplen);
	return bytes;
}

static void take_back(uint8_t **bytes, const struct ws_packet *packets, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		memset(bytes[i], 0xEE, packets[i].caplen);
		free(bytes[i]);
	}
}

static void hand_over(ws_tracker *tracker, const struct ws_packet *packets, size_t n, const struct chronicle_way *way)
{
	if (way->batch == 0)
		for (size_t i = 0; i < n; i++)
			ck_assert_int_eq(ws_tracker_feed(tracker, &packets[i]), WS_OK);
	else
		ck_assert_int_eq(ws_tracker_feed_batch(tracker, packets, n), WS_OK);
}

/* Packets that are handed over together. */
struct lot {
	size_t n;
	struct ws_packet packets[BATCH_MAX];
	uint8_t *bytes[BATCH_MAX];
};

static void clear(ws_tracker *tracker, struct lot *lot, const struct chronicle_way *way)
{
	hand_over(tracker, lot->packets, lot->n, way);
	take_back(lot->bytes, lot->packets, lot->n);
	lot->n = 0;
}

static void feed(struct chronicle *chronicle, const struct frames *frames, const struct chronicle_way *way)
{
	static struct lot lot;
	size_t most = way->batch ? way->batch : 1;
	uint64_t number = 0;

	lot.n = 0;
	for (size_t i = 0; i < frames->len; i++) {
		const struct frame *frame = &frames->at[i];

		if (frame->is_timer) {
			clear(chronicle->tracker, &lot, way);
			ws_tracker_advance(chronicle->tracker, frame->ts);
			continue;
		}
		lot.bytes[lot.n] = lend(frame);
		lot.packets[lot.n] = (struct ws_packet){ .ts = frame->ts,
							 .frame = ++number,
							 .data = lot.bytes[lot.n],
							 .caplen = frame->caplen,
							 .len = frame->len,
							 .linktype = frames->linktype };
		lot.n++;
		if (lot.n == most || (way->look && number % way->look == 0))
			clear(chronicle->tracker, &lot, way);
		if (way->look && number % way->look == 0)
			look(chronicle);
	}
	clear(chronicle->tracker, &lot, way);
}

void chronicle_write(struct chronicle *chronicle, const struct ws_config *config, const struct frames *frames,
		     const struct chronicle_way *way)
{
	struct ws_config own = *config;

	*chronicle = (struct chronicle){ .len = 0 };
	own.on_event = on_event;
	own.user = chronicle;
	chronicle->out = open_memstream(&chronicle->text, &chronicle->len);
	ck_assert_ptr_nonnull(chronicle->out);
	chronicle->tracker = ws_tracker_new(&own);
	ck_assert_ptr_nonnull(chronicle->tracker);
	feed(chronicle, frames, way);
	look(chronicle);
	ws_tracker_finish(chronicle->tracker);
	look(chronicle);
	ws_tracker_free(chronicle->tracker);
	fclose(chronicle->out);
}

void chronicle_fini(struct chronicle *chronicle)
{
	free(chronicle->text);
}

static size_t first_difference(const struct chronicle *a, const struct chronicle *b)
{
	size_t i = 0;

	while (i < a->len && i < b->len && a->text[i] == b->text[i])
		i++;
	return i;
}

void chronicle_compare(const struct chronicle *good, const struct chronicle *other, const char *what)
{
	size_t at = first_difference(good, other);
	size_t from = at > CONTEXT / 2 ? at - CONTEXT / 2 : 0;

	if (at == good->len && at == other->len)
		return;
	ck_abort_msg("%s: not the same from byte %zu on\n--- expected\n%.*s\n--- got\n%.*s", what, at, CONTEXT,
		     good->text + from, CONTEXT, other->text + from);
}

void chronicle_check(const struct chronicle *good, size_t i, unsigned threads, const struct frames *frames,
		     const struct chronicle_way *way, const char *name)
{
	struct ws_config config = chronicle_configs[i];
	struct chronicle other;
	char what[200];

	config.threads = threads;
	chronicle_write(&other, &config, frames, way);
	snprintf(what, sizeof(what), "%s, config %zu, %u threads, batches of %zu", name, i, threads, way->batch);
	chronicle_compare(good, &other, what);
	chronicle_fini(&other);
}
