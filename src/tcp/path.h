/*
 * The settled path of a side: its moments, put in the order in which they must have happened, led through the state
 * machine. A pure function of the pair: when evidence changes a moment, the path changes with it, and the difference
 * is what people are told (a new state, or a retraction).
 */
#ifndef TCP_PATH_H
#define TCP_PATH_H

#include "tcp/endpoint.h"

struct path {
	enum ws_state start; /* before the first step */
	struct ws_step step[WS_PATH_MAX];
	uint8_t flags[WS_PATH_MAX]; /* of the segment that brought the step */
	uint8_t len;
};

/* Path of pair->side[who]. */
void path_derive(const struct pair *pair, unsigned who, struct path *out);

/* The last state of the path, or its start. */
enum ws_state path_state(const struct path *path);
enum ws_state path_proven_state(const struct path *path);

#endif
