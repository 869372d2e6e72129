/*
 * Many objects of one size, taken one by one out of blocks: without a header of their own each, side by side, aligned
 * so that none lies in more cache lines than it must. What is given back is taken next. Blocks stay until the end: the
 * slab is as large as most objects at one time were.
 *
 * Invariant: every place is in use, or in the list `spare`, or beyond `at` in the newest block. Under AddressSanitizer
 * whatever is not in use is poisoned.
 */
#ifndef BASE_SLAB_H
#define BASE_SLAB_H

#include <stddef.h>

#define SLAB_LINE 64 /* a cache line */

struct slab_block;

struct slab {
	struct slab_block *newest;
	void *spare; /* given back, the last one first */
	char *at;    /* never taken: up to the end of the newest block */
	char *end;
	size_t size; /* of a place */
};

/* For objects of `size` bytes, at least that of a pointer. */
void slab_init(struct slab *slab, size_t size);

/* With all objects that are still in use. */
void slab_fini(struct slab *slab);

/* Calls `fn` for every place that was ever taken, block by block: also for those given back, of which but the first
 * bytes, as many as a pointer has, are as they were. To be called before slab_fini, and nothing between. */
void slab_each(struct slab *slab, void (*fn)(void *place));

/* One more, with nothing sure about what is in it; NULL when out of memory. */
void *slab_take(struct slab *slab);

void slab_give(struct slab *slab, void *object);

#endif
