/*
 * Allocation that fails when told to, and a count of the blocks not yet freed. Only for programs linked with --wrap for
 * malloc, calloc, realloc, reallocarray, free, strdup, strndup and asprintf, as the Makefile does for whoever includes
 * this: then every call in the objects linked in goes through here, those inside the C library and libpcap do not.
 */
#ifndef TESTS_ALLOC_H
#define TESTS_ALLOC_H

#include <stdbool.h>
#include <stddef.h>

/* From now on the n-th allocation fails, counted from 1, and all after it succeed again; 0: none fails. */
void alloc_fail_at(size_t n);

/* The n-th fails and so do all after it. */
void alloc_fail_from(size_t n);

/* Whether that allocation was asked for. */
bool alloc_has_failed(void);

/* Blocks allocated and not freed since the program began. */
size_t alloc_live(void);

#endif
