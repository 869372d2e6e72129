/*
 * What must be put right when the program ends in the middle of a full screen, however it ends: the modes of the
 * terminal, its screen, and what was written to standard error meanwhile. A terminal is one per process, and so is this.
 */
#ifndef VIEW_TOP_GUARD_H
#define VIEW_TOP_GUARD_H

#include <stdbool.h>
#include <stddef.h>

#define TOP_GUARD_RESTORE_MAX 256

/* From now on messages on a terminal's standard error are kept back, and a signal that kills first writes `restore` onto
 * `fd`, gives the terminal its modes of now, and lets the messages go. A signal that is caught stays caught. */
void top_guard_begin(int fd, const char *restore);

/* The same without a signal, but for `restore`: the screen was closed in good order. */
void top_guard_end(void);

/* The last line of the messages that came since the last call. False when none did. */
bool top_guard_message(char *out, size_t size);

#endif
