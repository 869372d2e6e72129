/*
 * Probes, and what they come to. A probe is an attempt that failed: refused, without an answer, broken off by who made it, or
 * a segment that no connection has. What it failed at is told by the connection; here it is only counted.
 */
#ifndef TRACK_HOST_SCAN_H
#define TRACK_HOST_SCAN_H

#include "track/host.h"

/* A sketch of the last two windows, so that a scan cannot hide on the edge between them, and one of all. */
struct windowed {
	struct sketch now;
	struct sketch before;
};

struct scan_counts {
	uint32_t failed;
	uint32_t refused; /* of them, by RST */
	uint32_t succeeded;
};

/* Of HOST_PROBES the ports, of HOST_SWEEP the hosts. */
struct scan {
	ws_time since; /* the window began */
	struct scan_counts now;
	struct scan_counts before;
	struct windowed places;
	struct sketch all;
};

/* Of HOST_TARGET. */
struct target {
	ws_time since;
	uint32_t failed;
	uint32_t failed_before;
	struct windowed sources;
	struct windowed ports;
	struct windowed pairs; /* of source and port */
	struct sketch all_sources;
	struct sketch all_ports;
};

enum probe_result { PROBE_REFUSED, PROBE_SILENT, PROBE_ABORTED };

/* Side `from` of `key` has probed the other one. */
void host_probe(const struct host_scene *scene, const struct flow_key *key, unsigned from, enum scan_method method,
		enum probe_result result);

/* Side `from` of `key` has got a connection. */
void host_success(const struct host_scene *scene, const struct flow_key *key, unsigned from);

void host_scan_describe(const struct host *host, struct ws_host_finding *out);
void host_target_describe(const struct host *host, struct ws_host_finding *out);

#endif
