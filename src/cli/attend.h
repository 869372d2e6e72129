/*
 * What a run attends to besides packets: signals that ask for something, and the progress bar.
 */
#ifndef CLI_ATTEND_H
#define CLI_ATTEND_H

#include "cli/run_inside.h"

/* Before the first packet. */
void attend_begin(struct run *run);

/* Whether each line is wanted as soon as there is one. */
bool attend_wants_lines(const struct run *run);

/* For every packet, and while none comes. */
void attend(struct run *run);

/* The bar goes, for something else is to be told. */
void attend_pause(struct run *run);

/* What was read, as people want it told: the summary, and with -v the details. */
void attend_summary(struct run *run);

#endif
