/*
 * The ordinary course of a connection: SYN, SYN-ACK, ACK, data, one FIN after the other, each acknowledged; nothing lost,
 * repeated, out of place or odd. At every stage of it the states of both sides and what proves them are the same for all
 * connections, so its segments need no detail. What they said is kept in a short log; when something comes that is not of the
 * course, or when somebody asks, the rules (tcp/) are told all of it once more and make the detail.
 *
 * course.c takes segments; course_log.c keeps and repeats them; course_stage.c is the table of stages; courses.c is
 * where they are kept.
 */
#ifndef TRACK_COURSE_H
#define TRACK_COURSE_H

#include "track/connection.h"
#include "track/plain.h"

struct courses;

/* What was the last of note. Opener and responder, from FIN on closer (who sent its FIN first) and the other. */
enum course_stage {
	COURSE_SYN,
	COURSE_SYN_ACK,
	COURSE_ACK,       /* of the SYN-ACK; the responder has yet to show that it has it */
	COURSE_OPEN,      /* the responder has gone on */
	COURSE_FIN,       /* of the closer */
	COURSE_FIN_ACKED, /* by a segment of its own */
	COURSE_FINS,      /* and that of the other, which acknowledges the first */
	COURSE_DONE,      /* acknowledged */
	COURSE_STAGES
};

struct course {
	ws_time since[2]; /* of the states */
	ws_time answered; /* the SYN-ACK passed, from COURSE_SYN_ACK on, */
	ws_time acked;    /* and its ACK */
	uint32_t iss[2];
	uint32_t tsval[2];   /* the first of each side, */
	uint32_t newest[2];  /* and from COURSE_FIN on the newest */
	uint32_t closer_end; /* beyond the closer's FIN */
	uint16_t len;        /* bytes of the log */
	uint16_t plain_at;   /* where in the log the first FIN stands, from COURSE_FIN on */
	uint8_t stage;
	uint8_t opener;
	uint8_t closer;
	uint8_t size_class;      /* courses.h */
	bool has_plain : 1;      /* from COURSE_ACK on */
	bool has_moved : 1;      /* ordinary segments have come since the last in the log */
	bool is_shown : 1;       /* the responder has gone on after its SYN-ACK */
	bool is_doubtful : 1;    /* the other may have closed before the closer's FIN came (INFERENCE 3) */
	bool is_acked_apart : 1; /* COURSE_FIN_ACKED was one of the stages */
	uint64_t data[]; /* the numbers of both sides as before the first FIN (struct plain), if there are any; the log */
};

/* If there are any. */
static inline struct plain *course_plain(const struct course *course)
{
	return (struct plain *)(uintptr_t)course->data;
}

static inline uint8_t *course_log(const struct course *course)
{
	return (uint8_t *)(uintptr_t)course->data + (course->has_plain ? sizeof(struct plain) : 0);
}

/* Whether `s` can be the first segment of a course. */
bool course_can_begin(const struct segment *s);

/* c->course, of a connection of which nothing but `s` of side `who` was seen. False when out of memory. */
bool course_begin(struct courses *courses, struct ws_connection *c, unsigned who, const struct segment *s);

/* Side `who` sent `s`. False, and nothing was done, when it is not the course's next or there is no memory to note it. */
bool course_segment(struct courses *courses, struct ws_connection *c, unsigned who, const struct segment *s);

/* Tells the rules all of it: c->detail, a fresh one, becomes as if they had been told at once. */
void course_replay(struct ws_connection *c);

/* Of side `who`: packets and payload bytes. */
void course_amounts(const struct course *course, unsigned who, uint64_t *packets, uint64_t *bytes);

/* ---- course_stage.c ---------------------------------------------------------------------------------------------- */

/* The states of both sides. */
void course_states(const struct course *course, uint8_t state[2]);

/* The state of side `who`, and the furthest that is proven. */
enum ws_state course_state(const struct course *course, unsigned who);
enum ws_state course_proven(const struct course *course, unsigned who);

#endif
