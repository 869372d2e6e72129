/*
 * Bytes that end where an unmapped page begins, so that reading one byte too far traps.
 */
#ifndef TESTS_GUARD_H
#define TESTS_GUARD_H

#include <stddef.h>
#include <stdint.h>

struct guard {
	uint8_t *base;
	size_t size; /* of the part that can be read */
};

/* Room for copies of up to `size` bytes; aborts when there is no memory. */
void guard_init(struct guard *guard, size_t size);
void guard_fini(struct guard *guard);

/* data[0..len) at the end of the readable part, where it stays until the next call. */
const uint8_t *guard_copy(struct guard *guard, const void *data, size_t len);

#endif
