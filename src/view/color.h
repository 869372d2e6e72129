/*
 * Colours of the terminal (ECMA-48 SGR): one for each group of states and each level. Off, they write nothing.
 */
#ifndef VIEW_COLOR_H
#define VIEW_COLOR_H

#include "base/text.h"
#include "wirestat.h"

/* Opens a colour; every one is closed by color_end. */
void color_state(struct text *text, bool is_on, enum ws_state state);
void color_level(struct text *text, bool is_on, enum ws_level level);
void color_dim(struct text *text, bool is_on);
void color_bold(struct text *text, bool is_on);
void color_end(struct text *text, bool is_on);

#endif
