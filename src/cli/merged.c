#include "cli/merged.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/text_file.h"

#define MERGED_BYTES_MAX (4u << 20)

static bool add(struct coverage *sum, const char *name)
{
	struct text text = { 0 };
	const char *wrong = text_file_read(&text, name, MERGED_BYTES_MAX);
	size_t line = wrong == NULL && text.len > 0 ? coverage_read(sum, text.data) : 1;

	text_fini(&text);
	if (wrong != NULL)
		fprintf(stderr, "wirestat: --merge: %s: %s\n", name, wrong);
	else if (line > 0)
		fprintf(stderr, "wirestat: --merge: %s: line %zu is not what `audit --coverage --tsv` writes\n", name,
			line);
	return wrong == NULL && line == 0;
}

struct coverage *merged_read(const struct audit_options *options)
{
	struct coverage *sum = calloc(1, sizeof(*sum));
	size_t i;

	if (sum == NULL)
		fprintf(stderr, "wirestat: %s\n", strerror(ENOMEM));
	for (i = 0; sum != NULL && i < options->merged_len; i++) {
		if (!add(sum, options->merged[i])) {
			free(sum);
			sum = NULL;
		}
	}
	return sum;
}
