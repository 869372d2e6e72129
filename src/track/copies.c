#include "track/copies.h"

#include "base/clock.h"
#include "base/hash.h"

/* Copies follow within microseconds; two mirrors that buffer, or a router between them, may take milliseconds. No stack
 * sends a SYN again within that time, and whatever it sends again has another IP identification. */
#define COPY_NS (10 * NS_PER_MS)
/* Without an identification a fast sender's true repetition looks the same: less time is given. A timer alone, the tail
 * loss probe's, takes two ticks (RFC 8985 7.2). */
#define COPY_ANONYMOUS_NS (200 * NS_PER_US)
#define COPY_UNANSWERED_NS (2 * NS_PER_MS)
#define COPY_HOPS_MAX 8

enum trait {
	TRAIT_SET = 1u << 0,
	TRAIT_TIMESTAMPS = 1u << 1,
	TRAIT_UNFILLED = 1u << 2, /* its checksum says nothing */
	TRAIT_DAMAGED = 1u << 3,
	TRAIT_TURN = 15u << 4, /* of the talk: whether the peer has spoken since */
};

/* What all copies have in common. */
struct sameness {
	uint64_t connection;
	uint32_t seq;
	uint32_t ack;
	uint32_t len;
	uint16_t window;
	uint16_t ip_id;
	uint8_t flags;
	uint8_t side;
	uint8_t has_ip_id;
	uint8_t unused[5];
};
_Static_assert(sizeof(struct sameness) == 32, "hashed as bytes, so it has no holes");

void copies_init(struct copies *copies, uint64_t seed)
{
	hash_key_init(copies->key, seed);
}

static uint64_t hash_of(const struct copies *copies, const struct ws_connection *c, unsigned who,
			const struct segment *s)
{
	struct sameness same = { .connection = c->number,
				 .seq = s->seq,
				 .ack = s->ack,
				 .len = s->len,
				 .window = s->window,
				 .ip_id = s->ip_id,
				 .flags = s->flags,
				 .side = (uint8_t)who,
				 .has_ip_id = s->has_ip_id };

	return hash_keyed(&same, sizeof same, copies->key);
}

static uint8_t traits_of(const struct ws_connection *c, unsigned who, const struct segment *s)
{
	unsigned traits = TRAIT_SET | (c->turn << 4 & TRAIT_TURN);

	traits |= s->options.present & OPTION_TIMESTAMPS ? TRAIT_TIMESTAMPS : 0u;
	if (s->checksum == CHECKSUM_OFFLOAD || s->is_offload || (s->checksum == CHECKSUM_BAD && !c->had_good[who]))
		traits |= TRAIT_UNFILLED;
	else if (s->checksum == CHECKSUM_BAD)
		traits |= TRAIT_DAMAGED;
	return (uint8_t)traits;
}

static bool is_alike(const struct footprint *f, const struct segment *s, uint8_t traits)
{
	if (!(f->traits & TRAIT_SET) || ((f->traits ^ traits) & TRAIT_DAMAGED))
		return false;
	if ((f->traits & traits & TRAIT_TIMESTAMPS) && f->tsval != s->options.tsval)
		return false;
	return ((f->traits | traits) & TRAIT_UNFILLED) || f->checksum == s->tcp_checksum;
}

static bool is_anonymous(const struct segment *s)
{
	return !s->has_ip_id || s->ip_id == 0;
}

/* Nothing of its own in it: two that answer two segments are alike. */
static bool is_answer(const struct segment *s)
{
	return s->len == 0 && !(s->flags & (WS_FLAG_SYN | WS_FLAG_FIN)) &&
	       (s->flags & (WS_FLAG_RST | WS_FLAG_ACK)) != (WS_FLAG_RST | WS_FLAG_ACK);
}

/* Whatever is alike is a copy, whenever it comes within COPY_NS. */
static bool is_certain(const struct footprint *f, const struct segment *s)
{
	return !is_anonymous(s) || (s->flags & WS_FLAG_SYN) || f->ttl != s->ttl;
}

static int64_t longer(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/* How much later a copy of `s` may come, which has nothing but its numbers to be known by. `is_answered`: the peer has
 * spoken since. */
static int64_t anonymous_limit(const struct copies *copies, const struct ws_connection *c, const struct segment *s,
			       bool is_answered)
{
	int64_t limit = is_answer(s) || is_answered ? COPY_ANONYMOUS_NS : COPY_UNANSWERED_NS;

	/* Where the capture is known to show things twice, it is not the sender that does. */
	if (c->tags & WS_TAG_DUPLICATES)
		return longer(limit, 2 * copies->latest_ns + COPY_ANONYMOUS_NS);
	return is_answer(s) && is_answered ? -1 : limit;
}

static bool is_copy_of(struct copies *copies, const struct footprint *f, const struct ws_connection *c, unsigned who,
		       const struct segment *s, ws_time ts)
{
	int64_t age = ts > f->ts ? ts - f->ts : f->ts - ts;
	int hops = (int)f->ttl - (int)s->ttl;
	uint8_t traits = traits_of(c, who, s);

	if (age > COPY_NS || hops < -COPY_HOPS_MAX || hops > COPY_HOPS_MAX || !is_alike(f, s, traits))
		return false;
	if (!is_certain(f, s))
		return age <= anonymous_limit(copies, c, s, (f->traits ^ traits) & TRAIT_TURN);
	if (hops == 0 && age > copies->latest_ns)
		copies->latest_ns = age;
	return true;
}

/* Its lowest bit is who spoke last. */
static void take_turn(struct ws_connection *c, unsigned who)
{
	if ((c->turn & 1u) != who)
		c->turn++;
}

static void remember(struct copies *copies, struct ws_connection *c, unsigned who, const struct segment *s, ws_time ts,
		     uint64_t hash)
{
	struct footprint_set *set = &copies->set[hash & (COPIES_SETS - 1)];
	uint32_t way = set->next++ % COPIES_WAYS;

	take_turn(c, who);
	c->had_good[who] |= s->checksum == CHECKSUM_GOOD;
	set->check[way] = (uint32_t)(hash >> 32);
	set->footprint[way] = (struct footprint){ .ts = ts,
						  .tsval = s->options.tsval,
						  .checksum = s->tcp_checksum,
						  .ttl = s->ttl,
						  .traits = traits_of(c, who, s) };
}

void copies_note(struct copies *copies, struct ws_connection *c, unsigned who, const struct segment *s, ws_time ts)
{
	remember(copies, c, who, s, ts, hash_of(copies, c, who, s));
}

bool copies_take(struct copies *copies, struct ws_connection *c, unsigned who, const struct segment *s, ws_time ts)
{
	uint64_t hash = hash_of(copies, c, who, s);
	const struct footprint_set *set = &copies->set[hash & (COPIES_SETS - 1)];

	for (uint32_t way = 0; way < COPIES_WAYS; way++)
		if (set->check[way] == (uint32_t)(hash >> 32) &&
		    is_copy_of(copies, &set->footprint[way], c, who, s, ts))
			return true;
	remember(copies, c, who, s, ts, hash);
	return false;
}
