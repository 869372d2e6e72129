#include "track/host_load.h"

#include <string.h>

static uint32_t most(uint32_t a, uint32_t b)
{
	return a > b ? a : b;
}

/* ---- SYN floods -------------------------------------------------------------------------------------------------- */

static int64_t second_of(ws_time ts)
{
	return ts / NS_PER_SEC - (ts % NS_PER_SEC < 0);
}

static unsigned slot_of(int64_t second)
{
	return (unsigned)((uint64_t)second % FLOOD_SECONDS);
}

static void flood_turn(struct flood *flood, int64_t second)
{
	int64_t skipped = second - flood->second;

	if (skipped <= 0)
		return;
	if (skipped >= FLOOD_SECONDS) {
		memset(flood->opened, 0, sizeof flood->opened);
		memset(flood->half_open, 0, sizeof flood->half_open);
	}
	for (int64_t s = flood->second + 1; skipped < FLOOD_SECONDS && s <= second; s++) {
		flood->opened[slot_of(s)] = 0;
		flood->half_open[slot_of(s)] = 0;
	}
	flood->second = second;
}

/* Half-open ones that are at least so many seconds old. */
static uint32_t half_open(const struct flood *flood, int64_t age)
{
	uint32_t sum = 0;

	for (int64_t s = flood->second - FLOOD_SECONDS + 1; s <= flood->second - age; s++)
		sum += flood->half_open[slot_of(s)];
	return sum;
}

/* A client that is real repeats its SYN, and does not count; the only question is whether it had the time to. */
static void judge_flood(const struct host_scene *scene, struct host *service, bool is_end)
{
	struct service *body = host_body(service);
	struct flood *flood = &body->flood;
	uint32_t young = half_open(flood, is_end ? 0 : 1);
	uint32_t opened = 0;

	flood->most = most(flood->most, half_open(flood, 0));
	for (unsigned i = 0; i < FLOOD_SECONDS; i++)
		opened += flood->opened[i];
	if (half_open(flood, FLOOD_AGE_SECONDS) >= host_limits[RULE_SYN_FLOOD].count ||
	    (young >= FLOOD_YOUNG && young >= opened / 10 * 9))
		host_raise(scene, service, RULE_SYN_FLOOD);
}

void flood_add(const struct host_scene *scene, struct host *service, uint64_t source)
{
	struct service *body = host_body(service);
	struct flood *flood = &body->flood;
	int64_t second = second_of(scene->now);

	if (service->connections == 0)
		flood->second = flood->judged = second;
	host_note(service, scene->now);
	flood_turn(flood, second);
	if (flood->judged != second) {
		flood->judged = second;
		judge_flood(scene, service, false);
	}
	flood->opened[slot_of(second)]++;
	flood->half_open[slot_of(second)]++;
	sketch_add(&flood->sources, source);
}

void flood_remove(struct host *service, ws_time opened)
{
	struct service *body = host_body(service);
	int64_t second = second_of(opened);
	uint32_t *slot = &body->flood.half_open[slot_of(second)];

	if (second > body->flood.second - FLOOD_SECONDS && second <= body->flood.second && *slot > 0)
		--*slot;
}

void flood_finish(const struct host_scene *scene, struct host *service)
{
	struct service *body = host_body(service);

	if (service->connections == 0)
		return;
	flood_turn(&body->flood, second_of(scene->now));
	judge_flood(scene, service, true);
}

/* ---- What an owner holds ----------------------------------------------------------------------------------------- */

static struct holdings *holdings_of(const struct host *holder)
{
	if (holder->key.kind == HOST_SERVICE) {
		struct service *service = host_body(holder);

		return &service->holdings;
	}
	struct route *route = host_body(holder);

	return &route->holdings;
}

void time_wait_add(const struct host_scene *scene, struct host *holder)
{
	struct holdings *holdings = holdings_of(holder);

	holdings->time_wait++;
	holdings->time_wait_most = most(holdings->time_wait_most, holdings->time_wait);
	if (holdings->time_wait >= host_limits[RULE_TIME_WAIT_PILE_UP].count)
		host_raise(scene, holder, RULE_TIME_WAIT_PILE_UP);
}

void time_wait_remove(struct host *holder)
{
	struct holdings *holdings = holdings_of(holder);

	holdings->time_wait -= holdings->time_wait > 0;
}

void close_wait_add(const struct host_scene *scene, struct host *holder, ws_time since)
{
	struct holdings *holdings = holdings_of(holder);

	if (holdings->close_wait++ == 0) {
		holdings->close_wait_since = since;
		holdings->close_wait_oldest = since;
		holdings->close_wait_entered = 0;
	}
	holdings->close_wait_entered++;
	holdings->close_wait_most = most(holdings->close_wait_most, holdings->close_wait);
	if (holdings->close_wait >= host_limits[RULE_CLOSE_WAIT_LEAK].count)
		host_raise(scene, holder, RULE_CLOSE_WAIT_LEAK);
}

/* When the oldest goes, the next one is at least a minute old: nobody else is counted here. */
void close_wait_remove(struct host *holder, ws_time since, ws_time now)
{
	struct holdings *holdings = holdings_of(holder);

	holdings->close_wait -= holdings->close_wait > 0;
	if (since == holdings->close_wait_oldest)
		holdings->close_wait_oldest = now - 60 * NS_PER_SEC;
}

/* ---- Ports and churn --------------------------------------------------------------------------------------------- */

void route_add(const struct host_scene *scene, struct host *route)
{
	struct route *body = host_body(route);

	host_note(route, scene->now);
	body->in_use++;
	body->in_use_most = most(body->in_use_most, body->in_use);
	if (body->in_use >= host_limits[RULE_PORT_BUDGET].count)
		host_raise(scene, route, RULE_PORT_BUDGET);
}

void route_remove(struct host *route)
{
	struct route *body = host_body(route);

	body->in_use -= body->in_use > 0;
}

void route_churn(const struct host_scene *scene, struct host *route)
{
	struct route *body = host_body(route);
	const struct host_limit *limit = &host_limits[RULE_CHURN];

	if (body->churn == 0 || scene->now - body->churn_since >= limit->window_ns) {
		body->churn_since = scene->now;
		body->churn = 0;
	}
	body->churn++;
	body->churn_most = most(body->churn_most, body->churn);
	if (body->churn >= limit->count)
		host_raise(scene, route, RULE_CHURN);
}

/* ---- Storms ------------------------------------------------------------------------------------------------------ */

static void storm_add(struct storm *storm, ws_time now)
{
	int64_t second = second_of(now);

	if (storm->count == 0)
		storm->first = second;
	if (second != storm->second) {
		storm->before += storm->count;
		storm->count = 0;
		storm->second = second;
	}
	storm->count++;
	storm->most = most(storm->most, storm->count);
}

void sender_rst(const struct host_scene *scene, struct host *sender)
{
	struct sender *body = host_body(sender);

	host_note(sender, scene->now);
	storm_add(&body->rst, scene->now);
	if (body->rst.count >= host_limits[RULE_RST_STORM].count)
		host_raise(scene, sender, RULE_RST_STORM);
}

/* A busy server sends as many FINs every second: a storm is more than it is used to. */
void sender_fin(const struct host_scene *scene, struct host *sender)
{
	struct sender *body = host_body(sender);
	struct storm *storm = &body->fin;
	uint64_t seconds;

	host_note(sender, scene->now);
	storm_add(storm, scene->now);
	seconds = (uint64_t)(storm->second - storm->first);
	if (storm->count >= host_limits[RULE_FIN_STORM].count && seconds >= FIN_STORM_BASE_SECONDS &&
	    storm->count * seconds >= FIN_STORM_TIMES * storm->before)
		host_raise(scene, sender, RULE_FIN_STORM);
}

/* ---- In words ---------------------------------------------------------------------------------------------------- */

/* Grown by so many an hour since it began; the first is where it begins. */
static void describe_leak(const struct holdings *holdings, ws_time now, struct ws_host_finding *out)
{
	int64_t seconds = (now - holdings->close_wait_since) / NS_PER_SEC;

	out->count = holdings->close_wait_most;
	out->age_ns = now - holdings->close_wait_oldest;
	if (seconds > 0 && holdings->close_wait > 0)
		out->per_hour = (int64_t)(holdings->close_wait - 1) * 3600 / seconds;
}

static void describe_flood(const struct host *host, struct ws_host_finding *out)
{
	const struct service *service = host_body(host);
	const struct flood *flood = &service->flood;

	out->count = most(flood->most, half_open(flood, 0));
	out->connections = host->connections;
	out->hosts = sketch_count(&flood->sources);
}

void host_load_describe(const struct host *host, enum host_rule rule, ws_time now, struct ws_host_finding *out)
{
	const struct route *route = host_body(host);
	const struct sender *sender = host_body(host);

	if (rule == RULE_SYN_FLOOD)
		describe_flood(host, out);
	else if (rule == RULE_TIME_WAIT_PILE_UP)
		out->count = holdings_of(host)->time_wait_most;
	else if (rule == RULE_CLOSE_WAIT_LEAK)
		describe_leak(holdings_of(host), now, out);
	else if (rule == RULE_PORT_BUDGET)
		out->count = route->in_use_most;
	else if (rule == RULE_CHURN)
		out->count = route->churn_most;
	else if (rule == RULE_RST_STORM)
		out->count = sender->rst.most;
	else if (rule == RULE_FIN_STORM)
		out->count = sender->fin.most;
}
