/*
 * Two segments member by member, payload by its place: what two ways of decoding one packet must agree in.
 */
#ifndef TESTS_SAME_H
#define TESTS_SAME_H

#include "wire/segment.h"

bool is_same_segment(const struct segment *a, const struct segment *b);

#endif
