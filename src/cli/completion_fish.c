/*
 * For fish: one line an option. What means something to some views only is offered for those.
 */
#include "cli/completion.h"

static const char head[] = "# Completion of wirestat for fish, made by `wirestat --completion fish`.\n"
			   "function __wirestat_view\n"
			   "	for word in (commandline -opc)[2..-1]\n"
			   "		if contains -- $word $__wirestat_views\n"
			   "			echo $word\n"
			   "			return\n"
			   "		end\n"
			   "	end\n"
			   "end\n"
			   "function __wirestat_is\n"
			   "	set -l view (__wirestat_view)\n"
			   "	test -n \"$view\"; or set view $__wirestat_views[1]\n"
			   "	contains -- $view $argv\n"
			   "end\n"
			   "complete -c wirestat -f\n";

/* Within single quotes. */
static void put(FILE *out, const char *text)
{
	for (; *text != '\0'; text++) {
		if (*text == '\'' || *text == '\\')
			fputc('\\', out);
		fputc(*text, out);
	}
}

static void print_value(FILE *out, const struct option_row *row)
{
	switch (completion_value_of(row)) {
	case COMPLETION_NOTHING:
		fputs(" -x", out);
		break;
	case COMPLETION_FILES:
		fputs(" -r -F", out);
		break;
	case COMPLETION_INTERFACES:
		fputs(" -x -a 'any (__fish_print_interfaces)'", out);
		break;
	case COMPLETION_USERS:
		fputs(" -x -a '(__fish_complete_users)'", out);
		break;
	case COMPLETION_WORDS:
		fprintf(out, " -x -a '%s'", completion_words(row));
		break;
	}
}

static void print_option(FILE *out, const struct option_row *row)
{
	char help[COMPLETION_HELP_MAX];
	unsigned all = 0;
	size_t i;

	for (i = 0; i < view_rows_len; i++)
		all |= view_rows[i].bit;
	fputs("complete -c wirestat", out);
	if ((row->views & all) != all) {
		fputs(" -n '__wirestat_is", out);
		for (i = 0; i < view_rows_len; i++)
			if ((row->views & view_rows[i].bit) != 0)
				fprintf(out, " %s", view_rows[i].name);
		fputc('\'', out);
	}
	if (row->letter != '\0')
		fprintf(out, " -s %c", row->letter);
	fprintf(out, " -l %s", row->name);
	if (row->value != NULL)
		print_value(out, row);
	fputs(" -d '", out);
	put(out, completion_help(row, help));
	fputs("'\n", out);
}

static void print_word(FILE *out, const char *condition, const char *word, const char *meaning)
{
	fprintf(out, "complete -c wirestat -n '%s' -a %s -d '", condition, word);
	put(out, meaning);
	fputs("'\n", out);
}

void completion_fish(FILE *out)
{
	size_t i;

	fputs("set -g __wirestat_views", out);
	for (i = 0; i < view_rows_len; i++)
		fprintf(out, " %s", view_rows[i].name);
	fputc('\n', out);
	fputs(head, out);
	for (i = 0; i < view_rows_len; i++)
		print_word(out, "test -z \"$(__wirestat_view)\"", view_rows[i].name,
			   view_rows[i].view != NULL ? view_rows[i].view->summary
						     : "the catalogue of findings, or one explained");
	for (i = 0; i < WS_FINDING_COUNT; i++) {
		const struct ws_finding_info *info = ws_finding_info((enum ws_finding_id)i);

		print_word(out, "__wirestat_is findings", info->id, info->title);
	}
	for (i = 0; i < option_rows_len; i++)
		print_option(out, &option_rows[i]);
}
