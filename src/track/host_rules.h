/*
 * The rules about hosts and their limits, one table; the same whatever the speed of the capture, since all time is
 * capture time.
 */
#ifndef TRACK_HOST_RULES_H
#define TRACK_HOST_RULES_H

#include "base/clock.h"
#include "wirestat.h"

enum host_rule {
	RULE_PORTSCAN,
	RULE_PORTSCAN_FILTERED,
	RULE_PORTSCAN_DECOY,
	RULE_PORTSCAN_DISTRIBUTED,
	RULE_PORTSWEEP,
	RULE_SCAN_HALF_OPEN,
	RULE_SCAN_ODD_FLAGS,
	RULE_SCAN_ACK,
	RULE_SCAN_REVERSE,
	RULE_SYN_FLOOD,
	RULE_RST_STORM,
	RULE_FIN_STORM,
	RULE_TIME_WAIT_PILE_UP,
	RULE_PORT_BUDGET,
	RULE_CLOSE_WAIT_LEAK,
	RULE_IDLE_KILLER,
	RULE_CHURN,
	RULE_KEEPALIVE_INTERVAL,
	RULE_CAPTURE_LOSS,
	RULE_CONTROL_ONLY,
	HOST_RULE_COUNT
};

struct host_limit {
	enum ws_finding_id id;
	uint32_t ports; /* different ones, at least; 0: do not matter. So for the next two */
	uint32_t hosts;
	uint32_t count;    /* of connections, segments, probes */
	int64_t window_ns; /* within this time; 0: ever, or just now */
	const char *unit;  /* what `seen` counts */
};

extern const struct host_limit host_limits[HOST_RULE_COUNT];

/* Linux's own range of ephemeral ports, 32768 to 60999 (ip_local_port_range). */
#define PORT_BUDGET 28232

/* A client whose SYN is not answered repeats it after a second, or three (RFC 6298 2.1, RFC 1122 4.2.3.1). */
#define FLOOD_AGE_SECONDS 4
/* So many that not all can be waiting for a repetition. */
#define FLOOD_YOUNG 1000
/* A storm is that many times what its sender does on the average of at least ten seconds. */
#define FIN_STORM_TIMES 10
#define FIN_STORM_BASE_SECONDS 10
/* Idle for less is a pause of the talk. */
#define IDLE_MIN_NS (5 * NS_PER_SEC)
#define CHURN_LIFE_NS NS_PER_SEC
/* Of sources times ports, tried by a decoy scan: percent. */
#define DECOY_SHARE 60
/* One of that many acknowledgements: what Zeek calls too much. */
#define CAPTURE_LOSS_ONE_OF 10

#endif
