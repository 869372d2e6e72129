/*
 * A pipe that keeps its reader waiting: what is written comes out whole, whoever waits is asked, may end it, and is asked
 * at once when a key comes.
 */
#include <string.h>
#include <unistd.h>

#include "capture/waiting.h"
#include "lib/suite.h"

static int ends[2];
static int asked;
static int patience; /* how often it goes on */
static int writes;   /* of these, how often something is written while it waits */

static bool goes_on(void *user)
{
	ck_assert_ptr_eq(user, &asked);
	asked++;
	if (writes > 0) {
		writes--;
		ck_assert_int_eq(write(ends[1], "abc", 3), 3);
	}
	return asked <= patience;
}

static struct source_wait wait_with = { .goes_on = goes_on, .user = &asked, .fd = -1 };

static void setup(void)
{
	ck_assert_int_eq(pipe(ends), 0);
	asked = 0;
	patience = 1000;
	writes = 0;
	wait_with.fd = -1;
}

START_TEST(nothing_is_lost)
{
	char data[10];

	writes = 3;
	for (int i = 0; i < 3; i++) {
		ck_assert_int_eq(waiting_read(ends[0], &wait_with, data, sizeof(data)), 3);
		ck_assert_int_eq(memcmp(data, "abc", 3), 0);
	}
	ck_assert_int_eq(asked, 3);
	close(ends[1]);
	ck_assert_int_eq(waiting_read(ends[0], &wait_with, data, sizeof(data)), 0);
	close(ends[0]);
}
END_TEST

START_TEST(is_asked_only_when_waiting)
{
	char data;

	ck_assert_int_eq(write(ends[1], "x", 1), 1);
	ck_assert_int_eq(waiting_read(ends[0], &wait_with, &data, 1), 1);
	ck_assert_int_eq(data, 'x');
	ck_assert_int_eq(asked, 0);
	close(ends[0]);
	close(ends[1]);
}
END_TEST

START_TEST(can_be_ended)
{
	char data;

	patience = 2;
	ck_assert_int_eq(waiting_read(ends[0], &wait_with, &data, 1), 0);
	ck_assert_int_eq(asked, 3);
	ck_assert(!waiting_for(ends[0], &wait_with));
	close(ends[0]);
	close(ends[1]);
}
END_TEST

/* Nobody to be asked: it waits as read(2) would. */
START_TEST(nobody_is_asked)
{
	static const struct source_wait nobody = { .fd = -1 };
	char data;

	ck_assert_int_eq(write(ends[1], "x", 1), 1);
	ck_assert_int_eq(waiting_read(ends[0], &nobody, &data, 1), 1);
	close(ends[1]);
	ck_assert_int_eq(waiting_read(ends[0], &nobody, &data, 1), 0);
	close(ends[0]);
}
END_TEST

/* A key that nobody takes: asked at once, again and again, not only ten times a second. */
START_TEST(a_key_is_told)
{
	int keys[2];
	char data;

	ck_assert_int_eq(pipe(keys), 0);
	ck_assert_int_eq(write(keys[1], "q", 1), 1);
	wait_with.fd = keys[0];
	patience = 200; /* 20 s without the key: the suite would time out */
	ck_assert_int_eq(waiting_read(ends[0], &wait_with, &data, 1), 0);
	ck_assert_int_eq(asked, 201);
	close(ends[0]);
	close(ends[1]);
	close(keys[0]);
	close(keys[1]);
}
END_TEST

int main(void)
{
	TCase *tcase;
	Suite *suite = suite_new("waiting", &tcase);

	tcase_add_checked_fixture(tcase, setup, NULL);
	tcase_add_test(tcase, nothing_is_lost);
	tcase_add_test(tcase, is_asked_only_when_waiting);
	tcase_add_test(tcase, can_be_ended);
	tcase_add_test(tcase, nobody_is_asked);
	tcase_add_test(tcase, a_key_is_told);
	return suite_run(suite);
}
