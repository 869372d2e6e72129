#include "medley.h"

#include <check.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINKTYPE_ETHERNET 1
#define SECOND INT64_C(1000000000)
#define START (INT64_C(1600000000) * SECOND)
#define PAUSE (90 * SECOND) /* between two captures that follow each other: TIME-WAIT is over */
#define CASE_TEXT_MAX (1 << 20)

/* ---- Whole captures ----------------------------------------------------------------------------------------------- */

/* Found once, and kept. */
static void list(const char *pattern, glob_t *found, char ***names, size_t *len)
{
	if (!found->gl_pathv && glob(pattern, 0, NULL, found) != 0)
		abort(); /* called before Check runs, too */
	*names = found->gl_pathv;
	*len = found->gl_pathc;
}

void medley_names(char ***cases, size_t *cases_len, char ***captures, size_t *captures_len)
{
	static glob_t found[2];

	list("tests/cases/*.case", &found[0], cases, cases_len);
	list(getenv("WS_CAPTURES") ? getenv("WS_CAPTURES") : "pcaps/*/*.pcap", &found[1], captures, captures_len);
}

static void load_case(struct frames *frames, const char *name)
{
	static char text[CASE_TEXT_MAX];
	static struct case_file file;
	char error[CASE_ERROR_MAX];
	FILE *in = fopen(name, "r");
	size_t len;

	ck_assert_ptr_nonnull(in);
	len = fread(text, 1, sizeof(text), in);
	fclose(in);
	ck_assert_msg(case_parse(text, len, &file, error), "%s: %s", name, error);
	frames_of_case(frames, &file, len % 3 == 0);
}

void medley_load(struct frames *frames, const char *name)
{
	size_t len = strlen(name);

	if (len > 5 && strcmp(name + len - 5, ".case") == 0)
		load_case(frames, name);
	else
		ck_assert_msg(frames_of_file(frames, name), "%s cannot be read", name);
}

/* Most captures have addresses of their own here, so that there are many connections; the others meet on theirs. */
static void move(struct frame *frame, size_t number)
{
	struct frame_parts parts;
	uint8_t by = (uint8_t)(number % 4 == 0 ? 0 : number);
	size_t address;

	if (by == 0 || !frame_parse(frame, &parts))
		return;
	address = parts.ip + (parts.is_ipv6 ? 8 : 12);
	frame->data[address + 1] ^= by;
	frame->data[address + (parts.is_ipv6 ? 16 : 4) + 1] ^= by;
	frame_fix_checksums(frame, &parts);
}

/* Timers become frames of no known protocol: time goes on by them as well. */
static void append(struct frames *all, const struct frames *one, size_t number, ws_time start, ws_time *end)
{
	static const uint8_t nothing[60] = { [12] = 0x88, [13] = 0xb5 };

	ck_assert_uint_eq(one->linktype, LINKTYPE_ETHERNET);
	for (size_t i = 0; i < one->len; i++) {
		const struct frame *frame = &one->at[i];
		ws_time ts = start + (frame->ts - one->at[0].ts);

		if (frame->is_timer)
			frames_add(all, ts, nothing, sizeof(nothing));
		else
			move(frames_add(all, ts, frame->data, frame->len), number);
		if (ts > *end)
			*end = ts;
	}
}

void medley_init(struct frames *frames, size_t stride, size_t overlap)
{
	char **names[2];
	size_t len[2];
	ws_time end = START;
	size_t taken = 0;

	*frames = (struct frames){ .linktype = LINKTYPE_ETHERNET };
	medley_names(&names[0], &len[0], &names[1], &len[1]);
	for (size_t i = 0; i < len[0] + len[1]; i += stride) {
		struct frames one;

		medley_load(&one, i < len[0] ? names[0][i] : names[1][i - len[0]]);
		append(frames, &one, taken, taken % overlap == 0 ? end + PAUSE : end - SECOND, &end);
		frames_fini(&one);
		taken++;
	}
	frames_sort(frames);
	for (size_t i = 0; i < frames->len; i++)
		frames->at[i].order = i;
}

void medley_repeat(struct frames *frames, unsigned times)
{
	size_t len = frames->len;
	ws_time span = frames->at[len - 1].ts - frames->at[0].ts + PAUSE;

	for (unsigned n = 1; n < times; n++)
		for (size_t i = 0; i < len; i++) {
			const struct frame from = frames->at[i];
			struct frame *frame = frames_add(frames, from.ts + (ws_time)n * span, from.data, from.len);

			frame->caplen = from.caplen;
			frame->order = frames->len - 1;
		}
}

/* ---- Spoiling ----------------------------------------------------------------------------------------------------- */

static uint64_t next_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

static void set_ip_checksum(uint8_t *ip)
{
	uint32_t sum = 0;

	ip[10] = ip[11] = 0;
	for (size_t i = 0; i < 20; i += 2)
		sum += (uint32_t)ip[i] << 8 | ip[i + 1];
	sum = (sum & 0xFFFF) + (sum >> 16);
	sum = ~((sum & 0xFFFF) + (sum >> 16));
	ip[10] = (uint8_t)(sum >> 8);
	ip[11] = (uint8_t)sum;
}

static void set_length(uint8_t *ip, size_t len, unsigned fragment)
{
	ip[2] = (uint8_t)(len >> 8);
	ip[3] = (uint8_t)len;
	ip[6] = (uint8_t)(fragment >> 8);
	ip[7] = (uint8_t)fragment;
	set_ip_checksum(ip);
}

/* The first 24 bytes of the segment, and the rest, if it comes at all, a while later. */
static void cut_up(struct frames *frames, struct frame *frame, const struct frame_parts *parts, uint64_t chance)
{
	const size_t head = 24;
	size_t rest = parts->end - parts->tcp;
	struct frame *second;

	if (parts->is_ipv6 || parts->tcp != parts->ip + 20 || rest <= head)
		return;
	rest -= head;
	if (chance % 4 != 0) {
		second = frames_add(frames, frame->ts + (ws_time)(chance % 3) * SECOND / 2, frame->data,
				    (uint32_t)(parts->tcp + rest));
		memcpy(second->data + parts->tcp, frame->data + parts->tcp + head, rest);
		set_length(second->data + parts->ip, 20 + rest, (unsigned)(head / 8));
		second->order = frame->order + 1;
	}
	set_length(frame->data + parts->ip, 20 + head, 0x2000);
	frame->caplen = frame->len = (uint32_t)(parts->tcp + head);
}

/* "Host unreachable", about the packet, to its sender. */
static void quote(struct frames *frames, const struct frame *frame, const struct frame_parts *parts)
{
	const size_t quoted = 28;
	struct frame *error;
	uint8_t *ip;

	if (parts->is_ipv6 || parts->tcp != parts->ip + 20)
		return;
	error = frames_add(frames, frame->ts + SECOND / 1000, NULL, (uint32_t)(parts->ip + 28 + quoted));
	memcpy(error->data, frame->data, parts->ip + 20);
	ip = error->data + parts->ip;
	memcpy(ip + 16, frame->data + parts->ip + 12, 4);
	memcpy(ip + 12, "\x0a\x01\x02\x03", 4);
	ip[9] = 1;
	ip[20] = 3;
	ip[21] = 1;
	memcpy(ip + 28, frame->data + parts->ip, quoted);
	set_length(ip, 28 + quoted, 0);
	error->order = frame->order;
}

static void spoil(struct frames *frames, size_t at, uint64_t *random)
{
	struct frame frame = frames->at[at];
	uint64_t chance = next_random(random);
	struct frame_parts parts;
	bool is_tcp = frame_parse(&frame, &parts);

	switch (chance >> 8 & 7) {
	case 0:
		frame.ts -= (ws_time)(chance >> 16 & 0xFF) * SECOND / 50;
		break;
	case 1:
		frame.ts += (ws_time)(chance >> 16 & 0xFF) * SECOND;
		break;
	case 2:
		frame.data[chance >> 16 & 63 & (frame.len - 1)] ^= (uint8_t)(1u << (chance >> 40 & 7));
		break;
	case 3:
		frame.caplen = (uint32_t)((chance >> 16) % (frame.len + 1));
		break;
	case 4:
		if (is_tcp)
			quote(frames, &frame, &parts);
		break;
	default:
		if (is_tcp)
			cut_up(frames, &frame, &parts, chance >> 16);
	}
	frames->at[at] = frame;
}

/* The capture keeps the order it has; only what was added goes to its time, so that clocks run backwards too. */
void medley_spoil(struct frames *frames, unsigned one_in, uint64_t seed)
{
	uint64_t random = seed | 1;
	size_t len = frames->len;

	for (size_t i = 0; i < len; i++)
		if (next_random(&random) % one_in == 0)
			spoil(frames, i, &random);
	for (size_t i = len; i < frames->len; i++) {
		struct frame added = frames->at[i];
		size_t to = i;

		while (to > 0 && frames->at[to - 1].ts > added.ts) {
			frames->at[to] = frames->at[to - 1];
			to--;
		}
		frames->at[to] = added;
	}
}
