#include "track/copies.h"

#include <stddef.h>
#include <string.h>

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

_Static_assert(sizeof(struct footprint_set) == COPIES_LINE, "a set is a line");

void copies_init(struct copies *copies, uint64_t seed)
{
	uintptr_t room = (uintptr_t)copies->room;

	hash_words_init(copies->key, sizeof copies->key / sizeof copies->key[0], seed);
	copies->set = (struct footprint_set *)(void *)((char *)copies->room +
						       (COPIES_LINE - room % COPIES_LINE) % COPIES_LINE);
}

/* Members of a segment side by side, as one word. */
#define NUMBERS offsetof(struct segment, seq) /* and the ports, which say who sent it, */
#define HEADER                   \
	offsetof(struct segment, \
		 window) /* and what else the sender put before the checksum, but for the urgent pointer */

_Static_assert(offsetof(struct segment, sport) == NUMBERS + 6, "all of NUMBERS");
_Static_assert(offsetof(struct segment, ack) == HEADER + 4, "all of HEADER");

static uint64_t word_at(const struct segment *s, size_t offset)
{
	uint64_t word;

	memcpy(&word, (const char *)s + offset, sizeof word);
	return word;
}

/* Of what all copies have in common. The hash of its key stands for the connection; incarnations are told apart by
 * check_of. */
static inline uint64_t hash_of(const struct copies *copies, const struct ws_connection *c, unsigned who,
			       const struct segment *s)
{
	uint64_t numbers = hash_fold(word_at(s, NUMBERS) ^ copies->key[0], word_at(s, HEADER) ^ copies->key[1]);
	uint64_t amount = (uint64_t)c->hh.hashv << 32 | s->len;
	uint64_t identity = (uint64_t)s->ip_id << 2 | (unsigned)s->has_ip_id << 1 | who;

	return hash_fold(numbers ^ amount, copies->key[2] ^ identity);
}

static struct footprint_set *set_of(const struct copies *copies, uint64_t hash)
{
	return &copies->set[hash & (COPIES_SETS - 1)];
}

static uint32_t check_of(const struct ws_connection *c, uint64_t hash)
{
	return (uint32_t)(hash >> 32) ^ c->salt;
}

static inline uint8_t traits_of(const struct ws_connection *c, unsigned who, const struct segment *s)
{
	unsigned traits = TRAIT_SET | (c->turn << 4 & TRAIT_TURN);

	traits |= s->options.present & OPTION_TIMESTAMPS ? TRAIT_TIMESTAMPS : 0u;
	if (s->checksum == CHECKSUM_GOOD && !s->is_offload)
		return (uint8_t)traits;
	if (s->checksum == CHECKSUM_OFFLOAD || s->is_offload ||
	    (s->checksum == CHECKSUM_BAD && !(c->had_good >> who & 1u)))
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
	c->turn = (uint8_t)(c->turn + ((c->turn ^ who) & 1u));
}

/* Inline, for this is most of what is done about an ordinary segment. */
static inline void remember(struct footprint_set *set, struct ws_connection *c, unsigned who, const struct segment *s,
			    ws_time ts, uint32_t check)
{
	uint32_t way = set->next;

	take_turn(c, who);
	c->had_good = (uint8_t)(c->had_good | (s->checksum == CHECKSUM_GOOD) << who);
	set->next = way + 1 < COPIES_WAYS ? way + 1 : 0;
	set->check[way] = check;
	set->footprint[way] = (struct footprint){ .ts = ts,
						  .tsval = s->options.tsval,
						  .checksum = s->tcp_checksum,
						  .ttl = s->ttl,
						  .traits = traits_of(c, who, s) };
}

void copies_note(struct copies *copies, struct ws_connection *c, unsigned who, const struct segment *s, ws_time ts)
{
	uint64_t hash = hash_of(copies, c, who, s);

	remember(set_of(copies, hash), c, who, s, ts, check_of(c, hash));
}

static bool is_in(struct copies *copies, const struct footprint_set *set, uint32_t check, const struct ws_connection *c,
		  unsigned who, const struct segment *s, ws_time ts)
{
	for (uint32_t way = 0; way < COPIES_WAYS; way++)
		if (set->check[way] == check && is_copy_of(copies, &set->footprint[way], c, who, s, ts))
			return true;
	return false;
}

bool copies_has(struct copies *copies, const struct ws_connection *c, unsigned who, const struct segment *s, ws_time ts)
{
	uint64_t hash = hash_of(copies, c, who, s);

	return is_in(copies, set_of(copies, hash), check_of(c, hash), c, who, s, ts);
}

bool copies_take(struct copies *copies, struct ws_connection *c, unsigned who, const struct segment *s, ws_time ts)
{
	uint64_t hash = hash_of(copies, c, who, s);
	struct footprint_set *set = set_of(copies, hash);
	uint32_t check = check_of(c, hash);

	if (is_in(copies, set, check, c, who, s, ts))
		return true;
	remember(set, c, who, s, ts, check);
	return false;
}
