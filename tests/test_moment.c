/*
 * The moment of --at: what it may look like, and which packets lie after it.
 */
#include "cli/moment.h"

#include "base/clock.h"
#include "lib/suite.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

static const struct {
	const char *text;
	struct moment moment;
} good[] = {
	{ "frame:1", { .kind = MOMENT_FRAME, .frame = 1 } },
	{ "frame:4294967296", { .kind = MOMENT_FRAME, .frame = 4294967296 } },
	{ "+0", { .kind = MOMENT_OFFSET, .offset_ns = 0 } },
	{ "+1.5", { .kind = MOMENT_OFFSET, .offset_ns = 1500000000 } },
	{ "+200ms", { .kind = MOMENT_OFFSET, .offset_ns = 200000000 } },
	{ "+2m", { .kind = MOMENT_OFFSET, .offset_ns = 120 * NS_PER_SEC } },
	{ "1700000000.25", { .kind = MOMENT_TIME, .time = 1700000000250000000 } },
	{ "2023-11-14T22:13:20.25Z", { .kind = MOMENT_TIME, .time = 1700000000250000000 } },
};

START_TEST(moment)
{
	const struct moment *wanted = &good[_i].moment;
	struct moment m;

	ck_assert(moment_parse(good[_i].text, &m));
	ck_assert_int_eq(m.kind, wanted->kind);
	if (m.kind == MOMENT_TIME)
		ck_assert_int_eq(m.time, wanted->time);
	ck_assert_int_eq(m.offset_ns, wanted->offset_ns);
	ck_assert_uint_eq(m.frame, wanted->frame);
}
END_TEST

static const char *const bad[] = {
	"",        "frame:", "frame:0", "frame:-1", "frame:1.5", "frame",
	"frame:x", "+",      "+-1",     "+x",       "yesterday", "2023-13-01T00:00:00Z",
};

START_TEST(no_moment)
{
	struct moment m = { .kind = MOMENT_NONE };

	ck_assert_msg(!moment_parse(bad[_i], &m), "'%s' was taken", bad[_i]);
	ck_assert_int_eq(m.kind, MOMENT_NONE);
}
END_TEST

static struct ws_packet packet_of(uint32_t file, uint64_t frame, ws_time ts)
{
	return (struct ws_packet){ .file = file, .frame = frame, .ts = ts };
}

START_TEST(after_a_time)
{
	struct moment m = { .kind = MOMENT_TIME, .time = 500 };
	struct ws_packet on = packet_of(0, 1, 500);
	struct ws_packet after = packet_of(0, 2, 501);

	ck_assert(!moment_is_before(&m, 0, &on));
	ck_assert(moment_is_before(&m, 0, &after));
	/* A later packet may carry an earlier time. */
	ck_assert(!moment_is_reached(&m, &after));
	ck_assert_int_eq(moment_time(&m, WS_TIME_NONE), 500);
}
END_TEST

START_TEST(after_an_offset)
{
	struct moment m = { .kind = MOMENT_OFFSET, .offset_ns = 30 };
	struct ws_packet on = packet_of(1, 1, 1030);
	struct ws_packet after = packet_of(1, 2, 1031);

	ck_assert(!moment_is_before(&m, 1000, &on));
	ck_assert(moment_is_before(&m, 1000, &after));
	ck_assert_int_eq(moment_time(&m, 1000), 1030);
	ck_assert_int_eq(moment_time(&m, WS_TIME_NONE), WS_TIME_NONE);
	m.offset_ns = INT64_MAX;
	ck_assert_int_eq(moment_time(&m, 1000), INT64_MAX);
	ck_assert_int_eq(moment_time(&m, -1000), INT64_MAX - 1000);
}
END_TEST

START_TEST(after_a_frame)
{
	struct moment m = { .kind = MOMENT_FRAME, .frame = 5 };
	struct ws_packet before = packet_of(0, 4, 999);
	struct ws_packet on = packet_of(0, 5, 1);
	struct ws_packet after = packet_of(0, 6, 2);
	struct ws_packet other_file = packet_of(1, 7, 2);

	ck_assert(!moment_is_before(&m, 0, &before));
	ck_assert(!moment_is_reached(&m, &before));
	ck_assert(!moment_is_before(&m, 0, &on));
	ck_assert(moment_is_reached(&m, &on));
	ck_assert(moment_is_before(&m, 0, &after));
	/* Merged with the first file: whatever comes before its frame 5 counts. */
	ck_assert(!moment_is_before(&m, 0, &other_file));
	ck_assert(!moment_is_reached(&m, &other_file));
	ck_assert_int_eq(moment_time(&m, 0), WS_TIME_NONE);
}
END_TEST

START_TEST(without_a_moment)
{
	struct moment m = { .kind = MOMENT_NONE };
	struct ws_packet packet = packet_of(3, 7, INT64_MAX);

	ck_assert(!moment_is_before(&m, 0, &packet));
	ck_assert(!moment_is_reached(&m, &packet));
	ck_assert_int_eq(moment_time(&m, 0), WS_TIME_NONE);
}
END_TEST

int main(void)
{
	TCase *t;
	Suite *suite = suite_new("moment", &t);

	tcase_add_loop_test(t, moment, 0, LENGTH(good));
	tcase_add_loop_test(t, no_moment, 0, LENGTH(bad));
	tcase_add_test(t, after_a_time);
	tcase_add_test(t, after_an_offset);
	tcase_add_test(t, after_a_frame);
	tcase_add_test(t, without_a_moment);
	return suite_run(suite);
}
