/*
 * The terminal as the top view sees it: a frame to show, a key that was pressed. The only file that knows curses; built
 * without ncursesw it says so and does nothing. There is one screen.
 */
#ifndef VIEW_TOP_SCREEN_H
#define VIEW_TOP_SCREEN_H

#include "view/top_frame.h"

/* Why there can be no full screen, in a few words; NULL when there can. */
const char *top_screen_obstacle(void);

/* False when it cannot be had after all. */
bool top_screen_open(void);
void top_screen_close(void);

/* The descriptor that keys come from. */
int top_screen_input(void);

size_t top_screen_width(void);
size_t top_screen_height(void);

void top_screen_show(const struct top_frame *frame);

/* As if nothing of what was shown were still there. */
void top_screen_forget(void);

/* The next key that was pressed, of enum top_key; TOP_KEY_NONE when there is none. */
int top_screen_key(void);

#endif
