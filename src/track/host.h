/*
 * What only many connections together show: of whoever probes, of what is probed, of a service, of a client and the service
 * it uses. Fed when a connection begins, changes its states and ends, by SYN, FIN and RST, never by the ordinary segment,
 * and only while somebody wants WS_EVENT_HOST.
 *
 * Bounded: a record for each such thing, of fixed size, different ports and hosts counted by sketches; beyond HOSTS_MAX the
 * one that was touched longest ago goes, and is counted. host.c keeps the records and tells of them; host_scan.c,
 * host_load.c and host_rhythm.c judge; host_feed.c is where connections come in.
 */
#ifndef TRACK_HOST_H
#define TRACK_HOST_H

#include "base/sketch.h"
#include "track/connection.h"
#include "track/host_rules.h"

#define HOSTS_MAX 65536
#define HOST_BODY_MAX 768 /* bytes; a record has what its kind needs */

enum host_kind {
	HOST_PROBES,  /* from `addr` to `peer`, by `method`: which ports */
	HOST_SWEEP,   /* from `addr`, of one port, by `method`: which hosts */
	HOST_TARGET,  /* `addr`, probed by whomever */
	HOST_SENDER,  /* `addr` */
	HOST_SERVICE, /* `addr` and `port` */
	HOST_ROUTE,   /* from the client `addr` to the service `peer` and `port` */
	HOST_KIND_COUNT
};

enum scan_method { SCAN_SYN, SCAN_HALF_OPEN, SCAN_ODD_FLAGS, SCAN_ACK, SCAN_REVERSE };

/* Hashed and compared as bytes: what is not used is zero. */
struct host_key {
	uint8_t addr[16];
	uint8_t peer[16];
	uint16_t port;
	uint8_t family;
	uint8_t kind;
	uint8_t method;
	uint8_t unused[3];
};

struct host {
	UT_hash_handle hh;
	struct host *prev; /* touched longest ago first */
	struct host *next;
	struct host_key key;
	uint32_t raised; /* bit n: enum host_rule */
	ws_time first;   /* of what bears it out */
	ws_time last;
	uint64_t connections; /* that do */
};

struct census {
	struct host *table;
	struct host *list;
	uint64_t key[2];
	size_t len;
	size_t max;
	uint64_t bytes;
	uint64_t evicted;
	bool is_wanted;
	/* Of the whole capture. */
	uint64_t controls; /* segments with SYN, FIN or RST */
	uint64_t fins;
	uint64_t gaps; /* acknowledgements of what it has not shown */
};

/* What the judges need of the moment. */
struct host_scene {
	struct census *census;
	struct context *context;
	ws_time now;
	uint64_t frame; /* 0: a timer, or the end */
};

/* `is_wanted`: somebody takes WS_EVENT_HOST. At most `max` records. */
void census_init(struct census *census, uint64_t seed, bool is_wanted, size_t max);
void census_fini(struct census *census);

/* The record of `key`, touched now; NULL when there is none. host_get makes it; NULL when out of memory. */
struct host *host_find(struct census *census, const struct host_key *key);
struct host *host_get(const struct host_scene *scene, const struct host_key *key);

/* What the kind of record has of its own (host_scan.h, host_load.h, host_rhythm.h). */
static inline void *host_body(const struct host *host)
{
	return (void *)(uintptr_t)(host + 1);
}

/* Keys of sides of a connection. */
struct host_key host_key_of(enum host_kind kind, const struct flow_key *key, unsigned addr_side);
struct host_key host_key_of_two(enum host_kind kind, const struct flow_key *key, unsigned addr_side);

/* For sketches: the same in every run, so that no output depends on the seed. Whoever picks ports or addresses that fall
 * together hides behind fewer of them, which no limit here keeps anybody from anyway. */
uint64_t host_hash(const void *data, size_t len);

/* One more connection, or probe, that bears out what may be said of it. */
void host_note(struct host *host, ws_time now);

/* Tells what `rule` says of `host`, unless it was told before. */
void host_raise(const struct host_scene *scene, struct host *host, enum host_rule rule);
bool host_was_told(const struct host *host, enum host_rule rule);

/* The input ended: what only the end tells, then each finding once more, with its final numbers. */
void census_finish(struct census *census, struct context *context);

/* host_feed.c: how a connection stood before a segment or a timer. */
struct host_was {
	uint8_t state[2];
	ws_time since[2];
	ws_time end;
	uint32_t lingering_told[2];
	uint32_t snd_max;
	uint32_t gaps;
	bool is_new;
	bool had_end; /* FIN or RST */
	bool had_fin; /* its sender */
};
void host_look(struct host_was *was, const struct ws_connection *c, unsigned who);

/* Side `who` of `c` has sent `s`, which is no copy; or a timer went off; or `c` leaves, or only the input ends. Its detail is
 * at work. */
void census_segment(struct census *census, struct context *context, struct ws_connection *c, unsigned who,
		    const struct segment *s, const struct host_was *was);
void census_timer(struct census *census, struct context *context, struct ws_connection *c, const struct host_was *was);
void census_end(struct census *census, struct context *context, struct ws_connection *c, bool leaves);

#endif
