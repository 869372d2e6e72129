/*
 * Which hosts and services the connections belong to: for each address the connections that end there, by their state
 * at that end; for each server port the connections to it, by the server's state. Collected without a hash table, so
 * that no choice of addresses makes it slow.
 */
#ifndef VIEW_HOSTS_H
#define VIEW_HOSTS_H

#include "view/fields.h"
#include "wirestat.h"

struct hosts_end {
	struct ws_addr addr;
	uint8_t state;
};

/* A run of `ends` with one address. */
struct hosts_group {
	size_t start;
	size_t len;
};

struct hosts_service {
	uint16_t port;
	uint64_t connections;
	uint64_t states[WS_STATE_COUNT];
};

struct hosts {
	struct hosts_end *ends;
	size_t ends_len;
	size_t ends_size;
	struct hosts_group *groups;
	size_t groups_len;
	struct hosts_service *services; /* by port, then (hosts_rank) by connections */
	size_t services_len;
	bool failed; /* out of memory: not all is there */
};

void hosts_fini(struct hosts *hosts);
void hosts_add(struct hosts *hosts, const struct ws_record *record);

/* Groups and sorts: most connections first, equal ones by address or port. Call once, before the next two. */
void hosts_rank(struct hosts *hosts);

/* Members `hosts` and `services`, the first `top` of each: [{"addr":…,"connections":n,"states":{…}}, …]. */
void hosts_fields(struct fields *f, const struct hosts *hosts, size_t top);

/* For people, each of the two below an empty line. Lines are no wider than `width` (0: never cut). */
void hosts_table(struct text *out, const struct hosts *hosts, size_t top, size_t width, bool color);

#endif
