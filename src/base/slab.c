#include "base/slab.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#if defined(__SANITIZE_ADDRESS__)
#define SLAB_POISONS 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SLAB_POISONS 1
#endif
#endif

#ifdef SLAB_POISONS
#include <sanitizer/asan_interface.h>
#define POISON(p, n) ASAN_POISON_MEMORY_REGION(p, n)
#define UNPOISON(p, n) ASAN_UNPOISON_MEMORY_REGION(p, n)
#else
#define POISON(p, n) ((void)(p), (void)(n))
#define UNPOISON(p, n) ((void)(p), (void)(n))
#endif

/* In a block. */
#define PLACES 64

struct slab_block {
	struct slab_block *older;
};

static size_t round_up(size_t n, size_t to)
{
	return (n + to - 1) / to * to;
}

/* Objects of whole lines begin with one; others are as malloc would have them. */
void slab_init(struct slab *slab, size_t size)
{
	*slab = (struct slab){ .size = round_up(size, size < SLAB_LINE ? sizeof(max_align_t) : SLAB_LINE) };
}

void slab_fini(struct slab *slab)
{
	struct slab_block *block = slab->newest;

	while (block) {
		struct slab_block *older = block->older;

		free(block);
		block = older;
	}
	*slab = (struct slab){ .size = slab->size };
}

static char *first_line(struct slab_block *block)
{
	char *after = (char *)(block + 1);

	return after + (SLAB_LINE - (uintptr_t)after % SLAB_LINE) % SLAB_LINE;
}

void slab_each(struct slab *slab, void (*fn)(void *place))
{
	char *end = slab->at;

	for (struct slab_block *block = slab->newest; block; block = block->older) {
		char *place = first_line(block);

		/* Only the newest is not full. */
		if (block != slab->newest)
			end = place + PLACES * slab->size;
		UNPOISON(place, (size_t)(end - place));
		for (; place < end; place += slab->size)
			fn(place);
	}
}

static void *take_new(struct slab *slab)
{
	void *object;

	if (slab->at == slab->end) {
		struct slab_block *block = malloc(sizeof *block + SLAB_LINE + PLACES * slab->size);

		if (!block)
			return NULL;
		block->older = slab->newest;
		slab->newest = block;
		slab->at = first_line(block);
		slab->end = slab->at + PLACES * slab->size;
		POISON(slab->at, PLACES * slab->size);
	}
	object = slab->at;
	slab->at += slab->size;
	UNPOISON(object, slab->size);
	return object;
}

void *slab_take(struct slab *slab)
{
	void *object = slab->spare;

	if (!object)
		return take_new(slab);
	UNPOISON(object, slab->size);
	memcpy(&slab->spare, object, sizeof slab->spare);
	return object;
}

void slab_give(struct slab *slab, void *object)
{
	memcpy(object, &slab->spare, sizeof slab->spare);
	slab->spare = object;
	POISON(object, slab->size);
}
