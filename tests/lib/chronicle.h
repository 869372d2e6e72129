/*
 * All that a tracker tells of a capture, in the order in which it tells it, as text: every event with all its members and
 * the totals of that moment, every record when it ends, and, looked at now and then, every connection, listener and total.
 * Two ways of feeding the same packets are the same when their chronicles are, byte for byte.
 */
#ifndef TESTS_CHRONICLE_H
#define TESTS_CHRONICLE_H

#include <stdio.h>

#include "frames.h"

struct chronicle {
	char *text;
	size_t len;
	FILE *out;
	ws_tracker *tracker;
};

/* What views ask for: the table, everything, few connections, little memory. */
#define CHRONICLE_CONFIGS 4
extern const struct ws_config chronicle_configs[CHRONICLE_CONFIGS];

/* How packets are handed over. */
struct chronicle_way {
	size_t batch; /* at a time; 0: one by one, by ws_tracker_feed */
	size_t look;  /* after so many packets everything is looked at, a multiple of `batch`; 0: only at the end */
};

/* Feeds `frames` to a tracker of that config (whose listener is replaced), ends and frees it. The text is the caller's. */
void chronicle_write(struct chronicle *chronicle, const struct ws_config *config, const struct frames *frames,
		     const struct chronicle_way *way);
void chronicle_fini(struct chronicle *chronicle);

/* Aborts the test, and shows where, when they differ. `what` names both. */
void chronicle_compare(const struct chronicle *good, const struct chronicle *other, const char *what);

/* Both at once: feeds `frames` to a tracker of chronicle_configs[i] with so many threads, and compares. */
void chronicle_check(const struct chronicle *good, size_t i, unsigned threads, const struct frames *frames,
		     const struct chronicle_way *way, const char *name);

/* The lines of a connection, with all that its record has, and of a listener (a ws_listener_fn, `user` is the FILE). */
void chronicle_record(FILE *out, const ws_connection *c);
int chronicle_listener(void *user, const struct ws_listener *l);

#endif
