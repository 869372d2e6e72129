/*
 * What a tracker made of a capture, kept for comparison with what it made of the same traffic captured worse: may a worse
 * capture know less, and does it never know anything else?
 */
#ifndef TESTS_ACCOUNT_H
#define TESTS_ACCOUNT_H

#include "frames.h"

#define ACCOUNT_WHY_MAX 400

struct account {
	size_t len;
	struct ws_record *records; /* in the order of first frames */
	struct ws_totals totals;
};

/* Aborts the test when the tracker reports an error. */
void account_init(struct account *account, const struct frames *frames);
void account_fini(struct account *account);

/* How much of the account of a good capture must be left in that of a worse one. Findings about the capture itself, and
 * tags, never count. */
enum account_demand {
	ACCOUNT_SAME,   /* all: states, evidence, verdicts, counters, findings */
	ACCOUNT_STATES, /* the states of every path; less may be proven of them, and some findings may be missing */
	ACCOUNT_WEAKER, /* nothing proven that is different, nothing found that was not there */
};

/* A finding that may be new, since the worse capture cannot be told from one in which it is true; -1 ends the list. */
typedef int account_excuse[8];

/* Whether `worse` is what `demand` allows; else `why` (ACCOUNT_WHY_MAX bytes) says what is not. `excused` may be NULL. */
bool account_compare(const struct account *good, const struct account *worse, enum account_demand demand,
		     const int *excused, char *why);

#endif
