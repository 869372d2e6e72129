/*
 * What every Check program here does in main: run one suite and say by the exit status whether it passed.
 */
#ifndef TESTS_SUITE_H
#define TESTS_SUITE_H

#include <check.h>

/* Runs `suite` as CK_FORK, CK_VERBOSITY and the other CK_ variables ask, frees it, and returns EXIT_SUCCESS, or
 * EXIT_FAILURE when a test failed. */
int suite_run(Suite *suite);

/* A suite of one test case; add tests to *tcase. */
Suite *suite_new(const char *name, TCase **tcase);

#endif
