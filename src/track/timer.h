/*
 * Deadlines in capture time. A waiting entry stands in one of a few queues, each of one fixed delay: in the longest
 * that does not overshoot. So every queue is sorted by itself, setting and taking a deadline cost a constant, and an
 * entry that comes out too early (because its deadline was moved on) is simply set again. Lateness is at most the
 * shortest delay.
 */
#ifndef TRACK_TIMER_H
#define TRACK_TIMER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/clock.h"

#define TIMER_QUEUES 9

/* Part of whatever waits. All zero is an entry that does not wait. */
struct timer_entry {
	struct timer_entry *prev;
	struct timer_entry *next; /* NULL: does not wait */
	ws_time due;
};

/* All zero is one in which nothing waits. It must stay where it is, once it was used. */
struct timer {
	struct timer_entry queue[TIMER_QUEUES]; /* each a ring, closed by this entry, which is due at no time */
	ws_time earliest;                       /* nothing that waits is due before */
};

static inline bool timer_waits(const struct timer_entry *entry)
{
	return entry->next != NULL;
}

/* Lets `entry` come out at `deadline` or earlier, whether it waits already or not. */
void timer_set(struct timer *timer, struct timer_entry *entry, ws_time now, ws_time deadline);

void timer_cancel(struct timer_entry *entry);

/* Whether timer_due may have something. */
static inline bool timer_is_due(const struct timer *timer, ws_time now)
{
	return now >= timer->earliest;
}

/* As timer_due, which asks only when something may be due. */
struct timer_entry *timer_take(struct timer *timer, ws_time now);

/* Takes out the entry that is due first, if at `now` or before (entry->due tells when); NULL when there is none. */
static inline struct timer_entry *timer_due(struct timer *timer, ws_time now)
{
	return timer_is_due(timer, now) ? timer_take(timer, now) : NULL;
}

#endif
