/*
 * What a run does besides when it captures from an interface: it gives up root, lets time go by when no packet comes,
 * and ends when it is told to. For files all of this does nothing.
 */
#ifndef CLI_WATCH_H
#define CLI_WATCH_H

#include "cli/run_inside.h"

/* Opens the interface and gives up root. False when that fails, which was told. */
bool watch_open(struct run *run);

/* From here on nothing more is opened. False when that cannot be arranged, which was told. */
bool watch_close_doors(struct run *run);

void watch_fini(struct run *run);

/* How often the view shows itself anew on the screen; 0: not before the end. */
int64_t watch_refresh(const struct run *run);

/* The screen may have got another size. */
void watch_screen(struct run *run);

/* Before a packet of this time is taken. False: the capture ended before it. */
bool watch_packet(struct run *run, ws_time now);

/* Nothing came, up to this time. */
void watch_idle(struct run *run, ws_time now);

/* INT or TERM came. True: go on for the moment, to read what was captured before. */
bool watch_has_rest(struct run *run);

/* After reading. */
void watch_end(struct run *run);

#endif
