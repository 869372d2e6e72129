/*
 * The table of all connections: found by 4-tuple, the newest incarnation first, whatever was added and removed in
 * between; evicted embryonic first and oldest first; listed by first frames.
 */
#include <check.h>
#include <stdlib.h>

#include "lib/alloc.h"
#include "lib/suite.h"
#include "track/store.h"

#define SEED 7

static struct store store;

/* The n-th 4-tuple, and a SYN of it. */
static struct segment syn_of(unsigned n)
{
	struct segment s = { .frame = n + 1, .sport = (uint16_t)(n & 0xffff), .dport = 80, .flags = WS_FLAG_SYN };

	s.src = (struct ws_addr){ .family = 4, .bytes = { 10, 0, (uint8_t)(n >> 16), 1 } };
	s.dst = (struct ws_addr){ .family = 4, .bytes = { 10, 1, 0, 2 } };
	return s;
}

static struct keyed key_of(unsigned n)
{
	struct segment s = syn_of(n);
	struct keyed keyed;

	flow_key_of(&s, &keyed.key);
	keyed.hash = store_hash(&store, &keyed.key);
	return keyed;
}

static struct ws_connection *add(unsigned n, struct ws_connection *older)
{
	struct segment s = syn_of(n);
	struct keyed key = key_of(n);
	struct ws_connection *c = store_add(&store, &key, &s, older);

	ck_assert_ptr_nonnull(c);
	return c;
}

static struct ws_connection *find(unsigned n)
{
	struct keyed key = key_of(n);

	return store_find(&store, &key);
}

/* ---- Finding ----------------------------------------------------------------------------------------------------- */

#define MANY 20000

/* Each is found, and nothing else; what is removed is not, and leaves the others. */
START_TEST(add_find_remove)
{
	static struct ws_connection *all[MANY];

	store_init(&store, (uint64_t)_i * SEED);
	for (unsigned i = 0; i < MANY; i++)
		all[i] = add(i, NULL);
	ck_assert_uint_eq(store.len, MANY);
	for (unsigned i = 0; i < MANY; i++)
		ck_assert_ptr_eq(find(i), all[i]);
	ck_assert_ptr_null(find(MANY));
	for (unsigned i = 0; i < MANY; i++)
		if (i * 7919 % MANY % 3)
			store_remove(&store, all[i * 7919 % MANY]);
	for (unsigned i = 0; i < MANY; i++)
		ck_assert_ptr_eq(find(i), i % 3 ? NULL : all[i]);
	ck_assert_uint_eq(store.len, (MANY + 2) / 3);
	store_fini(&store);
}
END_TEST

START_TEST(empty)
{
	struct ws_connection *const *all;

	store_init(&store, SEED);
	ck_assert_ptr_null(find(1));
	ck_assert_ptr_null(store_victim(&store, NULL));
	all = store_sorted(&store);
	ck_assert_ptr_nonnull(all);
	ck_assert_ptr_null(all[0]);
	store_fini(&store);
}
END_TEST

/* ---- Incarnations ------------------------------------------------------------------------------------------------- */

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
			ck_assert_ptr_eq(find(5), chain[i]);
		ck_assert_ptr_eq(chain[i]->newer, newer);
		if (newer)
			ck_assert_ptr_eq(newer->older, chain[i]);
		newer = chain[i];
		expected = chain[i];
	}
	if (expected)
		ck_assert_ptr_null(expected->older);
	else
		ck_assert_ptr_null(find(5));
}

START_TEST(chain_in_any_order)
{
	struct ws_connection *chain[3] = { NULL };
	bool left[3] = { true, true, true };

	store_init(&store, SEED);
	add(4, NULL);
	for (unsigned i = 0; i < 3; i++) {
		chain[i] = add(5, i > 0 ? chain[i - 1] : NULL);
		ck_assert_uint_eq(chain[i]->incarnation, i);
	}
	add(6, NULL);
	ck_chain(chain, left);
	for (unsigned i = 0; i < 3; i++) {
		left[orders[_i][i]] = false;
		store_remove(&store, chain[orders[_i][i]]);
		ck_chain(chain, left);
		ck_assert_ptr_nonnull(find(4));
		ck_assert_ptr_nonnull(find(6));
		ck_assert_uint_eq(store.len, 4 - i);
	}
	store_fini(&store);
}
END_TEST

/* One that was there before shows itself later: the newest stays the one that is found and keeps its number, from which its
 * uid is made; no two have one. */
START_TEST(behind)
{
	struct segment s = syn_of(5);
	struct ws_connection *c;
	struct ws_connection *before;
	struct ws_connection *next;
	uint32_t incarnation;

	store_init(&store, SEED);
	c = add(5, NULL);
	incarnation = c->incarnation;
	before = store_add_behind(&store, c, &s);
	ck_assert_ptr_nonnull(before);
	ck_assert_ptr_eq(find(5), c);
	ck_assert_ptr_eq(c->older, before);
	ck_assert_ptr_eq(before->newer, c);
	ck_assert_uint_eq(c->incarnation, incarnation);
	next = add(5, c);
	ck_assert_uint_ne(before->incarnation, c->incarnation);
	ck_assert_uint_ne(before->incarnation, next->incarnation);
	ck_assert_uint_ne(next->incarnation, c->incarnation);
	store_remove(&store, next);
	ck_assert_ptr_eq(find(5), c);
	store_remove(&store, before);
	ck_assert_ptr_eq(find(5), c);
	ck_assert_ptr_null(c->older);
	store_remove(&store, c);
	ck_assert_ptr_null(find(5));
	ck_assert_uint_eq(store.len, 0);
	store_fini(&store);
}
END_TEST

/* ---- Order -------------------------------------------------------------------------------------------------------- */

#define SOME 30

/* Every third has grown: the others go first, oldest first, then they do. */
START_TEST(victims)
{
	struct ws_connection *all[SOME];

	store_init(&store, SEED);
	for (unsigned i = 0; i < SOME; i++)
		all[i] = add(i, NULL);
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
	a = add(1, NULL);
	ck_assert_ptr_null(store_victim(&store, a));
	b = add(2, NULL);
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

/* In the order of first frames, whatever grew, went, or belongs to one 4-tuple; numbers are never used again. Whether few or
 * most of them have gone. */
START_TEST(sorted)
{
	struct ws_connection *all[SOME];
	struct ws_connection *const *list;
	size_t n = 0;

	store_init(&store, SEED);
	for (unsigned i = 0; i < SOME; i++)
		all[i] = i % 5 == 4 ? add(i - 1, all[i - 1]) : add(i, NULL);
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
	ck_assert_uint_eq(add(SOME, NULL)->number, SOME + 1);
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

/* ---- Out of memory ------------------------------------------------------------------------------------------------ */

/* Whichever allocation fails, nothing has changed: what was there is found, nothing else is. */
static bool add_fails_cleanly(size_t n, struct ws_connection *older)
{
	struct segment s = syn_of(5);
	struct keyed key = key_of(5);
	size_t live = alloc_live();
	struct ws_connection *c;

	alloc_fail_at(n);
	c = store_add(&store, &key, &s, older);
	alloc_fail_at(0);
	if (c)
		return false;
	ck_assert_uint_le(alloc_live(), live + 1); /* the slab keeps a block that it got */
	ck_assert_ptr_eq(find(5), older);
	return true;
}

/* Adds up to the last place of a block of the slab, so that the next one needs memory. */
static void fill_block(void)
{
	for (unsigned n = 1000; store.slab.at != store.slab.end; n++)
		add(n, NULL);
}

START_TEST(no_memory_to_add)
{
	size_t n = 1;
	struct ws_connection *older = NULL;

	store_init(&store, SEED);
	while (add_fails_cleanly(n, NULL))
		n++;
	ck_assert_uint_gt(n, 1);
	older = find(5);
	ck_assert_ptr_nonnull(older);
	fill_block();
	n = 1;
	while (add_fails_cleanly(n, older))
		n++;
	ck_assert_uint_gt(n, 1);
	ck_assert_ptr_eq(find(5)->older, older);
	store_fini(&store);
}
END_TEST

/* The newest goes while there is no memory at all: the one before it must still be found, and go in its turn. */
START_TEST(no_memory_to_remove)
{
	struct ws_connection *older;
	struct ws_connection *newer;

	store_init(&store, SEED);
	older = add(5, NULL);
	newer = add(5, older);
	alloc_fail_at(1);
	store_remove(&store, newer);
	alloc_fail_at(0);
	ck_assert_ptr_eq(find(5), older);
	store_remove(&store, older);
	ck_assert_ptr_null(find(5));
	store_fini(&store);
}
END_TEST

/* Incarnations take each other's place in a table of every fullness without one allocation beside the connection. */
START_TEST(no_memory_for_the_table)
{
	static struct ws_connection *all[MANY];

	store_init(&store, SEED);
	for (unsigned n = 0; n < MANY; n++) {
		struct segment s = syn_of(n);
		struct keyed key = key_of(n);

		all[n] = add(n, NULL);
		alloc_fail_from(2);
		all[n] = store_add(&store, &key, &s, all[n]);
		alloc_fail_at(0);
		ck_assert_ptr_nonnull(all[n]);
		ck_assert_ptr_eq(find(n), all[n]);
		alloc_fail_from(1);
		store_remove(&store, all[n]);
		alloc_fail_at(0);
		all[n] = find(n);
		ck_assert_ptr_nonnull(all[n]);
	}
	for (unsigned n = 0; n < MANY; n++)
		ck_assert_ptr_eq(find(n), all[n]);
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
	tcase_add_test(t, no_memory_to_add);
	tcase_add_test(t, no_memory_to_remove);
	tcase_add_test(t, no_memory_for_the_table);
	return suite_run(suite);
}
