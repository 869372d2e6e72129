#include "track/connection.h"

#include <stdlib.h>
#include <string.h>

#include "track/suspicion.h"
#include "track/wrapping.h"

void detail_init(struct detail *detail)
{
	memset(detail, 0, sizeof *detail);
	endpoint_init(&detail->pair.side[0]);
	endpoint_init(&detail->pair.side[1]);
	detail->told[0].since = WS_TIME_NONE;
	detail->told[1].since = WS_TIME_NONE;
}

_Static_assert(sizeof(void *) != 8 || sizeof(struct ws_connection) == 256, "four cache lines");
_Static_assert(sizeof(void *) != 8 || offsetof(struct ws_connection, extra) == 128,
	       "the first two are those of most use");

void connection_init(struct ws_connection *c, const struct flow_key *key, const struct segment *s)
{
	memset(c, 0, sizeof *c);
	c->key = *key;
	c->start = s->ts;
	c->end = s->ts;
	c->first_frame = s->frame;
	c->file = s->file;
	c->closed_ts = WS_TIME_NONE;
	c->role_source = UINT8_MAX;
}

void connection_fini(struct ws_connection *c)
{
	if (c->extra) {
		free(c->extra->candidate);
		free(c->extra->findings);
		free(c->extra->wrapping);
		free(c->extra->suspicions);
		free(c->extra->memory);
		free(c->extra);
	}
	free(c->rest);
	c->extra = NULL;
	c->rest = NULL;
}

struct extra *connection_extra(struct ws_connection *c, uint64_t *heap)
{
	if (c->extra)
		return c->extra;
	c->extra = calloc(1, sizeof *c->extra);
	if (c->extra && heap)
		*heap += sizeof *c->extra;
	return c->extra;
}

/* ---- Roles --------------------------------------------------------------------------------------------------- */

/* A RST with the number 0 that acknowledges answers a segment without ACK, and of those that TCP sends only the SYN has
 * none (RFC 9293 3.10.7.1). */
static bool is_answer_to_syn(const struct segment *s)
{
	return (s->flags & (WS_FLAG_RST | WS_FLAG_ACK)) == (WS_FLAG_RST | WS_FLAG_ACK) && s->seq == 0 && s->len == 0;
}

/* Who is the client, by this segment alone, and how well that is known. */
static enum ws_role_source role_told_by(const struct ws_connection *c, unsigned who, const struct segment *s,
					unsigned *client)
{
	uint16_t port = c->key.port[who];
	uint16_t peer_port = c->key.port[!who];

	*client = who;
	if (s->flags & WS_FLAG_SYN) {
		*client = s->flags & WS_FLAG_ACK ? !who : who;
		return s->flags & WS_FLAG_ACK ? WS_ROLE_SYN_ACK : WS_ROLE_SYN;
	}
	if (is_answer_to_syn(s)) {
		*client = !who;
		return WS_ROLE_ACK_PATTERN;
	}
	if (port != peer_port && (port < 1024 || peer_port < 1024 || (port < 32768) != (peer_port < 32768))) {
		*client = port < peer_port ? !who : who;
		return WS_ROLE_PORT;
	}
	return WS_ROLE_FIRST_PACKET;
}

void connection_assign_roles(struct ws_connection *c, unsigned who, const struct segment *s)
{
	unsigned client;
	enum ws_role_source source;

	/* Nothing beats a SYN; of two bare ones the first counts. A RST is sent by either. */
	if (c->role_source == WS_ROLE_SYN || (c->role_source != UINT8_MAX && !(s->flags & WS_FLAG_SYN)))
		return;
	source = role_told_by(c, who, s, &client);
	if ((uint8_t)source >= c->role_source)
		return;
	if (c->role_source != UINT8_MAX && client != c->detail->pair.client)
		zeek_flip(&c->detail->zeek);
	c->role_source = (uint8_t)source;
	c->detail->pair.client = (uint8_t)client;
}

/* ---- One segment --------------------------------------------------------------------------------------------- */

/* More in one segment than the peer takes: the card of either host has yet to cut it up, or has put it together. */
static bool is_super_frame(const struct endpoint *peer, const struct segment *s)
{
	return s->is_offload || (peer->mss > 0 && s->len > (uint32_t)peer->mss);
}

static void tag(struct context *context, struct ws_connection *c, unsigned who, const struct segment *s)
{
	struct ws_totals *totals = context->totals;
	const struct endpoint *x = &c->detail->pair.side[who];

	c->tags |= (s->is_truncated ? WS_TAG_TRUNCATED : 0u) | (s->is_fragmented ? WS_TAG_FRAGMENTS : 0u);
	if (is_super_frame(&c->detail->pair.side[!who], s) || s->checksum == CHECKSUM_OFFLOAD)
		c->tags |= WS_TAG_OFFLOAD;
	if (s->checksum != CHECKSUM_BAD)
		return;
	if (is_damaged(x, s)) {
		totals->bad_checksums++;
	} else {
		totals->offload_checksums++;
		c->tags |= WS_TAG_OFFLOAD;
	}
}

static void tag_gaps(struct ws_connection *c, uint32_t marks)
{
	if ((marks & MARK_GAP) && c->gaps < UINT16_MAX) {
		c->gaps++;
		c->tags |= WS_TAG_GAPS;
	}
	if ((marks & MARK_GAP_FILLED) && c->gaps > 0 && --c->gaps == 0)
		c->tags &= ~(uint32_t)WS_TAG_GAPS;
}

static void count(struct context *context, struct ws_connection *c, unsigned who, const struct segment *s,
		  const struct facts *facts)
{
	struct endpoint *x = &c->detail->pair.side[who];

	c->last_frame = s->frame;
	c->end = s->ts;
	tag(context, c, who, s);
	if (facts->marks & MARK_COPY) {
		x->duplicates++;
		context->totals->duplicates++;
		c->tags |= WS_TAG_DUPLICATES;
		return;
	}
	x->packets++;
	x->ip_bytes += s->ip_len;
	tag_gaps(c, facts->marks);
	if (facts->marks & MARK_REORDERED) {
		context->totals->reordered++;
		c->tags |= WS_TAG_REORDERED;
	}
	if (facts->marks & (MARK_REPEATED | MARK_SYN_REPEATED | MARK_SYN_ACK_REPEATED))
		x->retransmitted++;
}

static void segment_of_event(const struct ws_connection *c, unsigned who, const struct segment *s,
			     const struct facts *facts, struct ws_segment *out)
{
	const struct tcp_options *o = &s->options;

	*out = (struct ws_segment){ .from = connection_side(c, who),
				    .flags = s->flags,
				    .seq = s->seq,
				    .ack = s->ack,
				    .len = s->len,
				    .window = s->window,
				    .mss = o->present & OPTION_MSS ? o->mss : -1,
				    .wscale = o->present & OPTION_WSCALE ? o->wscale : -1,
				    .sack_permitted = (o->present & OPTION_SACK_PERMITTED) != 0,
				    .has_timestamps = (o->present & OPTION_TIMESTAMPS) != 0,
				    .tsval = o->tsval,
				    .tsecr = o->tsecr,
				    .sack_len = o->sack_len,
				    .fast_open = o->present & OPTION_FAST_OPEN ? o->fast_open_len : -1,
				    .is_duplicate = (facts->marks & MARK_COPY) != 0,
				    .is_retransmission =
					    (facts->marks & (MARK_REPEATED | MARK_SYN_REPEATED | MARK_SYN_ACK_REPEATED |
							     MARK_FIN_REPEATED)) != 0,
				    .has_bad_checksum = s->checksum == CHECKSUM_BAD };
	memcpy(out->sack, o->sack, sizeof out->sack);
}

static void tell_segment(struct context *context, struct ws_connection *c, unsigned who, const struct segment *s,
			 const struct facts *facts)
{
	struct ws_segment segment;
	struct ws_event event = { .type = WS_EVENT_SEGMENT, .ts = s->ts, .frame = s->frame, .connection = c };

	if (!(context->config->events & WS_MASK(WS_EVENT_SEGMENT)) || (facts->marks & MARK_REPLAYED))
		return;
	segment_of_event(c, who, s, facts, &segment);
	event.segment = &segment;
	event.flags = s->flags;
	change_event(context, &event);
}

static void raise_findings(struct context *context, struct ws_connection *c, unsigned who, const struct segment *s,
			   const struct facts *facts)
{
	struct cause cause = { s->ts, s->frame, s->flags };
	struct audit audit;
	struct audit_input input = { .pair = &c->detail->pair,
				     .before = context->before,
				     .s = s,
				     .facts = facts,
				     .memory = facts->marks & MARK_COPY ? NULL : connection_memory(c),
				     .who = who,
				     .tags = c->tags };

	audit_segment(&input, &audit);
	if (facts->marks & MARK_COPY)
		audit_add(&audit, &(struct finding){ WS_FINDING_duplicate_frame, WS_BOTH, UNIT_NONE, false, 0, 0 });
	if (connection_suspicions(c) && !(facts->marks & MARK_COPY))
		suspicion_judge(context, c, who, s);
	for (unsigned i = 0; i < audit.len; i++)
		if (!suspicion_hold(context, c, who, s, &audit.finding[i]))
			change_finding(context, c, &cause, &audit.finding[i]);
}

size_t connection_heap(const struct ws_connection *c)
{
	const struct extra *x = c->extra;
	size_t bytes;

	if (!x)
		return 0;
	bytes = sizeof *x + (x->memory ? sizeof *x->memory : 0) + (x->suspicions ? suspicion_bytes() : 0) +
		(x->wrapping ? sizeof *x->wrapping : 0);
	if (x->findings)
		bytes += sizeof *x->findings + x->findings->size * sizeof x->findings->count[0];
	return bytes;
}

/* For the full audit: how things stand before a segment. Without memory for it the connection goes without. */
static void keep_before(struct context *context, struct ws_connection *c)
{
	struct extra *extra;

	if (!context->config->full_audit)
		return;
	extra = connection_extra(c, context->heap);
	if (extra && !extra->memory) {
		extra->memory = calloc(1, sizeof *extra->memory);
		if (extra->memory && context->heap)
			*context->heap += sizeof *extra->memory;
	}
	context->totals->memory_failures += !extra || !extra->memory;
	*context->before = c->detail->pair;
}

static void open_if_new(struct context *context, struct ws_connection *c, const struct segment *s)
{
	struct ws_event event = { .type = WS_EVENT_OPEN, .ts = s->ts, .frame = s->frame, .connection = c };

	if (c->last_frame != 0 || c->detail->pair.side[0].packets + c->detail->pair.side[1].packets > 0)
		return;
	if (!(s->flags & WS_FLAG_SYN)) {
		c->detail->pair.is_midstream = true;
		c->tags |= WS_TAG_MIDSTREAM;
	}
	change_event(context, &event);
}

static void infer_and_tell(struct context *context, struct ws_connection *c, unsigned who, const struct segment *s,
			   struct facts *facts)
{
	struct cause cause = { s->ts, s->frame, s->flags };
	uint32_t marks = facts->marks;

	infer_segment(&c->detail->pair, who, s, facts);
	facts->marks |= marks;
	count(context, c, who, s, facts);
	tell_segment(context, c, who, s, facts);
	change_tell(context, c, &cause);
}

void connection_segment(struct context *context, struct ws_connection *c, unsigned who, const struct segment *s,
			uint32_t marks)
{
	struct facts facts = { .marks = marks };
	bool is_first = c->last_frame == 0;

	if (!(marks & MARK_COPY))
		connection_assign_roles(c, who, s);
	open_if_new(context, c, s);
	keep_before(context, c);
	if (marks & MARK_COPY) {
		count(context, c, who, s, &facts);
		tell_segment(context, c, who, s, &facts);
	} else {
		infer_and_tell(context, c, who, s, &facts);
		zeek_segment(&c->detail->zeek, who == c->detail->pair.client, s, (facts.marks & MARK_GAP) != 0);
	}
	raise_findings(context, c, who, s, &facts);
	if (is_first && c->detail->pair.is_midstream)
		change_finding(context, c, &(struct cause){ s->ts, s->frame, s->flags },
			       &(struct finding){ WS_FINDING_midstream_pickup, WS_BOTH, UNIT_FLAGS, true, WS_FLAG_SYN,
						  s->flags });
	change_close(context, c, &(struct cause){ s->ts, s->frame, s->flags });
}

void connection_replay(struct ws_connection *c, unsigned who, const struct segment *s)
{
	struct facts facts;

	connection_assign_roles(c, who, s);
	infer_segment(&c->detail->pair, who, s, &facts);
	c->detail->pair.side[who].packets++;
	c->detail->pair.side[who].ip_bytes += s->ip_len;
	zeek_segment(&c->detail->zeek, who == c->detail->pair.client, s, false);
}

void connection_replayed(struct ws_connection *c, const ws_time since[2])
{
	static const struct ws_config nobody;
	struct context silent = { .config = &nobody };

	change_tell(&silent, c, &(struct cause){ 0, 0, 0 });
	c->detail->told[0].since = since[0];
	c->detail->told[1].since = since[1];
}

void connection_count_only(struct context *context, struct ws_connection *c, unsigned who, const struct segment *s,
			   uint32_t marks)
{
	struct facts facts = { .marks = marks, .expected = c->detail->pair.side[who].snd_max, .seen = s->seq };

	keep_before(context, c);
	count(context, c, who, s, &facts);
	tell_segment(context, c, who, s, &facts);
	raise_findings(context, c, who, s, &facts);
}
