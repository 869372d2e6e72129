/*
 * A small text file that an option names, read as a whole.
 */
#ifndef CLI_TEXT_FILE_H
#define CLI_TEXT_FILE_H

#include "base/text.h"

/* Appends it to `out`. NULL, or what is wrong: it cannot be read, is larger than `most` bytes, or has NUL in it. */
const char *text_file_read(struct text *out, const char *name, size_t most);

#endif
