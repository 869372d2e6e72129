/*
 * What standard output is: how wide, and whether it wants colours.
 */
#ifndef CLI_TERMINAL_H
#define CLI_TERMINAL_H

#include <stdbool.h>

enum color_choice { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

/* Columns of the terminal that standard output is; 0 when it is none. */
unsigned terminal_width(void);

/* Its lines. */
unsigned terminal_height(void);

/* AUTO: a terminal that is not dumb, and NO_COLOR is not set (https://no-color.org). */
bool terminal_wants_color(enum color_choice choice);

#endif
