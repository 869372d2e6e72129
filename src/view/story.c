/*
 * Notes on one connection. When the tracker exchanges client and server, all notes are exchanged with them.
 */
#include "view/story.h"

#include <stdlib.h>
#include <string.h>

void story_fini(struct story *story)
{
	free(story->notes);
	*story = (struct story){ 0 };
}

static enum ws_side other(enum ws_side side)
{
	return side == WS_BOTH ? WS_BOTH : side == WS_CLIENT ? WS_SERVER : WS_CLIENT;
}

static void follow_roles(struct story *story, const struct ws_record *record)
{
	const struct ws_endpoint *client = &record->endpoint[WS_CLIENT];
	bool is_same =
		client->port == story->client_port && memcmp(&client->addr, &story->client, sizeof(story->client)) == 0;

	for (size_t i = 0; !is_same && i < story->len; i++) {
		story->notes[i].side = other(story->notes[i].side);
		story->notes[i].segment.from = other(story->notes[i].segment.from);
	}
	story->client = client->addr;
	story->client_port = client->port;
}

static void add(struct story *story, const struct story_note *note)
{
	if (story->len == story->size) {
		size_t size = story->size > 0 ? 2 * story->size : 16;
		struct story_note *notes =
			story->len < STORY_NOTES_MAX ? reallocarray(story->notes, size, sizeof(*notes)) : NULL;

		if (!notes) {
			story->left_out++;
			return;
		}
		story->notes = notes;
		story->size = size;
	}
	story->notes[story->len++] = *note;
}

/* The segment that the event came with, once. */
static void keep_segment(struct story *story, uint64_t frame)
{
	struct story_note note = { .type = WS_EVENT_SEGMENT, .ts = story->ts, .frame = frame };

	if (frame == 0 || frame != story->frame || story_segment(story, frame))
		return;
	note.segment = story->segment;
	note.side = story->segment.from;
	add(story, &note);
}

void story_take(struct story *story, const struct ws_event *event, const struct ws_record *record)
{
	follow_roles(story, record);
	if (event->type == WS_EVENT_SEGMENT) {
		story->segment = *event->segment;
		story->frame = event->frame;
		story->ts = event->ts;
		return;
	}
	keep_segment(story, event->frame);
	if (event->type == WS_EVENT_PROOF || event->type == WS_EVENT_RETRACT) {
		struct story_note note = {
			.type = event->type,
			.side = event->side,
			.from = event->from,
			.to = event->to,
			.ts = event->ts,
			.frame = event->frame,
			.why = event->why,
		};

		add(story, &note);
	}
}

const struct ws_segment *story_segment(const struct story *story, uint64_t frame)
{
	for (size_t i = 0; i < story->len; i++) {
		if (story->notes[i].type == WS_EVENT_SEGMENT && story->notes[i].frame == frame)
			return &story->notes[i].segment;
	}
	return NULL;
}

const struct story_note *story_proof(const struct story *story, enum ws_side side, enum ws_state state)
{
	for (size_t i = story->len; i-- > 0;) {
		const struct story_note *note = &story->notes[i];

		if (note->type == WS_EVENT_PROOF && note->side == side && note->to == state)
			return note;
	}
	return NULL;
}
