#include "track/host_rhythm.h"

#include "track/host_load.h"

/* Timers are not exact, and a tap sees them through the path: one part in a hundred, at least 100 ms. */
static bool is_same(int64_t a, int64_t b)
{
	int64_t apart = a > b ? a - b : b - a;
	int64_t room = b / 100 > 100 * NS_PER_MS ? b / 100 : 100 * NS_PER_MS;

	return apart <= room;
}

/* How often this time, or the same, has come by now; 0 when it found no room. */
static uint32_t count(struct rhythms *rhythms, int64_t ns)
{
	struct rhythm *empty = NULL;

	for (unsigned i = 0; i < RHYTHMS; i++) {
		struct rhythm *rhythm = &rhythms->of[i];

		if (rhythm->count > 0 && is_same(ns, rhythm->ns))
			return ++rhythm->count;
		if (rhythm->count == 0)
			empty = rhythm;
	}
	if (empty) {
		*empty = (struct rhythm){ ns, 1 };
		return 1;
	}
	for (unsigned i = 0; i < RHYTHMS; i++)
		rhythms->of[i].count--;
	return 0;
}

static const struct rhythm *strongest(const struct rhythms *rhythms)
{
	const struct rhythm *best = &rhythms->of[0];

	for (unsigned i = 1; i < RHYTHMS; i++)
		if (rhythms->of[i].count > best->count)
			best = &rhythms->of[i];
	return best;
}

void rhythm_idle(const struct host_scene *scene, struct host *service, int64_t ns)
{
	struct service *body = host_body(service);

	if (count(&body->idle, ns) >= host_limits[RULE_IDLE_KILLER].count)
		host_raise(scene, service, RULE_IDLE_KILLER);
}

void rhythm_keepalive(const struct host_scene *scene, struct host *service, int64_t ns)
{
	struct service *body = host_body(service);

	if (count(&body->keepalive, ns) >= host_limits[RULE_KEEPALIVE_INTERVAL].count)
		host_raise(scene, service, RULE_KEEPALIVE_INTERVAL);
}

void host_rhythm_describe(const struct host *host, enum host_rule rule, struct ws_host_finding *out)
{
	const struct service *body = host_body(host);
	const struct rhythm *rhythm = strongest(rule == RULE_IDLE_KILLER ? &body->idle : &body->keepalive);

	out->count = rhythm->count;
	out->interval_ns = rhythm->ns;
}
