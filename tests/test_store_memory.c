/*
 * The table of all connections where memory is short: what fails leaves everything as it was.
 */
#include <check.h>

#include "lib/alloc.h"
#include "lib/stored.h"
#include "lib/suite.h"

#define SEED 7
#define MANY 20000

/* Whichever allocation fails, nothing has changed: what was there is found, nothing else is. */
static bool add_fails_cleanly(size_t n, struct ws_connection *older)
{
	struct segment s = stored_syn(5);
	struct keyed key = stored_key(5);
	size_t live = alloc_live();
	struct ws_connection *c;

	alloc_fail_at(n);
	c = store_add(&store, &key, &s, older);
	alloc_fail_at(0);
	if (c)
		return false;
	ck_assert_uint_le(alloc_live(), live + 1); /* the slab keeps a block that it got */
	ck_assert_ptr_eq(stored_find(5), older);
	return true;
}

/* Adds up to the last place of a block of the slab, so that the next one needs memory. */
static void fill_block(void)
{
	for (unsigned n = 1000; store.slab.at != store.slab.end; n++)
		stored_add(n, NULL);
}

START_TEST(no_memory_to_add)
{
	size_t n = 1;
	struct ws_connection *older = NULL;

	store_init(&store, SEED);
	while (add_fails_cleanly(n, NULL))
		n++;
	ck_assert_uint_gt(n, 1);
	older = stored_find(5);
	ck_assert_ptr_nonnull(older);
	fill_block();
	n = 1;
	while (add_fails_cleanly(n, older))
		n++;
	ck_assert_uint_gt(n, 1);
	ck_assert_ptr_eq(stored_find(5)->older, older);
	store_fini(&store);
}
END_TEST

/* The newest goes while there is no memory at all: the one before it must still be found, and go in its turn. */
START_TEST(no_memory_to_remove)
{
	struct ws_connection *older;
	struct ws_connection *newer;

	store_init(&store, SEED);
	older = stored_add(5, NULL);
	newer = stored_add(5, older);
	alloc_fail_at(1);
	store_remove(&store, newer);
	alloc_fail_at(0);
	ck_assert_ptr_eq(stored_find(5), older);
	store_remove(&store, older);
	ck_assert_ptr_null(stored_find(5));
	store_fini(&store);
}
END_TEST

/* Incarnations take each other's place in a table of every fullness without one allocation beside the connection. */
START_TEST(no_memory_for_the_table)
{
	static struct ws_connection *all[MANY];

	store_init(&store, SEED);
	for (unsigned n = 0; n < MANY; n++) {
		struct segment s = stored_syn(n);
		struct keyed key = stored_key(n);

		all[n] = stored_add(n, NULL);
		alloc_fail_from(2);
		all[n] = store_add(&store, &key, &s, all[n]);
		alloc_fail_at(0);
		ck_assert_ptr_nonnull(all[n]);
		ck_assert_ptr_eq(stored_find(n), all[n]);
		alloc_fail_from(1);
		store_remove(&store, all[n]);
		alloc_fail_at(0);
		all[n] = stored_find(n);
		ck_assert_ptr_nonnull(all[n]);
	}
	for (unsigned n = 0; n < MANY; n++)
		ck_assert_ptr_eq(stored_find(n), all[n]);
	store_fini(&store);
}
END_TEST

static size_t overfull_tables(void)
{
	size_t n = 0;

	for (size_t i = 0; i < STORE_SLICES; i++)
		n += store.table[i] && store.table[i]->num_items > store.table[i]->num_buckets;
	return n;
}

#define FEW 3000

/* A table that cannot double holds more than it should; a slice that never had one takes nothing. Once there is
 * memory, both are made good. */
START_TEST(no_memory_to_double)
{
	static struct ws_connection *all[FEW];
	size_t refused = 0;

	store_init(&store, SEED);
	for (unsigned n = 0; n < FEW; n++)
		all[n] = stored_add(n, NULL);
	for (unsigned n = 0; n < FEW; n++)
		store_remove(&store, all[n]);
	alloc_fail_from(1);
	for (unsigned n = 0; n < FEW; n++) {
		struct segment s = stored_syn(FEW + n);
		struct keyed key = stored_key(FEW + n);

		all[n] = store_add(&store, &key, &s, NULL);
		refused += all[n] == NULL;
	}
	alloc_fail_at(0);
	ck_assert_uint_gt(refused, 0);
	ck_assert_uint_lt(refused, FEW / 2);
	ck_assert_uint_eq(store.len, FEW - refused);
	ck_assert_uint_gt(overfull_tables(), 0);
	for (unsigned n = 0; n < FEW; n++)
		ck_assert_ptr_eq(stored_find(FEW + n), all[n]);
	for (unsigned n = 0; n < 10 * FEW; n++)
		stored_add(2 * FEW + n, NULL);
	ck_assert_uint_eq(overfull_tables(), 0);
	for (unsigned n = 0; n < FEW; n++)
		ck_assert_ptr_eq(stored_find(FEW + n), all[n]);
	store_fini(&store);
}
END_TEST

int main(void)
{
	TCase *t;
	Suite *suite = suite_new("store_memory", &t);

	tcase_set_timeout(t, 30);
	tcase_add_test(t, no_memory_to_add);
	tcase_add_test(t, no_memory_to_remove);
	tcase_add_test(t, no_memory_for_the_table);
	tcase_add_test(t, no_memory_to_double);
	return suite_run(suite);
}
