#include "view/screen.h"

#include <string.h>

#define TO_TOP "\033[H"
#define CLEAR_LINE "\033[K"
#define CLEAR_BELOW "\033[J"

/* What was there is overwritten line by line rather than cleared first: nothing flickers. No line feed follows the last
 * line, so that a full screen does not scroll. */
void screen_show(struct text *out, const struct text *page, unsigned height)
{
	const char *at = page->data;
	const char *end = at + page->len;

	text_puts(out, TO_TOP);
	for (unsigned i = 0; i < height && at < end; i++) {
		const char *line_end = memchr(at, '\n', (size_t)(end - at));
		size_t len = (size_t)((line_end ? line_end : end) - at);

		if (i > 0)
			text_char(out, '\n');
		text_write(out, at, len);
		text_puts(out, CLEAR_LINE);
		at += len + (line_end != NULL);
	}
	text_puts(out, CLEAR_BELOW);
}

void screen_clear(struct text *out)
{
	text_puts(out, TO_TOP CLEAR_BELOW);
}
