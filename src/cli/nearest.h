/*
 * "Did you mean ...?": the known word nearest to one that is not known, by edit distance.
 */
#ifndef CLI_NEAREST_H
#define CLI_NEAREST_H

#include <stddef.h>

/* Steps of inserting, leaving out, changing or swapping neighbours that make `b` of `a`; words over 32 bytes are as far
 * apart as can be. */
size_t nearest_distance(const char *a, const char *b);

/* Keeps in *best the nearer of *best and `candidate` to `word`, of those within a third of its length, or 1. Start with
 * *best = NULL. */
void nearest_offer(const char *word, const char *candidate, const char **best);

#endif
