#include "cli/threads.h"

#include <sched.h>

/* Reading and decoding is one, finding connections and what follows from it the other. */
#define THREADS_USEFUL 2

static unsigned at_hand(void)
{
	cpu_set_t set;

	return sched_getaffinity(0, sizeof(set), &set) == 0 ? (unsigned)CPU_COUNT(&set) : 1;
}

/* Where the view looks at the tracker time and again, one would only wait for the other. */
static bool looks_all_the_time(const struct options *o)
{
	return o->view->tick != NULL || (o->view == &view_zeek && o->where != NULL);
}

unsigned threads_wanted(const struct options *options)
{
	unsigned wanted = options->threads == 0 ? 1 : at_hand();

	if (looks_all_the_time(options))
		return 1;
	if (options->threads > 0)
		wanted = options->threads < THREADS_USEFUL ? (unsigned)options->threads : THREADS_USEFUL;
	return wanted < THREADS_USEFUL ? wanted : THREADS_USEFUL;
}
