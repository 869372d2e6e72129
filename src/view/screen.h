/*
 * A page of text that takes the place of the one before it, on a terminal that knows the usual control sequences (ECMA-48).
 */
#ifndef VIEW_SCREEN_H
#define VIEW_SCREEN_H

#include "base/text.h"

/* Appends to `out` what shows the lines of `page`, at most `height` of them, from the top of the screen. */
void screen_show(struct text *out, const struct text *page, unsigned height);

/* Appends what clears the screen. */
void screen_clear(struct text *out);

#endif
