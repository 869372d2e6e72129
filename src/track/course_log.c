#include "track/course_log.h"

#include <string.h>

/* What is ordinary about options; those of a SYN have an entry's third byte. */
#define SYN_OPTIONS (OPTION_MSS | OPTION_WSCALE | OPTION_SACK_PERMITTED | OPTION_TIMESTAMPS)

/* Bits of an entry's first byte; the two highest are the checksum. */
enum {
	ENTRY_SIDE = 1u << 0,
	ENTRY_TIMESTAMPS = 1u << 1,
	ENTRY_TRUNCATED = 1u << 2,
	ENTRY_OFFLOAD = 1u << 3,
	ENTRY_APART = 1u << 4, /* time and frame are counted from the beginning, else from the entry before */
	ENTRY_CHECKSUM = 6,
};

_Static_assert((SYN_OPTIONS & ~0xFFu) == 0, "one byte");

bool course_log_can_hold(const struct segment *s)
{
	uint32_t options = s->flags & WS_FLAG_SYN ? (uint32_t)SYN_OPTIONS : (uint32_t)OPTION_TIMESTAMPS;

	return !(s->options.present & ~options) && !s->is_fragmented && !s->is_header_cut;
}

/* What the numbers of an entry are distances from. */
struct bases {
	uint32_t seq;
	uint32_t ack;
	uint32_t tsval;
	uint32_t tsecr;
};

/* Of the responder nothing is known when the SYN is written. */
static struct bases bases_of(const struct course *course, unsigned who, uint8_t flags)
{
	bool is_first = (flags & (WS_FLAG_SYN | WS_FLAG_ACK)) == WS_FLAG_SYN;

	return (struct bases){ .seq = course->iss[who],
			       .ack = is_first ? 0 : course->iss[!who],
			       .tsval = course->tsval[who],
			       .tsecr = is_first ? 0 : course->tsval[!who] };
}

/* ---- Writing ------------------------------------------------------------------------------------------------------ */

static uint8_t *put(uint8_t *at, uint64_t value)
{
	for (; value >= 0x80; value >>= 7)
		*at++ = (uint8_t)(value | 0x80);
	*at++ = (uint8_t)value;
	return at;
}

/* Small distances in either direction are short. */
static uint8_t *put_distance(uint8_t *at, int64_t distance)
{
	return put(at, (uint64_t)distance << 1 ^ (distance < 0 ? UINT64_MAX : 0));
}

static uint8_t *put_seq(uint8_t *at, uint32_t seq, uint32_t base)
{
	return put_distance(at, seq_diff(seq, base));
}

static uint8_t *put16(uint8_t *at, uint16_t value)
{
	*at++ = (uint8_t)(value >> 8);
	*at++ = (uint8_t)value;
	return at;
}

static uint8_t *put_options(uint8_t *at, const struct bases *bases, const struct segment *s)
{
	const struct tcp_options *o = &s->options;

	if (o->present & OPTION_TIMESTAMPS) {
		at = put_seq(at, o->tsval, bases->tsval);
		at = put_seq(at, o->tsecr, bases->tsecr);
	}
	if (s->flags & WS_FLAG_SYN) {
		*at++ = (uint8_t)o->present;
		at = put16(at, o->present & OPTION_MSS ? o->mss : 0);
		*at++ = o->present & OPTION_WSCALE ? o->wscale : 0;
	}
	return at;
}

/* The entry before is that of the segment before, unless ordinary ones have come since, which were not written. */
static bool is_apart(const struct course *course)
{
	return course->len == 0 || course->has_moved;
}

static size_t write_entry(const struct ws_connection *c, unsigned who, const struct segment *s, uint8_t *out)
{
	struct bases bases = bases_of(c->course, who, s->flags);
	bool apart = is_apart(c->course);
	uint8_t *at = out;

	*at++ = (uint8_t)((who ? ENTRY_SIDE : 0u) | (apart ? ENTRY_APART : 0u) |
			  (s->options.present & OPTION_TIMESTAMPS ? ENTRY_TIMESTAMPS : 0u) |
			  (s->is_truncated ? ENTRY_TRUNCATED : 0u) | (s->is_offload ? ENTRY_OFFLOAD : 0u) |
			  (unsigned)s->checksum << ENTRY_CHECKSUM);
	*at++ = s->flags;
	at = put(at, (uint64_t)(s->ts - (apart ? c->start : c->end)));
	at = put_distance(at, (int64_t)(s->frame - (apart ? c->first_frame : c->last_frame)));
	at = put_seq(at, s->seq, bases.seq);
	at = put_seq(at, s->ack, bases.ack);
	at = put(at, s->len);
	at = put(at, s->ip_len - s->len);
	at = put16(at, s->window);
	at = put_options(at, &bases, s);
	return (size_t)(at - out);
}

bool course_log_add(struct courses *courses, struct ws_connection *c, unsigned who, const struct segment *s)
{
	uint8_t entry[COURSE_ENTRY_MAX];
	size_t len = write_entry(c, who, s, entry);

	if (!courses_make_room(courses, c, c->course->len + len))
		return false;
	memcpy(course_log(c->course) + c->course->len, entry, len);
	c->course->len = (uint16_t)(c->course->len + len);
	return true;
}

/* ---- Reading ------------------------------------------------------------------------------------------------------ */

static uint64_t get(const uint8_t **at)
{
	uint64_t value = 0;
	unsigned shift = 0;

	do
		value |= (uint64_t)(**at & 0x7F) << shift;
	while (shift += 7, *(*at)++ & 0x80);
	return value;
}

static int64_t get_distance(const uint8_t **at)
{
	uint64_t value = get(at);

	return (int64_t)(value >> 1 ^ (0 - (value & 1)));
}

static uint32_t get_seq(const uint8_t **at, uint32_t base)
{
	return base + (uint32_t)get_distance(at);
}

static uint16_t get16(const uint8_t **at)
{
	uint16_t value = (uint16_t)((*at)[0] << 8 | (*at)[1]);

	*at += 2;
	return value;
}

static void get_options(const uint8_t **at, const struct bases *bases, bool has_timestamps, struct segment *out)
{
	struct tcp_options *o = &out->options;

	if (has_timestamps) {
		o->present = OPTION_TIMESTAMPS;
		o->tsval = get_seq(at, bases->tsval);
		o->tsecr = get_seq(at, bases->tsecr);
	}
	if (out->flags & WS_FLAG_SYN) {
		o->present = *(*at)++;
		o->mss = get16(at);
		o->wscale = *(*at)++;
	}
}

static void read_place(const struct ws_connection *c, const uint8_t **from, bool is_apart, struct course_reader *reader)
{
	reader->ts = (is_apart ? c->start : reader->ts) + (int64_t)get(from);
	reader->frame = (is_apart ? c->first_frame : reader->frame) + (uint64_t)get_distance(from);
}

unsigned course_log_read(const struct ws_connection *c, struct course_reader *reader, struct segment *out)
{
	const struct course *course = c->course;
	const uint8_t *from = course_log(course) + reader->at;
	uint8_t traits = *from++;
	unsigned who = (traits & ENTRY_SIDE) != 0;
	struct bases bases = bases_of(course, who, *from);

	memset(out, 0, sizeof *out);
	out->file = c->file;
	out->is_truncated = (traits & ENTRY_TRUNCATED) != 0;
	out->is_offload = (traits & ENTRY_OFFLOAD) != 0;
	out->checksum = (uint8_t)(traits >> ENTRY_CHECKSUM);
	out->flags = *from++;
	read_place(c, &from, (traits & ENTRY_APART) != 0, reader);
	out->ts = reader->ts;
	out->frame = reader->frame;
	out->seq = get_seq(&from, bases.seq);
	out->ack = get_seq(&from, bases.ack);
	out->len = (uint32_t)get(&from);
	out->ip_len = out->len + (uint32_t)get(&from);
	out->window = get16(&from);
	get_options(&from, &bases, (traits & ENTRY_TIMESTAMPS) != 0, out);
	reader->at = (uint16_t)(from - course_log(course));
	return who;
}
