#include "cli/options.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "cli/audit_form.h"
#include "cli/nearest.h"
#include "cli/number.h"
#include "cli/option_rows.h"
#include "cli/table_form.h"

#define TOP_DEFAULT 10

struct parser {
	struct options *options;
	int argc;
	char *const *argv;
	int next;           /* index of the word to take next */
	const char **words; /* those that are no options */
	size_t words_len;
	bool was_given[OPTION_ROWS_MAX];
	char *error;
};

static int fail(struct parser *p, const char *format, ...) __attribute__((format(printf, 2, 3)));

static int fail(struct parser *p, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(p->error, OPTIONS_ERROR_MAX, format, args);
	va_end(args);
	return -1;
}

/* ---- Values ------------------------------------------------------------------------------------------------- */

static bool parse_color(const char *text, enum color_choice *out)
{
	static const char *const names[] = { "auto", "always", "never" };
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(text, names[i]) == 0) {
			*out = (enum color_choice)i;
			return true;
		}
	}
	return false;
}

static bool parse_level(const char *text, struct options *options)
{
	options->has_fail_on = ws_level_parse(text, &options->fail_on);
	return options->has_fail_on;
}

static bool parse_positive(const char *text, uint64_t *out)
{
	return number_parse(text, out) && *out > 0;
}

static bool parse_duration(const char *text, int64_t *out)
{
	return clock_parse_duration(text, out) && *out > 0;
}

static int check_value(struct parser *p, const struct option_row *row, const char *text, bool is_good,
		       const char *wanted)
{
	return is_good ? 0 : fail(p, "--%s: '%s' is not %s", row->name, text, wanted);
}

/* An option that takes no value. */
static void take_flag(struct parser *p, const struct option_row *row)
{
	void *member = (char *)p->options + row->offset;

	p->was_given[row - option_rows] = true;
	if (row->kind == OPTION_FORMAT)
		*(enum view_format *)member = row->format;
	else
		*(bool *)member = true;
}

/* Puts the value where the row says. */
static int take_value(struct parser *p, const struct option_row *row, const char *text)
{
	struct options *o = p->options;
	void *member = (char *)o + row->offset;
	char wrong[AUDIT_OPTIONS_ERROR_MAX];

	p->was_given[row - option_rows] = true;
	switch (row->kind) {
	case OPTION_FLAG:
	case OPTION_FORMAT:
		break;
	case OPTION_FILE:
		o->files[o->files_len++] = text;
		return 0;
	case OPTION_TEXT:
		*(const char **)member = text;
		return 0;
	case OPTION_NUMBER:
		return check_value(p, row, text, parse_positive(text, member), "a whole number from 1 up");
	case OPTION_SIZE:
		return check_value(p, row, text, number_parse_size(text, member) && *(uint64_t *)member > 0,
				   "a size such as 300k, 64M or 2G");
	case OPTION_DURATION:
		return check_value(p, row, text, parse_duration(text, member), "a duration such as 200ms, 1.5s or 5m");
	case OPTION_MOMENT:
		return check_value(p, row, text, moment_parse(text, member), "a time, a +duration or frame:N");
	case OPTION_COLOR:
		return check_value(p, row, text, parse_color(text, member), "auto, always or never");
	case OPTION_LEVEL:
		return check_value(p, row, text, parse_level(text, o), "info, note, warn or alert");
	case OPTION_TOOL:
		return check_value(p, row, text, table_form_parse_tool(text, &o->tool), "netstat or ss");
	case OPTION_KEY:
		return check_value(p, row, text, ws_key_parse(text, member), "4tuple, vlan or outer");
	case OPTION_SNAPLEN:
		return check_value(p, row, text, live_options_parse_snaplen(text, member), "from 0 to 262144 bytes");
	case OPTION_BUFFER:
		return check_value(p, row, text, live_options_parse_buffer(text, member), "from 1 to 1048576 KiB");
	case OPTION_DIRECTION:
		return check_value(p, row, text, live_options_parse_direction(text, member), "in, out or inout");
	case OPTION_SHELL:
		o->has_completion = completion_parse(text, &o->completion);
		return check_value(p, row, text, o->has_completion, "bash, zsh or fish");
	case OPTION_MERGED:
		o->audit.merged[o->audit.merged_len++] = text;
		return 0;
	case OPTION_FINDINGS:
		return audit_options_mark(text, member, wrong) ? 0 : fail(p, "--%s: %s", row->name, wrong);
	case OPTION_HOST:
		return check_value(p, row, text, table_form_parse_host(text, &o->hosts[o->hosts_len++]), "an address");
	}
	return 0;
}

/* ---- Words -------------------------------------------------------------------------------------------------- */

static const struct option_row *find_name(const char *name, size_t len)
{
	size_t i;

	for (i = 0; i < option_rows_len; i++)
		if (strlen(option_rows[i].name) == len && memcmp(option_rows[i].name, name, len) == 0)
			return &option_rows[i];
	return NULL;
}

/* A lone - is a word of its own: standard input, or a minus in a filter. */
static bool looks_like_option(const char *word)
{
	return word[0] == '-' && word[1] != '\0';
}

/* The value that stands in the next word. */
static int take_next(struct parser *p, const struct option_row *row, const char *word)
{
	if (p->next == p->argc || looks_like_option(p->argv[p->next]))
		return fail(p, "%s: %s is missing", word, row->value);
	return take_value(p, row, p->argv[p->next++]);
}

static int fail_unknown(struct parser *p, const char *name, size_t len)
{
	char word[64];
	const char *best = NULL;
	size_t i;

	snprintf(word, sizeof(word), "%.*s", len < sizeof(word) ? (int)len : (int)sizeof(word) - 1, name);
	for (i = 0; i < option_rows_len; i++)
		nearest_offer(word, option_rows[i].name, &best);
	if (best != NULL)
		return fail(p, "unknown option '--%s'; did you mean --%s?", word, best);
	return fail(p, "unknown option '--%s'", word);
}

/* `word` is --name, --name=value, or --name with the value in the next word. */
static int take_long(struct parser *p, const char *word)
{
	const char *name = word + 2;
	size_t len = strcspn(name, "=");
	const char *value = name[len] == '=' ? name + len + 1 : NULL;
	const struct option_row *row = find_name(name, len);

	if (row == NULL)
		return fail_unknown(p, name, len);
	if (row->value == NULL && value != NULL)
		return fail(p, "--%s takes no value, but has '%s'", row->name, value);
	if (row->value == NULL) {
		take_flag(p, row);
		return 0;
	}
	return value != NULL ? take_value(p, row, value) : take_next(p, row, word);
}

/* `word` is a dash and letters; the last one may have its value behind it or in the next word. */
static int take_letters(struct parser *p, const char *word)
{
	const char *letter;

	for (letter = word + 1; *letter != '\0'; letter++) {
		const struct option_row *row = option_row_of_letter(*letter);
		char name[3] = { '-', *letter, '\0' };

		if (row == NULL)
			return word[2] == '\0' ? fail(p, "unknown option '%s'", word)
					       : fail(p, "unknown option '%s' in '%s'", name, word);
		if (row->value != NULL)
			return letter[1] != '\0' ? take_value(p, row, letter + 1) : take_next(p, row, name);
		take_flag(p, row);
	}
	return 0;
}

static int take_words(struct parser *p)
{
	bool is_option_allowed = true;

	while (p->next < p->argc) {
		const char *word = p->argv[p->next++];
		int result = 0;

		if (is_option_allowed && strcmp(word, "--") == 0)
			is_option_allowed = false;
		else if (!is_option_allowed || !looks_like_option(word))
			p->words[p->words_len++] = word;
		else if (word[1] == '-')
			result = take_long(p, word);
		else
			result = take_letters(p, word);
		if (result != 0)
			return result;
	}
	return 0;
}

/* ---- What the words mean ------------------------------------------------------------------------------------ */

/* The first word that is no option is the view if it is the name of one. */
static const struct view_row *take_view(struct parser *p)
{
	size_t i;

	for (i = 0; p->words_len > 0 && i < view_rows_len; i++) {
		if (strcmp(p->words[0], view_rows[i].name) == 0) {
			p->words++;
			p->words_len--;
			return &view_rows[i];
		}
	}
	return &view_rows[0];
}

/* A word next to a view's name is no filter but a slip; libpcap would look it up as the name of a host. Except "tcp",
 * which is a filter, however near "top" is. */
static int check_slip(struct parser *p)
{
	const char *best = NULL;
	size_t i;

	if (p->words_len == 0 || strcmp(p->words[0], "tcp") == 0)
		return 0;
	for (i = 0; i < view_rows_len; i++)
		nearest_offer(p->words[0], view_rows[i].name, &best);
	if (best != NULL && strcmp(p->words[0], best) != 0)
		return fail(p, "'%s' is not a view; did you mean %s?", p->words[0], best);
	return 0;
}

static int check_options_fit(struct parser *p, const struct view_row *view)
{
	size_t i;

	for (i = 0; i < option_rows_len; i++)
		if (p->was_given[i] && (option_rows[i].views & view->bit) == 0)
			return fail(p, "--%s means nothing to the view %s", option_rows[i].name, view->name);
	return 0;
}

static int join_filter(struct parser *p)
{
	size_t size = 1;
	size_t i;
	char *end;

	if (p->words_len == 0)
		return 0;
	for (i = 0; i < p->words_len; i++)
		size += strlen(p->words[i]) + 1;
	end = p->options->filter = malloc(size);
	if (end == NULL)
		return fail(p, "out of memory");
	for (i = 0; i < p->words_len; i++)
		end += sprintf(end, "%s%s", i > 0 ? " " : "", p->words[i]);
	return 0;
}

/* The name of a finding, or words to look for in the catalogue. */
static int take_finding(struct parser *p)
{
	int result = join_filter(p);

	p->options->finding = p->options->filter;
	return result;
}

/* An interface or files; what belongs to the one means nothing for the other. */
static int take_input(struct parser *p)
{
	struct options *o = p->options;
	size_t i;

	for (i = 0; o->live.interface == NULL && i < option_rows_len; i++)
		if (p->was_given[i] && option_row_is_live(&option_rows[i]))
			return fail(p, "--%s needs an interface to capture from: -i NAME", option_rows[i].name);
	if (o->live.interface == NULL)
		return 0;
	if (o->files_len > 0)
		return fail(p, "-i %s and -r %s: it is either an interface or files", o->live.interface, o->files[0]);
	if (o->at.kind != MOMENT_NONE)
		return fail(p, "--at needs a capture file; an interface shows the present");
	if (o->audit.write_baseline != NULL)
		return fail(p, "--write-baseline needs a capture file; no file is opened while capturing");
	o->files[o->files_len++] = o->live.interface;
	return 0;
}

/* The table and the audit have other forms, each a view of its own. */
static int take_form(struct parser *p)
{
	const char *error;

	if (p->options->view == &view_table)
		p->options->view = table_form(p->options, &error);
	else if (p->options->view == &view_audit)
		p->options->view = audit_form(p->options, &error);
	else
		return 0;
	return p->options->view != NULL ? 0 : fail(p, "%s", error);
}

static int understand(struct parser *p)
{
	const struct view_row *view;

	if (p->options->help || p->options->version || p->options->has_completion)
		return 0;
	view = take_view(p);
	audit_options_settle(&p->options->audit);
	p->options->view = view->view;
	if (check_options_fit(p, view) != 0)
		return -1;
	if (view->view == NULL)
		return take_finding(p);
	if (check_slip(p) != 0 || take_input(p) != 0 || take_form(p) != 0)
		return -1;
	return join_filter(p);
}

int options_parse(struct options *options, int argc, char *const argv[], char error[OPTIONS_ERROR_MAX])
{
	struct parser p = { .options = options, .argc = argc, .argv = argv, .next = 1, .error = error };
	const char **words = calloc((size_t)argc + 1, sizeof(*words));
	int result;

	memset(options, 0, sizeof(*options));
	options->top = TOP_DEFAULT;
	options->files = calloc((size_t)argc + 1, sizeof(*options->files));
	options->hosts = calloc((size_t)argc + 1, sizeof(*options->hosts));
	options->audit.merged = calloc((size_t)argc + 1, sizeof(*options->audit.merged));
	p.words = words;
	if (words == NULL || options->files == NULL || options->hosts == NULL || options->audit.merged == NULL)
		result = fail(&p, "out of memory");
	else
		result = take_words(&p) != 0 ? -1 : understand(&p);
	free(words);
	return result;
}

void options_fini(struct options *options)
{
	free(options->files);
	free(options->hosts);
	free(options->audit.merged);
	free(options->filter);
	memset(options, 0, sizeof(*options));
}
