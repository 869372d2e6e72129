/*
 * When the view is told of capture time: before the packet that is the first of a later time, unless the view has said that it
 * has nothing to do before then.
 */
#ifndef CLI_VIEW_TIME_H
#define CLI_VIEW_TIME_H

#include "cli/run_inside.h"

/* The time of which the view need not be told before it comes; WS_TIME_NONE: of each; INT64_MAX: of none. */
ws_time view_time_quiet_until(struct run *run);

/* Capture time is `now`, later than the view was told before. */
void view_time_tell(struct run *run, ws_time now);

#endif
