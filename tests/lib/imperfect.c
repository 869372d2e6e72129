#include "imperfect.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#define MAC_LEN 6
#define BURST_NS INT64_C(5000000)
#define SWAP_NS INT64_C(20000000) /* farther apart than this nothing is swapped */

static void set_u16(uint8_t *at, size_t value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
}

static uint32_t get_u32(const uint8_t *at)
{
	return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

/* ---- Copies --------------------------------------------------------------------------------------------------- */

static void insert(uint8_t *out, const uint8_t *in, size_t len, size_t at, const uint8_t *what, size_t what_len)
{
	memcpy(out, in, at);
	memcpy(out + at, what, what_len);
	memcpy(out + at + what_len, in + at, len - at);
}

static void fix_ip_checksum(uint8_t *ip)
{
	uint32_t sum = 0;

	set_u16(ip + 10, 0);
	for (size_t i = 0; i < 20; i += 2)
		sum += (uint32_t)ip[i] << 8 | ip[i + 1];
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	set_u16(ip + 10, ~sum & 0xffff);
}

static struct frame *add_copy(struct frames *frames, const struct frame *of, const struct copying *copying)
{
	static const uint8_t tag[4] = { 0x81, 0x00, 0x00, 0x64 };
	struct frame original = *of;
	size_t extra = copying->is_tagged ? sizeof(tag) : 0;
	struct frame *copy = frames_add(frames, original.ts + copying->delay_ns, NULL, original.len + (uint32_t)extra);
	struct frame_parts parts;

	copy->caplen = original.caplen + (uint32_t)extra;
	insert(copy->data, original.data, original.caplen, 2 * MAC_LEN, tag, extra);
	if (copying->hops > 0 && frame_parse(&original, &parts)) {
		copy->data[0] ^= 0x10;
		copy->data[MAC_LEN] ^= 0x20;
		copy->data[parts.ip + extra + (parts.is_ipv6 ? 7 : 8)] =
			(uint8_t)(copy->data[parts.ip + extra + (parts.is_ipv6 ? 7 : 8)] - copying->hops);
		if (!parts.is_ipv6)
			fix_ip_checksum(copy->data + parts.ip + extra);
	}
	return copy;
}

/* Copies are in the order of their frames, each group behind the group it repeats. */
static void order_bursts(struct frames *frames, size_t count, unsigned burst)
{
	struct frame *sorted = calloc(2 * count + 1, sizeof(*sorted));
	size_t next = count;
	size_t len = 0;

	ck_assert_ptr_nonnull(sorted);
	for (size_t from = 0, to; from < count; from = to) {
		ws_time last = frames->at[from].ts;

		for (to = from; to < count && to - from < burst && frames->at[to].ts - frames->at[from].ts < BURST_NS;
		     to++)
			last = frames->at[to].ts;
		for (size_t i = from; i < to; i++)
			sorted[len++] = frames->at[i];
		for (size_t i = from; i < to; i++) {
			if (frames->at[i].is_timer)
				continue;
			sorted[len] = frames->at[next++];
			sorted[len++].ts = last;
		}
	}
	memcpy(frames->at, sorted, len * sizeof(*sorted));
	free(sorted);
}

void imperfect_copies(struct frames *frames, const struct copying *copying)
{
	size_t count = frames->len;

	for (size_t i = 0; i < count; i++) {
		struct frame *copy;

		if (frames->at[i].is_timer)
			continue;
		copy = add_copy(frames, &frames->at[i], copying);
		if (copying->is_before) {
			struct frame first = frames->at[i];

			frames->at[i].data = copy->data;
			frames->at[i].caplen = copy->caplen;
			frames->at[i].len = copy->len;
			copy->data = first.data;
			copy->caplen = first.caplen;
			copy->len = first.len;
		}
	}
	if (copying->burst > 0)
		order_bursts(frames, count, copying->burst);
	else
		frames_sort(frames);
}

/* ---- Missing and out of order ----------------------------------------------------------------------------------- */

void imperfect_drop_direction(struct frames *frames, bool from_a)
{
	struct frame_parts parts;

	for (size_t i = frames->len; i-- > 0;)
		if (frame_parse(&frames->at[i], &parts) && parts.from_a == from_a)
			frames_drop(frames, i);
}

void imperfect_drop_first(struct frames *frames, size_t count)
{
	while (count > 0 && frames->len > 0) {
		count -= !frames->at[0].is_timer;
		frames_drop(frames, 0);
	}
}

void imperfect_drop_one(struct frames *frames, size_t index)
{
	if (!frames->at[index].is_timer)
		frames_drop(frames, index);
}

bool imperfect_swap(struct frames *frames, size_t index, bool keeps_times)
{
	struct frame *first = &frames->at[index];
	struct frame later;
	struct frame_parts a;
	struct frame_parts b;

	if (index + 1 >= frames->len || !frame_parse(first, &a) || !frame_parse(first + 1, &b))
		return false;
	if (a.from_a == b.from_a || first[1].ts - first->ts > SWAP_NS)
		return false;
	later = first[1];
	first[1] = first[0];
	first[0] = later;
	if (!keeps_times)
		first[1].ts = first[0].ts;
	return true;
}

/* ---- Cut, joined, in pieces ------------------------------------------------------------------------------------- */

void imperfect_snap(struct frames *frames, uint32_t snap)
{
	for (size_t i = 0; i < frames->len; i++)
		if (frames->at[i].caplen > snap)
			frames->at[i].caplen = snap;
}

bool imperfect_is_undamaged(const struct frames *frames)
{
	bool is_undamaged = true;

	for (size_t i = 0; i < frames->len && is_undamaged; i++) {
		struct frame frame = frames->at[i];
		struct frame_parts parts;

		if (!frame_parse(&frame, &parts))
			continue;
		frame.data = malloc(frame.caplen);
		ck_assert_ptr_nonnull(frame.data);
		memcpy(frame.data, frames->at[i].data, frame.caplen);
		frame_fix_checksums(&frame, &parts);
		is_undamaged = memcmp(frame.data + parts.tcp, frames->at[i].data + parts.tcp, 20) == 0;
		free(frame.data);
	}
	return is_undamaged;
}

void imperfect_checksums(struct frames *frames, bool from_a, bool is_pseudo)
{
	for (size_t i = 0; i < frames->len; i++) {
		struct frame *frame = &frames->at[i];
		struct frame_parts parts;
		struct frame_parts header;
		uint8_t *field;

		if (!frame_parse(frame, &parts) || parts.from_a != from_a)
			continue;
		field = frame->data + parts.tcp + 16;
		if (!is_pseudo) {
			set_u16(field, 0x1234);
			continue;
		}
		/* The sum over addresses, protocol and length alone, not complemented. */
		header = parts;
		uint8_t *copy = malloc(frame->caplen);

		ck_assert_ptr_nonnull(copy);
		memcpy(copy, frame->data, frame->caplen);
		memset(frame->data + parts.tcp, 0, parts.end - parts.tcp);
		frame_fix_checksums(frame, &header);
		set_u16(copy + parts.tcp + 16, (size_t)(~((size_t)field[0] << 8 | field[1]) & 0xffff));
		memcpy(frame->data, copy, frame->caplen);
		free(copy);
	}
}

void imperfect_length_zero(struct frames *frames)
{
	struct frame_parts parts;

	/* Padding of a short frame would be taken for payload, by anyone: super-frames have none. */
	for (size_t i = 0; i < frames->len; i++)
		if (frame_parse(&frames->at[i], &parts) && parts.end == frames->at[i].len &&
		    parts.payload < parts.end && !parts.is_ipv6)
			set_u16(frames->at[i].data + parts.ip + 2, 0);
}

/* Would a network card have made one segment of the two? */
static bool can_join(const struct frame *a, const struct frame *b)
{
	struct frame_parts p;
	struct frame_parts q;
	const uint8_t *left;
	const uint8_t *right;

	if (!frame_parse(a, &p) || !frame_parse(b, &q) || p.is_ipv6 != q.is_ipv6 || p.from_a != q.from_a)
		return false;
	left = a->data + p.tcp;
	right = b->data + q.tcp;
	if (memcmp(left, right, 4) != 0 || (p.flags & ~0x18) || (q.flags & ~0x19) || p.payload >= p.end ||
	    q.payload >= q.end || p.payload != q.payload)
		return false;
	if (p.end - p.payload + q.end - q.payload > 60000)
		return false;
	if (memcmp(left + 8, right + 8, 4) != 0 || memcmp(left + 20, right + 20, p.payload - p.tcp - 20) != 0)
		return false;
	return get_u32(left + 4) + (uint32_t)(p.end - p.payload) == get_u32(right + 4);
}

static void join(struct frame *a, const struct frame *b)
{
	struct frame_parts p;
	struct frame_parts q;
	size_t more;

	frame_parse(a, &p);
	frame_parse(b, &q);
	more = q.end - q.payload;
	a->data = realloc(a->data, p.end + more);
	ck_assert_ptr_nonnull(a->data);
	memcpy(a->data + p.end, b->data + q.payload, more);
	a->data[p.tcp + 13] |= q.flags;
	p.end += more;
	a->len = (uint32_t)p.end;
	a->caplen = a->len;
	if (p.is_ipv6)
		set_u16(a->data + p.ip + 4, p.end - p.tcp);
	else
		set_u16(a->data + p.ip + 2, p.end - p.ip);
	frame_fix_checksums(a, &p);
}

size_t imperfect_join(struct frames *frames)
{
	size_t joined = 0;

	for (size_t i = 0; i + 1 < frames->len;) {
		if (!can_join(&frames->at[i], &frames->at[i + 1])) {
			i++;
			continue;
		}
		join(&frames->at[i], &frames->at[i + 1]);
		frames_drop(frames, i + 1);
		joined++;
	}
	return joined;
}

static void add_fragment(struct frames *out, const struct frame *of, const struct frame_parts *parts, size_t from,
			 size_t to, uint32_t id)
{
	size_t header = parts->tcp + (parts->is_ipv6 ? 8 : 0);
	size_t total = parts->end - parts->tcp;
	struct frame *f = frames_add(out, of->ts, NULL, (uint32_t)(header + to - from));
	uint8_t *ip = f->data + parts->ip;

	memcpy(f->data, of->data, parts->tcp);
	memcpy(f->data + header, of->data + parts->tcp + from, to - from);
	if (parts->is_ipv6) {
		const uint8_t fragment[8] = { ip[6], 0,    (uint8_t)(from >> 8), (uint8_t)(from | (to < total)),
					      0x12,  0x34, (uint8_t)(id >> 8),   (uint8_t)id };

		memcpy(ip + 40, fragment, sizeof(fragment));
		ip[6] = 44;
		set_u16(ip + 4, 8 + to - from);
		return;
	}
	set_u16(ip + 2, 20 + to - from);
	/* A copy is cut up as its first was; what has no identification gets one when it is. */
	if (ip[4] == 0 && ip[5] == 0)
		set_u16(ip + 4, 0x8000 + id);
	set_u16(ip + 6, from / 8 | (to < total ? 0x2000u : 0));
}

/* Adds the pieces of one frame; returns how many. */
static size_t cut_up(struct frames *out, const struct frame *frame, const struct frame_parts *parts, uint32_t id,
		     bool is_backwards)
{
	size_t total = parts->end - parts->tcp;
	size_t cut[4] = { 0, 8, 24, total };
	size_t pieces = total > 32 ? 3 : 2;

	if (total <= 16)
		return 0;
	cut[pieces] = total;
	for (size_t i = 0; i < pieces; i++) {
		size_t n = is_backwards ? pieces - 1 - i : i;

		add_fragment(out, frame, parts, cut[n], cut[n + 1], id);
	}
	return pieces;
}

static void mix(struct frames *frames)
{
	for (size_t i = 0; i + 4 < frames->len; i += 3) {
		struct frame kept = frames->at[i + 2];

		if (kept.is_timer || frames->at[i + 3].is_timer || frames->at[i + 3].ts - kept.ts > SWAP_NS)
			continue;
		kept.ts = frames->at[i + 3].ts;
		frames->at[i + 2] = frames->at[i + 3];
		frames->at[i + 3] = kept;
	}
}

void imperfect_fragments(struct frames *frames, enum fragment_order order)
{
	struct frames out = { .linktype = frames->linktype };

	for (size_t i = 0; i < frames->len; i++) {
		const struct frame *frame = &frames->at[i];
		struct frame_parts parts;

		if (frame_parse(frame, &parts) &&
		    cut_up(&out, frame, &parts, (uint32_t)i + 1, order == FRAGMENTS_BACKWARDS) > 0)
			continue;
		if (frame->is_timer)
			frames_add(&out, frame->ts, NULL, 0)->is_timer = true;
		else
			frames_add(&out, frame->ts, frame->data, frame->len)->caplen = frame->caplen;
	}
	if (order == FRAGMENTS_MIXED)
		mix(&out);
	frames_fini(frames);
	*frames = out;
}

/* ---- The clock -------------------------------------------------------------------------------------------------- */

void imperfect_clock_back(struct frames *frames, int64_t by_ns)
{
	for (size_t i = frames->len / 2; i < frames->len; i++)
		frames->at[i].ts -= by_ns;
}

void imperfect_clock_coarse(struct frames *frames, int64_t unit_ns)
{
	for (size_t i = 0; i < frames->len; i++)
		frames->at[i].ts -= frames->at[i].ts % unit_ns;
}
