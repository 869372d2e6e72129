#include "cli/help.h"

#include <string.h>

#include "cli/option_rows.h"

#define HELP_WIDTH 80
#define VIEW_INDENT 12
#define OPTION_INDENT 28

static const char synopsis[] = "Usage: wirestat [VIEW] -i INTERFACE | -r FILE... [options] [BPF expression]\n"
			       "       wirestat findings [ID | WORD...]\n";

static const char exits[] = "Exit status: 0 read to the end; 1 a finding reached --fail-on; 2 a wrong option\n"
			    "or filter; 3 an input could not be opened, or was cut short or damaged (what was\n"
			    "read is still reported); 4 the output could not be written; 5 no permission to\n"
			    "capture.\n";

static const char examples[] = "Examples:\n"
			       "  wirestat -r web.pcap                       open connections, both sides\n"
			       "  wirestat -r web.pcap --at +2.5s            as it stood 2.5 s into the capture\n"
			       "  wirestat ladder -r web.pcap port 443       every segment, and what it did\n"
			       "  wirestat audit -r web.pcap --fail-on warn  handshakes and closes, judged\n"
			       "  wirestat -i any                            the connections of this host, now\n"
			       "  tcpdump -w - tcp | wirestat events -r -    state changes as they happen\n";

/* Words of `text` in the column that begins at `indent`; the cursor stands at `column`. */
static void print_column(FILE *out, size_t column, size_t indent, const char *text)
{
	if (column + 1 > indent) {
		fputc('\n', out);
		column = 0;
	}
	fprintf(out, "%*s", (int)(indent - column), "");
	column = indent;
	while (*text != '\0') {
		size_t len = strcspn(text, " ");

		if (column > indent && column + 1 + len > HELP_WIDTH) {
			fprintf(out, "\n%*s", (int)indent, "");
			column = indent;
		} else if (column > indent) {
			fputc(' ', out);
			column++;
		}
		fwrite(text, 1, len, out);
		column += len;
		text += len + strspn(text + len, " ");
	}
	fputc('\n', out);
}

static void print_views(FILE *out)
{
	size_t i;

	fputs("Views:\n", out);
	for (i = 0; i < view_rows_len; i++) {
		const struct view_row *row = &view_rows[i];
		int column = fprintf(out, "  %s", row->name);

		print_column(out, (size_t)column, VIEW_INDENT,
			     row->view != NULL ? row->view->summary
					       : "the catalogue of findings, one of them, or those with a word");
	}
}

static void print_options(FILE *out)
{
	size_t i;

	fputs("Options:\n", out);
	for (i = 0; i < option_rows_len; i++) {
		const struct option_row *row = &option_rows[i];
		int column = row->letter != '\0' ? fprintf(out, "  -%c, ", row->letter) : fprintf(out, "      ");

		column += fprintf(out, "--%s%s%s", row->name, row->value != NULL ? " " : "",
				  row->value != NULL ? row->value : "");
		print_column(out, (size_t)column, OPTION_INDENT, row->help);
	}
}

void help_print(FILE *out)
{
	fputs("wirestat: the state of both ends of every TCP connection, read off the wire.\n\n", out);
	fputs(synopsis, out);
	fputc('\n', out);
	print_views(out);
	fputs("The first is the default. Other words make up a filter, as in tcpdump.\n\n", out);
	print_options(out);
	fputc('\n', out);
	fputs(examples, out);
	fputc('\n', out);
	fputs(exits, out);
}

void help_print_usage(FILE *out)
{
	fputs(synopsis, out);
	fputs("`wirestat --help` tells more.\n", out);
}
