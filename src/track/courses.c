#include "track/courses.h"

#include <string.h>

static const uint16_t sizes[COURSE_CLASSES] = { 128, 384, 640 };

void courses_init(struct courses *courses)
{
	courses->bytes = 0;
	for (size_t i = 0; i < COURSE_CLASSES; i++)
		slab_init(&courses->slab[i], sizes[i]);
}

void courses_fini(struct courses *courses)
{
	for (size_t i = 0; i < COURSE_CLASSES; i++)
		slab_fini(&courses->slab[i]);
}

static struct course *take(struct courses *courses, size_t size_class)
{
	struct course *course = slab_take(&courses->slab[size_class]);

	if (course)
		courses->bytes += sizes[size_class];
	return course;
}

static void give(struct courses *courses, struct course *course)
{
	courses->bytes -= sizes[course->size_class];
	slab_give(&courses->slab[course->size_class], course);
}

bool courses_add(struct courses *courses, struct ws_connection *c)
{
	struct course *course = take(courses, 0);

	if (!course)
		return false;
	*course = (struct course){ .len = 0 };
	c->course = course;
	return true;
}

void courses_drop(struct courses *courses, struct ws_connection *c)
{
	if (c->course)
		give(courses, c->course);
	c->course = NULL;
}

/* To a place that holds so many bytes of log, with numbers or without. */
static bool move(struct courses *courses, struct ws_connection *c, bool has_plain, size_t len)
{
	struct course *old = c->course;
	size_t head = sizeof *old + (has_plain ? sizeof(struct plain) : 0);
	size_t size_class = old->size_class;
	struct course *course;

	while (size_class < COURSE_CLASSES && sizes[size_class] < head + len)
		size_class++;
	course = size_class < COURSE_CLASSES ? take(courses, size_class) : NULL;
	if (!course)
		return false;
	*course = *old;
	course->size_class = (uint8_t)size_class;
	course->has_plain = has_plain;
	if (old->has_plain)
		*course_plain(course) = *course_plain(old);
	memcpy(course_log(course), course_log(old), old->len);
	c->course = course;
	give(courses, old);
	return true;
}

bool courses_make_room(struct courses *courses, struct ws_connection *c, size_t len)
{
	const struct course *course = c->course;
	size_t head = sizeof *course + (course->has_plain ? sizeof(struct plain) : 0);

	return head + len <= sizes[course->size_class] || move(courses, c, course->has_plain, len);
}

bool courses_put_plain(struct courses *courses, struct ws_connection *c, const struct plain *plain, size_t len)
{
	if (!move(courses, c, true, c->course->len + len))
		return false;
	*course_plain(c->course) = *plain;
	return true;
}
