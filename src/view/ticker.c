#include "view/ticker.h"

#include <stdio.h>

#define IDLE_MAX 100000

void ticker_init(struct ticker *ticker, int64_t every_ns)
{
	*ticker = (struct ticker){ .every_ns = every_ns };
}

/* How far `t` lies behind a multiple. */
static int64_t rest_of(ws_time t, int64_t every)
{
	int64_t rest = t % every;

	return rest < 0 ? rest + every : rest;
}

static ws_time after(ws_time t, int64_t every)
{
	int64_t step = every - rest_of(t, every);

	return t > INT64_MAX - step ? WS_TIME_NONE : t + step;
}

bool ticker_passed(struct ticker *ticker, ws_time now, ws_time *tick)
{
	if (ticker->every_ns <= 0)
		return false;
	if (!ticker->has_begun) {
		ticker->has_begun = true;
		ticker->next = after(now, ticker->every_ns);
	}
	if (ticker->next == WS_TIME_NONE || ticker->next > now)
		return false;
	*tick = ticker->next;
	ticker->next = after(*tick, ticker->every_ns);
	if (ticker->next == WS_TIME_NONE || ticker->next > now || ++ticker->idle <= IDLE_MAX)
		return true;
	if (ticker->idle == IDLE_MAX + 1)
		fputs("wirestat: long silence in the capture, the repetitions for it are left out\n", stderr);
	*tick = now - rest_of(now, ticker->every_ns);
	ticker->next = after(*tick, ticker->every_ns);
	return true;
}

ws_time ticker_due(const struct ticker *ticker)
{
	if (ticker->every_ns <= 0)
		return INT64_MAX;
	if (!ticker->has_begun)
		return WS_TIME_NONE;
	return ticker->next == WS_TIME_NONE ? INT64_MAX : ticker->next;
}
