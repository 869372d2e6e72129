#include <stdlib.h>
#include <string.h>

#include "track/crew.h"
#include "track/tracker.h"

static void count_noticed(ws_tracker *t, uint64_t noticed)
{
	for (; noticed != 0; noticed &= noticed - 1)
		t->totals.noticed[__builtin_ctzll(noticed)]++;
}

static void move_on(ws_tracker *t, ws_time now)
{
	if (t->now != WS_TIME_NONE && now <= t->now)
		return;
	if (timer_is_due(&t->timer, now))
		lifetime_expire(t, now);
	t->now = now;
}

static void count_backward(ws_tracker *t, const struct entry *e)
{
	int64_t behind = e->now - e->captured;

	if (t->totals.backward++ == 0)
		t->totals.backward_first_frame = e->segment.frame;
	if (behind > t->totals.backward_ns)
		t->totals.backward_ns = behind;
}

static void count_packet(ws_tracker *t, const struct entry *e)
{
	t->captured = e->captured;
	t->is_clamped = e->captured != e->now;
	if (t->is_clamped)
		count_backward(t, e);
	t->totals.packets++;
	t->totals.truncated += e->is_cut;
	if (t->totals.first == WS_TIME_NONE)
		t->totals.first = e->now;
	t->totals.last = e->now;
	if (e->segment.noticed)
		count_noticed(t, e->segment.noticed);
}

static void take_undecoded(ws_tracker *t, const struct entry *e)
{
	const struct cause cause = { e->now, e->segment.frame, 0 };

	t->totals.undecoded[e->reason]++;
	if (e->reason == WS_UNDECODED_icmp_error_for_flow)
		intake_quote(t, &e->quote, &cause, &e->segment.outer);
}

/* That there was no memory for it is counted; it is not the fault of the packet that is fed. */
static void take_given_up(ws_tracker *t, struct entry *e)
{
	t->totals.undecoded[WS_UNDECODED_fragment]--;
	count_noticed(t, e->segment.noticed);
	t->captured = e->captured;
	t->is_clamped = false;
	(void)intake_keyed(t, &e->keyed, e->who, &e->segment);
}

static void recount(ws_tracker *t, const struct lost_fragments *lost)
{
	t->totals.undecoded[WS_UNDECODED_fragment] -= lost->incomplete + lost->ignored;
	t->totals.undecoded[WS_UNDECODED_fragment_incomplete] += lost->incomplete;
	t->totals.undecoded[WS_UNDECODED_fragment_ignored] += lost->ignored;
}

static int take(ws_tracker *t, struct entry *e)
{
	move_on(t, e->now);
	switch ((enum entry_kind)e->kind) {
	case ENTRY_SEGMENT:
		count_packet(t, e);
		return intake_keyed(t, &e->keyed, e->who, &e->segment);
	case ENTRY_UNDECODED:
		count_packet(t, e);
		take_undecoded(t, e);
		break;
	case ENTRY_GIVEN_UP:
		take_given_up(t, e);
		break;
	case ENTRY_RECOUNT:
		recount(t, &e->lost);
		break;
	case ENTRY_TIME:
		break;
	}
	return WS_OK;
}

static bool is_segment(const struct entry *e)
{
	return e->kind <= ENTRY_GIVEN_UP;
}

/* What memory has of them is asked for in rounds, since each depends on what the one before brings. */
static void fetch(const ws_tracker *t, const struct group *group)
{
	const UT_hash_bucket *bucket[GROUP_MAX];
	const UT_hash_handle *record[GROUP_MAX];
	const struct entry *e = group->entry;

	for (size_t i = 0; i < group->len; i++)
		bucket[i] = is_segment(&e[i]) ? store_prefetch_bucket(&t->store, e[i].keyed.hash) : NULL;
	for (size_t i = 0; i < group->len; i++)
		record[i] = bucket[i] ? store_prefetch_record(bucket[i]) : NULL;
	for (size_t i = 0; t->has_courses && i < group->len; i++)
		if (record[i])
			store_prefetch_course(record[i], e[i].keyed.hash);
}

int group_take(ws_tracker *t, struct group *group)
{
	int result = WS_OK;

	if (group->len > 1)
		fetch(t, group);
	for (size_t i = 0; i < group->len; i++) {
		int error = take(t, &group->entry[i]);

		if (error)
			result = error;
	}
	group->len = 0;
	group->bytes_len = 0;
	return result;
}

/* ---- The group that is filled ------------------------------------------------------------------------------------- */

bool group_keep_payloads(struct group *group)
{
	group->bytes = malloc(GROUP_BYTES);
	return group->bytes != NULL;
}

void group_fini(struct group *group)
{
	free(group->bytes);
}

static void pass(ws_tracker *t)
{
	if (t->crew)
		crew_hand_over(t->crew);
	else if (group_take(t, &t->group) != WS_OK)
		t->error = WS_ERROR_MEMORY;
}

struct entry *group_room(ws_tracker *t)
{
	struct group *group = *t->filling;

	if (group->len == GROUP_MAX) {
		pass(t);
		group = *t->filling;
	}
	return &group->entry[group->len++];
}

void group_reserve(ws_tracker *t, size_t bytes)
{
	const struct group *group = *t->filling;

	if (group->bytes && group->bytes_len + bytes > GROUP_BYTES && group->len > 0)
		pass(t);
}

void group_keep(ws_tracker *t, struct entry *entry)
{
	struct group *group = *t->filling;
	struct segment *s = &entry->segment;

	if (s->payload_caplen == 0)
		return;
	if (!group->bytes) {
		s->payload = NULL;
		s->payload_caplen = 0;
	} else if (group->bytes_len + s->payload_caplen <= GROUP_BYTES) {
		memcpy(group->bytes + group->bytes_len, s->payload, s->payload_caplen);
		s->payload = group->bytes + group->bytes_len;
		group->bytes_len += s->payload_caplen;
	} else {
		crew_settle(t->crew);
	}
}

int group_pass(ws_tracker *t)
{
	int error;

	if ((*t->filling)->len > 0)
		pass(t);
	if (t->crew) {
		crew_hurry(t->crew);
		return crew_error(t->crew);
	}
	error = t->error;
	t->error = WS_OK;
	return error;
}
