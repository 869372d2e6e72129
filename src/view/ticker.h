/*
 * Moments at the multiples of an interval of capture time. A damaged time stamp must not make them go on for ever: those
 * with no packet between them are bounded in number.
 */
#ifndef VIEW_TICKER_H
#define VIEW_TICKER_H

#include "wirestat.h"

struct ticker {
	int64_t every_ns; /* 0: never */
	bool has_begun;
	ws_time next; /* WS_TIME_NONE when none is left in 64 bits */
	unsigned long idle;
};

void ticker_init(struct ticker *ticker, int64_t every_ns);

/* Time moved to `now`. True: a moment was passed, it stands in *tick, and there may be more. The first call only begins. */
bool ticker_passed(struct ticker *ticker, ws_time now, ws_time *tick);

/* The time before which there is no need to call it: of the next moment, INT64_MAX when there is none, WS_TIME_NONE before the
 * first call. */
ws_time ticker_due(const struct ticker *ticker);

#endif
