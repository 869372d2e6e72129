/*
 * Windows, keep-alives and probes: where each rule begins, and that nothing is said where the scale is not known.
 */
#include <check.h>

#include "base/clock.h"
#include "lib/audited.h"
#include "lib/suite.h"

static struct audited a;

#define ID(name) WS_FINDING_##name

static unsigned sent(void)
{
	audited_send(&a);
	return a.audit.len;
}

static struct segment *make(enum talk_side from, const char *flags, uint32_t seq, uint32_t ack, uint32_t len,
			    uint16_t window)
{
	struct segment *s = talk_make(&a.talk, from, flags, seq, ack, len);

	s->window = window;
	return s;
}

static unsigned say_so(enum talk_side from, const char *flags, uint32_t seq, uint32_t ack, uint32_t len,
		       uint16_t window)
{
	make(from, flags, seq, ack, len, window);
	return sent();
}

static void say_syn(enum talk_side from, const char *flags, uint32_t ack, uint8_t shift)
{
	struct segment *s = make(from, flags, 0, ack, 0, 1000);

	s->options.present = OPTION_WSCALE;
	s->options.wscale = shift;
	sent();
}

/* Listens for one finding; a handshake with `shift` on both SYNs; A has sent 1 to 101 and B taken it. */
static void begin(int variant, enum ws_finding_id id, uint8_t shift)
{
	audited_init(&a, variant, id, id);
	say_syn(A, "S", 0, shift);
	say_syn(B, "S.", 1, shift);
	say_so(A, ".", 1, 1, 0, 1000);
	say_so(A, ".", 1, 1, 100, 1000);
	say_so(B, ".", 1, 101, 0, 1000);
	ck_assert_uint_eq(a.audit.len, 0);
}

/* ---- Moved ----------------------------------------------------------------------------------------------------------- */

START_TEST(shrunk)
{
	begin(_i, ID(window_shrunk), 0);
	ck_assert_uint_eq(say_so(B, ".", 1, 101, 0, 999), 0);
	ck_assert_uint_eq(say_so(B, ".", 1, 101, 0, 997), 1);
}
END_TEST

/* RFC 7323 2.4: rounding to the scale may take back less than a unit. */
START_TEST(shrunk_by_rounding)
{
	begin(_i, ID(window_shrunk), 7);
	say_so(A, ".", 101, 1, 1, 1000);
	ck_assert_uint_eq(say_so(B, ".", 1, 102, 0, 999), 0);
	ck_assert_uint_eq(say_so(B, ".", 1, 102, 0, 997), 1);
}
END_TEST

START_TEST(shrunk_but_older)
{
	begin(_i, ID(window_shrunk), 0);
	talk_endpoint(&a.talk, B)->has_tsval = true;
	talk_endpoint(&a.talk, B)->tsval_max = 100;
	talk_timestamps(make(B, ".", 1, 101, 0, 500), 99, 1);
	ck_assert_uint_eq(sent(), 0);
}
END_TEST

START_TEST(shrunk_with_unknown_scale)
{
	begin(_i, ID(window_shrunk), 0);
	talk_endpoint(&a.talk, B)->are_options_cut = true;
	ck_assert_uint_eq(say_so(B, ".", 1, 101, 0, 500), 0);
}
END_TEST

/* ---- Full, wide, tiny ------------------------------------------------------------------------------------------------ */

START_TEST(full)
{
	begin(_i, ID(window_full), 2);
	ck_assert_uint_eq(say_so(A, ".", 101, 1, 3999, 1000), 0);
	ck_assert_uint_eq(say_so(A, ".", 4100, 1, 1, 1000), 1);
}
END_TEST

START_TEST(too_large)
{
	begin(_i, ID(window_too_large), 10);
	ck_assert_uint_eq(say_so(B, ".", 1, 101, 0, 65535), 0);
	begin(_i, ID(window_too_large), 11);
	ck_assert_uint_eq(say_so(B, ".", 1, 101, 0, 32768), 0);
	ck_assert_uint_eq(say_so(B, ".", 1, 101, 0, 32769), 1);
	/* Said once, until it has been small again. */
	ck_assert_uint_eq(say_so(B, ".", 1, 101, 0, 40000), 0);
}
END_TEST

START_TEST(slam_is_scaled)
{
	audited_init(&a, _i, ID(window_slam), ID(window_slam));
	say_syn(A, "S", 0, 3);
	say_syn(B, "S.", 1, 3);
	ck_assert_uint_eq(say_so(A, ".", 1, 1, 0, 1), 0);
	audited_init(&a, _i, ID(window_slam), ID(window_slam));
	say_syn(A, "S", 0, 2);
	say_syn(B, "S.", 1, 2);
	ck_assert_uint_eq(say_so(A, ".", 1, 1, 0, 1), 1);
	ck_assert_uint_eq(say_so(A, ".", 1, 1, 0, 1), 0);
}
END_TEST

/* ---- Probes ---------------------------------------------------------------------------------------------------------- */

static const struct {
	uint32_t seq;
	uint32_t len;
	uint16_t window; /* of B */
	unsigned keep_alive;
	unsigned probe;
} probes[] = {
	{ 100, 0, 1000, 1, 0 }, { 100, 1, 1000, 1, 0 }, { 101, 0, 1000, 0, 0 }, { 101, 1, 1000, 0, 0 },
	{ 99, 0, 1000, 0, 0 },  { 100, 2, 1000, 0, 0 }, { 100, 0, 0, 0, 1 },    { 101, 1, 0, 0, 1 },
	{ 101, 0, 0, 0, 0 },    { 101, 2, 0, 0, 0 },
};

START_TEST(probe)
{
	for (int variant = 0; variant < TALK_VARIANTS; variant++) {
		begin(variant, ID(keep_alive), 0);
		say_so(B, ".", 1, 101, 0, probes[_i].window);
		ck_assert_uint_eq(say_so(A, ".", probes[_i].seq, 1, probes[_i].len, 1000), probes[_i].keep_alive);
		begin(variant, ID(zero_window_probe), 0);
		say_so(B, ".", 1, 101, 0, probes[_i].window);
		ck_assert_uint_eq(say_so(A, ".", probes[_i].seq, 1, probes[_i].len, 1000), probes[_i].probe);
	}
}
END_TEST

/* A byte that nobody has acknowledged is sent again for its own sake. */
START_TEST(byte_again)
{
	begin(_i, ID(keep_alive), 0);
	say_so(A, ".", 101, 1, 1, 1000);
	ck_assert_uint_eq(say_so(A, ".", 101, 1, 1, 1000), 0);
	say_so(B, ".", 1, 102, 0, 1000);
	ck_assert_uint_eq(say_so(A, ".", 101, 1, 1, 1000), 1);
}
END_TEST

/* Three within a moment were overtaken by a byte; three with pauses ask. */
START_TEST(unanswered)
{
	begin(_i, ID(keep_alive_unanswered), 0);
	for (unsigned i = 0; i < 5; i++)
		ck_assert_uint_eq(say_so(A, ".", 100, 1, 0, 1000), 0);
	for (unsigned i = 1; i <= 5; i++) {
		talk_wait(&a.talk, 990);
		ck_assert_uint_eq(say_so(A, ".", 100, 1, 0, 1000), i == 3);
	}
}
END_TEST

START_TEST(stuck)
{
	begin(_i, ID(zero_window_stuck), 0);
	say_so(B, ".", 1, 101, 0, 0);
	talk_wait(&a.talk, 59980);
	ck_assert_uint_eq(say_so(A, ".", 100, 1, 0, 1000), 0);
	ck_assert_uint_eq(say_so(A, ".", 100, 1, 0, 1000), 1);
	ck_assert_uint_eq(a.audit.finding[0].seen, 60 * NS_PER_SEC);
	ck_assert_uint_eq(say_so(A, ".", 100, 1, 0, 1000), 0);
}
END_TEST

int main(void)
{
	TCase *t;
	Suite *suite = suite_new("audit_window", &t);

	tcase_add_loop_test(t, shrunk, 0, TALK_VARIANTS);
	tcase_add_loop_test(t, shrunk_by_rounding, 0, TALK_VARIANTS);
	tcase_add_loop_test(t, shrunk_but_older, 0, TALK_VARIANTS);
	tcase_add_loop_test(t, shrunk_with_unknown_scale, 0, TALK_VARIANTS);
	tcase_add_loop_test(t, full, 0, TALK_VARIANTS);
	tcase_add_loop_test(t, too_large, 0, TALK_VARIANTS);
	tcase_add_loop_test(t, slam_is_scaled, 0, TALK_VARIANTS);
	tcase_add_loop_test(t, probe, 0, sizeof(probes) / sizeof(probes[0]));
	tcase_add_loop_test(t, byte_again, 0, TALK_VARIANTS);
	tcase_add_loop_test(t, unanswered, 0, TALK_VARIANTS);
	tcase_add_loop_test(t, stuck, 0, TALK_VARIANTS);
	return suite_run(suite);
}
