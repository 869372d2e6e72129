/*
 * Numbers as people type them: decimal digits, and for sizes a suffix.
 */
#ifndef CLI_NUMBER_H
#define CLI_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

/* False when `text` is anything but digits, or too large. */
bool number_parse(const char *text, uint64_t *out);

/* The same with a suffix k, M or G (of 1024 each), in any case. */
bool number_parse_size(const char *text, uint64_t *out);

#endif
