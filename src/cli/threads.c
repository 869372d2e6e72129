#include "cli/threads.h"

#include <sched.h>

#include "cli/attend.h"

/* Reading and decoding is one, finding connections and what follows from it the other. */
#define THREADS_USEFUL 2

static unsigned at_hand(void)
{
	cpu_set_t set;

	return sched_getaffinity(0, sizeof(set), &set) == 0 ? (unsigned)CPU_COUNT(&set) : 1;
}

/* Where the view looks at the tracker time and again, or each packet is to be told of before the next one, one would only
 * wait for the other. */
static bool is_one_by_one(const struct run *run)
{
	const struct options *o = run->options;

	return attend_wants_lines(run) || o->view->tick != NULL || (o->view == &view_zeek && o->where != NULL);
}

unsigned threads_wanted(const struct run *run)
{
	uint64_t asked = run->options->threads;
	uint64_t wanted = asked > 0 ? asked : at_hand();

	if (is_one_by_one(run))
		return 1;
	return wanted < THREADS_USEFUL ? (unsigned)wanted : THREADS_USEFUL;
}
