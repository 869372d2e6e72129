/*
 * The table of all connections: found by 4-tuple, the newest incarnation first, whatever was added and removed in
 * between; evicted embryonic first and oldest first; listed by first frames.
 */
#include <check.h>
#include <stdlib.h>

#include "lib/stored.h"
#include "lib/suite.h"

#define SEED 7

/* ---- Finding ----------------------------------------------------------------------------------------------------- */

#define MANY 20000

/* Each is found, and nothing else; what is removed is not, and leaves the others. */
START_TEST(add_find_remove)
{
	static struct ws_connection *all[MANY];

	store_init(&store, (uint64_t)_i * SEED);
	for (unsigned i = 0; i < MANY; i++)
		all[i] = stored_add(i, NULL);
	ck_assert_uint_eq(store.len, MANY);
	for (unsigned i = 0; i < MANY; i++)
		ck_assert_ptr_eq(stored_find(i), all[i]);
	ck_assert_ptr_null(stored_find(MANY));
	for (unsigned i = 0; i < MANY; i++)
		if (i * 7919 % MANY % 3)
			store_remove(&store, all[i * 7919 % MANY]);
	for (unsigned i = 0; i < MANY; i++)
		ck_assert_ptr_eq(stored_find(i), i % 3 ? NULL : all[i]);
	ck_assert_uint_eq(store.len, (MANY + 2) / 3);
	store_fini(&store);
}
END_TEST

START_TEST(empty)
{
	struct ws_connection *const *all;

	store_init(&store, SEED);
	ck_assert_ptr_null(stored_find(1));
	ck_assert_ptr_null(store_victim(&store, NULL));
	all = store_sorted(&store);
	ck_assert_ptr_nonnull(all);
	ck_assert_ptr_null(all[0]);
	store_fini(&store);
}
END_TEST

/* ---- Incarnations
 * ------------------------------------------------------------------------------------------------- */

static const unsigned orders[][3] = { { 0, 1, 2 }, { 0, 2, 1 }, { 1, 0, 2 }, { 1, 2, 0 }, { 2, 0, 1 }, { 2, 1, 0 } };

/* The newest that is left is found, and the chain holds what is left, in order. */
static void ck_chain(struct ws_connection *const chain[3], const bool left[3])
{
	struct ws_connection *expected = NULL;
	struct ws_connection *newer = NULL;

	for (int i = 2; i >= 0; i--) {
		if (!left[i])
			continue;
		if (!newer)
			ck_assert_ptr_eq(stored_find(5), chain[i]);
		ck_assert_ptr_eq(chain[i]->newer, newer);
		if (newer)
			ck_assert_ptr_eq(newer->older, chain[i]);
		newer = chain[i];
		expected = chain[i];
	}
	if (expected)
		ck_assert_ptr_null(expected->older);
	else
		ck_assert_ptr_null(stored_find(5));
}

START_TEST(chain_in_any_order)
{
	struct ws_connection *chain[3] = { NULL };
	bool left[3] = { true, true, true };

	store_init(&store, SEED);
	stored_add(4, NULL);
	for (unsigned i = 0; i < 3; i++) {
		chain[i] = stored_add(5, i > 0 ? chain[i - 1] : NULL);
		ck_assert_uint_eq(chain[i]->incarnation, i);
	}
	stored_add(6, NULL);
	ck_chain(chain, left);
	for (unsigned i = 0; i < 3; i++) {
		left[orders[_i][i]] = false;
		store_remove(&store, chain[orders[_i][i]]);
		ck_chain(chain, left);
		ck_assert_ptr_nonnull(stored_find(4));
		ck_assert_ptr_nonnull(stored_find(6));
		ck_assert_uint_eq(store.len, 4 - i);
	}
	store_fini(&store);
}
END_TEST

/* One that was there before shows itself later: the newest stays the one that is found and keeps its number, from
 * which its uid is made; no two have one. */
START_TEST(behind)
{
	struct segment s = stored_syn(5);
	struct ws_connection *c;
	struct ws_connection *before;
	struct ws_connection *next;
	uint32_t incarnation;

	store_init(&store, SEED);
	c = stored_add(5, NULL);
	incarnation = c->incarnation;
	before = store_add_behind(&store, c, &s);
	ck_assert_ptr_nonnull(before);
	ck_assert_ptr_eq(stored_find(5), c);
	ck_assert_ptr_eq(c->older, before);
	ck_assert_ptr_eq(before->newer, c);
	ck_assert_uint_eq(c->incarnation, incarnation);
	next = stored_add(5, c);
	ck_assert_uint_ne(before->incarnation, c->incarnation);
	ck_assert_uint_ne(before->incarnation, next->incarnation);
	ck_assert_uint_ne(next->incarnation, c->incarnation);
	store_remove(&store, next);
	ck_assert_ptr_eq(stored_find(5), c);
	store_remove(&store, before);
	ck_assert_ptr_eq(stored_find(5), c);
	ck_assert_ptr_null(c->older);
	store_remove(&store, c);
	ck_assert_ptr_null(stored_find(5));
	ck_assert_uint_eq(store.len, 0);
	store_fini(&store);
}
END_TEST

/* ---- Order
 * -------------------------------------------------------------------------------------------------------- */

#define SOME 30

/* Every third has grown: the others go first, oldest first, then they do. */
START_TEST(victims)
{
	struct ws_connection *all[SOME];

	store_init(&store, SEED);
	for (unsigned i = 0; i < SOME; i++)
		all[i] = stored_add(i, NULL);
	for (unsigned i = 0; i < SOME; i += 3) {
		store_grow(&store, all[i]);
		store_grow(&store, all[i]);
	}
	for (unsigned pass = 0; pass < 2; pass++) {
		for (unsigned i = 0; i < SOME; i++) {
			if ((i % 3 == 0) != (pass == 1))
				continue;
			ck_assert_ptr_eq(store_victim(&store, NULL), all[i]);
			store_remove(&store, all[i]);
		}
	}
	ck_assert_ptr_null(store_victim(&store, NULL));
	ck_assert_uint_eq(store.len, 0);
	store_fini(&store);
}
END_TEST

/* One is to be kept: the next one in its stead, and none when there is no other. */
START_TEST(victim_but_one)
{
	struct ws_connection *a;
	struct ws_connection *b;

	store_init(&store, SEED);
	a = stored_add(1, NULL);
	ck_assert_ptr_null(store_victim(&store, a));
	b = stored_add(2, NULL);
	ck_assert_ptr_eq(store_victim(&store, a), b);
	ck_assert_ptr_eq(store_victim(&store, b), a);
	store_grow(&store, b);
	ck_assert_ptr_eq(store_victim(&store, a), b);
	store_grow(&store, a);
	ck_assert_ptr_eq(store_victim(&store, b), a);
	ck_assert_ptr_eq(store_victim(&store, a), b);
	store_fini(&store);
}
END_TEST

/* Of the first kind few go, of the second most, of the third all but the two oldest of those that have grown. */
static bool is_going(unsigned i, int kind)
{
	if (kind == 0)
		return i % 7 == 0;
	return kind == 1 ? i % 9 != 4 : i != 1 && i != 3;
}

/* In the order of first frames, whatever grew, went, or belongs to one 4-tuple; numbers are never used again.
 * Whether few or most of them have gone. */
START_TEST(sorted)
{
	struct ws_connection *all[SOME];
	struct ws_connection *const *list;
	size_t n = 0;

	store_init(&store, SEED);
	for (unsigned i = 0; i < SOME; i++)
		all[i] = i % 5 == 4 ? stored_add(i - 1, all[i - 1]) : stored_add(i, NULL);
	for (unsigned i = 0; i < SOME; i++)
		if (i * 11 % SOME % 2)
			store_grow(&store, all[i * 11 % SOME]);
	for (unsigned i = 0; i < SOME; i++)
		if (is_going(i, _i))
			store_remove(&store, all[i]);
	list = store_sorted(&store);
	ck_assert_ptr_nonnull(list);
	for (unsigned i = 0; i < SOME; i++) {
		if (is_going(i, _i))
			continue;
		ck_assert_ptr_eq(list[n], all[i]);
		ck_assert_uint_eq(list[n]->number, i + 1);
		n++;
	}
	ck_assert_ptr_null(list[n]);
	ck_assert_uint_eq(n, store.len);
	ck_assert_ptr_eq(store_sorted(&store), list);
	ck_assert_uint_eq(stored_add(SOME, NULL)->number, SOME + 1);
	list = store_sorted(&store);
	ck_assert_uint_eq(list[n]->number, SOME + 1);
	ck_assert_ptr_null(list[n + 1]);
	store_remove(&store, list[0]);
	list = store_sorted(&store);
	ck_assert_uint_eq(list[n - 1]->number, SOME + 1);
	ck_assert_ptr_null(list[n]);
	store_fini(&store);
}
END_TEST

int main(void)
{
	TCase *t;
	Suite *suite = suite_new("store", &t);

	tcase_set_timeout(t, 30);
	tcase_add_loop_test(t, add_find_remove, 0, 3);
	tcase_add_test(t, empty);
	tcase_add_loop_test(t, chain_in_any_order, 0, 6);
	tcase_add_test(t, behind);
	tcase_add_test(t, victims);
	tcase_add_test(t, victim_but_one);
	tcase_add_loop_test(t, sorted, 0, 3);
	return suite_run(suite);
}
