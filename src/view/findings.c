/*
 * The catalogue of findings, as a list or one of them in full.
 */
#include <string.h>

#include "view/color.h"
#include "view/fields.h"
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
	text_pad(out, from, ID_WIDTH);
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

bool view_findings(FILE *out, const struct view_options *options, const char *id)
{
	struct text text = { 0 };
	enum ws_finding_id only;

	if (id && !ws_finding_parse(id, &only))
		return false;
	if (options->format == VIEW_TSV)
		object(&text, FIELDS_TSV_NAMES, ws_finding_info((enum ws_finding_id)0));
	if (id)
		one(&text, options, only, false);
	for (unsigned i = 0; !id && i < WS_FINDING_COUNT; i++)
		one(&text, options, (enum ws_finding_id)i, true);
	parts_emit(&text, out);
	text_fini(&text);
	return true;
}
