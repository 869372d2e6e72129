/*
 * Bytes that end where an unmapped page begins.
 */
#include "guard.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

void guard_init(struct guard *guard, size_t size)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	guard->size = (size + page - 1) / page * page;
	guard->base = mmap(NULL, guard->size + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (guard->base == MAP_FAILED || mprotect(guard->base + guard->size, page, PROT_NONE) != 0)
		abort();
}

void guard_fini(struct guard *guard)
{
	munmap(guard->base, guard->size + (size_t)sysconf(_SC_PAGESIZE));
}

const uint8_t *guard_copy(struct guard *guard, const void *data, size_t len)
{
	uint8_t *at = guard->base + guard->size - len;

	if (len > guard->size)
		abort();
	if (len > 0)
		memcpy(at, data, len);
	return at;
}
