#include "track/host_scan.h"

/* ---- Windows ----------------------------------------------------------------------------------------------------- */

/* How many windows have begun since, up to 2; `since` becomes the beginning of the newest. */
static unsigned turn(ws_time *since, ws_time now, int64_t window)
{
	int64_t windows = (now - *since) / window;

	if (windows <= 0)
		return 0;
	*since += windows * window;
	return windows > 1 ? 2 : 1;
}

static void windowed_turn(struct windowed *windowed, unsigned windows)
{
	if (windows == 0)
		return;
	windowed->before = windows == 1 ? windowed->now : (struct sketch){ { 0 } };
	windowed->now = (struct sketch){ { 0 } };
}

static uint64_t windowed_count(const struct windowed *windowed)
{
	struct sketch both = windowed->now;

	sketch_merge(&both, &windowed->before);
	return sketch_count(&both);
}

static uint64_t least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* ---- One prober -------------------------------------------------------------------------------------------------- */

static void scan_turn(struct scan *scan, ws_time now)
{
	unsigned windows = turn(&scan->since, now, host_limits[RULE_PORTSCAN].window_ns);

	if (windows == 0)
		return;
	scan->before = windows == 1 ? scan->now : (struct scan_counts){ 0 };
	scan->now = (struct scan_counts){ 0 };
	windowed_turn(&scan->places, windows);
}

static void judge_ports(const struct host_scene *scene, struct host *host, const struct scan *scan, uint64_t ports)
{
	bool is_answered = scan->now.refused + scan->before.refused > 0;

	switch ((enum scan_method)host->key.method) {
	case SCAN_SYN:
		if (ports < host_limits[RULE_PORTSCAN].ports || host_was_told(host, RULE_PORTSCAN) ||
		    host_was_told(host, RULE_PORTSCAN_FILTERED))
			return;
		host_raise(scene, host, is_answered ? RULE_PORTSCAN : RULE_PORTSCAN_FILTERED);
		return;
	case SCAN_HALF_OPEN:
		if (ports >= host_limits[RULE_SCAN_HALF_OPEN].ports)
			host_raise(scene, host, RULE_SCAN_HALF_OPEN);
		return;
	case SCAN_ODD_FLAGS:
		if (ports >= host_limits[RULE_SCAN_ODD_FLAGS].ports)
			host_raise(scene, host, RULE_SCAN_ODD_FLAGS);
		return;
	case SCAN_ACK:
		if (ports >= host_limits[RULE_SCAN_ACK].ports)
			host_raise(scene, host, RULE_SCAN_ACK);
		return;
	case SCAN_REVERSE:
		if (ports >= host_limits[RULE_SCAN_REVERSE].ports)
			host_raise(scene, host, RULE_SCAN_REVERSE);
		return;
	}
}

static void judge_hosts(const struct host_scene *scene, struct host *host, uint64_t hosts)
{
	static const enum host_rule rules[] = {
		[SCAN_SYN] = RULE_PORTSWEEP,
		[SCAN_HALF_OPEN] = RULE_SCAN_HALF_OPEN,
		[SCAN_ODD_FLAGS] = RULE_SCAN_ODD_FLAGS,
		[SCAN_REVERSE] = RULE_SCAN_REVERSE,
	};
	enum host_rule rule = rules[host->key.method];

	if (hosts >= host_limits[rule].hosts)
		host_raise(scene, host, rule);
}

/* `place` is the port or the host. Whoever mostly gets through is busy, and no scanner. */
static void count_probe(const struct host_scene *scene, const struct host_key *key, uint64_t place,
			enum probe_result result)
{
	struct host *host = host_get(scene, key);
	struct scan *scan = host ? host_body(host) : NULL;
	uint64_t failed;

	if (!scan)
		return;
	if (host->connections == 0)
		scan->since = scene->now;
	host_note(host, scene->now);
	scan_turn(scan, scene->now);
	scan->now.failed++;
	scan->now.refused += result != PROBE_SILENT;
	sketch_add(&scan->all, place);
	failed = (uint64_t)scan->now.failed + scan->before.failed;
	if (!sketch_add(&scan->places.now, place) || failed <= (uint64_t)scan->now.succeeded + scan->before.succeeded)
		return;
	if (key->kind == HOST_PROBES)
		judge_ports(scene, host, scan, least(windowed_count(&scan->places), failed));
	else
		judge_hosts(scene, host, least(windowed_count(&scan->places), failed));
}

/* ---- The target of many ------------------------------------------------------------------------------------------ */

static void target_turn(struct target *target, ws_time now)
{
	unsigned windows = turn(&target->since, now, host_limits[RULE_PORTSCAN].window_ns);

	if (windows == 0)
		return;
	target->failed_before = windows == 1 ? target->failed : 0;
	target->failed = 0;
	windowed_turn(&target->sources, windows);
	windowed_turn(&target->ports, windows);
	windowed_turn(&target->pairs, windows);
}

/* Decoys all try what the scanner tries; a distributed scan shares it out. */
static void judge_target(const struct host_scene *scene, struct host *host, const struct target *target)
{
	uint64_t failed = (uint64_t)target->failed + target->failed_before;
	uint64_t ports = least(windowed_count(&target->ports), failed);
	uint64_t sources;
	uint64_t pairs;

	if (ports < host_limits[RULE_PORTSCAN_DECOY].ports)
		return;
	sources = least(windowed_count(&target->sources), failed);
	pairs = least(windowed_count(&target->pairs), failed);
	if (sources >= host_limits[RULE_PORTSCAN_DECOY].hosts && pairs * 100 >= sources * ports * DECOY_SHARE)
		host_raise(scene, host, RULE_PORTSCAN_DECOY);
	else if (sources >= host_limits[RULE_PORTSCAN_DISTRIBUTED].hosts)
		host_raise(scene, host, RULE_PORTSCAN_DISTRIBUTED);
}

static void count_target(const struct host_scene *scene, const struct flow_key *key, unsigned from)
{
	struct host_key target_key = host_key_of(HOST_TARGET, key, !from);
	struct host *host = host_get(scene, &target_key);
	struct target *target = host ? host_body(host) : NULL;
	uint64_t source = host_hash(key->addr[from], 16);
	uint64_t port = host_hash(&key->port[!from], sizeof key->port[0]);
	uint64_t pair[2] = { source, port };
	bool is_new;

	if (!target)
		return;
	if (host->connections == 0)
		target->since = scene->now;
	host_note(host, scene->now);
	target_turn(target, scene->now);
	target->failed++;
	sketch_add(&target->all_sources, source);
	sketch_add(&target->all_ports, port);
	is_new = sketch_add(&target->sources.now, source);
	is_new |= sketch_add(&target->ports.now, port);
	is_new |= sketch_add(&target->pairs.now, host_hash(pair, sizeof pair));
	if (is_new)
		judge_target(scene, host, target);
}

/* ---- Probes ------------------------------------------------------------------------------------------------------ */

static struct host_key probes_key(const struct flow_key *key, unsigned from, enum scan_method method)
{
	struct host_key out = host_key_of_two(HOST_PROBES, key, from);

	out.method = (uint8_t)method;
	return out;
}

/* Answers that nobody asked for come from one port of their sender; all else goes to one port of the hosts probed. */
static struct host_key sweep_key(const struct flow_key *key, unsigned from, enum scan_method method)
{
	struct host_key out = host_key_of(HOST_SWEEP, key, from);

	out.method = (uint8_t)method;
	out.port = method == SCAN_REVERSE ? key->port[from] : key->port[!from];
	return out;
}

void host_probe(const struct host_scene *scene, const struct flow_key *key, unsigned from, enum scan_method method,
		enum probe_result result)
{
	struct host_key probes = probes_key(key, from, method);
	struct host_key sweep = sweep_key(key, from, method);

	count_probe(scene, &probes, host_hash(&key->port[!from], sizeof key->port[0]), result);
	if (method != SCAN_ACK)
		count_probe(scene, &sweep, host_hash(key->addr[!from], 16), result);
	if (method == SCAN_SYN)
		count_target(scene, key, from);
}

static void count_success(const struct host_scene *scene, const struct host_key *key)
{
	struct host *host = host_find(scene->census, key);
	struct scan *scan = host ? host_body(host) : NULL;

	if (!scan)
		return;
	scan_turn(scan, scene->now);
	scan->now.succeeded++;
}

void host_success(const struct host_scene *scene, const struct flow_key *key, unsigned from)
{
	struct host_key probes = probes_key(key, from, SCAN_SYN);
	struct host_key sweep = sweep_key(key, from, SCAN_SYN);

	count_success(scene, &probes);
	count_success(scene, &sweep);
}

void host_scan_describe(const struct host *host, struct ws_host_finding *out)
{
	const struct scan *scan = host_body(host);
	uint64_t places = least(sketch_count(&scan->all), host->connections);

	if (host->key.kind == HOST_PROBES)
		out->ports = places;
	else
		out->hosts = places;
	if (host->key.kind == HOST_SWEEP && host->key.method == SCAN_REVERSE)
		out->port = host->key.port;
	else if (host->key.kind == HOST_SWEEP)
		out->peer_port = host->key.port;
}

void host_target_describe(const struct host *host, struct ws_host_finding *out)
{
	const struct target *target = host_body(host);

	out->ports = least(sketch_count(&target->all_ports), host->connections);
	out->hosts = least(sketch_count(&target->all_sources), host->connections);
}
