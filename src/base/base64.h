/*
 * Base 64 encoding, the standard alphabet with padding (RFC 4648 section 4).
 */
#ifndef BASE_BASE64_H
#define BASE_BASE64_H

#include <stddef.h>
#include <stdint.h>

/* Bytes that `len` bytes take as text, the closing NUL included. */
#define BASE64_SIZE(len) (((size_t)(len) + 2) / 3 * 4 + 1)

/* Writes the text and a NUL. `out` holds BASE64_SIZE(len) bytes; returns it. */
char *base64(const void *data, size_t len, char *out);

#endif
