/*
 * The audit for people: a line for each finding, three for the verdict of a connection, and a list of all in the end.
 */
#include "view/audit_people.h"

#include "view/color.h"
#include "view/host_text.h"
#include "view/parts.h"
#include "view/verdict.h"

#define LEVEL_WIDTH 7 /* "alert  " */

static void label(struct text *out, const char *s, enum ws_level level, bool color)
{
	size_t from;

	color_level(out, color, level);
	from = out->len;
	text_puts(out, s);
	text_pad(out, from, LEVEL_WIDTH);
	color_end(out, color);
}

void audit_people_label(struct text *out, enum ws_level level, bool color)
{
	label(out, ws_level_name(level), level, color);
}

void audit_people_finding(struct text *out, const struct ws_event *event, const struct ws_record *record, bool color)
{
	const struct ws_finding_info *info = ws_finding_info(event->finding);

	label(out, ws_level_name(event->level), event->level, color);
	text_puts(out, info->id);
	if (event->frame > 0) {
		text_puts(out, "  #");
		text_u64(out, event->frame);
	}
	if (event->host) {
		host_ends(out, event->host);
	} else {
		if (record)
			parts_ends(out, record);
		text_puts(out, "  ");
		text_puts(out, ws_side_name(event->side));
	}
	parts_values(out, event);
	text_puts(out, "  ");
	parts_source(out, info->source);
	text_char(out, '\n');
}

/* "note   syn-retransmitted  a -> b  and 57 more up to #8123" */
static void more(struct text *out, const struct ws_record *record, const struct instances_item *item, bool color)
{
	const struct ws_finding_info *info = ws_finding_info(item->id);

	label(out, ws_level_name(info->level), info->level, color);
	text_puts(out, info->id);
	parts_ends(out, record);
	text_printf(out, "  and %u more", (unsigned)(item->count - item->told));
	if (item->last_frame > 0)
		text_printf(out, " up to #%llu", (unsigned long long)item->last_frame);
	text_char(out, '\n');
}

static void verdict_findings(struct text *out, const struct view_options *options, const struct ws_record *record)
{
	const char *lead = "  findings ";

	for (size_t i = 0; i < record->findings_len; i++) {
		const struct ws_finding_count *finding = &record->findings[i];

		if (view_judge(options, record, finding->id) != VIEW_COUNTS)
			continue;
		text_puts(out, lead);
		text_puts(out, ws_finding_info(finding->id)->id);
		if (finding->count > 1)
			text_printf(out, " x%u", (unsigned)finding->count);
		lead = ", ";
	}
}

void audit_people_verdict(struct text *out, const struct view_options *options, const struct ws_record *record,
			  const struct instances *instances)
{
	for (size_t i = 0; instances && i < instances->len; i++)
		if (instances->items[i].count > instances->items[i].told)
			more(out, record, &instances->items[i], options->color);
	label(out, "verdict", WS_INFO, options->color);
	parts_ends(out, record);
	verdict_findings(out, options, record);
	text_puts(out, "\n  handshake ");
	verdict_handshake_line(out, record, instances);
	text_puts(out, "\n  close ");
	verdict_close_line(out, record);
	text_char(out, '\n');
}

void audit_people_summary(struct text *out, const struct audit_sum *sum, bool color)
{
	uint64_t total = 0;

	for (unsigned i = 0; i < WS_LEVEL_COUNT; i++)
		total += sum->levels[i];
	text_puts(out, "\nconnections ");
	text_u64(out, sum->verdicts);
	text_puts(out, ", findings ");
	text_u64(out, total);
	if (sum->accepted > 0)
		text_printf(out, ", %llu accepted by the baseline", (unsigned long long)sum->accepted);
	text_char(out, '\n');
	for (unsigned level = WS_LEVEL_COUNT; level-- > 0;) {
		for (unsigned i = 0; i < WS_FINDING_COUNT; i++) {
			const struct ws_finding_info *info = ws_finding_info((enum ws_finding_id)i);

			if (sum->findings[i] == 0 || info->level != (enum ws_level)level)
				continue;
			label(out, ws_level_name(info->level), info->level, color);
			parts_number(out, sum->findings[i], 8);
			text_puts(out, "  ");
			text_puts(out, info->id);
			text_puts(out, ": ");
			text_puts(out, info->title);
			text_char(out, '\n');
		}
	}
}
