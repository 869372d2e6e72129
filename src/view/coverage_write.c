/*
 * Coverage as a table for people, as one JSON object, and as TSV, which has the whole histogram and can be read back.
 */
#include <string.h>

#include "base/clock.h"
#include "view/color.h"
#include "view/coverage.h"
#include "view/fields.h"
#include "view/parts.h"

#define EVENT_WIDTH 16
#define STATES_WIDTH 30
#define NAME_WIDTH 8

/* ---- People -------------------------------------------------------------------------------------------------- */

static void states(struct text *out, const struct coverage_arrow *arrow)
{
	size_t from = out->len;

	text_printf(out, "%s -> %s", ws_state_name(arrow->from), ws_state_name(arrow->to));
	text_pad(out, from, STATES_WIDTH);
}

static void line(struct text *out, const struct coverage *coverage, size_t i, bool color)
{
	const struct coverage_arrow *arrow = coverage_arrow(i);
	const struct coverage_count *count = &coverage->arrows[i];
	int64_t median = coverage_median(count);
	char duration[CLOCK_TEXT_MAX];
	size_t from = out->len;

	text_puts(out, arrow->name);
	text_pad(out, from, NAME_WIDTH);
	states(out, arrow);
	from = out->len;
	text_puts(out, ws_cause_name(arrow->cause));
	text_pad(out, from, EVENT_WIDTH);
	if (count->count == 0) {
		color_level(out, color, coverage_is_visible(i) ? WS_WARN : WS_INFO);
		text_puts(out, coverage_is_visible(i) ? "   never" : "   a call, not seen on the wire");
		color_end(out, color);
	} else {
		parts_number(out, count->count, 8);
		parts_number(out, count->proven, 9);
		text_printf(out, "%9s", median < 0 ? "-" : clock_duration_text(median, duration));
	}
	text_char(out, '\n');
}

static void people(struct text *out, const struct coverage *coverage, bool color)
{
	text_printf(out, "%u of the %u arrows of RFC 9293 figure 5 that show on the wire, in %llu connections\n\n",
		    coverage_seen(coverage), coverage_visible(), (unsigned long long)coverage->connections);
	text_puts(out, "ARROW   FROM -> TO                    EVENT              COUNT   PROVEN   MEDIAN\n");
	for (size_t i = 0; i < coverage_arrows(); i++) {
		if (i < COVERAGE_FIGURE || coverage->arrows[i].count > 0)
			line(out, coverage, i, color);
	}
	if (coverage->midstream > 0)
		text_printf(out, "\n%llu sides were met in the middle of their connection\n",
			    (unsigned long long)coverage->midstream);
	if (coverage->other > 0)
		text_printf(out, "\n%llu steps are no arrow of the machine\n", (unsigned long long)coverage->other);
}

/* ---- Machines ------------------------------------------------------------------------------------------------ */

static void json_arrow(struct json *json, const struct coverage *coverage, size_t i)
{
	const struct coverage_arrow *arrow = coverage_arrow(i);
	const struct coverage_count *count = &coverage->arrows[i];
	int64_t median = coverage_median(count);

	json_object_begin(json, NULL);
	json_string(json, "arrow", arrow->name);
	json_string(json, "from", ws_state_name(arrow->from));
	json_string(json, "event", ws_cause_name(arrow->cause));
	json_string(json, "to", ws_state_name(arrow->to));
	json_bool(json, "in_figure", i < COVERAGE_FIGURE);
	json_bool(json, "on_the_wire", coverage_is_visible(i));
	json_u64(json, "count", count->count);
	json_u64(json, "proven", count->proven);
	if (median >= 0)
		json_i64(json, "median_ns", median);
	json_object_end(json);
}

static void json(struct text *out, const struct coverage *coverage)
{
	struct fields f;

	fields_begin(&f, out, FIELDS_JSON, "coverage");
	fields_u64(&f, "connections", true, coverage->connections);
	fields_u64(&f, "midstream", true, coverage->midstream);
	fields_u64(&f, "other", true, coverage->other);
	fields_u64(&f, "seen", true, coverage_seen(coverage));
	fields_u64(&f, "of", true, coverage_visible());
	json_array_begin(&f.json, "arrows");
	for (size_t i = 0; i < coverage_arrows(); i++)
		json_arrow(&f.json, coverage, i);
	json_array_end(&f.json);
	fields_end(&f);
}

static void dwell(struct text *out, const struct coverage_count *count)
{
	const char *comma = "";

	for (unsigned i = 0; i < COVERAGE_BUCKETS; i++) {
		if (count->dwell[i] == 0)
			continue;
		text_printf(out, "%s%u:%llu", comma, i, (unsigned long long)count->dwell[i]);
		comma = ",";
	}
}

static void tsv(struct text *out, const struct coverage *coverage)
{
	text_puts(out, "arrow\tfrom\tevent\tto\tcount\tproven\tmedian_ns\tdwell\n");
	text_printf(out, "connections\t\t\t\t%llu\t\t\t\n", (unsigned long long)coverage->connections);
	text_printf(out, "midstream\t\t\t\t%llu\t\t\t\n", (unsigned long long)coverage->midstream);
	text_printf(out, "other\t\t\t\t%llu\t\t\t\n", (unsigned long long)coverage->other);
	for (size_t i = 0; i < coverage_arrows(); i++) {
		const struct coverage_arrow *arrow = coverage_arrow(i);
		const struct coverage_count *count = &coverage->arrows[i];
		int64_t median = coverage_median(count);

		text_printf(out, "%s\t%s\t%s\t%s\t%llu\t%llu\t", arrow->name, ws_state_name(arrow->from),
			    ws_cause_name(arrow->cause), ws_state_name(arrow->to), (unsigned long long)count->count,
			    (unsigned long long)count->proven);
		if (median >= 0)
			text_i64(out, median);
		text_char(out, '\t');
		dwell(out, count);
		text_char(out, '\n');
	}
}

void coverage_write(struct text *out, const struct coverage *coverage, const struct view_options *options)
{
	switch (options->format) {
	case VIEW_PEOPLE:
		people(out, coverage, options->color);
		break;
	case VIEW_JSON:
		json(out, coverage);
		break;
	case VIEW_TSV:
		tsv(out, coverage);
		break;
	}
}
