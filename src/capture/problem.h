/*
 * What is wrong with an input, put into words.
 */
#ifndef CAPTURE_PROBLEM_H
#define CAPTURE_PROBLEM_H

#include "capture/source.h"

/* Sets fault and text; the other members are left as they were. */
void problem_set(struct source_problem *problem, enum source_fault fault, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
