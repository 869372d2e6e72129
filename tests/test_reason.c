/*
 * The words of `audit --explain`: there are some, and a clause, for every way that the state machine can go; and for every
 * cause how it is known and what would have said otherwise.
 */
#include <check.h>
#include <regex.h>
#include <string.h>

#include "lib/suite.h"
#include "tcp/fsm.h"
#include "view/reason.h"

static bool matches(const char *text, const char *pattern)
{
	regex_t regex;
	int result;

	ck_assert_int_eq(regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB), 0);
	result = regexec(&regex, text, 0, NULL, 0);
	regfree(&regex);
	return result == 0;
}

START_TEST(every_arrow_has_words)
{
	enum ws_cause cause = (enum ws_cause)_i;

	for (unsigned i = WS_UNKNOWN; i < WS_STATE_COUNT; i++) {
		enum ws_state from = (enum ws_state)i;
		enum ws_state to = fsm_next(from, (enum fsm_event)_i);
		struct reason reason;

		if (to == from)
			continue;
		reason = reason_of(from, cause, to);
		ck_assert_msg(strcmp(reason.what, ws_cause_name(cause)) != 0, "%s %s %s", ws_state_name(from),
			      ws_cause_name(cause), ws_state_name(to));
		ck_assert(matches(reason.clause, "^3\\.[0-9.]*[0-9]$"));
		ck_assert(matches(reason.what, "^[a-z0-9][^\n]*[^. ]$"));
	}
}
END_TEST

/* The clauses, as the RFC has them: 3.10.7.3 is SYN-SENT, 3.10.7.2 LISTEN, 3.10.7.4 all others, 3.10.8 timeouts. */
START_TEST(clause_is_of_the_state)
{
	for (unsigned i = WS_CLOSED; i < WS_STATE_COUNT; i++) {
		for (unsigned k = FSM_RCV_SYN; k <= FSM_RCV_RST; k++) {
			enum ws_state from = (enum ws_state)i;
			enum ws_state to = fsm_next(from, (enum fsm_event)k);
			const char *wanted = from == WS_LISTEN     ? "3.10.7.2"
					     : from == WS_SYN_SENT ? "3.10.7.3"
								   : "3.10.7.4";

			if (to != from && strncmp(ws_cause_name((enum ws_cause)k), "rcv", 3) == 0)
				ck_assert_str_eq(reason_of(from, (enum ws_cause)k, to).clause, wanted);
		}
		if (fsm_next((enum ws_state)i, FSM_TIMEOUT) != (enum ws_state)i)
			ck_assert_str_eq(reason_of((enum ws_state)i, WS_CAUSE_TIMEOUT, WS_CLOSED).clause, "3.10.8");
	}
}
END_TEST

START_TEST(every_cause_has_evidence)
{
	ck_assert(matches(reason_proof((enum ws_cause)_i), "^[a-z][^\n]*[^. ]$"));
	ck_assert(matches(reason_otherwise((enum ws_cause)_i, WS_CLOSED), "^[a-z][^\n]*[^. ]$"));
}
END_TEST

START_TEST(closing_is_told_from_last_ack)
{
	ck_assert_ptr_nonnull(strstr(reason_otherwise(WS_CAUSE_SND_FIN, WS_FIN_WAIT_1), "LAST-ACK"));
	ck_assert_ptr_nonnull(strstr(reason_otherwise(WS_CAUSE_SND_FIN, WS_LAST_ACK), "FIN-WAIT-1"));
	ck_assert_ptr_nonnull(strstr(reason_otherwise(WS_CAUSE_RCV_FIN, WS_CLOSING), "FIN-WAIT-2"));
}
END_TEST

START_TEST(retraction_has_words)
{
	static const char *const known[] = { "goes-on-after-reset", "goes-on",      "fin-does-not-cover-fin",
					     "fin-repeated",        "syn-repeated", "syn-ack-repeated",
					     "syn-not-received" };

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		ck_assert_ptr_nonnull(strchr(reason_of_retraction(known[i]), ' '));
	ck_assert_str_eq(reason_of_retraction("something-new"), "something-new");
	ck_assert_str_eq(reason_of_retraction(NULL), "contradicted");
}
END_TEST

int main(void)
{
	TCase *t;
	Suite *suite = suite_new("reason", &t);

	tcase_add_loop_test(t, every_arrow_has_words, 0, FSM_EVENT_COUNT);
	tcase_add_test(t, clause_is_of_the_state);
	tcase_add_loop_test(t, every_cause_has_evidence, 0, WS_CAUSE_COUNT);
	tcase_add_test(t, closing_is_told_from_last_ack);
	tcase_add_test(t, retraction_has_words);
	return suite_run(suite);
}
