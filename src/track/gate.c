#include "track/tracker.h"

#define FRAGMENT_WAIT (30 * NS_PER_SEC) /* as Linux's ipfrag_time */

/* Times within this range can be subtracted, and a deadline added, without overflow. */
#define TIME_MAX (INT64_MAX / 2)

bool gate_init(struct gate *gate)
{
	gate->now = WS_TIME_NONE;
	gate->flushed = WS_TIME_NONE;
	gate->decoder = decoder_new();
	return gate->decoder != NULL;
}

void gate_fini(struct gate *gate)
{
	decoder_free(gate->decoder);
}

static ws_time in_range(ws_time ts)
{
	if (ts > TIME_MAX)
		return TIME_MAX;
	return ts < -TIME_MAX ? -TIME_MAX : ts;
}

static inline struct entry *make(ws_tracker *t, enum entry_kind kind)
{
	struct group *group = *t->filling;
	struct entry *entry = group->len < GROUP_MAX ? &group->entry[group->len++] : group_room(t);

	entry->kind = (uint8_t)kind;
	entry->now = t->gate.now;
	return entry;
}

/* What is there to count of them; nothing is no entry. */
static void recount(ws_tracker *t)
{
	struct lost_fragments lost = { decoder_incomplete(t->gate.decoder), decoder_ignored(t->gate.decoder) };

	if (lost.incomplete != 0 || lost.ignored != 0)
		make(t, ENTRY_RECOUNT)->lost = lost;
}

static void flush_fragments(ws_tracker *t, ws_time before)
{
	struct segment s;

	while (decoder_flush(t->gate.decoder, before, &s)) {
		struct entry *entry = make(t, ENTRY_GIVEN_UP);

		entry->captured = s.ts;
		entry->segment = s;
		if (s.ts < t->gate.now)
			entry->segment.ts = t->gate.now;
		entry->who = (uint8_t)intake_key(t, &s, &entry->keyed);
	}
	recount(t);
	t->gate.flushed = t->gate.now;
}

/* True when that is later than all before. */
static inline bool move_on(ws_tracker *t, ws_time now)
{
	struct gate *gate = &t->gate;

	if (gate->now != WS_TIME_NONE && now <= gate->now)
		return false;
	gate->now = now;
	if (gate->flushed == WS_TIME_NONE || now - gate->flushed > NS_PER_SEC)
		flush_fragments(t, now - FRAGMENT_WAIT);
	return true;
}

void gate_time(ws_tracker *t, ws_time now)
{
	if (move_on(t, in_range(now)))
		make(t, ENTRY_TIME);
}

/* `captured`: its time before it was clamped. */
static inline void take(ws_tracker *t, const struct ws_packet *packet, ws_time captured)
{
	enum ws_undecoded reason;
	struct entry *entry;

	if (t->crew)
		group_reserve(t, packet->caplen);
	entry = make(t, ENTRY_SEGMENT);
	entry->captured = captured;
	entry->is_cut = packet->caplen < packet->len;
	if (decoder_packet(t->gate.decoder, packet, &entry->segment, &reason) == DECODE_SEGMENT) {
		entry->who = (uint8_t)intake_key(t, &entry->segment, &entry->keyed);
		if (t->crew)
			group_keep(t, entry);
		return;
	}
	entry->kind = ENTRY_UNDECODED;
	entry->reason = (uint8_t)reason;
	entry->segment.frame = packet->frame;
	if (reason == WS_UNDECODED_icmp_error_for_flow)
		entry->quote = *decoder_quote(t->gate.decoder);
}

/* A clock that runs backwards is held; the packet is taken at the newest time seen. */
void gate_packet(ws_tracker *t, const struct ws_packet *packet)
{
	ws_time captured = in_range(packet->ts);

	move_on(t, captured);
	if (packet->ts == t->gate.now) {
		take(t, packet, captured);
	} else {
		struct ws_packet at = *packet;

		at.ts = t->gate.now;
		take(t, &at, captured);
	}
}

void gate_end(ws_tracker *t)
{
	if (t->gate.now != WS_TIME_NONE)
		flush_fragments(t, WS_TIME_NONE);
}
