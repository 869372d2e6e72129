/*
 * Two sides that talk, for the tests of tcp/ and track/.
 */
#include "talk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "tcp/path.h"

static const struct {
	bool is_swapped;
	uint32_t isn[2];
} variants[TALK_VARIANTS] = {
	{ false, { 0xfffffffe, 0xffffffff } }, { true, { 0xfffffffe, 0xffffffff } }, { false, { 0, 0 } },
	{ true, { 0xfffffff5, 0x7ffffff6 } },  { false, { 0x7fffffff, 100 } },       { true, { 100, 0xfffffff0 } },
};

void talk_init(struct talk *talk, int variant)
{
	memset(talk, 0, sizeof *talk);
	endpoint_init(&talk->pair.side[0]);
	endpoint_init(&talk->pair.side[1]);
	talk->side[A] = variants[variant].is_swapped;
	talk->side[B] = !variants[variant].is_swapped;
	memcpy(talk->isn, variants[variant].isn, sizeof talk->isn);
	talk->pair.client = (uint8_t)talk->side[A];
	talk->now = 1000 * NS_PER_SEC;
}

static uint8_t flags_of(const char *text)
{
	static const char letters[] = "FSRP.UEW";
	unsigned flags = 0;

	for (; *text; text++) {
		const char *at = strchr(letters, *text);

		if (!at)
			abort();
		flags |= 1u << (at - letters);
	}
	return (uint8_t)flags;
}

static struct ws_addr addr_of(unsigned side)
{
	return (struct ws_addr){ .family = 4, .bytes = { 10, 0, 0, (uint8_t)(side + 1) } };
}

struct segment *talk_make(struct talk *talk, enum talk_side from, const char *flags, uint32_t seq, uint32_t ack,
			  uint32_t len)
{
	enum talk_side to = from == A ? B : A;

	talk->now += 10 * NS_PER_MS;
	talk->frame++;
	talk->from = from;
	talk->segment = (struct segment){ .ts = talk->now,
					  .frame = talk->frame,
					  .src = addr_of(talk->side[from]),
					  .dst = addr_of(talk->side[to]),
					  .sport = from == A ? 40000 : 80,
					  .dport = from == A ? 80 : 40000,
					  .seq = talk->isn[from] + seq,
					  .len = len,
					  .ip_len = 40 + len,
					  .window = 65535,
					  .tcp_checksum = (uint16_t)talk->frame,
					  .flags = flags_of(flags),
					  .ttl = 64,
					  .has_ip_id = true,
					  .ip_id = (uint16_t)talk->frame,
					  .checksum = CHECKSUM_GOOD };
	if (talk->segment.flags & WS_FLAG_ACK)
		talk->segment.ack = talk->isn[to] + ack;
	return &talk->segment;
}

void talk_timestamps(struct segment *segment, uint32_t tsval, uint32_t tsecr)
{
	segment->options.present |= OPTION_TIMESTAMPS;
	segment->options.tsval = tsval;
	segment->options.tsecr = tsecr;
}

/* What the tracker does about inference: it counts, and keeps the state that the path leads to. */
const struct facts *talk_send(struct talk *talk)
{
	struct pair *pair = &talk->pair;

	if (talk->frame == 1 && !(talk->segment.flags & WS_FLAG_SYN))
		pair->is_midstream = true;
	infer_segment(pair, talk->side[talk->from], &talk->segment, &talk->facts);
	pair->side[talk->side[talk->from]].packets++;
	for (unsigned i = 0; i < 2; i++) {
		struct path path;

		path_derive(pair, i, &path);
		pair->side[i].state = (uint8_t)path_state(&path);
		pair->side[i].proven = (uint8_t)path_proven_state(&path);
		pair->side[i].is_dirty = false;
	}
	return &talk->facts;
}

const struct facts *say(struct talk *talk, enum talk_side from, const char *flags, uint32_t seq, uint32_t ack,
			uint32_t len)
{
	talk_make(talk, from, flags, seq, ack, len);
	return talk_send(talk);
}

void talk_wait(struct talk *talk, int64_t ms)
{
	talk->now += ms * NS_PER_MS;
}

void talk_handshake(struct talk *talk)
{
	say(talk, A, "S", 0, 0, 0);
	say(talk, B, "S.", 0, 1, 0);
	say(talk, A, ".", 1, 1, 0);
}

void talk_open(struct talk *talk)
{
	talk_handshake(talk);
	say(talk, A, "P.", 1, 1, 10);
	say(talk, B, "P.", 1, 11, 10);
	say(talk, A, ".", 11, 11, 0);
}

struct endpoint *talk_endpoint(struct talk *talk, enum talk_side side)
{
	return &talk->pair.side[talk->side[side]];
}

const char *talk_state(const struct talk *talk, enum talk_side side)
{
	static char text[2][32];
	struct path path;

	path_derive(&talk->pair, talk->side[side], &path);
	snprintf(text[side], sizeof text[side], "%s%s", ws_state_name(path_state(&path)),
		 path_state(&path) != path_proven_state(&path) ? "?" : "");
	return text[side];
}

#define PATH_TEXT_MAX 256

static void path_text(const struct talk *talk, enum talk_side side, const char *const marks[3], char *out)
{
	struct path path;
	size_t len = 0;

	path_derive(&talk->pair, talk->side[side], &path);
	out[0] = '\0';
	for (unsigned i = 0; i < path.len && len < PATH_TEXT_MAX; i++)
		len += (size_t)snprintf(out + len, PATH_TEXT_MAX - len, "%s%s%s", i > 0 ? " " : "",
					ws_state_name(path.step[i].state), marks[path.step[i].evidence]);
}

const char *talk_path(const struct talk *talk, enum talk_side side)
{
	static char text[PATH_TEXT_MAX];
	static const char *const marks[] = { [WS_PROVEN] = "", [WS_PRESUMED] = "?", [WS_TIMER] = "@" };

	path_text(talk, side, marks, text);
	return text;
}

const char *talk_way(const struct talk *talk, enum talk_side side)
{
	static char text[PATH_TEXT_MAX];
	static const char *const marks[] = { "", "", "" };

	path_text(talk, side, marks, text);
	return text;
}
