/*
 * Cache lines asked for ahead of their use.
 */
#ifndef BASE_FETCH_H
#define BASE_FETCH_H

/* The line of `p`, which may be any address. The empty statement counts as an effect: without one gcc takes a
 * function that does nothing else for one that does nothing, and drops it. */
static inline void fetch_line(const void *p)
{
	__builtin_prefetch(p);
	__asm__ volatile("");
}

#endif
