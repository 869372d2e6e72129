/*
 * The log of a course: each segment as few bytes as tell all that the rules read of an ordinary one. Numbers are kept as
 * distances from where the connection began, time and frame from the entry before, in the variable length of LEB128.
 */
#ifndef TRACK_COURSE_LOG_H
#define TRACK_COURSE_LOG_H

#include "track/courses.h"

#define COURSE_ENTRY_MAX 72

/* Whether an entry can hold `s`. */
bool course_log_can_hold(const struct segment *s);

/* Adds `s` of side `who`; c->course may move. False when out of memory or when the log would become too long. */
bool course_log_add(struct courses *courses, struct ws_connection *c, unsigned who, const struct segment *s);

/* Goes through the log. */
struct course_reader {
	uint16_t at;
	ws_time ts; /* of the entry before */
	uint64_t frame;
};

static inline struct course_reader course_reader(const struct ws_connection *c)
{
	return (struct course_reader){ 0, c->start, c->first_frame };
}

/* The next entry: who sent it. */
unsigned course_log_read(const struct ws_connection *c, struct course_reader *reader, struct segment *out);

#endif
