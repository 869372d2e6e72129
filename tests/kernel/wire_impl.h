/*
 * The relay's own shape, shared by wire.c (packets on their way), rules.c (what is done to them) and steer.c (the calls).
 */
#ifndef KERNEL_WIRE_IMPL_H
#define KERNEL_WIRE_IMPL_H

#include "stream.h"
#include "wire.h"

#include <pthread.h>

enum { RULES_MAX = 32, CLOUDS_MAX = 65536 };
#define MS INT64_C(1000000)

struct item {
	struct item *next;
	int64_t due;
	enum side from;
	enum place to;    /* the half it is crossing */
	const char *what; /* the state it bears, or NULL */
	bool fake;
	unsigned behind; /* segments that go first */
	struct packet *p;
};

struct law {
	struct rule rule;
	unsigned seen;
};

struct wire {
	pthread_mutex_t lock;
	pthread_t thread;
	bool running, stopping;
	int tun[SIDES], wake;
	struct address addr[SIDES];
	FILE *middle;
	uint32_t snaplen;
	int64_t delay[SIDES]; /* of each half */
	struct item *queue, *held;
	struct law laws[RULES_MAX];
	size_t laws_len;
	unsigned loss, reorder, acts, count[SIDES];
	uint64_t random;
	int64_t last;
	struct streams streams;
	size_t clouds_len;
	struct cloud clouds[CLOUDS_MAX];
};

/* Crosses the half it is in, `late` ns slower than usual; then segments that waited for it to go first may follow. */
void item_cross(struct wire *w, struct item *i, int64_t late);
/* Waits until `behind` segments went first; 0: until released. */
void item_hold(struct wire *w, struct item *i, unsigned behind);
struct item *item_new(enum side from, enum place to, struct packet *p);
void item_free(struct item *i);

/* Sends the item into the half it is to cross, or does to it what a rule or the noise wants. */
void rules_set_out(struct wire *w, struct item *i);
void rules_cloud(struct wire *w, const struct item *i);

/* Makes the relay's thread look at its queue again. */
void wire_nudge(struct wire *w);

#endif
