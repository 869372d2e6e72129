/*
 * A ladder for people, like a figure of RFC 9293: state, arrow, segment, arrow, state; in front of it frame and time.
 * Sequence numbers count from each side's ISN, which the head tells. In a narrow terminal a segment loses its options,
 * then its window, then the line its time, then the segment its end; states are never cut.
 */
#include <string.h>

#include "view/color.h"
#include "view/ladder_text.h"
#include "view/outer.h"
#include "view/parts.h"
#include "view/segment_text.h"

#define DECIMALS 6
#define TIME_WIDTH 10
#define STATE_MAX 13    /* "SYN-RECEIVED?" */
#define ARROWS_WIDTH 10 /* " --> " twice */
#define SEGMENT_MIN 12
#define SEGMENT_GOOD 24 /* "P.  1:1201(1200) ack 79"; with less room the time makes way */
#define SEGMENT_MAX 100

struct figure {
	const struct ladder *ladder;
	size_t width; /* of the terminal; 0: no limit */
	bool color;
	size_t frame_width;
	size_t time_width; /* 0: no time */
	size_t segment_width;
	ws_time start;
	uint32_t base[2];
};

/* The ISN, or what is nearest to it: the first number that a side used, or that the other side acknowledged. */
static uint32_t sequence_base(const struct ladder *ladder, const struct ws_record *record, enum ws_side side)
{
	if (record->endpoint[side].has_isn)
		return record->endpoint[side].isn;
	for (size_t i = 0; i < ladder->rows_len; i++) {
		const struct ws_segment *segment = &ladder->rows[i].segment;

		if (ladder->rows[i].is_timer)
			continue;
		if (segment->from == side)
			return segment->seq;
		if (segment->flags & WS_FLAG_ACK)
			return segment->ack;
	}
	return 0;
}

static size_t frame_width(const struct ladder *ladder)
{
	uint64_t highest = 0;
	size_t width = 2; /* "#" and a digit */

	for (size_t i = 0; i < ladder->rows_len; i++)
		highest = ladder->rows[i].frame > highest ? ladder->rows[i].frame : highest;
	for (; highest >= 10; highest /= 10)
		width++;
	return width;
}

/* What a terminal leaves for the segment. */
static size_t segment_room(const struct figure *figure)
{
	size_t rest = figure->frame_width + 1 + figure->time_width + STATE_MAX + ARROWS_WIDTH + STATE_MAX;

	if (figure->width == 0)
		return SEGMENT_MAX;
	return figure->width > rest ? figure->width - rest : 0;
}

/* As wide as the longest segment, as far as the terminal and reason allow. */
static size_t segment_width(const struct figure *figure)
{
	size_t limit = segment_room(figure);
	size_t widest = SEGMENT_MIN;
	struct text text = { 0 };

	for (size_t i = 0; i < figure->ladder->rows_len; i++) {
		if (figure->ladder->rows[i].is_timer)
			continue;
		text_clear(&text);
		segment_text(&text, &figure->ladder->rows[i].segment, SEGMENT_OPTIONS, figure->base);
		if (text.len > widest || text_failed(&text))
			widest = text_failed(&text) ? limit : text.len;
	}
	text_fini(&text);
	if (widest > limit)
		widest = limit;
	return widest > SEGMENT_MIN ? widest : SEGMENT_MIN;
}

static void people_state(struct text *out, const struct figure *figure, const struct ladder_row *row, enum ws_side side)
{
	enum ws_state state = (enum ws_state)row->state[side];
	size_t len = strlen(ws_state_name(state)) + row->is_presumed[side];

	color_state(out, figure->color, state);
	parts_state(out, state, row->is_presumed[side]);
	color_end(out, figure->color);
	if (side == WS_CLIENT && len < STATE_MAX)
		text_pad(out, out->len, STATE_MAX - len);
}

static void write_start(struct text *out, const struct text *whole, size_t width)
{
	if (whole->len <= width) {
		text_write(out, whole->data, whole->len);
		return;
	}
	text_write(out, whole->data, width > 2 ? width - 2 : 0);
	text_puts(out, "..");
}

/* The most of the segment that fits. */
static void people_segment(struct text *out, const struct figure *figure, const struct ws_segment *segment)
{
	struct text text = { 0 };
	size_t from = out->len;

	for (int detail = SEGMENT_OPTIONS; detail >= SEGMENT_NUMBERS; detail--) {
		text_clear(&text);
		segment_text(&text, segment, (enum segment_detail)detail, figure->base);
		if (text.len <= figure->segment_width)
			break;
	}
	if (text_failed(&text))
		out->failed = true;
	else
		write_start(out, &text, figure->segment_width);
	text_pad(out, from, figure->segment_width);
	text_fini(&text);
}

static void people_row(struct text *out, const struct figure *figure, const struct ladder_row *row)
{
	const char *arrow = row->is_timer ? " ... " : row->segment.from == WS_CLIENT ? " --> " : " <-- ";
	size_t from = out->len;

	if (row->frame > 0) {
		text_char(out, '#');
		text_u64(out, row->frame);
	}
	text_pad(out, from, figure->frame_width + 1);
	if (figure->time_width > 0) {
		parts_seconds(out, row->ts - figure->start, DECIMALS, TIME_WIDTH);
		text_char(out, ' ');
	}
	people_state(out, figure, row, WS_CLIENT);
	text_puts(out, arrow);
	from = out->len;
	if (row->is_timer)
		text_puts(out, "timer");
	else
		people_segment(out, figure, &row->segment);
	text_pad(out, from, figure->segment_width);
	text_puts(out, arrow);
	people_state(out, figure, row, WS_SERVER);
	if (!row->is_timer && row->segment.is_duplicate)
		text_puts(out, " (copy)");
	text_char(out, '\n');
}

/* Under its row: "! simultaneous-close: Both FINs crossed ... (RFC 9293 3.6)", cut at the end of the terminal. */
static void people_note(struct text *out, const struct figure *figure, enum ws_finding_id finding)
{
	const struct ws_finding_info *info = ws_finding_info(finding);
	size_t indent = figure->frame_width + 1;
	size_t room = figure->width > indent ? figure->width - indent : figure->width;
	struct text note = { 0 };

	text_puts(&note, "! ");
	text_puts(&note, info->id);
	text_puts(&note, ": ");
	text_puts(&note, info->title);
	text_puts(&note, " (");
	parts_source(&note, info->source);
	text_char(&note, ')');
	if (text_failed(&note))
		out->failed = true;
	text_pad(out, out->len, indent);
	color_level(out, figure->color, info->level);
	write_start(out, &note, room > 0 ? room : note.len);
	color_end(out, figure->color);
	text_char(out, '\n');
	text_fini(&note);
}

static void head_line(struct text *out, const struct figure *figure, const struct ws_record *record, enum ws_side side)
{
	const struct ws_endpoint *endpoint = &record->endpoint[side];
	char end[PARTS_ENDPOINT_MAX];

	parts_endpoint(&endpoint->addr, endpoint->port, end);
	color_bold(out, figure->color);
	text_puts(out, ws_side_name(side));
	text_char(out, ' ');
	text_puts(out, end);
	color_end(out, figure->color);
	if (endpoint->has_isn) {
		text_puts(out, "  ISN ");
		text_u64(out, endpoint->isn);
	}
	text_char(out, '\n');
}

static void outer_line(struct text *out, const struct ws_record *record)
{
	struct text outer = { 0 };

	outer_text(&outer, record);
	if (text_failed(&outer))
		out->failed = true;
	if (outer.len > 0) {
		text_puts(out, "outer ");
		text_write(out, outer.data, outer.len);
		text_char(out, '\n');
	}
	text_fini(&outer);
}

static void tail_line(struct text *out, const struct ladder *ladder, const struct ws_record *record)
{
	if (ladder->left_out > 0) {
		text_puts(out, "lines left out: ");
		text_u64(out, ladder->left_out);
		text_char(out, '\n');
	}
	text_puts(out, "handshake ");
	text_puts(out, ws_handshake_name(record->handshake));
	text_puts(out, ", close ");
	text_puts(out, ws_close_name(record->close));
	if (record->has_close_first && record->close != WS_CLOSE_SIMULTANEOUS) {
		text_puts(out, " by ");
		text_puts(out, ws_side_name(record->close_first));
	}
	text_char(out, '\n');
}

void ladder_people(struct text *out, const struct ladder *ladder, const struct ws_record *record,
		   const struct view_options *options)
{
	struct figure figure = { .ladder = ladder, .width = options->width, .color = options->color };
	size_t note = 0;

	figure.start = ladder->rows_len > 0 ? ladder->rows[0].ts : record->start;
	figure.frame_width = frame_width(ladder);
	figure.time_width = TIME_WIDTH + 1;
	if (segment_room(&figure) < SEGMENT_GOOD)
		figure.time_width = 0;
	figure.base[WS_CLIENT] = sequence_base(ladder, record, WS_CLIENT);
	figure.base[WS_SERVER] = sequence_base(ladder, record, WS_SERVER);
	figure.segment_width = segment_width(&figure);
	parts_time(out, figure.start);
	text_puts(out, "  ");
	text_puts(out, record->uid);
	text_char(out, '\n');
	head_line(out, &figure, record, WS_CLIENT);
	head_line(out, &figure, record, WS_SERVER);
	outer_line(out, record);
	for (size_t i = 0; i < ladder->rows_len; i++) {
		people_row(out, &figure, &ladder->rows[i]);
		for (; note < ladder->notes_len && ladder->notes[note].row == i; note++)
			people_note(out, &figure, ladder->notes[note].finding);
	}
	tail_line(out, ladder, record);
}
