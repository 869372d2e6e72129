/*
 * What stands behind -r, as a list of capture files: a file stands for itself, a directory for the capture files in it
 * (not in those below it), in the order of their names with numbers as numbers, and @FILE for the names in FILE, one a
 * line, blank lines and those that begin with # left out; names in it are taken as they stand, so relative ones start
 * from the working directory, as with tcpdump -V. - and @- are standard input. No file is in the list twice.
 */
#ifndef CAPTURE_FILELIST_H
#define CAPTURE_FILELIST_H

#include <stdbool.h>
#include <stddef.h>

#define FILELIST_MAX 65536
#define FILELIST_NAME_MAX 4095

/* Whom things are told that do not turn out as they were asked for, each in one line. */
struct filelist_listener {
	void (*tell)(void *user, bool is_trouble, const char *line); /* no trouble: for information only */
	void *user;
};

struct filelist {
	char **names;
	size_t len;
};

/* False when out of memory. Either way filelist_fini is due. A file that cannot be read is in the list all the same:
 * whoever opens it will tell. */
bool filelist_init(struct filelist *list, const char *const *words, size_t words_len,
		   const struct filelist_listener *listener);
void filelist_fini(struct filelist *list);

#endif
