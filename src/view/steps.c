/*
 * The settled path of a side as lines for people.
 */
#include "view/steps.h"

#include "view/color.h"
#include "view/outer.h"
#include "view/parts.h"

#define INDENT "  "
#define LABEL_WIDTH 8 /* "client  " */

/* A state, its frame (or that a timer did it), its time. */
static void step_text(struct text *step, const struct ws_step *what, ws_time start, bool color)
{
	int64_t since = what->earliest == WS_TIME_NONE ? 0 : what->earliest - start;

	color_state(step, color, what->state);
	parts_state(step, what->state, what->evidence == WS_PRESUMED);
	color_end(step, color);
	if (what->frame > 0) {
		text_puts(step, " #");
		text_u64(step, what->frame);
	} else {
		text_puts(step, what->evidence == WS_TIMER ? " timer" : "");
	}
	if (what->earliest == WS_TIME_NONE)
		return;
	text_puts(step, since < 0 ? " " : " +");
	parts_seconds(step, since, 6, 0);
}

/* The same without colours tells how wide it is. */
static size_t step_width(const struct ws_step *what, ws_time start)
{
	struct text plain = { 0 };

	step_text(&plain, what, start, false);

	size_t width = plain.len;

	text_fini(&plain);
	return width;
}

void steps_outer_line(struct text *out, const struct ws_record *record)
{
	struct text outer = { 0 };

	outer_text(&outer, record);
	if (text_failed(&outer))
		out->failed = true;
	if (outer.len > 0) {
		text_puts(out, INDENT "outer   ");
		text_write(out, outer.data, outer.len);
		text_char(out, '\n');
	}
	text_fini(&outer);
}

void steps_lines(struct text *out, const struct ws_record *record, enum ws_side side, size_t width, bool color)
{
	const struct ws_endpoint *endpoint = &record->endpoint[side];
	const size_t indent = sizeof(INDENT) - 1 + LABEL_WIDTH;
	size_t from = out->len;
	size_t used = indent;

	text_puts(out, INDENT);
	text_puts(out, ws_side_name(side));
	text_pad(out, from, indent);
	if (endpoint->path_len == 0)
		text_char(out, '-');
	for (size_t i = 0; i < endpoint->path_len; i++) {
		size_t step = step_width(&endpoint->path[i], record->start);

		if (i > 0 && width > 0 && used + 2 + step > width) {
			text_char(out, '\n');
			text_pad(out, out->len, indent);
			used = indent;
		} else if (i > 0) {
			text_puts(out, "  ");
			used += 2;
		}
		step_text(out, &endpoint->path[i], record->start, color);
		used += step;
	}
	text_char(out, '\n');
}
