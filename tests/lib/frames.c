#include "frames.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "capture/source.h"
#include "replay.h"

#define ETHERNET_LEN 14
#define LINKTYPE_ETHERNET 1
#define LINKTYPE_RAW 101

static struct frame *add(struct frames *frames)
{
	struct frame *frame;

	if (frames->len == frames->size) {
		frames->size = frames->size * 2 + 16;
		frames->at = realloc(frames->at, frames->size * sizeof(frames->at[0]));
		ck_assert_ptr_nonnull(frames->at);
	}
	frame = &frames->at[frames->len++];
	*frame = (struct frame){ 0 };
	return frame;
}

struct frame *frames_add(struct frames *frames, ws_time ts, const uint8_t *data, uint32_t len)
{
	/* `data` may belong to a frame, which stays where it is when the list moves. */
	uint8_t *own = calloc(1, len + 1);
	struct frame *frame = add(frames);

	ck_assert_ptr_nonnull(own);
	if (data)
		memcpy(own, data, len);
	*frame = (struct frame){ .ts = ts, .data = own, .caplen = len, .len = len };
	return frame;
}

static void add_timer(struct frames *frames, ws_time ts)
{
	*add(frames) = (struct frame){ .is_timer = true, .ts = ts };
}

void frames_of_case(struct frames *frames, const struct case_file *file, bool is_ipv6)
{
	const struct replay_way way = { .name = "plain", .is_ipv6 = is_ipv6 };
	struct replay replay;

	replay_init(&replay, file, &way);
	*frames = (struct frames){ .linktype = replay.linktype };
	for (size_t i = 0; i < replay.steps_len; i++) {
		const struct replay_step *step = &replay.steps[i];

		if (step->is_timer)
			add_timer(frames, step->ts);
		else
			frames_add(frames, step->ts, replay.bytes + step->at, step->len);
	}
	replay_fini(&replay);
}

/* A packet without its link header, or cut short, becomes a whole frame of Ethernet, its missing bytes 0. */
static void add_whole(struct frames *frames, const struct ws_packet *packet)
{
	uint32_t link = packet->linktype == LINKTYPE_ETHERNET ? 0 : ETHERNET_LEN;
	struct frame *frame = frames_add(frames, packet->ts, NULL, packet->len + link);
	struct frame_parts parts;

	memcpy(frame->data + link, packet->data, packet->caplen);
	if (link > 0)
		memcpy(frame->data + 12, packet->data[0] >> 4 == 6 ? "\x86\xdd" : "\x08\x00", 2);
	if (packet->caplen < packet->len && frame_parse(frame, &parts))
		frame_fix_checksums(frame, &parts);
}

bool frames_of_file(struct frames *frames, const char *name)
{
	struct source_options options = { .names = &name, .names_len = 1 };
	struct source *source = source_new(&options);
	struct source_problem problem;
	struct ws_packet packet;
	enum source_result result;

	ck_assert_ptr_nonnull(source);
	*frames = (struct frames){ .linktype = LINKTYPE_ETHERNET };
	while ((result = source_next(source, &packet, &problem)) == SOURCE_PACKET &&
	       (packet.linktype == LINKTYPE_ETHERNET || packet.linktype == LINKTYPE_RAW) && packet.caplen > 0)
		add_whole(frames, &packet);
	source_free(source);
	return result == SOURCE_END && frames->len > 0;
}

void frames_copy(struct frames *out, const struct frames *in)
{
	*out = (struct frames){ .linktype = in->linktype };
	for (size_t i = 0; i < in->len; i++) {
		const struct frame *frame = &in->at[i];

		if (frame->is_timer)
			add_timer(out, frame->ts);
		else
			frames_add(out, frame->ts, frame->data, frame->len)->caplen = frame->caplen;
	}
}

void frames_fini(struct frames *frames)
{
	for (size_t i = 0; i < frames->len; i++)
		free(frames->at[i].data);
	free(frames->at);
	*frames = (struct frames){ 0 };
}

void frames_drop(struct frames *frames, size_t index)
{
	free(frames->at[index].data);
	memmove(&frames->at[index], &frames->at[index + 1], (--frames->len - index) * sizeof(frames->at[0]));
}

static int by_time(const void *left, const void *right)
{
	const struct frame *a = left;
	const struct frame *b = right;

	if (a->ts != b->ts)
		return a->ts < b->ts ? -1 : 1;
	return a->order < b->order ? -1 : a->order > b->order;
}

void frames_sort(struct frames *frames)
{
	for (size_t i = 0; i < frames->len; i++)
		frames->at[i].order = i;
	if (frames->len > 0)
		qsort(frames->at, frames->len, sizeof(frames->at[0]), by_time);
}

static unsigned get_u16(const uint8_t *p)
{
	return (unsigned)p[0] << 8 | p[1];
}

static bool parse_ip(const struct frame *frame, struct frame_parts *parts)
{
	const uint8_t *ip = frame->data + ETHERNET_LEN;

	*parts = (struct frame_parts){ .ip = ETHERNET_LEN };
	if (frame->is_timer || frame->caplen < frame->len || frame->len < ETHERNET_LEN + 40)
		return false;
	switch (get_u16(frame->data + 12)) {
	case 0x0800:
		parts->tcp = ETHERNET_LEN + 20;
		parts->end = ETHERNET_LEN + get_u16(ip + 2);
		return ip[0] == 0x45 && ip[9] == 6 && !(get_u16(ip + 6) & 0x3fff);
	case 0x86dd:
		parts->is_ipv6 = true;
		parts->tcp = ETHERNET_LEN + 40;
		parts->end = ETHERNET_LEN + 40 + get_u16(ip + 4);
		return ip[6] == 6;
	default:
		return false;
	}
}

bool frame_parse(const struct frame *frame, struct frame_parts *parts)
{
	const uint8_t *tcp;
	size_t addr_len;
	int order;

	if (!parse_ip(frame, parts) || parts->end > frame->len || parts->end < parts->tcp + 20)
		return false;
	tcp = frame->data + parts->tcp;
	addr_len = parts->is_ipv6 ? 16 : 4;
	parts->payload = parts->tcp + (size_t)(tcp[12] >> 4) * 4;
	parts->flags = tcp[13];
	order = memcmp(frame->data + parts->tcp - 2 * addr_len, frame->data + parts->tcp - addr_len, addr_len);
	parts->from_a = order != 0 ? order < 0 : memcmp(tcp, tcp + 2, 2) < 0;
	return parts->payload <= parts->end;
}

static uint32_t sum(uint32_t start, const uint8_t *p, size_t len)
{
	for (size_t i = 0; i < len; i++)
		start += i % 2 ? p[i] : (uint32_t)p[i] << 8;
	return start;
}

static void put_sum(uint8_t *at, uint32_t value)
{
	while (value >> 16)
		value = (value & 0xffff) + (value >> 16);
	at[0] = (uint8_t)(~value >> 8 & 0xff);
	at[1] = (uint8_t)(~value & 0xff);
}

void frame_fix_checksums(struct frame *frame, const struct frame_parts *parts)
{
	uint8_t *ip = frame->data + parts->ip;
	uint8_t *tcp = frame->data + parts->tcp;
	size_t len = parts->end - parts->tcp;
	size_t addr_len = parts->is_ipv6 ? 16 : 4;

	if (!parts->is_ipv6) {
		memset(ip + 10, 0, 2);
		put_sum(ip + 10, sum(0, ip, 20));
	}
	memset(tcp + 16, 0, 2);
	put_sum(tcp + 16, sum(sum(6 + (uint32_t)len, tcp - 2 * addr_len, 2 * addr_len), tcp, len));
}

void frames_feed(const struct frames *frames, ws_tracker *tracker)
{
	uint64_t number = 0;

	for (size_t i = 0; i < frames->len; i++) {
		const struct frame *frame = &frames->at[i];
		struct ws_packet packet = { .ts = frame->ts,
					    .data = frame->data,
					    .caplen = frame->caplen,
					    .len = frame->len,
					    .linktype = frames->linktype };

		if (frame->is_timer) {
			ws_tracker_advance(tracker, frame->ts);
			continue;
		}
		packet.frame = ++number;
		ck_assert_int_eq(ws_tracker_feed(tracker, &packet), 0);
	}
}
