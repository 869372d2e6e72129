/*
 * A screen of the top view as text: lines in the colours of view/color.h (SGR codes), none wider or more than the
 * screen has room for. A line too much is left out, what is too wide is cut off at the right.
 */
#ifndef VIEW_TOP_FRAME_H
#define VIEW_TOP_FRAME_H

#include "base/text.h"

#define TOP_LINES_MAX 512

/* What a whole line is, besides its colours. */
enum top_mark { TOP_PLAIN, TOP_BAR, TOP_SELECTED, TOP_FADED };

struct top_frame {
	size_t width;
	size_t height; /* TOP_LINES_MAX at most */
	size_t len;    /* lines so far */
	struct text text;
	size_t at[TOP_LINES_MAX + 1]; /* line i is text[at[i], at[i + 1]) */
	enum top_mark mark[TOP_LINES_MAX];
};

/* Empties it. */
void top_frame_begin(struct top_frame *frame, size_t width, size_t height);

/* Adds a line. */
void top_frame_line(struct top_frame *frame, const char *s, size_t len, enum top_mark mark);
void top_frame_puts(struct top_frame *frame, const char *s, enum top_mark mark);

/* Adds empty lines until there are `height`. */
void top_frame_fill(struct top_frame *frame, size_t height);

/* Adds the items of `s`, which two blanks separate, on as many lines as they need, at most `lines`. */
void top_frame_wrap(struct top_frame *frame, const char *s, size_t len, size_t lines);

/* Columns that the text takes: SGR codes take none, a code point one. */
size_t top_frame_columns(const char *s, size_t len);

/* Length of the SGR code that `s` begins with; 0 when it begins with none. */
size_t top_frame_code(const char *s, size_t len);

#endif
