/*
 * A screen of the top view as text.
 */
#include "view/top_frame.h"

#include <string.h>

void top_frame_begin(struct top_frame *frame, size_t width, size_t height)
{
	text_clear(&frame->text);
	frame->width = width;
	frame->height = height < TOP_LINES_MAX ? height : TOP_LINES_MAX;
	frame->len = 0;
	frame->at[0] = 0;
}

size_t top_frame_code(const char *s, size_t len)
{
	size_t i = 2;

	if (len < 3 || s[0] != '\x1B' || s[1] != '[')
		return 0;
	while (i < len && ((s[i] >= '0' && s[i] <= '9') || s[i] == ';'))
		i++;
	return i < len && s[i] == 'm' ? i + 1 : 0;
}

static bool is_continuation(char c)
{
	return ((unsigned char)c & 0xC0) == 0x80;
}

size_t top_frame_columns(const char *s, size_t len)
{
	size_t columns = 0;

	for (size_t i = 0; i < len;) {
		size_t code = top_frame_code(s + i, len - i);

		columns += code == 0 && !is_continuation(s[i]);
		i += code > 0 ? code : 1;
	}
	return columns;
}

/* All codes are kept, so that colours end as they should. */
static void write_cut(struct text *out, const char *s, size_t len, size_t width)
{
	size_t columns = 0;

	for (size_t i = 0; i < len;) {
		size_t code = top_frame_code(s + i, len - i);

		columns += code == 0 && !is_continuation(s[i]);
		if (code > 0 || columns <= width)
			text_write(out, s + i, code > 0 ? code : 1);
		i += code > 0 ? code : 1;
	}
}

void top_frame_line(struct top_frame *frame, const char *s, size_t len, enum top_mark mark)
{
	if (frame->len == frame->height)
		return;
	write_cut(&frame->text, s, len, frame->width);
	frame->mark[frame->len++] = mark;
	frame->at[frame->len] = frame->text.len;
}

void top_frame_puts(struct top_frame *frame, const char *s, enum top_mark mark)
{
	top_frame_line(frame, s, strlen(s), mark);
}

void top_frame_fill(struct top_frame *frame, size_t height)
{
	while (frame->len < height && frame->len < frame->height)
		top_frame_line(frame, "", 0, TOP_PLAIN);
}

void top_frame_wrap(struct top_frame *frame, const char *s, size_t len, size_t lines)
{
	size_t begin = 0; /* of the line */
	size_t end = 0;   /* of what fits into it */
	size_t next = 0;  /* where the item after that begins */

	while (next < len && lines > 0) {
		const char *gap = memmem(s + next, len - next, "  ", 2);
		size_t item_end = gap ? (size_t)(gap - s) : len;

		if (end > begin && top_frame_columns(s + begin, item_end - begin) > frame->width) {
			top_frame_line(frame, s + begin, end - begin, TOP_PLAIN);
			begin = next;
			lines--;
		}
		end = item_end;
		next = gap ? item_end + 2 : len;
	}
	if (lines > 0 && end > begin)
		top_frame_line(frame, s + begin, end - begin, TOP_PLAIN);
}
