/*
 * Connections prepared to collide in the table: who knows the key can put them all into one bucket, so that finding one
 * means looking at all; under another key the same ones lie as if at random. Nothing is timed, chains are counted.
 */
#include <check.h>
#include <stdlib.h>

#include "base/hash.h"
#include "lib/suite.h"
#include "track/store.h"

#define KNOWN_SEED 7
#define FLOOD 20000
#define BITS 11 /* of the hash that are made equal: more than the table uses while all lie in one bucket */

static struct segment flood[FLOOD];

static struct segment syn_of(uint32_t n)
{
	struct segment s = { .sport = (uint16_t)(n >> 16), .dport = 80, .flags = WS_FLAG_SYN };

	s.src = (struct ws_addr){ .family = 4, .bytes = { 10, 0, (uint8_t)(n >> 8), (uint8_t)n } };
	s.dst = (struct ws_addr){ .family = 4, .bytes = { 10, 1, 0, 2 } };
	return s;
}

static bool collides(const struct segment *s, const uint64_t hash_key[2])
{
	struct flow_key key;

	flow_key_of(s, &key);
	return (hash_keyed(&key, sizeof key, hash_key) & ((1u << BITS) - 1)) == 0;
}

/* What an attacker does who knows the seed. */
static void prepare(void)
{
	uint64_t key[2];
	size_t len = 0;

	hash_key_init(key, KNOWN_SEED);
	for (uint32_t n = 0; len < FLOOD && n < UINT32_MAX; n++) {
		struct segment s = syn_of(n);

		if (collides(&s, key))
			flood[len++] = s;
	}
	ck_assert_uint_eq(len, FLOOD);
}

static void add_all(struct store *store)
{
	for (size_t i = 0; i < FLOOD; i++) {
		struct flow_key key;

		flow_key_of(&flood[i], &key);
		store_add(store, &key, &flood[i], NULL);
	}
	ck_assert_uint_eq(store->len, FLOOD);
}

static unsigned longest_chain(const struct store *store)
{
	const UT_hash_table *table = store->table->hh.tbl;
	unsigned longest = 0;

	for (unsigned i = 0; i < table->num_buckets; i++)
		if (table->buckets[i].count > longest)
			longest = table->buckets[i].count;
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

/* uthash doubles its buckets when one holds more than ten times what it should; the chains of a table at random are
 * far shorter. */
START_TEST(other_seeds)
{
	for (uint64_t seed = KNOWN_SEED + 1; seed < KNOWN_SEED + 9; seed++)
		ck_assert_uint_le(chain_under(seed), 20);
	ck_assert_uint_le(chain_under(UINT64_MAX), 20);
	ck_assert_uint_le(chain_under(0), 20);
}
END_TEST

/* All of it is found again, by whichever key. */
START_TEST(found)
{
	static const uint64_t seeds[] = { KNOWN_SEED, KNOWN_SEED + 1 };
	struct store store;

	store_init(&store, seeds[_i]);
	add_all(&store);
	for (size_t i = 0; i < FLOOD; i += 97) {
		const struct ws_connection *c;
		struct flow_key key;

		flow_key_of(&flood[i], &key);
		c = store_find(&store, &key);
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
	tcase_add_loop_test(t, found, 0, 2);
	return suite_run(suite);
}
