#include "track/timer.h"

#include <utlist.h>

static const int64_t delay[TIMER_QUEUES] = {
	NS_PER_MS,       8 * NS_PER_MS,    64 * NS_PER_MS,    512 * NS_PER_MS,    4 * NS_PER_SEC,
	32 * NS_PER_SEC, 256 * NS_PER_SEC, 2048 * NS_PER_SEC, 16384 * NS_PER_SEC,
};

static unsigned queue_for(int64_t left)
{
	unsigned queue = TIMER_QUEUES - 1;

	while (queue > 0 && delay[queue] > left)
		queue--;
	return queue;
}

void timer_set(struct timer *timer, struct timer_entry *entry, ws_time now, ws_time deadline)
{
	unsigned queue = queue_for(deadline - now);

	timer_cancel(timer, entry);
	entry->due = now + delay[queue];
	entry->queue = (uint8_t)(queue + 1);
	DL_APPEND(timer->head[queue], entry);
	if (entry->due < timer->earliest)
		timer->earliest = entry->due;
}

void timer_cancel(struct timer *timer, struct timer_entry *entry)
{
	if (entry->queue == 0)
		return;
	DL_DELETE(timer->head[entry->queue - 1], entry);
	entry->queue = 0;
}

/* Of several that are due together that of the shortest delay comes first. */
static struct timer_entry *first_of(const struct timer *timer)
{
	struct timer_entry *first = NULL;

	for (unsigned i = 0; i < TIMER_QUEUES; i++) {
		struct timer_entry *entry = timer->head[i];

		if (entry && (!first || entry->due < first->due))
			first = entry;
	}
	return first;
}

struct timer_entry *timer_take(struct timer *timer, ws_time now)
{
	struct timer_entry *first = first_of(timer);

	timer->earliest = first ? first->due : INT64_MAX;
	if (!first || first->due > now)
		return NULL;
	timer_cancel(timer, first);
	return first;
}
