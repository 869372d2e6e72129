/*
 * The time slider of the top view: which moment a step leads to, and the bar that shows where it lies. The end of input
 * is WS_TIME_NONE, as in struct view_now.
 */
#ifndef VIEW_TOP_SLIDER_H
#define VIEW_TOP_SLIDER_H

#include "base/text.h"
#include "wirestat.h"

/* A step that leads through the input in about fifty: 1, 2 or 5 times a power of ten of nanoseconds, 1 us at least. */
int64_t top_slider_step(ws_time first, ws_time last);

/* The next smaller or larger one of them. */
int64_t top_slider_resize(int64_t step_ns, bool is_larger);

/* `moment` moved by `by_ns`, not before `first`; WS_TIME_NONE from `last` on. */
ws_time top_slider_move(ws_time first, ws_time last, ws_time moment, int64_t by_ns);

/* "[=====|-----] +1.2s of 1m06s, step 2.0s" in `width` columns; the bar gives way first. */
void top_slider_line(struct text *out, ws_time first, ws_time last, ws_time moment, int64_t step_ns, size_t width);

#endif
