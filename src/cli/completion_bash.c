/*
 * For bash. A word --name=value reaches the function as three, since = breaks words there.
 */
#include "cli/completion.h"

static const char head[] = "# Completion of wirestat for bash, made by `wirestat --completion bash`.\n"
			   "_wirestat()\n"
			   "{\n"
			   "	local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}\n"
			   "	local view='' options i\n"
			   "	if [[ $word == = ]]; then\n"
			   "		word=''\n"
			   "	elif [[ $before == = ]]; then\n"
			   "		before=${COMP_WORDS[COMP_CWORD - 2]}\n"
			   "	fi\n"
			   "	COMPREPLY=()\n"
			   "	case $before in\n";

static const char middle[] = "	esac\n"
			     "	for ((i = 1; i < COMP_CWORD; i++)); do\n"
			     "		case ${COMP_WORDS[i]} in\n";

static const char tail[] = "	esac\n"
			   "	if [[ $word == -* ]]; then\n"
			   "		mapfile -t COMPREPLY < <(compgen -W \"$options\" -- \"$word\")\n";

static void print_pattern(FILE *out, const struct option_row *row)
{
	fputs("	", out);
	if (row->letter != '\0')
		fprintf(out, "-%c | ", row->letter);
	fprintf(out, "--%s)\n", row->name);
}

static void print_value(FILE *out, const struct option_row *row)
{
	if (row->value == NULL)
		return;
	print_pattern(out, row);
	switch (completion_value_of(row)) {
	case COMPLETION_NOTHING:
		break;
	case COMPLETION_FILES:
		fputs("		compopt -o filenames\n"
		      "		mapfile -t COMPREPLY < <(compgen -f -- \"$word\")\n",
		      out);
		break;
	case COMPLETION_INTERFACES:
		fputs("		mapfile -t COMPREPLY < <(compgen -W \"any $(ls /sys/class/net 2>/dev/null)\" -- \"$word\")\n",
		      out);
		break;
	case COMPLETION_USERS:
		fputs("		mapfile -t COMPREPLY < <(compgen -u -- \"$word\")\n", out);
		break;
	case COMPLETION_WORDS:
		fprintf(out, "		mapfile -t COMPREPLY < <(compgen -W '%s' -- \"$word\")\n",
			completion_words(row));
		break;
	}
	fputs("		return\n"
	      "		;;\n",
	      out);
}

static void print_options_of(FILE *out, const struct view_row *view)
{
	size_t i;

	fprintf(out, "	%s) options='", view->name);
	for (i = 0; i < option_rows_len; i++) {
		const struct option_row *row = &option_rows[i];

		if ((row->views & view->bit) == 0)
			continue;
		if (row->letter != '\0')
			fprintf(out, "-%c ", row->letter);
		fprintf(out, "--%s ", row->name);
	}
	fputs("' ;;\n", out);
}

static void print_names(FILE *out)
{
	unsigned i;

	fputs("	elif [[ $view == findings ]]; then\n"
	      "		mapfile -t COMPREPLY < <(compgen -W '",
	      out);
	for (i = 0; i < WS_FINDING_COUNT; i++)
		fprintf(out, "%s ", ws_finding_info((enum ws_finding_id)i)->id);
	fputs("' -- \"$word\")\n"
	      "	elif [[ -z $view ]]; then\n"
	      "		mapfile -t COMPREPLY < <(compgen -W '",
	      out);
	for (i = 0; i < view_rows_len; i++)
		fprintf(out, "%s ", view_rows[i].name);
	fputs("' -- \"$word\")\n"
	      "	fi\n"
	      "}\n"
	      "complete -F _wirestat wirestat\n",
	      out);
}

void completion_bash(FILE *out)
{
	size_t i;

	fputs(head, out);
	for (i = 0; i < option_rows_len; i++)
		print_value(out, &option_rows[i]);
	fputs(middle, out);
	for (i = 0; i < view_rows_len; i++)
		fprintf(out, "%s%s", i == 0 ? "		" : " | ", view_rows[i].name);
	fputs(")\n"
	      "			view=${COMP_WORDS[i]}\n"
	      "			break\n"
	      "			;;\n"
	      "		esac\n"
	      "	done\n",
	      out);
	fprintf(out, "	case ${view:-%s} in\n", view_rows[0].name);
	for (i = 0; i < view_rows_len; i++)
		print_options_of(out, &view_rows[i]);
	fputs(tail, out);
	print_names(out);
}
