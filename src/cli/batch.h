/*
 * Packets taken many at a time, where nobody wants to look at anything between them: files as a whole, in views that have
 * nothing to do with time for a while. Everything else goes by run_take_packet.
 */
#ifndef CLI_BATCH_H
#define CLI_BATCH_H

#include "cli/run_inside.h"

/* Takes the packets that are at hand. False when there are none to be taken in this way: then the next one is to be read. */
bool batch_take(struct run *run);

#endif
