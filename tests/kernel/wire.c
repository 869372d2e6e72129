/*
 * One sorted queue of packets under way. An item waits to reach the tap (BEFORE_TAP) or the far host (AFTER_TAP).
 */
#include "savefile.h"
#include "wire_impl.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/uio.h>
#include <unistd.h>

enum { DELAY_US = 2000 };

const char *const side_name[SIDES] = { "client", "server" };

int64_t clock_ns(clockid_t id)
{
	struct timespec t;

	clock_gettime(id, &t);
	return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

struct wire *wire_new(const int tun[SIDES], const struct address addr[SIDES], FILE *middle, uint32_t snaplen)
{
	struct wire *w = calloc(1, sizeof *w);

	if (!w)
		return NULL;
	pthread_mutex_init(&w->lock, NULL);
	memcpy(w->tun, tun, sizeof w->tun);
	memcpy(w->addr, addr, sizeof w->addr);
	w->middle = middle;
	w->snaplen = snaplen;
	w->wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	wire_delay(w, CLIENT, DELAY_US);
	wire_delay(w, SERVER, DELAY_US);
	return w;
}

void wire_nudge(struct wire *w)
{
	eventfd_write(w->wake, 1);
}

void item_free(struct item *i)
{
	free(i->p);
	free(i);
}

struct item *item_new(enum side from, enum place to, struct packet *p)
{
	struct item *i = calloc(1, sizeof *i);

	if (!i || !p)
		abort();
	*i = (struct item){ .from = from, .to = to, .p = p };
	return i;
}

static void enqueue(struct wire *w, struct item *i, int64_t due)
{
	struct item **at = &w->queue;

	while (*at && (*at)->due <= due)
		at = &(*at)->next;
	i->due = due;
	i->next = *at;
	*at = i;
}

void item_cross(struct wire *w, struct item *i, int64_t late)
{
	int64_t due = clock_ns(CLOCK_MONOTONIC) + w->delay[i->from] + late;
	enum side from = i->from;
	enum place to = i->to;

	enqueue(w, i, due);
	for (struct item **at = &w->held; *at;) {
		struct item *h = *at;

		if (h->from == from && h->to == to && --h->behind == 0) {
			*at = h->next;
			enqueue(w, h, due);
		} else {
			at = &h->next;
		}
	}
}

void item_hold(struct wire *w, struct item *i, unsigned behind)
{
	struct item **at = &w->held;

	while (*at)
		at = &(*at)->next;
	i->behind = behind ? behind : ALWAYS;
	i->next = NULL;
	*at = i;
}

static void deliver(struct wire *w, struct item *i)
{
	struct iovec out[2] = { { &i->p->vnet, sizeof i->p->vnet }, { i->p->bytes, i->p->len } };
	ssize_t written = writev(w->tun[other(i->from)], out, 2);

	(void)written; /* a host that does not take it has lost it, as any host may */
	item_free(i);
}

static void arrive(struct wire *w, struct item *i)
{
	w->last = clock_ns(CLOCK_MONOTONIC);
	if (i->to == AFTER_TAP) {
		deliver(w, i);
		return;
	}
	savefile_put(w->middle, clock_ns(CLOCK_REALTIME), i->p->bytes, i->p->len, w->snaplen);
	i->to = AFTER_TAP;
	rules_set_out(w, i);
}

static void take(struct wire *w, enum side from)
{
	static uint8_t buffer[sizeof(struct virtio_net_hdr) + PACKET_MAX];
	ssize_t n;

	while ((n = read(w->tun[from], buffer, sizeof buffer)) > (ssize_t)sizeof(struct virtio_net_hdr)) {
		size_t len = (size_t)n - sizeof(struct virtio_net_hdr);
		struct segment s;

		if (!packet_is_wanted(buffer + sizeof(struct virtio_net_hdr), len))
			continue;
		struct packet *p = packet_new(len);
		if (!p)
			abort();
		memcpy(&p->vnet, buffer, sizeof p->vnet);
		memcpy(p->bytes, buffer + sizeof p->vnet, len);
		struct item *i = item_new(from, BEFORE_TAP, p);
		if (packet_segment(p, &s))
			i->what = stream_note(&w->streams, p, &s, from);
		w->count[from]++;
		w->last = clock_ns(CLOCK_MONOTONIC);
		rules_set_out(w, i);
	}
}

static void run_due(struct wire *w)
{
	while (w->queue && w->queue->due <= clock_ns(CLOCK_MONOTONIC)) {
		struct item *i = w->queue;

		w->queue = i->next;
		arrive(w, i);
	}
}

static void *relay(void *arg)
{
	struct wire *w = arg;
	struct pollfd fds[3] = { { w->tun[0], POLLIN, 0 }, { w->tun[1], POLLIN, 0 }, { w->wake, POLLIN, 0 } };
	eventfd_t woken;

	pthread_mutex_lock(&w->lock);
	while (!w->stopping) {
		int64_t left = w->queue ? w->queue->due - clock_ns(CLOCK_MONOTONIC) : INT64_C(3600000000000);
		struct timespec wait = { left > 0 ? left / 1000000000 : 0, left > 0 ? left % 1000000000 : 0 };

		pthread_mutex_unlock(&w->lock);
		ppoll(fds, 3, &wait, NULL);
		eventfd_read(w->wake, &woken);
		pthread_mutex_lock(&w->lock);
		run_due(w);
		take(w, CLIENT);
		take(w, SERVER);
	}
	pthread_mutex_unlock(&w->lock);
	return NULL;
}

void wire_start(struct wire *w)
{
	w->last = clock_ns(CLOCK_MONOTONIC);
	w->running = pthread_create(&w->thread, NULL, relay, w) == 0;
}

static void drop_all(struct item *i)
{
	while (i) {
		struct item *next = i->next;

		item_free(i);
		i = next;
	}
}

void wire_free(struct wire *w)
{
	pthread_mutex_lock(&w->lock);
	w->stopping = true;
	pthread_mutex_unlock(&w->lock);
	wire_nudge(w);
	if (w->running)
		pthread_join(w->thread, NULL);
	drop_all(w->queue);
	drop_all(w->held);
	streams_fini(&w->streams);
	close(w->wake);
	free(w);
}
