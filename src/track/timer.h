/*
 * Deadlines in capture time. A waiting entry stands in one of a few queues, each of one fixed delay: in the longest that
 * does not overshoot. So every queue is sorted by itself, setting and taking a deadline cost a constant, and an entry that
 * comes out too early (because its deadline was moved on) is simply set again. Lateness is at most the shortest delay.
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
	struct timer_entry *next;
	ws_time due;
	uint8_t queue; /* its queue plus 1; 0: does not wait */
};

/* All zero is one in which nothing waits. */
struct timer {
	struct timer_entry *head[TIMER_QUEUES];
	ws_time earliest; /* nothing that waits is due before */
};

/* Lets `entry` come out at `deadline` or earlier, whether it waits already or not. */
void timer_set(struct timer *timer, struct timer_entry *entry, ws_time now, ws_time deadline);

void timer_cancel(struct timer *timer, struct timer_entry *entry);

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
