#include <stdlib.h>

#include "track/course.h"
#include "track/incarnation.h"
#include "track/reuse.h"
#include "track/tracker.h"
#include "track/wrapping.h"

/* The first SYN or SYN-ACK of a side. */
static bool is_opening(const struct endpoint *x, const struct segment *s)
{
	return (s->flags & WS_FLAG_SYN) && x->saw_syn && x->packets == 1 && x->iss == s->seq;
}

/* The hosts are told of it, if anybody asks for them. */
static void feed_watched(ws_tracker *t, struct context *context, struct ws_connection *c, unsigned who,
			 const struct segment *s, uint32_t marks)
{
	bool is_watched = t->census.is_wanted && !(marks & MARK_COPY);
	struct host_was was;

	if (is_watched)
		host_look(&was, c, who);
	connection_segment(context, c, who, s, marks);
	if (is_watched)
		census_segment(&t->census, context, c, who, s, &was);
}

static void feed(ws_tracker *t, struct ws_connection *c, unsigned who, const struct segment *s, uint32_t marks)
{
	struct context context = context_of(t);

	if (wrapping_is_due(c, s))
		wrapping_note(c, who, s, &t->heap);
	c->tags |= t->is_clamped ? (uint32_t)WS_TAG_CLOCK : 0u;
	feed_watched(t, &context, c, who, s, marks);
	if (t->config.full_audit && !(marks & MARK_COPY) && is_opening(&c->detail->pair.side[who], s))
		openings_take(&t->openings, &context, c, who, s);
	if (c->is_embryonic && c->detail->pair.side[0].packets > 0 && c->detail->pair.side[1].packets > 0 &&
	    (c->detail->pair.side[0].sent_other || c->detail->pair.side[1].sent_other))
		store_grow(&t->store, c);
	lifetime_renew(t, c);
}

static bool has_begun_by_syn(const struct ws_connection *c, unsigned opener)
{
	return c->course ? c->course->opener == opener : c->detail->pair.side[opener].saw_bare_syn;
}

/* The new incarnation has been accepted: whatever was left of the old one is over. */
static void retire_older(ws_tracker *t, struct ws_connection *c, unsigned opener, const struct segment *s)
{
	struct ws_connection *old = c->older;
	struct context context = context_of(t);
	bool is_reuse = old->state[0] == WS_TIME_WAIT || old->state[1] == WS_TIME_WAIT;

	if (is_reuse && has_begun_by_syn(c, opener)) {
		struct finding finding = { .id = WS_FINDING_time_wait_reuse_valid,
					   .side = WS_BOTH,
					   .unit = UNIT_NUMBER,
					   .has_expected = true,
					   .expected = old->detail->pair.side[opener].snd_max,
					   .seen = c->course ? c->course->iss[opener]
							     : c->detail->pair.side[opener].iss };

		if (!c->is_newer)
			finding.id = WS_FINDING_time_wait_reuse_invalid;
		change_finding(&context, c, &(struct cause){ s->ts, s->frame, s->flags }, &finding);
	}
	if (!c->course)
		reuse_accepted(&context, c, old, opener, s);
	lifetime_finish(t, old, ws_connection_is_open(old) ? WS_END_REUSED : WS_END_CLOSED);
}

/* The other half of a connection is in another scope: its packets come back with other tags. */
static void meet_twin(ws_tracker *t, struct ws_connection *c, unsigned who, const struct segment *s)
{
	struct ws_connection *other = networks_join(&t->networks, c);

	if (!other || !bench_wake(&t->bench, other) || !twin_is_other_half(other, who, s))
		return;
	other->tags |= WS_TAG_VLAN_ASYMMETRIC;
	c->tags |= WS_TAG_VLAN_ASYMMETRIC;
}

/* What is counted of every segment. */
static void note_quickly(ws_tracker *t, struct ws_connection *c, unsigned who, const struct segment *s)
{
	copies_note(&t->copies, c, who, s, t->captured);
	c->tags |= t->is_clamped ? (uint32_t)WS_TAG_CLOCK : 0u;
	t->totals.segments++;
	c->last_frame = s->frame;
	c->end = s->ts;
}

/* `c` is new. */
static bool begin_course(ws_tracker *t, struct ws_connection *c, unsigned who, const struct segment *s)
{
	if (!t->has_courses || !course_can_begin(s))
		return false;
	if (!course_begin(&t->bench.courses, c, who, s))
		return false;
	if (wrapping_is_due(c, s))
		wrapping_note(c, who, s, &t->heap);
	t->totals.connections++;
	note_quickly(t, c, who, s);
	lifetime_renew(t, c);
	return true;
}

static int begin(ws_tracker *t, const struct keyed *keyed, struct ws_connection *older, unsigned who,
		 const struct segment *s, uint32_t marks)
{
	struct context context = context_of(t);
	struct ws_connection *c;

	if (older && older->older)
		lifetime_finish(t, older->older, ws_connection_is_open(older->older) ? WS_END_REUSED : WS_END_CLOSED);
	/* Room for one connection is not room for two of a 4-tuple. */
	if (!lifetime_make_room(t, older)) {
		lifetime_make_room(t, NULL);
		older = NULL;
	}
	c = store_add(&t->store, keyed, s, older);
	if (c)
		c->is_newer = older && (s->is_header_cut || incarnation_is_newer(older, who, s));
	if (c && !marks && begin_course(t, c, who, s))
		return WS_OK;
	if (c && !bench_wake(&t->bench, c)) {
		store_remove(&t->store, c);
		c = NULL;
	}
	if (!c) {
		t->totals.undecoded[WS_UNDECODED_table_full]++;
		return WS_ERROR_MEMORY;
	}
	meet_twin(t, c, who, s);
	c->detail->pair.is_opener_stale = (marks & MARK_LATE_SYN) != 0;
	copies_take(&t->copies, c, who, s, t->captured);
	t->totals.connections++;
	t->totals.segments++;
	feed(t, c, who, s, marks);
	if (c->older)
		reuse_begun(&context, c, who, s, (marks & MARK_REPLAYED) != 0);
	return WS_OK;
}

/* A connection shows itself that was there before the newest of its 4-tuple. */
static int begin_behind(ws_tracker *t, struct ws_connection *newest, unsigned who, const struct segment *s)
{
	struct ws_connection *c;

	if (!lifetime_make_room(t, newest)) {
		t->totals.segments++;
		feed(t, newest, who, s, 0);
		return WS_OK;
	}
	c = store_add_behind(&t->store, newest, s);
	if (c && !bench_wake(&t->bench, c)) {
		store_remove(&t->store, c);
		c = NULL;
	}
	if (!c) {
		t->totals.undecoded[WS_UNDECODED_table_full]++;
		return WS_ERROR_MEMORY;
	}
	(void)networks_join(&t->networks, c);
	t->totals.connections++;
	t->totals.segments++;
	copies_take(&t->copies, c, who, s, t->captured);
	feed(t, c, who, s, 0);
	return WS_OK;
}

/* The candidate's SYN begins a new incarnation; it was counted with the old one when it came. */
static int promote(ws_tracker *t, const struct keyed *keyed, struct ws_connection *c)
{
	struct segment *syn = c->extra->candidate;
	int error;

	c->extra->candidate = NULL;
	c->detail->pair.side[c->candidate_side].packets--;
	c->detail->pair.side[c->candidate_side].ip_bytes -= syn->ip_len;
	t->totals.segments--;
	error = begin(t, keyed, c, c->candidate_side, syn, MARK_REPLAYED | (c->is_candidate_late ? MARK_LATE_SYN : 0u));
	free(syn);
	return error;
}

static void keep_candidate(ws_tracker *t, struct ws_connection *c, unsigned who, const struct segment *s)
{
	struct context context = context_of(t);
	struct extra *extra = connection_extra(c, &t->heap);
	bool is_synchronised = c->state[!who] >= WS_ESTABLISHED;

	c->tags |= t->is_clamped ? (uint32_t)WS_TAG_CLOCK : 0u;
	if (extra && !extra->candidate)
		extra->candidate = malloc(sizeof *extra->candidate);
	if (extra && extra->candidate) {
		*extra->candidate = *s;
		extra->candidate->payload = NULL;
		extra->candidate->payload_caplen = 0;
	} else {
		t->totals.memory_failures++;
	}
	c->candidate_side = (uint8_t)who;
	c->is_candidate_late = false;
	connection_count_only(&context, c, who, s, is_synchronised ? (uint32_t)MARK_SYN_TO_SYNCHRONISED : 0u);
}

static int feed_newest(ws_tracker *t, struct ws_connection *c, unsigned who, const struct segment *s, uint32_t marks)
{
	t->totals.segments++;
	feed(t, c, who, s, marks);
	if ((s->flags & (WS_FLAG_SYN | WS_FLAG_ACK)) == (WS_FLAG_SYN | WS_FLAG_ACK) && c->older &&
	    c->detail->pair.side[who].saw_syn_ack)
		retire_older(t, c, !who, s);
	return WS_OK;
}

static int feed_older(ws_tracker *t, struct ws_connection *older, unsigned who, const struct segment *s)
{
	bool is_copy = copies_take(&t->copies, older, who, s, t->captured);

	t->totals.segments++;
	feed(t, older, who, s, is_copy ? (uint32_t)MARK_COPY : 0u);
	return WS_OK;
}

static int place(ws_tracker *t, const struct keyed *keyed, struct ws_connection *c, unsigned who,
		 const struct segment *s)
{
	struct context context = context_of(t);
	int error;

	if (copies_take(&t->copies, c, who, s, t->captured))
		return feed_newest(t, c, who, s, MARK_COPY);
	switch (incarnation_of(c, who, s)) {
	case INCARNATION_NEW:
		return begin(t, keyed, c, who, s, 0);
	case INCARNATION_OLDER:
		error = feed_older(t, c->older, who, s);
		reuse_crossed(&context, c, c->older, who, s);
		return error;
	case INCARNATION_PROMOTED:
		error = promote(t, keyed, c);
		if (error) {
			t->totals.undecoded[WS_UNDECODED_table_full]++;
			return error;
		}
		c = store_find(&t->store, keyed);
		copies_take(&t->copies, c, who, s, t->captured);
		return feed_newest(t, c, who, s, 0);
	case INCARNATION_FOREIGN:
		error = begin_behind(t, c, who, s);
		reuse_crossed(&context, c, c->older, who, s);
		return error;
	case INCARNATION_CANDIDATE:
		t->totals.segments++;
		keep_candidate(t, c, who, s);
		return WS_OK;
	case INCARNATION_LATE:
		t->totals.segments++;
		keep_candidate(t, c, who, s);
		c->is_candidate_late = true;
		return WS_OK;
	case INCARNATION_THIS:
		break;
	}
	return feed_newest(t, c, who, s, 0);
}

/* No other connection of the 4-tuple is about, nor a SYN that may begin one. */
static bool is_alone(const struct ws_connection *c)
{
	return !c->older && !c->newer && !connection_candidate(c) && !connection_suspicions(c);
}

static bool is_copy(ws_tracker *t, const struct ws_connection *c, const struct plain *plain, unsigned who,
		    const struct segment *s)
{
	return plain_may_be_copy(&plain->side[who], s) && copies_has(&t->copies, c, who, s, t->captured);
}

/* The next of an ordinary course. */
static bool take_course(ws_tracker *t, struct ws_connection *c, unsigned who, const struct segment *s)
{
	unsigned stage = c->course->stage;

	/* What might belong to the incarnation before is for incarnation.c. */
	if (c->older && !(s->flags & WS_FLAG_SYN))
		return false;
	if (c->course->has_plain && is_copy(t, c, course_plain(c->course), who, s))
		return false;
	if (!course_segment(&t->bench.courses, c, who, s))
		return false;
	if (wrapping_is_due(c, s))
		wrapping_note(c, who, s, &t->heap);
	note_quickly(t, c, who, s);
	if (c->course->stage == stage)
		return true;
	if (c->course->stage == COURSE_ACK)
		store_grow(&t->store, c);
	lifetime_renew(t, c);
	if (c->older && bench_wake(&t->bench, c->older))
		retire_older(t, c, c->course->opener, s);
	return true;
}

/* The ordinary segment of a plain connection. */
static bool take_plain(ws_tracker *t, struct ws_connection *c, unsigned who, const struct segment *s)
{
	struct plain *plain = bench_plain(c);

	if (!plain || is_copy(t, c, plain, who, s) || !plain_segment(plain, who, s, c->tags))
		return false;
	if (wrapping_is_due(c, s))
		wrapping_note(c, who, s, &t->heap);
	note_quickly(t, c, who, s);
	return true;
}

static bool wake(ws_tracker *t, struct ws_connection *c)
{
	return bench_wake(&t->bench, c) && (!c->older || bench_wake(&t->bench, c->older));
}

static int take_keyed(ws_tracker *t, const struct keyed *keyed, unsigned who, const struct segment *s)
{
	struct ws_connection *c = store_find(&t->store, keyed);
	int error;

	if (!c)
		return begin(t, keyed, NULL, who, s, 0);
	if (c->course ? take_course(t, c, who, s) : take_plain(t, c, who, s))
		return WS_OK;
	if (!wake(t, c)) {
		t->totals.undecoded[WS_UNDECODED_table_full]++;
		return WS_ERROR_MEMORY;
	}
	error = place(t, keyed, c, who, s);
	/* It may have had to make room. */
	c = t->is_quick ? store_find(&t->store, keyed) : NULL;
	if (c && c->state[0] == WS_ESTABLISHED && c->state[1] == WS_ESTABLISHED && is_alone(c))
		bench_rest_if_plain(&t->bench, c);
	return error;
}

unsigned intake_key(const ws_tracker *t, const struct segment *s, struct keyed *keyed)
{
	unsigned who = flow_key_of(s, &keyed->key);

	keyed->hash = store_hash(&t->store, &keyed->key);
	return who;
}

int intake_keyed(ws_tracker *t, struct keyed *keyed, unsigned who, const struct segment *s)
{
	int error;

	t->totals.bad_checksums += s->checksum == CHECKSUM_BAD;
	t->totals.offload_checksums += s->checksum == CHECKSUM_OFFLOAD;
	t->totals.tunnelled[s->outer.kind]++;
	if (!intake_enter(t, s, keyed)) {
		t->totals.undecoded[WS_UNDECODED_table_full]++;
		return WS_ERROR_MEMORY;
	}
	error = take_keyed(t, keyed, who, s);
	networks_leave(&t->networks, &keyed->key);
	return error;
}

int intake_segment(ws_tracker *t, const struct segment *s)
{
	struct keyed keyed;
	unsigned who = intake_key(t, s, &keyed);

	return intake_keyed(t, &keyed, who, s);
}
