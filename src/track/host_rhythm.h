/*
 * Times that come back: connections of a service that end after the same time without a segment, keep-alives at the same
 * distance. Of each service the few most frequent times are kept (Misra and Gries, 1982): one that never was frequent gives
 * way to another.
 */
#ifndef TRACK_HOST_RHYTHM_H
#define TRACK_HOST_RHYTHM_H

#include "track/host.h"

#define RHYTHMS 4

struct rhythm {
	int64_t ns; /* of the first that came */
	uint32_t count;
};

struct rhythms {
	struct rhythm of[RHYTHMS];
};

/* A connection of `service` ended after `ns` without a segment. */
void rhythm_idle(const struct host_scene *scene, struct host *service, int64_t ns);

/* A keep-alive came `ns` after the segment before. */
void rhythm_keepalive(const struct host_scene *scene, struct host *service, int64_t ns);

void host_rhythm_describe(const struct host *host, enum host_rule rule, struct ws_host_finding *out);

#endif
