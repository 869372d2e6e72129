#include "capture/pace.h"

#include <time.h>

#include "base/clock.h"

bool pace_is_due(struct pace *pace, int64_t every_ns)
{
	struct timespec now;
	int64_t now_ns;

	clock_gettime(CLOCK_MONOTONIC, &now);
	now_ns = (int64_t)now.tv_sec * NS_PER_SEC + now.tv_nsec;
	if (now_ns < pace->next_ns)
		return false;
	pace->next_ns = now_ns + every_ns;
	return true;
}
