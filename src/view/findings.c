/*
 * The catalogue of findings: as a list, the part of it in which some words occur, or one of them in full.
 */
#include <ctype.h>
#include <string.h>

#include "view/color.h"
#include "view/fields.h"
#include "view/findings_man.h"
#include "view/parts.h"
#include "view/view.h"

#define LEVEL_WIDTH 7
#define ID_WIDTH 26
#define LABEL_WIDTH 10

static void object(struct text *out, enum fields_mode mode, const struct ws_finding_info *info)
{
	struct fields f;

	fields_begin(&f, out, mode, "catalogue");
	fields_string(&f, "id", info->id);
	fields_string(&f, "level", ws_level_name(info->level));
	fields_string(&f, "scope", info->scope);
	fields_string(&f, "rfc", info->source);
	fields_string(&f, "values", info->values);
	fields_string(&f, "title", info->title);
	fields_string(&f, "meaning", info->meaning);
	fields_string(&f, "peers", *info->peers ? info->peers : NULL);
	fields_end(&f);
}

static void level(struct text *out, const struct ws_finding_info *info, bool color)
{
	color_level(out, color, info->level);
	text_puts(out, ws_level_name(info->level));
	color_end(out, color);
}

static void list_line(struct text *out, const struct ws_finding_info *info, bool color)
{
	size_t from;

	level(out, info, color);
	text_pad(out, out->len, LEVEL_WIDTH - strlen(ws_level_name(info->level)));
	from = out->len;
	text_puts(out, info->id);
	text_pad(out, from, ID_WIDTH - 2);
	text_puts(out, "  ");
	text_puts(out, info->title);
	text_char(out, '\n');
}

static void labelled(struct text *out, const char *name, const char *value)
{
	size_t from = out->len;

	text_puts(out, name);
	text_pad(out, from, LABEL_WIDTH);
	text_puts(out, value);
	text_char(out, '\n');
}

static void explain(struct text *out, const struct ws_finding_info *info, bool color)
{
	color_bold(out, color);
	text_puts(out, info->id);
	color_end(out, color);
	text_puts(out, ": ");
	text_puts(out, info->title);
	text_char(out, '\n');
	text_puts(out, info->meaning);
	text_puts(out, "\n\nlevel     ");
	level(out, info, color);
	text_char(out, '\n');
	labelled(out, "about", info->scope);
	labelled(out, "values", info->values);
	text_puts(out, "source    ");
	parts_source(out, info->source);
	text_char(out, '\n');
	if (*info->peers)
		labelled(out, "others", info->peers);
}

static void one(struct text *out, const struct view_options *options, enum ws_finding_id id, bool is_list)
{
	const struct ws_finding_info *info = ws_finding_info(id);

	if (options->format == VIEW_JSON)
		object(out, FIELDS_JSON, info);
	else if (options->format == VIEW_TSV)
		object(out, FIELDS_TSV_VALUES, info);
	else if (is_list)
		list_line(out, info, options->color);
	else
		explain(out, info, options->color);
}

/* ---- Searching ---------------------------------------------------------------------------------------------- */

/* Case does not count, and an underscore is a dash: peers write syn_ack where this catalogue has syn-ack. */
static int folded(char c)
{
	return c == '_' ? '-' : tolower((unsigned char)c);
}

static bool occurs(const char *word, size_t len, const char *in)
{
	for (; *in && len > 0; in++) {
		size_t i = 0;

		while (i < len && folded(in[i]) == folded(word[i]))
			i++;
		/* The 129:1 that somebody looks for is not the one of 129:13. */
		if (i == len && !(isdigit((unsigned char)word[i - 1]) && isdigit((unsigned char)in[i])))
			return true;
	}
	return len == 0;
}

/* Each word occurs somewhere in the row. */
static bool has_words(const struct ws_finding_info *info, const char *words)
{
	const char *const parts[] = { info->id, info->title, info->meaning, info->peers, info->source };

	while (*(words += strspn(words, " "))) {
		size_t len = strcspn(words, " ");
		bool is_found = false;

		for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
			is_found = is_found || occurs(words, len, parts[i]);
		if (!is_found)
			return false;
		words += len;
	}
	return true;
}

bool view_findings(FILE *out, const struct view_options *options, const char *words)
{
	struct text text = { 0 };
	enum ws_finding_id only = (enum ws_finding_id)0;
	bool is_one = words && ws_finding_parse(words, &only);
	bool is_found = is_one;

	if (options->format == VIEW_TSV)
		object(&text, FIELDS_TSV_NAMES, ws_finding_info((enum ws_finding_id)0));
	if (is_one)
		one(&text, options, only, false);
	for (unsigned i = 0; !is_one && i < WS_FINDING_COUNT; i++) {
		if (words && !has_words(ws_finding_info((enum ws_finding_id)i), words))
			continue;
		one(&text, options, (enum ws_finding_id)i, true);
		is_found = true;
	}
	if (is_found)
		parts_emit(&text, out);
	text_fini(&text);
	return is_found;
}

void view_findings_man(FILE *out)
{
	struct text text = { 0 };

	findings_man(&text);
	parts_emit(&text, out);
	text_fini(&text);
}
