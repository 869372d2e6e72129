#include "capture/directory.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "capture/savefile.h"

static int compare_names(const void *a, const void *b)
{
	const char *const *x = a;
	const char *const *y = b;

	return strverscmp(*x, *y);
}

static bool append(struct directory *directory, size_t *size, char *name)
{
	size_t more = *size > 0 ? 2 * *size : 64;
	char **names;

	if (directory->len == *size) {
		names = realloc(directory->names, more * sizeof(*names));
		if (names == NULL)
			return false;
		directory->names = names;
		*size = more;
	}
	directory->names[directory->len++] = name;
	return true;
}

static char *join(const char *directory, const char *name)
{
	size_t len = strlen(directory);
	char *path;

	while (len > 1 && directory[len - 1] == '/')
		len--;
	if (asprintf(&path, "%.*s%s%s", (int)len, directory, directory[len - 1] == '/' ? "" : "/", name) < 0)
		return NULL;
	return path;
}

/* All names but . and .., in no order. */
static bool list(struct directory *directory, const char *name, size_t max, DIR *stream)
{
	struct dirent *entry;
	size_t size = 0;

	for (errno = 0, entry = readdir(stream); entry != NULL; errno = 0, entry = readdir(stream)) {
		char *path;

		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		directory->has_more = directory->len == max;
		if (directory->has_more)
			return true;
		path = join(name, entry->d_name);
		if (path == NULL || !append(directory, &size, path)) {
			free(path);
			errno = ENOMEM;
			return false;
		}
	}
	return errno == 0;
}

/* Else *problem has the reason. Neither a pipe nor a device is opened: either may never answer. */
static bool is_capture(const char *name, struct source_problem *problem)
{
	static const struct source_options plain = { .wait = { .fd = -1 } };
	struct savefile *savefile;
	struct stat info;
	bool is_fine;

	if (stat(name, &info) == 0 && !S_ISREG(info.st_mode)) {
		snprintf(problem->text, sizeof(problem->text), "%s",
			 S_ISDIR(info.st_mode) ? "a directory" : "not a regular file");
		return false;
	}
	savefile = savefile_open(name, &plain, problem, &is_fine);
	savefile_close(savefile);
	return is_fine || (problem->fault != SOURCE_FAULT_FOREIGN && problem->fault != SOURCE_FAULT_EMPTY);
}

static void select_captures(struct directory *directory)
{
	struct source_problem problem;
	size_t all = directory->len;
	size_t i;

	directory->len = 0;
	for (i = 0; i < all; i++) {
		char *name = directory->names[i];

		if (is_capture(name, &problem)) {
			directory->names[directory->len++] = name;
		} else if (directory->skipped++ == 0) {
			directory->first_skipped = name;
			memcpy(directory->why, problem.text, sizeof(directory->why));
		} else {
			free(name);
		}
	}
}

bool directory_read(struct directory *directory, const char *name, size_t max)
{
	DIR *stream = opendir(name);
	bool is_good;
	int error;

	*directory = (struct directory){ 0 };
	if (stream == NULL)
		return false;
	is_good = list(directory, name, max, stream);
	error = errno;
	closedir(stream);
	if (directory->len > 0)
		qsort(directory->names, directory->len, sizeof(*directory->names), compare_names);
	select_captures(directory);
	errno = error;
	return is_good;
}

void directory_fini(struct directory *directory)
{
	size_t i;

	for (i = 0; i < directory->len; i++)
		free(directory->names[i]);
	free(directory->names);
	free(directory->first_skipped);
	*directory = (struct directory){ 0 };
}
