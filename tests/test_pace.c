/*
 * What is due by the clock: at once, then not before its time, then again.
 */
#include <time.h>

#include "base/clock.h"
#include "capture/pace.h"
#include "lib/suite.h"

START_TEST(in_its_time)
{
	const struct timespec nap = { .tv_nsec = 30 * 1000 * 1000 };
	struct pace pace = { 0 };

	ck_assert(pace_is_due(&pace, 20 * NS_PER_MS));
	ck_assert(pace_is_due(&(struct pace){ 0 }, NS_PER_SEC));
	nanosleep(&nap, NULL);
	ck_assert(pace_is_due(&pace, 3600 * NS_PER_SEC));
	ck_assert(!pace_is_due(&pace, 1));
	nanosleep(&nap, NULL);
	ck_assert(!pace_is_due(&pace, 1));
}
END_TEST

int main(void)
{
	TCase *tcase;
	Suite *suite = suite_new("pace", &tcase);

	tcase_add_test(tcase, in_its_time);
	return suite_run(suite);
}
