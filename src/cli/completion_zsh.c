/*
 * For zsh: one call of _arguments, each option a specification in single quotes.
 */
#include "cli/completion.h"

/* Within single quotes, and within the brackets or colons of a specification. */
static void put(FILE *out, const char *text)
{
	for (; *text != '\0'; text++) {
		if (*text == '\'') {
			fputs("'\\''", out);
			continue;
		}
		if (*text == '[' || *text == ']' || *text == ':' || *text == '\\')
			fputc('\\', out);
		fputc(*text, out);
	}
}

static void print_value(FILE *out, const struct option_row *row)
{
	fprintf(out, ":%s:", row->value);
	switch (completion_value_of(row)) {
	case COMPLETION_NOTHING:
		fputc(' ', out);
		break;
	case COMPLETION_FILES:
		fputs("_files", out);
		break;
	case COMPLETION_INTERFACES:
		fputs("_net_interfaces", out);
		break;
	case COMPLETION_USERS:
		fputs("_users", out);
		break;
	case COMPLETION_WORDS:
		fprintf(out, "(%s)", completion_words(row));
		break;
	}
}

/* Each spelling is a specification of its own; any may be given again. */
static void print_spelling(FILE *out, const struct option_row *row, bool is_long)
{
	char help[COMPLETION_HELP_MAX];

	if (is_long)
		fprintf(out, "		'*--%s%s[", row->name, row->value != NULL ? "=" : "");
	else
		fprintf(out, "		'*-%c%s[", row->letter, row->value != NULL ? "+" : "");
	put(out, completion_help(row, help));
	fputc(']', out);
	if (row->value != NULL)
		print_value(out, row);
	fputs("' \\\n", out);
}

static void print_list(FILE *out, const char *name)
{
	fprintf(out, "	local -a %s\n	%s=(\n", name, name);
}

static void print_views(FILE *out)
{
	size_t i;

	print_list(out, "views");
	for (i = 0; i < view_rows_len; i++) {
		const struct view *view = view_rows[i].view;

		fprintf(out, "		'%s:", view_rows[i].name);
		put(out, view != NULL ? view->summary : "the catalogue of findings, or one explained");
		fputs("'\n", out);
	}
	fputs("	)\n", out);
}

static void print_findings(FILE *out)
{
	unsigned i;

	print_list(out, "findings");
	for (i = 0; i < WS_FINDING_COUNT; i++) {
		const struct ws_finding_info *info = ws_finding_info((enum ws_finding_id)i);

		fprintf(out, "		'%s:", info->id);
		put(out, info->title);
		fputs("'\n", out);
	}
	fputs("	)\n", out);
}

void completion_zsh(FILE *out)
{
	size_t i;

	fputs("#compdef wirestat\n"
	      "# Completion of wirestat for zsh, made by `wirestat --completion zsh`.\n"
	      "_wirestat_word()\n"
	      "{\n",
	      out);
	print_views(out);
	print_findings(out);
	fputs("	if (( ${words[(I)findings]} )); then\n"
	      "		_describe finding findings\n"
	      "	elif (( ! ${words[(I)(",
	      out);
	for (i = 0; i < view_rows_len; i++)
		fprintf(out, "%s%s", i == 0 ? "" : "|", view_rows[i].name);
	fputs(")]} )); then\n"
	      "		_describe view views\n"
	      "	fi\n"
	      "}\n"
	      "_wirestat()\n"
	      "{\n"
	      "	_arguments -s -S \\\n",
	      out);
	for (i = 0; i < option_rows_len; i++) {
		if (option_rows[i].letter != '\0')
			print_spelling(out, &option_rows[i], false);
		print_spelling(out, &option_rows[i], true);
	}
	fputs("		'*:word:_wirestat_word'\n"
	      "}\n"
	      "if [[ ${funcstack[1]-} == _wirestat ]]; then\n"
	      "	_wirestat \"$@\"\n"
	      "else\n"
	      "	compdef _wirestat wirestat\n"
	      "fi\n",
	      out);
}
