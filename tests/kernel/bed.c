/*
 * The watcher is one thread for both hosts: it empties the taps, and looks at the sockets every millisecond while
 * packets pass, seldom while they do not.
 */
#include "bed.h"

#include "savefile.h"
#include "tap.h"
#include "trace.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LOOK_US = 1000, DOZE_US = 20000, DOZE_AFTER_MS = 40 };

const char *const tap_name[TAPS] = { "client", "middle", "server" };

static bool is_stopping(struct bed *b)
{
	pthread_mutex_lock(&b->lock);
	bool stopping = b->stopping;
	pthread_mutex_unlock(&b->lock);
	return stopping;
}

static void look(struct bed *b)
{
	static const int tap_of[SIDES] = { TAP_CLIENT, TAP_SERVER };

	for (int side = CLIENT; side <= SERVER; side++) {
		pthread_mutex_lock(&b->lock);
		diag_watch(&b->watch[side], &b->happenings);
		tap_drain(&b->host[side], b->file[tap_of[side]], b->snaplen, &b->happenings);
		pthread_mutex_unlock(&b->lock);
	}
}

static void *watch(void *arg)
{
	struct bed *b = arg;

	while (!is_stopping(b)) {
		look(b);
		usleep(wire_idle_ms(b->wire) < DOZE_AFTER_MS ? LOOK_US : DOZE_US);
	}
	look(b);
	return NULL;
}

static void open_files(struct bed *b, const char *directory, const char *name)
{
	for (int tap = 0; tap < TAPS; tap++) {
		snprintf(b->path[tap], sizeof b->path[tap], "%s/%s.%s.pcap", directory, name, tap_name[tap]);
		b->file[tap] = savefile_new(b->path[tap], b->snaplen);
		if (!b->file[tap])
			broken("%s: %s", b->path[tap], strerror(errno));
	}
}

void bed_init(struct bed *b, const struct taking *t)
{
	const uint32_t all = (2u << K_NEW_SYN_RECV) - 2;
	const uint32_t mini = 1u << K_SYN_RECV | 1u << K_FIN_WAIT_2;
	const unsigned flags = t->scenario->flags;

	*b = (struct bed){ .family = t->family, .instance = t->instance, .listener = -1, .server_port = SERVER_PORT };
	pthread_mutex_init(&b->lock, NULL);
	b->snaplen = flags & FULL_SNAPLEN ? PACKET_MAX : t->snaplen;
	open_files(b, t->directory, t->name);
	host_leave_home();
	for (int side = CLIENT; side <= SERVER; side++) {
		host_init(&b->host[side], (enum side)side, t->family, t->subnet, flags & OFFLOAD);
		diag_init(&b->watch[side], &b->host[side], mini);
		diag_init(&b->look[side], &b->host[side], all);
	}
	const int tun[SIDES] = { b->host[CLIENT].tun, b->host[SERVER].tun };
	const struct address addr[SIDES] = { b->host[CLIENT].addr, b->host[SERVER].addr };
	b->wire = wire_new(tun, addr, b->file[TAP_MIDDLE], b->snaplen);
	trace_start(t->instance);
	wire_start(b->wire);
	if (pthread_create(&b->watcher, NULL, watch, b) != 0)
		broken("no thread");
}

/* Those a tampered segment was to reach, and in which nothing happened. */
static void add_silent_endpoints(const struct bed *b, struct truth *t)
{
	const struct cloud *clouds;
	size_t n = wire_clouds(b->wire, &clouds);

	for (size_t i = 0; i < n; i++)
		for (int side = CLIENT; side <= SERVER; side++)
			truth_endpoint(t, (enum side)side, clouds[i].port[side], clouds[i].port[1 - side]);
}

void bed_finish(struct bed *b, struct truth *t)
{
	pthread_mutex_lock(&b->lock);
	b->stopping = true;
	pthread_mutex_unlock(&b->lock);
	pthread_join(b->watcher, NULL);
	trace_read(b->instance, b->host, &b->happenings);
	for (int side = CLIENT; side <= SERVER; side++)
		diag_dump(&b->look[side]);
	happenings_sort(&b->happenings);
	truth_replay(t, &b->happenings);
	truth_settle(t, b->look, clock_ns(CLOCK_REALTIME));
	add_silent_endpoints(b, t);
}

static void close_file(struct bed *b, int tap)
{
	if (fclose(b->file[tap]) != 0 || (b->captured_from && !savefile_cut(b->path[tap], b->captured_from)))
		broken("%s: %s", b->path[tap], strerror(errno));
}

void bed_fini(struct bed *b)
{
	wire_free(b->wire);
	for (int tap = 0; tap < TAPS; tap++)
		close_file(b, tap);
	for (int side = CLIENT; side <= SERVER; side++) {
		diag_fini(&b->watch[side]);
		diag_fini(&b->look[side]);
		host_fini(&b->host[side]);
	}
	happenings_fini(&b->happenings);
}
