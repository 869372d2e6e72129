/*
 * Traffic of all sorts in one capture: every case and every real capture, one after the other or all at once, and
 * part of their packets in fragments, cut, broken, quoted by ICMP, or with a clock that jumps. The same each time.
 */
#ifndef TESTS_MEDLEY_H
#define TESTS_MEDLEY_H

#include "frames.h"

/* The cases and captures that there are, by their names. Aborts when there are none. */
void medley_names(char ***cases, size_t *cases_len, char ***captures, size_t *captures_len);

/* One of them; a name that ends in .case is a case. */
void medley_load(struct frames *frames, const char *name);

/* Every `stride`-th of them. `overlap`: how many go on at the same time, 1 and more. */
void medley_init(struct frames *frames, size_t stride, size_t overlap);

/* The same once more behind it, `times` times in all. */
void medley_repeat(struct frames *frames, unsigned times);

/* Spoils one packet in `one_in`. */
void medley_spoil(struct frames *frames, unsigned one_in, uint64_t seed);

#endif
