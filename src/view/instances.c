/*
 * The findings of one connection, counted by kind in the order in which the kinds came.
 */
#include "view/instances.h"

#include <stdlib.h>

struct instances *instances_new(void)
{
	return calloc(1, sizeof(struct instances));
}

void instances_free(struct instances *instances)
{
	if (!instances)
		return;
	free(instances->items);
	free(instances);
}

static struct instances_item *find(const struct instances *instances, enum ws_finding_id id)
{
	for (size_t i = 0; i < instances->len; i++) {
		if (instances->items[i].id == id)
			return &instances->items[i];
	}
	return NULL;
}

static struct instances_item *add(struct instances *instances, enum ws_finding_id id)
{
	struct instances_item *items = instances->items;

	if (instances->len == instances->size) {
		size_t size = instances->size > 0 ? 2 * instances->size : 4;

		items = reallocarray(items, size, sizeof(*items));
		if (!items)
			return NULL;
		instances->items = items;
		instances->size = size;
	}
	items[instances->len] = (struct instances_item){ .id = id };
	return &items[instances->len++];
}

bool instances_take(struct instances *instances, const struct ws_event *finding, uint32_t most)
{
	struct instances_item *item = find(instances, finding->finding);

	if (!item)
		item = add(instances, finding->finding);
	if (!item)
		return true;
	item->count++;
	item->last_frame = finding->frame;
	if (item->told == most)
		return false;
	item->told++;
	return true;
}

/* Timers are not exact, and a tap sees them through the path. */
static bool is_about_double(int64_t gap, int64_t before)
{
	return gap > before + before / 2 && gap < 3 * before;
}

/* When the client's SYN, or the server's SYN-ACK, went out first. */
static ws_time first_sent(const struct ws_record *record, bool is_syn_ack)
{
	const struct ws_endpoint *client = &record->endpoint[WS_CLIENT];

	if (client->path_len == 0 || client->path[0].cause != WS_CAUSE_SND_SYN)
		return WS_TIME_NONE;
	if (!is_syn_ack)
		return client->path[0].earliest;
	return record->server_rtt_ns >= 0 ? client->path[0].earliest + record->server_rtt_ns : WS_TIME_NONE;
}

void instances_repeat(struct instances *instances, const struct ws_event *finding, const struct ws_record *record)
{
	bool is_syn_ack = finding->finding == WS_FINDING_syn_ack_retransmitted;
	struct instances_repeats *repeats = &instances->repeats[is_syn_ack];
	ws_time before = repeats->len > 0 ? repeats->last : first_sent(record, is_syn_ack);

	if ((finding->finding != WS_FINDING_syn_retransmitted && !is_syn_ack) || before == WS_TIME_NONE)
		return;

	int64_t gap = finding->ts - before;

	if (repeats->len == 0) {
		repeats->first_gap = gap;
		repeats->is_doubled = true;
	} else {
		repeats->is_doubled = repeats->is_doubled && is_about_double(gap, repeats->last_gap);
	}
	repeats->last_gap = gap;
	repeats->last = finding->ts;
	repeats->len++;
}

const struct instances_item *instances_of(const struct instances *instances, enum ws_finding_id id)
{
	return instances ? find(instances, id) : NULL;
}
