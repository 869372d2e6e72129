/*
 * A ladder as a case: the notation of tests/cases/README.md, from which the same segments can be made again.
 */
#include "view/ladder_text.h"
#include "view/parts.h"
#include "view/segment_text.h"

#define TIME_WIDTH 4 /* and the decimals */
#define STATE_WIDTH 14
#define SEGMENT_WIDTH 58

static void address_line(struct text *out, const struct ladder *ladder, enum ws_side side)
{
	char end[PARTS_ENDPOINT_MAX];

	parts_endpoint(&ladder->addr[side], ladder->port[side], end);
	text_puts(out, side == WS_CLIENT ? "A " : "B ");
	text_puts(out, end);
	text_char(out, '\n');
}

static void case_state(struct text *out, const struct ladder_row *row, enum ws_side side)
{
	parts_state(out, (enum ws_state)row->state[side], row->is_presumed[side]);
}

static void case_row(struct text *out, const struct ladder_row *row, ws_time start, unsigned decimals)
{
	static const uint32_t raw[2];
	size_t from;

	parts_seconds(out, row->ts - start, decimals, TIME_WIDTH + decimals);
	text_char(out, ' ');
	from = out->len;
	case_state(out, row, WS_CLIENT);
	text_pad(out, from, STATE_WIDTH);
	text_puts(out, row->is_timer ? "-  " : row->segment.from == WS_CLIENT ? ">  " : "<  ");
	from = out->len;
	if (!row->is_timer)
		segment_text(out, &row->segment, SEGMENT_OPTIONS, raw);
	text_pad(out, from, SEGMENT_WIDTH);
	text_puts(out, "  ");
	case_state(out, row, WS_SERVER);
	if (!row->is_timer && row->segment.is_duplicate)
		text_puts(out, " !copy");
}

void ladder_case(struct text *out, const struct ladder *ladder, ws_time start)
{
	unsigned decimals = ladder_decimals(ladder, start);
	size_t note = 0;

	address_line(out, ladder, WS_CLIENT);
	address_line(out, ladder, WS_SERVER);
	for (size_t i = 0; i < ladder->rows_len; i++) {
		case_row(out, &ladder->rows[i], start, decimals);
		for (; note < ladder->notes_len && ladder->notes[note].row == i; note++) {
			text_puts(out, " !");
			text_puts(out, ws_finding_info(ladder->notes[note].finding)->id);
		}
		text_char(out, '\n');
	}
	if (ladder->left_out > 0) {
		text_puts(out, "# lines left out: ");
		text_u64(out, ladder->left_out);
		text_char(out, '\n');
	}
}
