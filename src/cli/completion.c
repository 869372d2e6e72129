#include "cli/completion.h"

#include <string.h>

static const struct {
	const char *name;
	void (*print)(FILE *out);
} shells[COMPLETION_SHELLS] = {
	[COMPLETION_BASH] = { "bash", completion_bash },
	[COMPLETION_ZSH] = { "zsh", completion_zsh },
	[COMPLETION_FISH] = { "fish", completion_fish },
};

bool completion_parse(const char *text, enum completion_shell *out)
{
	unsigned i;

	for (i = 0; i < COMPLETION_SHELLS; i++) {
		if (strcmp(text, shells[i].name) == 0) {
			*out = (enum completion_shell)i;
			return true;
		}
	}
	return false;
}

void completion_print(FILE *out, enum completion_shell shell)
{
	shells[shell].print(out);
}

const char *completion_words(const struct option_row *row)
{
	switch (row->kind) {
	case OPTION_COLOR:
		return "auto always never";
	case OPTION_LEVEL:
		return "info note warn alert";
	case OPTION_TOOL:
		return "netstat ss";
	case OPTION_KEY:
		return "4tuple vlan outer";
	case OPTION_DIRECTION:
		return "in out inout";
	case OPTION_SHELL:
		return "bash zsh fish";
	case OPTION_FLAG:
	case OPTION_FORMAT:
	case OPTION_FILE:
	case OPTION_TEXT:
	case OPTION_NUMBER:
	case OPTION_SIZE:
	case OPTION_DURATION:
	case OPTION_MOMENT:
	case OPTION_HOST:
	case OPTION_SNAPLEN:
	case OPTION_BUFFER:
	case OPTION_FINDINGS:
	case OPTION_MERGED:
		break;
	}
	return "";
}

enum completion_value completion_value_of(const struct option_row *row)
{
	if (row->value == NULL)
		return COMPLETION_NOTHING;
	if (completion_words(row)[0] != '\0')
		return COMPLETION_WORDS;
	if (strcmp(row->value, "FILE") == 0)
		return COMPLETION_FILES;
	if (strcmp(row->name, "interface") == 0)
		return COMPLETION_INTERFACES;
	if (strcmp(row->value, "USER") == 0)
		return COMPLETION_USERS;
	return COMPLETION_NOTHING;
}

const char *completion_help(const struct option_row *row, char *out)
{
	snprintf(out, COMPLETION_HELP_MAX, "%.*s", (int)strcspn(row->help, ";"), row->help);
	return out;
}
