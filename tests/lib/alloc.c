/*
 * The linker's --wrap gives each function its __wrap_ and __real_ name.
 */
#include "alloc.h"

#include <stdlib.h>

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *block, size_t size);
void __real_free(void *block);

void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *block, size_t size);
void __wrap_free(void *block);

static size_t fail_at;
static bool is_for_good;
static size_t asked;
static size_t live;

void alloc_fail_at(size_t n)
{
	fail_at = n;
	is_for_good = false;
	asked = 0;
}

void alloc_fail_from(size_t n)
{
	alloc_fail_at(n);
	is_for_good = true;
}

bool alloc_has_failed(void)
{
	return fail_at && asked >= fail_at;
}

size_t alloc_live(void)
{
	return live;
}

static bool fails_now(void)
{
	++asked;
	return fail_at && (is_for_good ? asked >= fail_at : asked == fail_at);
}

static void *counted(void *block)
{
	live += block != NULL;
	return block;
}

void *__wrap_malloc(size_t size)
{
	return fails_now() ? NULL : counted(__real_malloc(size));
}

void *__wrap_calloc(size_t count, size_t size)
{
	return fails_now() ? NULL : counted(__real_calloc(count, size));
}

void *__wrap_realloc(void *block, size_t size)
{
	void *moved;

	if (fails_now())
		return NULL;
	moved = __real_realloc(block, size);
	live += !block && moved;
	return moved;
}

void __wrap_free(void *block)
{
	live -= block != NULL;
	__real_free(block);
}
