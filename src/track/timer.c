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
}

void timer_cancel(struct timer *timer, struct timer_entry *entry)
{
	if (entry->queue == 0)
		return;
	DL_DELETE(timer->head[entry->queue - 1], entry);
	entry->queue = 0;
}

struct timer_entry *timer_due(struct timer *timer, ws_time now)
{
	struct timer_entry *first = NULL;

	for (unsigned i = 0; i < TIMER_QUEUES; i++) {
		struct timer_entry *entry = timer->head[i];

		if (entry && entry->due <= now && (!first || entry->due < first->due))
			first = entry;
	}
	if (first)
		timer_cancel(timer, first);
	return first;
}
