/* A table that cannot grow is no reason to exit: what does not fit is left out. */
#define HASH_NONFATAL_OOM 1

#include "track/host.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utlist.h>

#include "base/hash.h"
#include "track/host_load.h"
#include "track/host_scan.h"

_Static_assert(sizeof(struct host_key) == 40, "the key is hashed as bytes: it must have no padding");
_Static_assert(HOST_RULE_COUNT <= 32, "bits of struct host.raised");

#define SEEN_MAX 96

static const size_t body_size[HOST_KIND_COUNT] = {
	[HOST_PROBES] = sizeof(struct scan),   [HOST_SWEEP] = sizeof(struct scan),
	[HOST_TARGET] = sizeof(struct target), [HOST_SENDER] = sizeof(struct sender),
	[HOST_ROUTE] = sizeof(struct route),   [HOST_SERVICE] = sizeof(struct service),
};

_Static_assert(sizeof(struct service) <= HOST_BODY_MAX && sizeof(struct target) <= HOST_BODY_MAX &&
		       sizeof(struct scan) <= HOST_BODY_MAX && sizeof(struct route) <= HOST_BODY_MAX,
	       "the greatest of them");

void census_init(struct census *census, uint64_t seed, bool is_wanted, size_t max)
{
	*census = (struct census){ .is_wanted = is_wanted, .max = max };
	hash_key_init(census->key, seed);
}

void census_fini(struct census *census)
{
	struct host *host;
	struct host *next;

	HASH_CLEAR(hh, census->table);
	DL_FOREACH_SAFE(census->list, host, next) {
		free(host);
	}
	census->list = NULL;
	census->len = 0;
	census->bytes = 0;
}

uint64_t host_hash(const void *data, size_t len)
{
	static const uint64_t key[2] = { UINT64_C(0x9E3779B97F4A7C15), UINT64_C(0xD1B54A32D192ED03) };

	return hash_keyed(data, len, key);
}

static unsigned hash_of(const struct census *census, const struct host_key *key)
{
	return (unsigned)hash_keyed(key, sizeof *key, census->key);
}

/* ---- Keys -------------------------------------------------------------------------------------------------------- */

struct host_key host_key_of(enum host_kind kind, const struct flow_key *key, unsigned addr_side)
{
	struct host_key out = { .kind = (uint8_t)kind, .family = key->family };

	memcpy(out.addr, key->addr[addr_side], sizeof out.addr);
	return out;
}

struct host_key host_key_of_two(enum host_kind kind, const struct flow_key *key, unsigned addr_side)
{
	struct host_key out = host_key_of(kind, key, addr_side);

	memcpy(out.peer, key->addr[!addr_side], sizeof out.peer);
	return out;
}

static struct ws_addr addr_of(uint8_t family, const uint8_t *bytes)
{
	struct ws_addr addr = { .family = family };

	memcpy(addr.bytes, bytes, sizeof addr.bytes);
	return addr;
}

/* ---- Telling ----------------------------------------------------------------------------------------------------- */

static void describe(const struct host *host, enum host_rule rule, ws_time now, struct ws_host_finding *out)
{
	const struct host_key *key = &host->key;

	*out = (struct ws_host_finding){ .addr = addr_of(key->family, key->addr),
					 .port = key->kind == HOST_SERVICE ? key->port : -1,
					 .peer_port = key->kind == HOST_ROUTE ? key->port : -1,
					 .connections = host->connections,
					 .interval_ns = -1,
					 .age_ns = -1,
					 .per_hour = -1,
					 .first = host->first,
					 .last = host->last };
	if (key->kind == HOST_PROBES || key->kind == HOST_ROUTE)
		out->peer = addr_of(key->family, key->peer);
	if (key->kind == HOST_PROBES || key->kind == HOST_SWEEP)
		host_scan_describe(host, out);
	else if (key->kind == HOST_TARGET)
		host_target_describe(host, out);
	else if (rule == RULE_IDLE_KILLER || rule == RULE_KEEPALIVE_INTERVAL)
		host_rhythm_describe(host, rule, out);
	else
		host_load_describe(host, rule, now, out);
	if (key->kind <= HOST_TARGET)
		out->count = key->kind == HOST_PROBES ? out->ports : out->hosts;
}

static void words(const struct host_limit *limit, const struct ws_host_finding *finding, char *out)
{
	char time[CLOCK_TEXT_MAX];
	int len = snprintf(out, SEEN_MAX, "%" PRIu64 " %s", finding->count, limit->unit);

	if (len < 0 || len >= SEEN_MAX)
		return;
	if (finding->interval_ns >= 0)
		snprintf(out + len, SEEN_MAX - (size_t)len, " after %s",
			 clock_duration_text(finding->interval_ns, time));
	else if (finding->age_ns >= 0)
		snprintf(out + len, SEEN_MAX - (size_t)len, ", the oldest for %s, %" PRId64 " more an hour",
			 clock_duration_text(finding->age_ns, time), finding->per_hour > 0 ? finding->per_hour : 0);
}

static uint32_t limit_of(const struct host *host, const struct host_limit *limit)
{
	if (!host || host->key.kind > HOST_TARGET)
		return limit->count;
	return host->key.kind == HOST_PROBES ? limit->ports : limit->hosts;
}

/* `host` NULL: of the whole capture. */
static void tell(const struct host_scene *scene, const struct host *host, enum host_rule rule,
		 const struct ws_host_finding *finding)
{
	const struct host_limit *limit = &host_limits[rule];
	char expected[SEEN_MAX];
	char seen[SEEN_MAX];
	struct ws_event event = { .type = WS_EVENT_HOST,
				  .ts = scene->now,
				  .frame = scene->frame,
				  .side = WS_BOTH,
				  .finding = limit->id,
				  .level = ws_finding_info(limit->id)->level,
				  .expected = expected,
				  .seen = seen,
				  .host = finding };

	snprintf(expected, sizeof expected, "fewer than %u", (unsigned)limit_of(host, limit));
	words(limit, finding, seen);
	change_event(scene->context, &event);
}

bool host_was_told(const struct host *host, enum host_rule rule)
{
	return (host->raised & (1u << rule)) != 0;
}

void host_raise(const struct host_scene *scene, struct host *host, enum host_rule rule)
{
	struct ws_host_finding finding;

	if (host_was_told(host, rule))
		return;
	host->raised |= 1u << rule;
	describe(host, rule, scene->now, &finding);
	tell(scene, host, rule, &finding);
}

static void tell_final(const struct host_scene *scene, const struct host *host)
{
	for (unsigned rule = 0; rule < HOST_RULE_COUNT; rule++) {
		struct ws_host_finding finding;

		if (!host_was_told(host, (enum host_rule)rule))
			continue;
		describe(host, (enum host_rule)rule, scene->now, &finding);
		finding.is_final = true;
		tell(scene, host, (enum host_rule)rule, &finding);
	}
}

/* ---- The table --------------------------------------------------------------------------------------------------- */

static struct host *look_up(const struct census *census, const struct host_key *key, unsigned hash)
{
	struct host *host = NULL;

	HASH_FIND_BYHASHVALUE(hh, census->table, key, sizeof *key, hash, host);
	return host;
}

static void touch(struct census *census, struct host *host)
{
	DL_DELETE(census->list, host);
	DL_APPEND(census->list, host);
}

struct host *host_find(struct census *census, const struct host_key *key)
{
	struct host *host = look_up(census, key, hash_of(census, key));

	if (host)
		touch(census, host);
	return host;
}

static void make_room(const struct host_scene *scene)
{
	struct census *census = scene->census;
	struct host *victim = census->list;

	if (census->len < census->max || !victim)
		return;
	tell_final(scene, victim);
	DL_DELETE(census->list, victim);
	HASH_DEL(census->table, victim);
	census->bytes -= sizeof *victim + body_size[victim->key.kind];
	census->len--;
	census->evicted++;
	free(victim);
}

static struct host *make(const struct host_scene *scene, const struct host_key *key, unsigned hash)
{
	struct census *census = scene->census;
	size_t bytes = sizeof(struct host) + body_size[key->kind];
	struct host *host;

	make_room(scene);
	host = calloc(1, bytes);
	if (!host) {
		scene->context->totals->memory_failures++;
		return NULL;
	}
	host->key = *key;
	HASH_ADD_BYHASHVALUE(hh, census->table, key, sizeof host->key, hash, host);
	if (!host->hh.tbl) {
		scene->context->totals->memory_failures++;
		free(host);
		return NULL;
	}
	DL_APPEND(census->list, host);
	census->len++;
	census->bytes += bytes;
	return host;
}

struct host *host_get(const struct host_scene *scene, const struct host_key *key)
{
	unsigned hash = hash_of(scene->census, key);
	struct host *host = look_up(scene->census, key, hash);

	if (!host)
		return make(scene, key, hash);
	touch(scene->census, host);
	return host;
}

void host_note(struct host *host, ws_time now)
{
	if (host->connections++ == 0)
		host->first = now;
	host->last = now;
}

/* ---- The end ----------------------------------------------------------------------------------------------------- */

static void tell_of_capture(const struct host_scene *scene, enum host_rule rule, uint64_t count)
{
	struct ws_host_finding finding = { .port = -1,
					   .peer_port = -1,
					   .count = count,
					   .connections = scene->context->totals->connections,
					   .interval_ns = -1,
					   .age_ns = -1,
					   .per_hour = -1,
					   .first = scene->context->totals->first,
					   .last = scene->context->totals->last };

	tell(scene, NULL, rule, &finding);
	finding.is_final = true;
	tell(scene, NULL, rule, &finding);
}

/* Almost every segment acknowledges: segments stand for acknowledgements. A capture whose filter lets only SYN, FIN and RST
 * through has FINs without the ACK that every handshake ends with. */
static void judge_capture(const struct host_scene *scene)
{
	const struct census *census = scene->census;
	uint64_t segments = scene->context->totals->segments;

	if (census->gaps >= host_limits[RULE_CAPTURE_LOSS].count && census->gaps * CAPTURE_LOSS_ONE_OF >= segments)
		tell_of_capture(scene, RULE_CAPTURE_LOSS, census->gaps);
	if (segments >= host_limits[RULE_CONTROL_ONLY].count && census->controls == segments && census->fins > 0)
		tell_of_capture(scene, RULE_CONTROL_ONLY, segments);
}

void census_finish(struct census *census, struct context *context)
{
	struct host_scene scene = { census, context, context->now, 0 };
	struct host *host;

	if (!census->is_wanted || context->now == WS_TIME_NONE)
		return;
	DL_FOREACH(census->list, host) {
		if (host->key.kind == HOST_SERVICE)
			flood_finish(&scene, host);
	}
	judge_capture(&scene);
	DL_FOREACH(census->list, host) {
		tell_final(&scene, host);
		host->raised = 0;
	}
}
