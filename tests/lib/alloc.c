/*
 * The linker's --wrap gives each function its __wrap_ and __real_ name.
 */
#include "alloc.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *block, size_t size);
void __real_free(void *block);
char *__real_strdup(const char *text);
char *__real_strndup(const char *text, size_t len);

void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *block, size_t size);
void *__wrap_reallocarray(void *block, size_t count, size_t size);
void __wrap_free(void *block);
char *__wrap_strdup(const char *text);
char *__wrap_strndup(const char *text, size_t len);
int __wrap_asprintf(char **out, const char *format, ...) __attribute__((format(printf, 2, 3)));

static size_t fail_at;
static bool is_for_good;
/* Threads allocate too. */
static _Atomic size_t asked;
static _Atomic size_t live;

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
	size_t n = ++asked;

	return fail_at && (is_for_good ? n >= fail_at : n == fail_at);
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

void *__wrap_reallocarray(void *block, size_t count, size_t size)
{
	size_t whole;

	return __builtin_mul_overflow(count, size, &whole) ? NULL : __wrap_realloc(block, whole);
}

void __wrap_free(void *block)
{
	live -= block != NULL;
	__real_free(block);
}

char *__wrap_strdup(const char *text)
{
	return fails_now() ? NULL : counted(__real_strdup(text));
}

char *__wrap_strndup(const char *text, size_t len)
{
	return fails_now() ? NULL : counted(__real_strndup(text, len));
}

int __wrap_asprintf(char **out, const char *format, ...)
{
	va_list args;
	int len;

	*out = NULL;
	if (fails_now())
		return -1;
	va_start(args, format);
	len = vasprintf(out, format, args);
	va_end(args);
	live += len >= 0;
	return len;
}
