/*
 * The capture files of a directory, told from others by opening them.
 */
#ifndef CAPTURE_DIRECTORY_H
#define CAPTURE_DIRECTORY_H

#include <stdbool.h>
#include <stddef.h>

#include "capture/source.h"

struct directory {
	char **names; /* with the directory's own in front */
	size_t len;
	bool has_more;  /* than so many files */
	size_t skipped; /* entries that are none: other files, directories, devices */
	char *first_skipped;
	char why[SOURCE_TEXT_MAX];
};

/* In the order of names, with numbers as numbers (strverscmp), so that rotated files are in theirs. A file that cannot be
 * opened counts as a capture file. At most `max` of its files are looked at. False, with errno set, when the directory
 * cannot be read, or memory ran out. Either way directory_fini is due. */
bool directory_read(struct directory *directory, const char *name, size_t max);
void directory_fini(struct directory *directory);

#endif
