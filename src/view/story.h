/*
 * What was told of one connection while it was followed: proofs and retractions, and the segments that moved something, so
 * that its path can be explained in the end.
 */
#ifndef VIEW_STORY_H
#define VIEW_STORY_H

#include "wirestat.h"

#define STORY_NOTES_MAX 1024

/* A PROOF or RETRACT, or the segment of a frame that moved something. */
struct story_note {
	enum ws_event_type type; /* PROOF, RETRACT or SEGMENT */
	enum ws_side side;       /* as the roles are known in the end */
	enum ws_state from;
	enum ws_state to;
	ws_time ts;
	uint64_t frame;
	const char *why;
	struct ws_segment segment;
};

struct story {
	struct story_note *notes;
	size_t len;
	size_t size;
	uint64_t left_out;
	struct ws_segment segment; /* the newest */
	uint64_t frame;            /* its own */
	ws_time ts;
	struct ws_addr client; /* as the roles are known now */
	uint16_t client_port;
};

void story_fini(struct story *story);

/* SEGMENT, STATE, PROOF or RETRACT of the connection; `record` is of now. */
void story_take(struct story *story, const struct ws_event *event, const struct ws_record *record);

/* The segment of that frame, if it moved something; else NULL. */
const struct ws_segment *story_segment(const struct story *story, uint64_t frame);

/* The newest proof that this side was in `state`; NULL: it was told as proven. */
const struct story_note *story_proof(const struct story *story, enum ws_side side, enum ws_state state);

#endif
