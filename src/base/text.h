/*
 * A growing text buffer with a sticky error: write as much as you like, ask text_failed once. All writers append.
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* All zero is an empty buffer. `data` is NUL-terminated once anything was written; after a failure it keeps what it
 * held before. */
struct text {
	char *data;
	size_t len;
	size_t size;
	bool failed;
};

void text_fini(struct text *text);
void text_clear(struct text *text); /* keeps the memory, forgets the failure */
bool text_failed(const struct text *text);

/* Makes room for `extra` bytes and the NUL. False when it cannot; then the text has failed. */
bool text_grow(struct text *text, size_t extra);

static inline bool text_reserve(struct text *text, size_t extra)
{
	if (text->failed)
		return false;
	return extra < text->size - text->len || text_grow(text, extra);
}

/* Room for up to `max` bytes, written there by the caller, who tells text_took where they end. NULL when there is none. */
static inline char *text_room(struct text *text, size_t max)
{
	return text_reserve(text, max) ? text->data + text->len : NULL;
}

static inline void text_took(struct text *text, char *end)
{
	*end = '\0';
	text->len = (size_t)(end - text->data);
}

static inline void text_char(struct text *text, char c)
{
	if (!text_reserve(text, 1))
		return;
	text->data[text->len++] = c;
	text->data[text->len] = '\0';
}

void text_puts(struct text *text, const char *s);
void text_write(struct text *text, const char *s, size_t len);
void text_u64(struct text *text, uint64_t value);
void text_i64(struct text *text, int64_t value);
void text_printf(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
void text_vprintf(struct text *text, const char *format, va_list args) __attribute__((format(printf, 2, 0)));

/* Appends blanks until the text since byte `from` is `width` terminal columns wide (UTF-8 counted by code point). */
void text_pad(struct text *text, size_t from, size_t width);

#endif
