#include "cli/view_time.h"

/* Asked once, behind the packet of which the view was told last: timers that fire with it are of earlier times. What comes
 * later is of later times, and changes nothing of what it said. */
ws_time view_time_quiet_until(struct run *run)
{
	const struct view *view = run->options->view;

	if (view->on_time == NULL)
		return INT64_MAX;
	if (view->due == NULL || run->told == WS_TIME_NONE)
		return WS_TIME_NONE;
	if (!run->is_quiet_known) {
		ws_tracker_settle(run->tracker);
		run->quiet_until = view->due(run->view, run->told);
		run->is_quiet_known = true;
	}
	return run->quiet_until;
}

void view_time_tell(struct run *run, ws_time now)
{
	const struct view *view = run->options->view;

	run->newest = now;
	if (now < view_time_quiet_until(run) || view->on_time == NULL)
		return;
	ws_tracker_settle(run->tracker);
	view->on_time(run->view, run->tracker, now);
	run->told = now;
	run->is_quiet_known = false;
}
