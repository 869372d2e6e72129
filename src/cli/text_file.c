#include "cli/text_file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

const char *text_file_read(struct text *out, const char *name, size_t most)
{
	FILE *file = fopen(name, "r");
	char block[4096];
	size_t len;
	int error;

	if (file == NULL)
		return strerror(errno);
	errno = 0;
	while ((len = fread(block, 1, sizeof(block), file)) > 0 && out->len <= most)
		text_write(out, block, len);
	error = ferror(file) ? errno : 0;
	fclose(file);
	if (error != 0)
		return strerror(error);
	if (text_failed(out))
		return strerror(ENOMEM);
	if (out->len > most)
		return "is too large for what it should be";
	return out->len > 0 && memchr(out->data, '\0', out->len) != NULL ? "is not a text" : NULL;
}
