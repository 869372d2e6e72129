/*
 * The moments of one side: evidence may strengthen them and never weakens them (INFERENCE 2), and each keeps the earliest
 * and latest time at which it can have happened.
 */
#include <check.h>

#include "lib/suite.h"
#include "tcp/endpoint.h"

#define EVENT FSM_RCV_FIN

enum deed { PROVE, PEND, CONFIRM, DENY, DEEDS };

static void deed_do(struct endpoint *e, enum deed deed, const struct segment *s)
{
	switch (deed) {
	case PROVE:
		endpoint_prove(e, EVENT, s);
		break;
	case PEND:
		endpoint_pend(e, EVENT, s);
		break;
	case CONFIRM:
		endpoint_confirm(e, EVENT, s);
		break;
	case DENY:
	case DEEDS:
		endpoint_deny(e, EVENT);
		break;
	}
}

/* Where one deed leads from each standing (INFERENCE 2), in the words of the contract. */
static enum standing leads(unsigned deed, enum standing from)
{
	if (deed == PROVE || deed == CONFIRM || from == PROVEN)
		return PROVEN;
	if (deed == PEND)
		return PENDING;
	return from == PENDING ? DENIED : from;
}

static struct segment at(ws_time ts)
{
	return (struct segment){ .ts = ts, .frame = (uint64_t)ts, .flags = WS_FLAG_ACK };
}

static void ck_same(const struct moment *a, const struct moment *b)
{
	ck_assert_int_eq(a->earliest, b->earliest);
	ck_assert_int_eq(a->latest, b->latest);
	ck_assert_uint_eq(a->frame, b->frame);
	ck_assert_uint_eq(a->flags, b->flags);
}

/* All sequences of four deeds. What is proven stays as it was proven, to the frame. */
START_TEST(deeds_in_any_order)
{
	struct endpoint e;
	unsigned code = (unsigned)_i;
	enum standing expected = NEVER;
	struct moment proven = { 0 };

	endpoint_init(&e);
	for (int i = 0; i < 4; i++, code /= DEEDS) {
		unsigned deed = code % DEEDS;
		struct segment s = at(i + 1);

		deed_do(&e, (enum deed)deed, &s);
		if (expected == PROVEN)
			ck_same(&e.at[EVENT], &proven);
		expected = leads(deed, expected);
		ck_assert_int_eq(e.at[EVENT].standing, expected);
		ck_assert_int_eq(endpoint_is_proven(&e, EVENT), expected == PROVEN);
		ck_assert_int_eq(endpoint_stands(&e, EVENT), expected >= PENDING);
		proven = e.at[EVENT];
	}
}
END_TEST

/* Every transition keeps the earliest and the latest time it can have happened. */
START_TEST(moment_keeps_its_time)
{
	struct segment first = at(10);
	struct segment second = at(20);
	struct segment third = at(30);
	struct endpoint e;

	endpoint_init(&e);
	endpoint_pend(&e, EVENT, &first);
	endpoint_pend(&e, EVENT, &second);
	endpoint_confirm(&e, EVENT, &third);
	ck_assert_int_eq(e.at[EVENT].earliest, 10);
	ck_assert_int_eq(e.at[EVENT].latest, 30);
	ck_assert_uint_eq(e.at[EVENT].frame, 10);
	ck_assert(e.is_dirty);
}
END_TEST

/* A pending event that is contradicted is dropped, and can come again, then with a time of its own. */
START_TEST(denied_and_again)
{
	struct segment first = at(10);
	struct segment second = at(20);
	struct endpoint e;

	endpoint_init(&e);
	ck_assert(!endpoint_deny(&e, EVENT));
	endpoint_pend(&e, EVENT, &first);
	ck_assert(endpoint_deny(&e, EVENT));
	ck_assert(!endpoint_deny(&e, EVENT));
	ck_assert(!endpoint_stands(&e, EVENT));
	ck_assert_uint_eq(e.at[EVENT].denials, 1);
	endpoint_pend(&e, EVENT, &second);
	ck_assert_int_eq(e.at[EVENT].earliest, 20);
	ck_assert_uint_eq(e.at[EVENT].frame, 20);
	endpoint_confirm(&e, EVENT, &second);
	ck_assert(!endpoint_deny(&e, EVENT));
	ck_assert(endpoint_is_proven(&e, EVENT));
}
END_TEST

/* At a time nothing had come yet: what passed by then did not bring it, a copy that passed later still may. */
START_TEST(denied_until)
{
	struct segment first = at(10);
	struct segment second = at(20);
	struct endpoint e;

	endpoint_init(&e);
	endpoint_deny_until(&e, EVENT, 100);
	ck_assert_int_eq(e.at[EVENT].standing, NEVER);
	endpoint_pend(&e, EVENT, &first);
	endpoint_deny_until(&e, EVENT, 9);
	ck_assert_int_eq(e.at[EVENT].earliest, 10);
	endpoint_pend(&e, EVENT, &second);
	ck_assert_int_eq(e.at[EVENT].earliest, 10);
	e.is_dirty = false;
	endpoint_deny_until(&e, EVENT, 15);
	ck_assert_int_eq(e.at[EVENT].standing, PENDING);
	ck_assert_int_eq(e.at[EVENT].earliest, 20);
	ck_assert_uint_eq(e.at[EVENT].frame, 20);
	ck_assert(e.is_dirty);
	endpoint_deny_until(&e, EVENT, 20);
	ck_assert_int_eq(e.at[EVENT].standing, DENIED);
	ck_assert_uint_eq(e.at[EVENT].denials, 1);
	endpoint_confirm(&e, EVENT, &second);
	endpoint_deny_until(&e, EVENT, 100);
	ck_assert(endpoint_is_proven(&e, EVENT));
}
END_TEST

START_TEST(denials_do_not_wrap)
{
	struct segment s = at(10);
	struct endpoint e;

	endpoint_init(&e);
	for (int i = 0; i < 300; i++) {
		endpoint_pend(&e, EVENT, &s);
		ck_assert(endpoint_deny(&e, EVENT));
	}
	ck_assert_uint_eq(e.at[EVENT].denials, 255);
}
END_TEST

START_TEST(forgotten)
{
	struct segment s = at(10);
	struct endpoint e;

	endpoint_init(&e);
	endpoint_prove(&e, EVENT, &s);
	e.is_dirty = false;
	endpoint_forget(&e, EVENT);
	ck_assert(!endpoint_stands(&e, EVENT));
	ck_assert(e.is_dirty);
}
END_TEST

/* What was ruled out before it was ever seen, and turns out to be so: it happened when that was seen. */
START_TEST(ruled_out_and_true)
{
	struct segment s = at(30);
	struct endpoint e;

	endpoint_init(&e);
	endpoint_forget(&e, EVENT);
	endpoint_confirm(&e, EVENT, &s);
	ck_assert(endpoint_is_proven(&e, EVENT));
	ck_assert_int_eq(e.at[EVENT].earliest, 30);
	ck_assert_int_eq(e.at[EVENT].latest, 30);
	ck_assert_uint_eq(e.at[EVENT].frame, 30);
}
END_TEST

static void ck_gone(enum fsm_event event, bool is_gone)
{
	struct segment s = at(10);
	struct endpoint e;

	endpoint_init(&e);
	ck_assert(!endpoint_is_gone(&e));
	endpoint_pend(&e, event, &s);
	ck_assert_int_eq(endpoint_is_gone(&e), is_gone);
}

START_TEST(gone)
{
	for (unsigned event = 0; event < FSM_EVENT_COUNT; event++)
		ck_gone((enum fsm_event)event, event == FSM_SND_RST || event == FSM_RCV_RST || event == FSM_TIMEOUT);
}
END_TEST

int main(void)
{
	TCase *t;
	Suite *suite = suite_new("endpoint_moments", &t);

	tcase_add_loop_test(t, deeds_in_any_order, 0, DEEDS * DEEDS * DEEDS * DEEDS);
	tcase_add_test(t, moment_keeps_its_time);
	tcase_add_test(t, denied_and_again);
	tcase_add_test(t, denied_until);
	tcase_add_test(t, denials_do_not_wrap);
	tcase_add_test(t, forgotten);
	tcase_add_test(t, ruled_out_and_true);
	tcase_add_test(t, gone);
	return suite_run(suite);
}
