/*
 * Datagrams under way, in a table of fixed sets: what does not fit pushes out the oldest of its set, so that a flood of
 * fragments costs a bounded search and harms only what hashes alike.
 */
#include "wire/fragment.h"

#include <string.h>

#include "base/hash.h"

/* Mirror ports copy within microseconds; no sender comes round to the same identification as soon as this. */
#define COPY_WINDOW INT64_C(10000000)

#define DATAGRAM_MAX 65535

static uint32_t set_of(const struct ip_packet *ip)
{
	static const uint64_t key[2] = { UINT64_C(0x243F6A8885A308D3), UINT64_C(0x13198A2E03707344) };
	size_t address_len = ip->family == 4 ? 4 : 16;
	uint8_t bytes[4 + 2 * 16];

	memcpy(bytes, &ip->fragment_id, 4);
	memcpy(bytes + 4, ip->src, address_len);
	memcpy(bytes + 4 + address_len, ip->dst, address_len);
	return (uint32_t)(hash_keyed(bytes, 4 + 2 * address_len, key) % FRAGMENT_SETS);
}

static bool is_same_addr(const struct ws_addr *a, const struct ws_addr *b)
{
	return a->family == b->family && memcmp(a->bytes, b->bytes, sizeof(a->bytes)) == 0;
}

/* Addresses and identification may be the same in two tunnels. Tags may differ: a trunk shows a packet before and behind
 * the router. */
static bool is_same_tunnel(const struct outer *a, const struct outer *b)
{
	return a->kind == b->kind && a->id == b->id;
}

static bool is_match(const struct fragment_entry *entry, const struct ip_packet *ip, const struct segment *segment)
{
	return entry->state != FRAGMENT_FREE && entry->id == ip->fragment_id &&
	       is_same_addr(&entry->first.src, &segment->src) && is_same_addr(&entry->first.dst, &segment->dst) &&
	       is_same_tunnel(&entry->first.outer, &segment->outer);
}

/* `lost` counts those that nothing is known of without their first. */
static void entry_release(struct fragment_table *table, struct fragment_entry *entry, uint64_t *lost)
{
	if (entry->state == FRAGMENT_OPEN && !entry->has_first)
		*lost += entry->frames;
	entry->state = FRAGMENT_FREE;
	table->used--;
}

/* Bytes from the start of the TCP header on that were captured without a gap. */
static uint32_t header_prefix(const struct fragment_entry *entry)
{
	uint32_t len = 0;

	while (len < TCP_HEADER_MAX && (entry->header_bytes >> len & 1) != 0)
		len++;
	return len;
}

/* The segment, `len` bytes of header and payload, from what is kept of it. False when its header is not. */
static bool entry_segment(struct fragment_entry *entry, uint32_t len, struct segment *out, enum ws_undecoded *reason)
{
	uint32_t captured = header_prefix(entry);

	if (!tcp_decode(entry->header, captured < len ? captured : len, len, out, reason))
		return false;
	out->payload = NULL;
	out->payload_caplen = 0;
	out->ip_len = entry->ip_len;
	out->checksum = CHECKSUM_UNVERIFIED;
	out->is_truncated = entry->is_truncated;
	out->is_fragmented = true;
	return true;
}

/* The first fragment as a segment of its own, with all the length that the others vouch for. */
static bool entry_give_up(struct fragment_entry *entry, struct segment *out)
{
	enum ws_undecoded reason;
	uint32_t end = entry->has_last ? entry->total : entry->ranges[entry->ranges_len - 1].end;

	if (entry->state != FRAGMENT_OPEN || !entry->has_first)
		return false;
	*out = entry->first;
	out->noticed = NOTICED_BIT(fragment_unfinished);
	return entry_segment(entry, end - entry->upper_offset, out, &reason);
}

static bool is_stale(const struct fragment_entry *entry, ws_time now)
{
	uint64_t age = now > entry->since ? (uint64_t)now - (uint64_t)entry->since : 0;

	return age > (uint64_t)(entry->state == FRAGMENT_DONE ? COPY_WINDOW : FRAGMENT_TIMEOUT);
}

/* Makes room; a first fragment in the way goes to the ring, whose oldest it may push out in turn. */
static void entry_retire(struct fragment_table *table, struct fragment_entry *entry, ws_time now)
{
	uint32_t slot = (table->retired_at + table->retired_len) % FRAGMENT_RETIRED_MAX;

	if (entry_give_up(entry, &table->retired[slot])) {
		if (table->retired_len == FRAGMENT_RETIRED_MAX) {
			table->retired_at = (table->retired_at + 1) % FRAGMENT_RETIRED_MAX;
			table->ignored++;
		} else {
			table->retired_len++;
		}
	}
	entry_release(table, entry, is_stale(entry, now) ? &table->incomplete : &table->ignored);
}

static void entry_open(struct fragment_table *table, struct fragment_entry *entry, const struct ip_packet *ip,
		       const struct segment *segment)
{
	if (table->used == 0 || segment->ts < table->oldest)
		table->oldest = segment->ts;
	table->used++;
	entry->state = FRAGMENT_OPEN;
	entry->has_first = false;
	entry->has_last = false;
	entry->is_truncated = false;
	entry->id = ip->fragment_id;
	entry->since = segment->ts;
	entry->frames = 0;
	entry->total = 0;
	entry->ip_len = 0;
	entry->upper_offset = 0;
	entry->copied_options = ip->copied_options;
	entry->header_bytes = 0;
	entry->ranges_len = 0;
	entry->first.src = segment->src;
	entry->first.dst = segment->dst;
	entry->first.outer = segment->outer;
}

/* What is finished makes room before what is not, the older before the newer. */
static bool is_better_victim(const struct fragment_entry *a, const struct fragment_entry *b)
{
	if ((a->state == FRAGMENT_OPEN) != (b->state == FRAGMENT_OPEN))
		return a->state != FRAGMENT_OPEN;
	return a->since < b->since;
}

/* The datagram that the fragment belongs to, opened if need be. */
static struct fragment_entry *entry_find(struct fragment_table *table, const struct ip_packet *ip,
					 const struct segment *segment)
{
	struct fragment_entry *set = table->entries[set_of(ip)];
	struct fragment_entry *room = NULL;

	for (unsigned i = 0; i < FRAGMENT_WAYS; i++) {
		struct fragment_entry *entry = &set[i];

		if (is_match(entry, ip, segment)) {
			if (!is_stale(entry, segment->ts))
				return entry;
			room = entry;
			break;
		}
		if (!room ||
		    (room->state != FRAGMENT_FREE && (entry->state == FRAGMENT_FREE || is_better_victim(entry, room))))
			room = entry;
	}
	if (room->state != FRAGMENT_FREE)
		entry_retire(table, room, segment->ts);
	entry_open(table, room, ip, segment);
	return room;
}

enum range_result { RANGE_NEW, RANGE_COPY, RANGE_OVERLAP, RANGE_NO_ROOM };

/* Adds [start, end), joining it to neighbours it touches. */
static enum range_result range_add(struct fragment_entry *entry, uint32_t start, uint32_t end)
{
	struct fragment_range *ranges = entry->ranges;
	unsigned at = 0;

	while (at < entry->ranges_len && ranges[at].end < start)
		at++;
	if (at < entry->ranges_len && ranges[at].start <= start && end <= ranges[at].end)
		return RANGE_COPY;

	bool joins_left = at < entry->ranges_len && ranges[at].end == start;
	unsigned right = at + joins_left;
	bool joins_right = right < entry->ranges_len && ranges[right].start == end;

	if (right < entry->ranges_len && ranges[right].start < end)
		return RANGE_OVERLAP;
	if (joins_left) {
		ranges[at].end = joins_right ? ranges[right].end : end;
		if (joins_right) {
			entry->ranges_len--;
			memmove(&ranges[right], &ranges[right + 1], (entry->ranges_len - right) * sizeof(ranges[0]));
		}
	} else if (joins_right) {
		ranges[right].start = start;
	} else {
		if (entry->ranges_len == FRAGMENT_RANGES_MAX)
			return RANGE_NO_ROOM;
		memmove(&ranges[at + 1], &ranges[at], (entry->ranges_len - at) * sizeof(ranges[0]));
		ranges[at] = (struct fragment_range){ start, end };
		entry->ranges_len++;
	}
	return RANGE_NEW;
}

/* Keeps what the fragment has of the TCP header; `at` is its place in the TCP segment. */
static void keep_header(struct fragment_entry *entry, const struct ip_packet *ip, uint32_t at)
{
	for (uint32_t i = 0; i < ip->payload_caplen && at + i < TCP_HEADER_MAX; i++) {
		entry->header[at + i] = ip->payload[i];
		entry->header_bytes |= UINT64_C(1) << (at + i);
	}
}

static void take_first(struct fragment_entry *entry, const struct ip_packet *ip, const struct segment *segment)
{
	entry->has_first = true;
	entry->first = *segment;
	entry->upper_offset = ip->upper_offset;
	/* Bytes kept so far were placed as if TCP began the datagram. */
	if (ip->upper_offset > 0)
		entry->header_bytes = 0;
	keep_header(entry, ip, 0);
}

/* A fragment that nothing can be made of, whatever its datagram is (RFC 791 3.2, RFC 8200 4.5). */
static bool is_impossible(const struct ip_packet *ip, uint32_t len, enum ws_undecoded *reason)
{
	*reason = WS_UNDECODED_fragment_too_large;
	if (len > DATAGRAM_MAX ||
	    ip->fragment_header + ip->fragment_offset + len > DATAGRAM_MAX + (ip->family == 6 ? 40 + 8 : 0))
		return true;
	*reason = WS_UNDECODED_fragment_size_inconsistent;
	return len == 0 || (ip->has_more_fragments && len % 8 != 0);
}

static bool contradicts_end(const struct fragment_entry *entry, const struct ip_packet *ip, uint32_t end)
{
	if (entry->has_last)
		return end > entry->total || (!ip->has_more_fragments && end != entry->total);
	return !ip->has_more_fragments && entry->ranges_len > 0 && entry->ranges[entry->ranges_len - 1].end > end;
}

static bool entry_spoil(struct fragment_entry *entry, enum ws_undecoded why, enum ws_undecoded *reason)
{
	entry->state = FRAGMENT_SPOILT;
	entry->spoilt_by = why;
	*reason = why;
	return false;
}

static bool entry_complete(struct fragment_entry *entry, struct segment *segment, enum ws_undecoded *reason)
{
	ws_time ts = segment->ts;
	uint64_t frame = segment->frame;
	uint32_t file = segment->file;
	uint64_t noticed = segment->noticed;

	entry->state = FRAGMENT_DONE;
	entry->since = ts > entry->since ? ts : entry->since;
	*segment = entry->first;
	segment->ts = ts;
	segment->frame = frame;
	segment->file = file;
	segment->noticed = noticed;
	return entry_segment(entry, entry->total - entry->upper_offset, segment, reason);
}

bool fragment_add(struct fragment_table *table, const struct ip_packet *ip, struct segment *segment,
		  enum ws_undecoded *reason)
{
	uint32_t len = ip->upper_offset + ip->payload_len;

	if (is_impossible(ip, len, reason))
		return false;

	uint32_t start = ip->fragment_offset;
	uint32_t end = start + len;
	struct fragment_entry *entry = entry_find(table, ip, segment);

	if (ip->copied_options != entry->copied_options)
		segment->noticed |= NOTICED_BIT(fragment_options_differ);
	*reason = entry->state == FRAGMENT_SPOILT ? entry->spoilt_by : WS_UNDECODED_fragment;
	if (entry->state != FRAGMENT_OPEN)
		return false;
	if (contradicts_end(entry, ip, end))
		return entry_spoil(entry, WS_UNDECODED_fragment_size_inconsistent, reason);

	enum range_result result = range_add(entry, start, end);

	if (result == RANGE_OVERLAP || result == RANGE_NO_ROOM)
		return entry_spoil(
			entry, result == RANGE_OVERLAP ? WS_UNDECODED_fragment_overlap : WS_UNDECODED_fragment_ignored,
			reason);
	entry->frames++;
	if (result == RANGE_COPY)
		return false;
	entry->ip_len += ip->len;
	entry->is_truncated |= segment->is_truncated;
	if (start == 0)
		take_first(entry, ip, segment);
	else if (entry->upper_offset == 0)
		keep_header(entry, ip, start);
	if (!ip->has_more_fragments) {
		entry->has_last = true;
		entry->total = end;
	}
	if (!entry->has_last || entry->ranges_len != 1 || entry->ranges[0].start != 0 ||
	    entry->ranges[0].end != entry->total)
		return false;
	return entry_complete(entry, segment, reason);
}

static bool take_retired(struct fragment_table *table, struct segment *out)
{
	if (table->retired_len == 0)
		return false;
	*out = table->retired[table->retired_at];
	table->retired_at = (table->retired_at + 1) % FRAGMENT_RETIRED_MAX;
	table->retired_len--;
	return true;
}

/* The oldest entry, and by the way the bound that spares the next search. */
static struct fragment_entry *find_oldest(struct fragment_table *table)
{
	struct fragment_entry *oldest = NULL;

	for (unsigned i = 0; i < FRAGMENT_SETS * FRAGMENT_WAYS; i++) {
		struct fragment_entry *entry = &table->entries[i / FRAGMENT_WAYS][i % FRAGMENT_WAYS];

		if (entry->state != FRAGMENT_FREE && (!oldest || entry->since < oldest->since))
			oldest = entry;
	}
	if (oldest)
		table->oldest = oldest->since;
	return oldest;
}

bool fragment_flush(struct fragment_table *table, ws_time before, struct segment *out)
{
	if (take_retired(table, out))
		return true;
	while (table->used > 0 && (before == WS_TIME_NONE || table->oldest < before)) {
		struct fragment_entry *entry = find_oldest(table);

		if (before != WS_TIME_NONE && entry->since >= before)
			return false;

		bool is_segment = entry_give_up(entry, out);

		entry_release(table, entry, &table->incomplete);
		if (is_segment)
			return true;
	}
	return false;
}
