/*
 * Numbers as people type them: decimal digits, nothing else.
 */
#ifndef CLI_NUMBER_H
#define CLI_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

/* False when `text` is anything but digits, or too large. */
bool number_parse(const char *text, uint64_t *out);

#endif
