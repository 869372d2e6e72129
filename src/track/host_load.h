/*
 * What a service and the clients of a service have to carry: half-open connections, ports, TIME-WAIT, CLOSE-WAIT that nobody
 * ends, and how fast connections come and go.
 */
#ifndef TRACK_HOST_LOAD_H
#define TRACK_HOST_LOAD_H

#include "track/host_rhythm.h"

#define FLOOD_SECONDS 32

/* Connections to a service by the second in which their SYN came, the last FLOOD_SECONDS of them. */
struct flood {
	int64_t second; /* the newest */
	int64_t judged; /* the second that was judged last */
	uint32_t opened[FLOOD_SECONDS];
	uint32_t half_open[FLOOD_SECONDS]; /* of them, and their SYN was not repeated */
	uint32_t most;
	struct sketch sources;
};

/* What one owner holds. */
struct holdings {
	uint32_t time_wait;
	uint32_t time_wait_most;
	uint32_t close_wait; /* for longer than a minute */
	uint32_t close_wait_most;
	uint32_t close_wait_entered; /* since there was none */
	ws_time close_wait_since;    /* the one that began all this came into the state */
	ws_time close_wait_oldest;   /* of those that are left, as far as is known */
};

/* Of HOST_SERVICE; of what the service itself holds. */
struct service {
	struct flood flood;
	struct holdings holdings;
	struct rhythms idle;
	struct rhythms keepalive;
};

/* Of HOST_ROUTE; of what the client holds. */
struct route {
	uint32_t in_use; /* ports of the client, TIME-WAIT included */
	uint32_t in_use_most;
	struct holdings holdings;
	ws_time churn_since;
	uint32_t churn;
	uint32_t churn_most;
};

/* Of HOST_SENDER: its RSTs and its FINs. */
struct storm {
	int64_t second;
	uint32_t count; /* in that second */
	uint32_t most;
	uint64_t before; /* in all seconds before */
	int64_t first;   /* of them */
};
struct sender {
	struct storm rst;
	struct storm fin;
};

/* A SYN for the service came at `opened`; its connection is not half-open any more, or repeats its SYN. */
void flood_add(const struct host_scene *scene, struct host *service, uint64_t source);
void flood_remove(struct host *service, ws_time opened);
/* The input ended. */
void flood_finish(const struct host_scene *scene, struct host *service);

/* `holder` is a service or a route. */
void time_wait_add(const struct host_scene *scene, struct host *holder);
void time_wait_remove(struct host *holder);
void close_wait_add(const struct host_scene *scene, struct host *holder, ws_time since);
void close_wait_remove(struct host *holder, ws_time since, ws_time now);

void route_add(const struct host_scene *scene, struct host *route);
void route_remove(struct host *route);
void route_churn(const struct host_scene *scene, struct host *route);

void sender_rst(const struct host_scene *scene, struct host *sender);
void sender_fin(const struct host_scene *scene, struct host *sender);

void host_load_describe(const struct host *host, enum host_rule rule, ws_time now, struct ws_host_finding *out);

#endif
