#include "cli/batch.h"

#include "cli/view_time.h"

/* Enough for what is done once for all of them to count for nothing. */
#define BATCH_MAX 64

static bool looks_at_each(const struct run *run)
{
	const struct options *o = run->options;

	return o->live.interface != NULL || o->view->tick != NULL || run->at.kind != MOMENT_NONE;
}

/* Not one more than -c allows. */
static size_t room(const struct run *run)
{
	uint64_t max = run->options->packets_max;

	return max > 0 && max - run->fed < BATCH_MAX ? (size_t)(max - run->fed) : BATCH_MAX;
}

bool batch_take(struct run *run)
{
	struct ws_packet packets[BATCH_MAX];
	struct source_batch batch = { .packets = packets };

	if (looks_at_each(run))
		return false;
	batch.max = room(run);
	batch.before = view_time_quiet_until(run);
	source_batch(run->source, &batch);
	if (batch.len + batch.skipped == 0)
		return false;
	/* Out of memory is counted by the tracker, as table-full. */
	(void)ws_tracker_feed_batch(run->tracker, packets, batch.len);
	run->fed += batch.len;
	run->filtered += batch.skipped;
	if (run->options->packets_max > 0 && run->fed == run->options->packets_max)
		run->is_done = true;
	return true;
}
