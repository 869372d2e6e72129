/*
 * Findings that wait for a witness (track/suspicion.h): what bears them out, what does not, and that they name the frame
 * that raised them.
 */
#include <check.h>

#include "lib/exchange.h"
#include "lib/suite.h"

#define MS INT64_C(1000000)
#define FINDINGS_MAX 64

struct told {
	enum ws_finding_id id;
	uint64_t frame;
	ws_time ts;
};

static struct exchange x;
static struct told told[FINDINGS_MAX];
static unsigned told_len;

static void on_event(void *user, const struct ws_event *event)
{
	(void)user;
	ck_assert_uint_lt(told_len, FINDINGS_MAX);
	told[told_len++] = (struct told){ event->finding, event->frame, event->ts };
}

static void setup(void)
{
	static const struct ws_config config = { .on_event = on_event, .events = WS_MASK(WS_EVENT_FINDING) };

	told_len = 0;
	exchange_init(&x, &config);
}

static void teardown(void)
{
	exchange_fini(&x);
}

static unsigned count(enum ws_finding_id id)
{
	unsigned n = 0;

	for (unsigned i = 0; i < told_len; i++)
		n += told[i].id == id;
	return n;
}

static void say(enum exchange_side from, const char *flags, uint32_t seq, uint32_t ack, uint32_t len)
{
	ck_assert_int_eq(exchange_feed(&x, 1, from, flags, seq, ack, len), 0);
}

/* ---- RST ----------------------------------------------------------------------------------------------------------- */

/* A RST behind data that the capture has lost: nobody speaks again. */
START_TEST(reset_behind_lost_data)
{
	exchange_open(&x, 1);
	say(CLIENT, "R.", 1011, 11, 0);
	ws_tracker_finish(x.tracker);
	ck_assert_uint_eq(told_len, 0);
}
END_TEST

/* A blind one: the server says again what it has said, which is the challenge. */
START_TEST(challenge)
{
	ws_time ts;
	uint64_t frame;

	exchange_open(&x, 1);
	say(SERVER, ".", 11, 11, 0);
	ts = x.now;
	say(CLIENT, "R", 1011, 0, 0);
	frame = x.frame;
	ck_assert_uint_eq(told_len, 0);
	say(SERVER, ".", 11, 11, 0);
	ck_assert_uint_eq(told_len, 1);
	ck_assert_int_eq((int)told[0].id, (int)WS_FINDING_rst_in_window_not_exact);
	ck_assert_uint_eq(told[0].frame, frame);
	ck_assert_int_eq(told[0].ts, ts);
}
END_TEST

/* The client goes on. */
START_TEST(sender_goes_on)
{
	exchange_open(&x, 1);
	say(CLIENT, "R", 1011, 0, 0);
	say(CLIENT, "P.", 11, 11, 10);
	ck_assert_uint_eq(count(WS_FINDING_rst_in_window_not_exact), 1);
}
END_TEST

/* What the server sent before the RST can have come to it; and what it sends long after that. */
START_TEST(receiver_lives_on)
{
	exchange_open(&x, 1);
	say(CLIENT, "R", 1011, 0, 0);
	say(SERVER, "P.", 11, 11, 10);
	ck_assert_uint_eq(told_len, 0);
	x.now += 200 * MS;
	say(SERVER, "P.", 21, 11, 10);
	ck_assert_uint_eq(count(WS_FINDING_rst_in_window_not_exact), 1);
}
END_TEST

/* An answer that was captured before what it answers. */
START_TEST(answer_before_question)
{
	exchange_open(&x, 1);
	say(CLIENT, "R", 1011, 0, 0);
	say(SERVER, ".", 11, 1011, 0);
	x.now += 200 * MS;
	say(SERVER, ".", 11, 11, 0);
	ck_assert_uint_eq(count(WS_FINDING_rst_in_window_not_exact), 0);
}
END_TEST

/* With both handshake segments captured, what lies beyond the window lies there whatever else was lost. */
START_TEST(out_of_window_needs_no_witness)
{
	exchange_open(&x, 1);
	say(CLIENT, "R", 900000, 0, 0);
	ck_assert_uint_eq(count(WS_FINDING_rst_out_of_window), 1);
}
END_TEST

/* More than capture ever loses in a row. */
START_TEST(many_at_once)
{
	exchange_open(&x, 1);
	for (uint32_t i = 0; i < 8; i++)
		say(CLIENT, "R", 1011 + i, 0, 0);
	ck_assert_uint_eq(told_len, 0);
	for (uint32_t i = 8; i < 20; i++)
		say(CLIENT, "R", 1011 + i, 0, 0);
	ck_assert_uint_ge(count(WS_FINDING_rst_in_window_not_exact), 9);
	say(SERVER, ".", 11, 11, 0);
	ck_assert_uint_eq(count(WS_FINDING_rst_in_window_not_exact), 20);
}
END_TEST

/* ---- Numbers of what was not captured -------------------------------------------------------------------------------- */

/* An acknowledgement of data that comes a moment later is right; of data that never comes, only a witness can tell. */
START_TEST(handshake_ack)
{
	say(CLIENT, "S", 0, 0, 0);
	say(SERVER, "S.", 0, 1, 0);
	say(CLIENT, ".", 1, 101, 0);
	if (_i == 0)
		say(SERVER, "P.", 1, 1, 100);
	else
		say(SERVER, "R", 101, 0, 0);
	say(CLIENT, ".", 1, _i == 0 ? 101 : 1, 0);
	ck_assert_uint_eq(count(WS_FINDING_handshake_ack_wrong_ack), (unsigned)_i);
}
END_TEST

/* The end of the old connection was not captured: the new SYN is answered by a SYN-ACK. Or it was blind and is challenged. */
START_TEST(syn_to_established)
{
	exchange_open(&x, 1);
	say(SERVER, ".", 11, 11, 0);
	x.now += 1000 * MS;
	say(CLIENT, "S", 0x30000000, 0, 0);
	if (_i == 0)
		say(SERVER, "S.", 0x30000000, 0x30000001, 0);
	else
		say(SERVER, ".", 11, 11, 0);
	ws_tracker_finish(x.tracker);
	ck_assert_uint_eq(count(WS_FINDING_syn_on_established), (unsigned)_i);
}
END_TEST

/* Data behind a FIN that the server has acknowledged as one; or behind one that nobody has taken. */
START_TEST(data_behind_fin)
{
	exchange_open(&x, 1);
	say(CLIENT, "F.", 11, 11, 0);
	say(SERVER, ".", 11, _i == 0 ? 11 : 12, 0);
	say(CLIENT, "P.", _i == 0 ? 11 : 12, 11, 10);
	ck_assert_uint_eq(count(WS_FINDING_data_after_fin), (unsigned)_i);
}
END_TEST

int main(void)
{
	TCase *tcase;
	Suite *suite = suite_new("suspicion", &tcase);

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, reset_behind_lost_data);
	tcase_add_test(tcase, challenge);
	tcase_add_test(tcase, sender_goes_on);
	tcase_add_test(tcase, receiver_lives_on);
	tcase_add_test(tcase, answer_before_question);
	tcase_add_test(tcase, out_of_window_needs_no_witness);
	tcase_add_test(tcase, many_at_once);
	tcase_add_loop_test(tcase, handshake_ack, 0, 2);
	tcase_add_loop_test(tcase, syn_to_established, 0, 2);
	tcase_add_loop_test(tcase, data_behind_fin, 0, 2);
	return suite_run(suite);
}
