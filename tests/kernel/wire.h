/*
 * The path between the two hosts: a relay that a scenario steers.
 *
 * A packet comes out of one host's TUN device, passes the near half of the path, the tap in the middle, the far half, and
 * goes into the other host's device. Rules act on the segments they match, before the tap (the tap never sees what was
 * done) or after it. All of it runs in one thread; the calls below may come from another.
 *
 * Every act on a segment that bears a state (SYN, FIN, RST, the first acknowledgement of a SYN or FIN, data to a side that
 * has closed) leaves a cloud: the note that what a tap saw there is not what the endpoints sent and received (KERNEL 2).
 */
#ifndef KERNEL_WIRE_H
#define KERNEL_WIRE_H

#include "packet.h"

#include <stdio.h>
#include <time.h>

enum side { CLIENT, SERVER };
enum { SIDES = 2 };

static inline enum side other(enum side side)
{
	return side == CLIENT ? SERVER : CLIENT;
}

extern const char *const side_name[SIDES];

enum place { BEFORE_TAP, AFTER_TAP, PLACES };

enum act {
	DROP,
	DUPLICATE, /* twice, the copy `arg` ms later */
	LATE,      /* `arg` ms later than its turn */
	BEHIND,    /* after the `arg` next segments of its direction, or when released */
	EDIT,      /* replaced by what `edit` makes of it */
	FRAGMENT,  /* in two IP fragments, the first with `arg` bytes after the IP header; 0: 24 */
	REFUSE     /* dropped, and an ICMP host unreachable comes back */
};

enum load { ANY_LOAD, DATA, NO_DATA };

#define ALWAYS 1000000u

/* Acts on the `nth` match (0 = first) and on `count` from there (0 = 1). Flags: (flags & mask) == want. */
struct rule {
	enum side from;
	enum act act;
	uint8_t want, mask;
	enum load load;
	unsigned nth, count;
	unsigned arg;
	enum place place;
	struct packet *(*edit)(const struct packet *p);
};

/* A forged segment "from" a side, numbered relative to what that side sent last: seq = SND.NXT + seq, ack = its last
 * ack + ack, unless `absolute`. Its timestamps are those of its last segment, `tsval` added. A side that has said nothing
 * yet speaks from 0 and acknowledges all of its peer. */
struct fake {
	enum side from;
	uint8_t flags;
	int32_t seq, ack;
	bool absolute;
	size_t data;
	bool bad_checksum, no_timestamps;
	int32_t tsval;
	enum place place;
};

/* A state-bearing segment from `from` that the path lost, forged or reordered at `place`. */
struct cloud {
	uint16_t port[SIDES];
	enum side from;
	enum place place;
	const char *what;
};

struct wire;

/* Nanoseconds. */
int64_t clock_ns(clockid_t id);

/* The two hosts' devices and addresses; `middle` takes the packets of the tap, cut to `snaplen`. */
struct wire *wire_new(const int tun[SIDES], const struct address addr[SIDES], FILE *middle, uint32_t snaplen);
void wire_start(struct wire *w);
void wire_free(struct wire *w);

void wire_delay(struct wire *w, enum side from, unsigned us);
/* Random loss and reordering of every segment, in per mille, from a fixed seed. */
void wire_noise(struct wire *w, unsigned loss, unsigned reorder, uint64_t seed);
void wire_rule(struct wire *w, const struct rule *rule);
/* Ends all rules and lets go what they hold. */
void wire_clear(struct wire *w);
void wire_release(struct wire *w);
/* On the connection between these ports. */
void wire_fake(struct wire *w, uint16_t client_port, uint16_t server_port, const struct fake *fake);

/* How often rules have acted so far; segments that came in from a side so far. */
unsigned wire_acts(struct wire *w);
unsigned wire_count(struct wire *w, enum side from);
/* Time since the last packet passed or left, in ms; 0 while packets are under way. */
unsigned wire_idle_ms(struct wire *w);

size_t wire_clouds(struct wire *w, const struct cloud **out);

#endif
