/*
 * Where courses are kept: in places of a few sizes, the next larger one as the log grows. So an opening takes two cache lines
 * and a connection at work six.
 */
#ifndef TRACK_COURSES_H
#define TRACK_COURSES_H

#include "base/slab.h"
#include "track/course.h"

#define COURSE_CLASSES 3

struct courses {
	struct slab slab[COURSE_CLASSES];
	uint64_t bytes; /* of all courses */
};

void courses_init(struct courses *courses);

/* With all courses. */
void courses_fini(struct courses *courses);

/* c->course, all zero. False when out of memory. */
bool courses_add(struct courses *courses, struct ws_connection *c);

/* There is none any more, if there was one. */
void courses_drop(struct courses *courses, struct ws_connection *c);

/* Room for so many bytes of log; c->course may move. False when that is more than any place has, or out of memory. */
bool courses_make_room(struct courses *courses, struct ws_connection *c, size_t len);

/* Puts the numbers in, which it had none of so far, and makes room for `len` bytes more. The same. */
bool courses_put_plain(struct courses *courses, struct ws_connection *c, const struct plain *plain, size_t len);

#endif
