/*
 * Connections prepared to collide in the table: who knows the key can put them all into one bucket, so that finding one
 * means looking at all; under another key the same ones lie as if at random. Nothing is timed, chains are counted.
 */
#include <check.h>
#include <stdlib.h>

#include "lib/suite.h"
#include "track/store.h"

#define KNOWN_SEED 7
#define FLOOD 100
/* Lowest bits of the hash that are made equal, besides those that choose a slice: as many as the table of 100 uses. */
#define BITS 7

static struct segment flood[FLOOD];

static struct segment syn_of(uint32_t n)
{
	struct segment s = { .sport = (uint16_t)(n >> 16), .dport = 80, .flags = WS_FLAG_SYN };

	s.src = (struct ws_addr){ .family = 4, .bytes = { 10, 0, (uint8_t)(n >> 8), (uint8_t)n } };
	s.dst = (struct ws_addr){ .family = 4, .bytes = { 10, 1, 0, 2 } };
	return s;
}

static struct keyed keyed_of(const struct store *store, const struct segment *s)
{
	struct keyed keyed;

	flow_key_of(s, &keyed.key);
	keyed.hash = store_hash(store, &keyed.key);
	return keyed;
}

static bool collides(const struct store *store, const struct segment *s)
{
	struct keyed keyed = keyed_of(store, s);

	return (keyed.hash & ((1u << BITS) - 1)) == 0 && keyed.hash >> (32 - STORE_SLICE_BITS) == 0;
}

/* What an attacker does who knows the seed. */
static void prepare(void)
{
	struct store known;
	size_t len = 0;

	store_init(&known, KNOWN_SEED);
	for (uint32_t n = 0; len < FLOOD && n < UINT32_MAX; n++) {
		struct segment s = syn_of(n);

		if (collides(&known, &s))
			flood[len++] = s;
	}
	ck_assert_uint_eq(len, FLOOD);
	store_fini(&known);
}

static void add_all(struct store *store)
{
	for (size_t i = 0; i < FLOOD; i++) {
		struct keyed keyed = keyed_of(store, &flood[i]);

		store_add(store, &keyed, &flood[i], NULL);
	}
	ck_assert_uint_eq(store->len, FLOOD);
}

static unsigned longest_chain(const struct store *store)
{
	unsigned longest = 0;

	for (const struct slice *slice = store->slice; slice < store->slice + STORE_SLICES; slice++)
		for (unsigned i = 0; slice->buckets && i <= slice->mask; i++)
			if (slice->buckets[i].count > longest)
				longest = slice->buckets[i].count;
	return longest;
}

static unsigned chain_under(uint64_t seed)
{
	struct store store;
	unsigned longest;

	store_init(&store, seed);
	add_all(&store);
	longest = longest_chain(&store);
	store_fini(&store);
	return longest;
}

/* The flood is one: with the seed it was made for, all of it is one chain. */
START_TEST(known_seed)
{
	ck_assert_uint_eq(chain_under(KNOWN_SEED), FLOOD);
}
END_TEST

/* 100 at random in 2048 tables: a chain of 8 has a chance below 1e-9. */
START_TEST(other_seeds)
{
	for (uint64_t seed = KNOWN_SEED + 1; seed < KNOWN_SEED + 9; seed++)
		ck_assert_uint_lt(chain_under(seed), 8);
	ck_assert_uint_lt(chain_under(UINT64_MAX), 8);
	ck_assert_uint_lt(chain_under(0), 8);
}
END_TEST

#define MANY 50000

/* There is a bucket for each, or nearly: chains of 16, at random, in 50,000 have a chance below 1e-8. */
START_TEST(ordinary_keys)
{
	static struct store store;

	store_init(&store, (uint64_t)_i);
	for (uint32_t n = 0; n < MANY; n++) {
		struct segment s = syn_of(n);
		struct keyed keyed = keyed_of(&store, &s);

		ck_assert_ptr_nonnull(store_add(&store, &keyed, &s, NULL));
	}
	ck_assert_uint_lt(longest_chain(&store), 16);
	store_fini(&store);
}
END_TEST

/* All of it is found again, by whichever key. */
START_TEST(found)
{
	static const uint64_t seeds[] = { KNOWN_SEED, KNOWN_SEED + 1 };
	struct store store;

	store_init(&store, seeds[_i]);
	add_all(&store);
	for (size_t i = 0; i < FLOOD; i += 7) {
		struct keyed keyed = keyed_of(&store, &flood[i]);
		const struct ws_connection *c = store_find(&store, &keyed);

		ck_assert_ptr_nonnull(c);
		ck_assert_uint_eq(c->number, i + 1);
	}
	store_fini(&store);
}
END_TEST

int main(void)
{
	TCase *t;
	Suite *suite = suite_new("flood", &t);

	tcase_set_timeout(t, 120);
	tcase_add_unchecked_fixture(t, prepare, NULL);
	tcase_add_test(t, known_seed);
	tcase_add_test(t, other_seeds);
	tcase_add_loop_test(t, ordinary_keys, 0, 4);
	tcase_add_loop_test(t, found, 0, 2);
	return suite_run(suite);
}
