/*
 * A cursor over bytes that may be hostile: every fetch is checked against what is left. Failure is sticky: a fetch that
 * does not fit returns 0, takes nothing, and leaves the cursor failed and empty, so a run of fetches is checked once
 * behind the last of them.
 */
#ifndef BASE_BYTES_H
#define BASE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* data[0..len) is what is left to read. */
struct bytes {
	const uint8_t *data;
	size_t len;
	bool failed;
};

static inline struct bytes bytes_of(const uint8_t *data, size_t len)
{
	struct bytes b = { data, len, false };

	return b;
}

/* Loads from memory known to be there. */
static inline uint16_t load_u16be(const uint8_t *p)
{
	return (uint16_t)((unsigned)p[0] << 8 | p[1]);
}

static inline uint32_t load_u32be(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static inline uint64_t load_u64be(const uint8_t *p)
{
	return (uint64_t)load_u32be(p) << 32 | load_u32be(p + 4);
}

static inline uint16_t load_u16le(const uint8_t *p)
{
	return (uint16_t)((unsigned)p[1] << 8 | p[0]);
}

static inline uint32_t load_u32le(const uint8_t *p)
{
	return (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0];
}

static inline uint64_t load_u64le(const uint8_t *p)
{
	return (uint64_t)p[7] << 56 | (uint64_t)p[6] << 48 | (uint64_t)p[5] << 40 | (uint64_t)p[4] << 32 |
	       (uint64_t)p[3] << 24 | (uint64_t)p[2] << 16 | (uint64_t)p[1] << 8 | p[0];
}

/* The next `n` bytes, taken; NULL when there are fewer. */
static inline const uint8_t *bytes_take(struct bytes *b, size_t n)
{
	if (n > b->len) {
		b->len = 0;
		b->failed = true;
		return NULL;
	}

	const uint8_t *at = b->data;

	b->data += n;
	b->len -= n;
	return at;
}

static inline void bytes_skip(struct bytes *b, size_t n)
{
	(void)bytes_take(b, n);
}

/* A cursor over the next `n` bytes, which are taken; failed and empty when there are fewer. */
static inline struct bytes bytes_sub(struct bytes *b, size_t n)
{
	const uint8_t *at = bytes_take(b, n);
	struct bytes sub = { at, at ? n : 0, at == NULL };

	return sub;
}

static inline uint8_t bytes_u8(struct bytes *b)
{
	const uint8_t *at = bytes_take(b, 1);

	return at ? at[0] : 0;
}

static inline uint16_t bytes_u16be(struct bytes *b)
{
	const uint8_t *at = bytes_take(b, 2);

	return at ? load_u16be(at) : 0;
}

static inline uint32_t bytes_u32be(struct bytes *b)
{
	const uint8_t *at = bytes_take(b, 4);

	return at ? load_u32be(at) : 0;
}

static inline uint64_t bytes_u64be(struct bytes *b)
{
	uint64_t high = bytes_u32be(b);

	return high << 32 | bytes_u32be(b);
}

static inline uint16_t bytes_u16le(struct bytes *b)
{
	const uint8_t *at = bytes_take(b, 2);

	return at ? load_u16le(at) : 0;
}

static inline uint32_t bytes_u32le(struct bytes *b)
{
	const uint8_t *at = bytes_take(b, 4);

	return at ? load_u32le(at) : 0;
}

/* The next byte, left in place; 0 and failed when there is none. */
static inline uint8_t bytes_peek_u8(struct bytes *b)
{
	if (b->len == 0)
		b->failed = true;
	return b->len == 0 ? 0 : b->data[0];
}

#endif
