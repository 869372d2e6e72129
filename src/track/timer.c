#include "track/timer.h"

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

static void append(struct timer_entry *ring, struct timer_entry *entry)
{
	if (!ring->next)
		ring->next = ring->prev = ring;
	entry->prev = ring->prev;
	entry->next = ring;
	ring->prev->next = entry;
	ring->prev = entry;
}

void timer_set(struct timer *timer, struct timer_entry *entry, ws_time now, ws_time deadline)
{
	unsigned queue = queue_for(deadline - now);

	timer_cancel(entry);
	entry->due = now + delay[queue];
	append(&timer->queue[queue], entry);
	if (entry->due < timer->earliest)
		timer->earliest = entry->due;
}

void timer_cancel(struct timer_entry *entry)
{
	if (!timer_waits(entry))
		return;
	entry->prev->next = entry->next;
	entry->next->prev = entry->prev;
	entry->next = NULL;
}

/* Of several that are due together that of the shortest delay comes first. */
static struct timer_entry *first_of(struct timer *timer)
{
	struct timer_entry *first = NULL;

	for (unsigned i = 0; i < TIMER_QUEUES; i++) {
		struct timer_entry *ring = &timer->queue[i];
		struct timer_entry *entry = ring->next;

		if (entry && entry != ring && (!first || entry->due < first->due))
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
	timer_cancel(first);
	return first;
}
