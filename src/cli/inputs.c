#include "cli/inputs.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"
#include "view/parts.h"

/* Names in a directory or a list are foreign text. */
static void tell(void *user, bool is_trouble, const char *line)
{
	struct inputs *inputs = user;
	struct text text = { 0 };

	parts_foreign(&text, line);
	fprintf(stderr, "wirestat: %s\n", text_failed(&text) || text.data == NULL ? "out of memory" : text.data);
	text_fini(&text);
	inputs->has_trouble |= is_trouble;
}

bool inputs_init(struct inputs *inputs, const struct options *options)
{
	struct filelist_listener listener = { .tell = tell, .user = inputs };
	size_t i;

	*inputs = (struct inputs){ .options = *options };
	inputs->options.files = NULL;
	inputs->options.files_len = 0;
	if (options->live.interface == NULL &&
	    !filelist_init(&inputs->list, options->files, options->files_len, &listener))
		return false;
	inputs->options.files = calloc(inputs->list.len + 1, sizeof(*inputs->options.files));
	if (inputs->options.files == NULL)
		return false;
	for (i = 0; i < inputs->list.len; i++)
		inputs->options.files[i] = inputs->list.names[i];
	inputs->options.files_len = inputs->list.len;
	if (options->live.interface != NULL)
		inputs->options.files[inputs->options.files_len++] = options->live.interface;
	return true;
}

void inputs_fini(struct inputs *inputs)
{
	free(inputs->options.files);
	filelist_fini(&inputs->list);
}
