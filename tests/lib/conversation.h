/*
 * Whole conversations, made by chance: two stacks that open, talk and close in order, with any options, windows, pauses and
 * amounts of data, either of them closing first, the acknowledgements apart or together; one in some has a segment that is
 * out of order in some way. The same for the same seed.
 */
#ifndef TESTS_CONVERSATION_H
#define TESTS_CONVERSATION_H

#include "frames.h"

void conversation_make(struct frames *frames, uint64_t seed);

#endif
