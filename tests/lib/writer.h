/*
 * Big-endian bytes put one after the other into a buffer of fixed size; running over its end aborts.
 */
#ifndef TESTS_WRITER_H
#define TESTS_WRITER_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct writer {
	uint8_t *out;
	size_t size;
	size_t len;
};

_Noreturn static inline void writer_die(const char *why)
{
	fprintf(stderr, "packet: %s\n", why);
	abort();
}

static inline void put(struct writer *w, const void *data, size_t len)
{
	if (len > w->size - w->len)
		writer_die("buffer too small");
	if (len > 0)
		memcpy(w->out + w->len, data, len);
	w->len += len;
}

static inline void put_u8(struct writer *w, unsigned value)
{
	uint8_t byte = (uint8_t)value;

	put(w, &byte, 1);
}

static inline void put_u16(struct writer *w, unsigned value)
{
	put_u8(w, value >> 8 & 0xFF);
	put_u8(w, value & 0xFF);
}

static inline void put_u32(struct writer *w, uint32_t value)
{
	put_u16(w, value >> 16);
	put_u16(w, value & 0xFFFF);
}

static inline void put_zeros(struct writer *w, size_t count)
{
	while (count-- > 0)
		put_u8(w, 0);
}

#endif
