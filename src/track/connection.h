/*
 * A connection: its two sides, what was told of them, and its place in the tracker. One segment goes through it in one
 * straight way: is it a copy, what does it tell (tcp/), which states changed, what is worth a finding, count.
 *
 * connection.c takes segments; change.c tells the outside what changed; expire.c is time; record.c is the view from
 * outside; verdict.c sums up. tracker.c owns all connections.
 */
#ifndef TRACK_CONNECTION_H
#define TRACK_CONNECTION_H

#include <uthash.h>

#include "tcp/audit.h"
#include "tcp/infer.h"
#include "tcp/path.h"
#include "tcp/zeek.h"
#include "track/flow.h"
#include "track/timer.h"

/* What was told of a side so far: states by their order, to find out what has changed. */
struct told {
	uint8_t state[WS_PATH_MAX];
	uint8_t len;
	uint16_t proven; /* bit n: step n */
	ws_time since;   /* of the last state told */
};

/* What every step needs of the tracker. */
struct context {
	const struct ws_config *config;
	struct ws_totals *totals;
	struct pair *before; /* room for a pair as it was before a segment */
	uint64_t *heap;      /* bytes of findings and audit memory of all connections; NULL: nobody counts */
	ws_time now;
};

/* The findings a connection has had; made when the first one comes, and doubled when it is full. */
struct finding_list {
	uint32_t len;
	uint32_t size;
	struct ws_finding_count count[];
};

/* What the rules know of a connection. Packed away while nothing comes that needs it: what stands before `owner`. */
struct detail {
	struct pair pair;
	struct told told[2];
	struct zeek zeek;

	struct ws_connection *owner;
	struct detail *prev; /* on the bench */
	struct detail *next;
};

void detail_init(struct detail *detail);

struct course;
struct rest;

/* What few connections have. */
struct extra {
	struct segment *candidate; /* a SYN that may begin the next incarnation */
	struct finding_list *findings;
	struct wrapping *wrapping;     /* NULL while nothing was around its packets (wrapping.h) */
	struct suspicions *suspicions; /* findings that wait for a witness (suspicion.h); NULL until there is one */
	struct audit_memory *memory;   /* of the full audit; NULL where nobody asked for it */
};

/* Four cache lines: the first two are all that an ordinary segment needs of it, the third is for a change of state. */
struct ws_connection {
	UT_hash_handle hh;     /* of the newest of its 4-tuple; prev and next: store.h */
	struct course *course; /* instead of detail and rest, while it takes the ordinary course (course.h) */

	struct flow_key key;
	ws_time end;
	uint64_t last_frame;
	uint32_t tags;
	uint16_t salt;    /* of `number`; for copies.c, as what follows */
	uint8_t turn;     /* counts how often the other side has begun to speak */
	uint8_t had_good; /* bit n: side n has sent right checksums */

	struct extra *extra;         /* NULL until the first of it comes */
	struct ws_connection *older; /* the incarnation before, while late segments may belong to it */
	struct ws_connection *newer; /* the one that has this as `older` */
	struct rest *rest;
	struct timer_entry timer;
	uint16_t timed_states; /* both states when the timer was set */
	uint8_t state[2];      /* as in the detail */
	uint8_t role_source;
	uint8_t end_reason;
	uint8_t candidate_side;
	bool is_embryonic : 1;      /* in the row that is evicted first */
	bool is_ended : 1;          /* END was told */
	bool is_candidate_late : 1; /* the candidate is a copy of this connection's own SYN */
	bool is_newer : 1;          /* than all that its opener had sent in `older` (RFC 6191) */

	uint64_t number;
	struct detail *detail; /* NULL while it rests (bench.h) */
	void *user;
	uint64_t first_frame;
	ws_time start;
	ws_time closed_ts; /* WS_TIME_NONE while open */
	uint32_t incarnation;
	uint32_t file;
	uint16_t lingering_told[2]; /* bit n: the finding of state n was raised */
	uint16_t gaps;              /* that were not filled since */
	uint8_t host_marks;         /* what it was counted as (host_feed.c) */
};

/* `out` becomes a connection begun by `s`. */
void connection_init(struct ws_connection *c, const struct flow_key *key, const struct segment *s);
void connection_fini(struct ws_connection *c);

/* c->extra, made if there is none yet; NULL when out of memory. `heap`, if not NULL, counts its bytes, as context.heap. */
struct extra *connection_extra(struct ws_connection *c, uint64_t *heap);

static inline struct segment *connection_candidate(const struct ws_connection *c)
{
	return c->extra ? c->extra->candidate : NULL;
}

static inline struct finding_list *connection_findings(const struct ws_connection *c)
{
	return c->extra ? c->extra->findings : NULL;
}

static inline struct wrapping *connection_wrapping(const struct ws_connection *c)
{
	return c->extra ? c->extra->wrapping : NULL;
}

static inline struct suspicions *connection_suspicions(const struct ws_connection *c)
{
	return c->extra ? c->extra->suspicions : NULL;
}

static inline struct audit_memory *connection_memory(const struct ws_connection *c)
{
	return c->extra ? c->extra->memory : NULL;
}

/* What `c` has added to context.heap. */
size_t connection_heap(const struct ws_connection *c);

/* Side `who` sent `s`, which belongs to `c`. `marks`: what the tracker already knows of it (enum mark), MARK_COPY if the
 * capture has shown it before. */
void connection_segment(struct context *context, struct ws_connection *c, unsigned who, const struct segment *s,
			uint32_t marks);

/* A segment that is counted, but told nothing: a SYN that may belong to another incarnation. */
void connection_count_only(struct context *context, struct ws_connection *c, unsigned who, const struct segment *s,
			   uint32_t marks);

/* Tells the rules of a segment that was taken before, when nothing was to be told of it; the states follow when all of them
 * have been, by connection_replayed. */
void connection_replay(struct ws_connection *c, unsigned who, const struct segment *s);
void connection_replayed(struct ws_connection *c, const ws_time since[2]);

/* Decides who the client is, by what has been seen; keeps a better decision. */
void connection_assign_roles(struct ws_connection *c, unsigned who, const struct segment *s);

/* The public side of side index `side` (0 or 1), and back: the mapping is its own inverse. */
static inline enum ws_side connection_side(const struct ws_connection *c, unsigned side)
{
	return side == c->detail->pair.client ? WS_CLIENT : WS_SERVER;
}

/* change.c */
struct cause {
	ws_time ts;
	uint64_t frame; /* 0: a timer */
	uint8_t flags;
};
/* Derives the paths of the sides whose moments have changed, and tells the difference to what was told before. */
void change_tell(struct context *context, struct ws_connection *c, const struct cause *cause);
/* Tells CLOSE when both sides have come to be CLOSED, after all else that the same cause told. */
void change_close(struct context *context, struct ws_connection *c, const struct cause *cause);
void change_finding(struct context *context, struct ws_connection *c, const struct cause *cause,
		    const struct finding *finding);
void change_event(struct context *context, struct ws_event *event);

/* expire.c: when time alone will next change something (INT64_MAX: never), and what it changes by `now`. Returns true
 * when the connection is over and may be forgotten. */
ws_time connection_deadline(const struct context *context, const struct ws_connection *c);
bool connection_expire(struct context *context, struct ws_connection *c, ws_time now);

/* The same of one that takes the ordinary course (c->course). */
ws_time connection_course_deadline(const struct context *context, const struct ws_connection *c);

/* The same of one that takes the ordinary course (c->course), unless it is half open. */
void connection_end_course(struct context *context, struct ws_connection *c, enum ws_end_reason reason);

/* The connection leaves, or the input ended: the findings that only the end can tell, CLOSE and END. */
void connection_end(struct context *context, struct ws_connection *c, enum ws_end_reason reason);

/* record.c: bits of enum ws_tag. */
uint32_t connection_tags(const struct ws_connection *c);

/* verdict.c */
enum ws_handshake verdict_handshake(const struct pair *pair);
enum ws_close verdict_close(const struct pair *pair, bool *has_first, unsigned *first);
/* The side whose RST cut the connection short; 2 when none did: a RST after both FINs were received ends nothing. */
unsigned verdict_reset_by(const struct pair *pair);
bool verdict_is_one_way(const struct pair *pair);
bool verdict_lacks_syn(const struct pair *pair); /* though its answer was captured */

#endif
