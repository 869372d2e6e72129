/*
 * A growing text buffer with a sticky error. Invariant: when data is not NULL, len < size and data[len] is NUL; after a
 * failure nothing is appended until text_clear.
 */
#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_SIZE_MIN 256
#define U64_DIGITS_MAX 20

void text_fini(struct text *text)
{
	free(text->data);
	*text = (struct text){ 0 };
}

void text_clear(struct text *text)
{
	text->len = 0;
	text->failed = false;
	if (text->data)
		text->data[0] = '\0';
}

bool text_failed(const struct text *text)
{
	return text->failed;
}

bool text_grow(struct text *text, size_t extra)
{
	size_t size = text->size ? text->size : TEXT_SIZE_MIN;

	if (extra >= SIZE_MAX / 2 - text->len) {
		text->failed = true;
		return false;
	}
	while (size <= text->len + extra)
		size *= 2;

	char *data = realloc(text->data, size);

	if (!data) {
		text->failed = true;
		return false;
	}
	text->data = data;
	text->size = size;
	return true;
}

void text_write(struct text *text, const char *s, size_t len)
{
	if (!text_reserve(text, len))
		return;
	if (len > 0)
		memcpy(text->data + text->len, s, len);
	text->len += len;
	text->data[text->len] = '\0';
}

void text_puts(struct text *text, const char *s)
{
	text_write(text, s, strlen(s));
}

void text_u64(struct text *text, uint64_t value)
{
	char digits[U64_DIGITS_MAX];
	size_t at = sizeof(digits);

	if (value < 10) {
		text_char(text, (char)('0' + value));
		return;
	}
	do {
		digits[--at] = (char)('0' + value % 10);
		value /= 10;
	} while (value > 0);
	text_write(text, digits + at, sizeof(digits) - at);
}

void text_i64(struct text *text, int64_t value)
{
	uint64_t magnitude = (uint64_t)value;

	if (value < 0) {
		magnitude = 0 - magnitude;
		/* Both or neither: a lone sign would be left behind by a failure between them. */
		if (!text_reserve(text, U64_DIGITS_MAX + 1))
			return;
		text_char(text, '-');
	}
	text_u64(text, magnitude);
}

void text_vprintf(struct text *text, const char *format, va_list args)
{
	va_list again;

	if (!text_reserve(text, 0))
		return;
	va_copy(again, args);

	size_t room = text->size - text->len;
	int len = vsnprintf(text->data + text->len, room, format, args);

	if (len >= 0 && (size_t)len >= room) {
		text->data[text->len] = '\0';
		if (text_grow(text, (size_t)len))
			len = vsnprintf(text->data + text->len, (size_t)len + 1, format, again);
	}
	va_end(again);
	if (len < 0)
		text->failed = true;
	if (text->failed)
		text->data[text->len] = '\0';
	else
		text->len += (size_t)len;
}

void text_printf(struct text *text, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	text_vprintf(text, format, args);
	va_end(args);
}

/* Code points: every byte but the continuation bytes 10xxxxxx (RFC 3629 section 3). */
static size_t utf8_columns(const char *s, size_t len)
{
	size_t columns = 0;

	for (size_t i = 0; i < len; i++)
		columns += ((unsigned char)s[i] & 0xC0) != 0x80;
	return columns;
}

void text_pad(struct text *text, size_t from, size_t width)
{
	size_t columns = from < text->len ? utf8_columns(text->data + from, text->len - from) : 0;

	if (columns >= width || !text_reserve(text, width - columns))
		return;
	memset(text->data + text->len, ' ', width - columns);
	text->len += width - columns;
	text->data[text->len] = '\0';
}
