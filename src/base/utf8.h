/*
 * Well-formed UTF-8, for writers whose output must be (RFC 3629).
 */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stddef.h>

#define UTF8_REPLACEMENT "\xEF\xBF\xBD"

/* Length of the well-formed sequence at s (RFC 3629 section 4), 0 when there is none. `s` ends with NUL, which is no
 * continuation byte, so no look goes past it. */
size_t utf8_sequence(const unsigned char *s);

#endif
