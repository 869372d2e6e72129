/*
 * SHA-1 (FIPS 180-4 section 6.1) of a short message. Community ID asks for it by name; it protects nothing here.
 */
#ifndef BASE_SHA1_H
#define BASE_SHA1_H

#include <stddef.h>
#include <stdint.h>

#define SHA1_SIZE 20

/* The digest of `len` bytes, most significant byte first. `out` holds SHA1_SIZE bytes. */
void sha1(const void *data, size_t len, uint8_t *out);

#endif
