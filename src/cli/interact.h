/*
 * Interactive views: they are told, while the input is read and after it, that time goes by, and may ask for another
 * moment of it. A later one is reached by reading on, where packets come in the order of their times; an earlier one by
 * reading again. For every other view all of this does nothing.
 */
#ifndef CLI_INTERACT_H
#define CLI_INTERACT_H

#include "cli/run_inside.h"

/* Whether the input can be read again: files are, pipes are not. */
bool interact_can_seek(const struct options *options);

/* Before the first packet. */
void interact_begin(struct run *run);

/* For the source: while a pipe is silent, time goes by all the same. */
struct source_wait interact_wait(struct run *run);

/* Looks, at every packet, whether a tick is due. Reading ends when the view wants something else. */
void interact_keep_up(struct run *run);

/* The same when no packet comes. */
void interact_idle(struct run *run);

/* Takes note of a packet. True: it lies after the moment to be shown and is held back, reading can end. */
bool interact_holds(struct run *run, const struct ws_packet *packet, bool is_wanted);

/* Whether the view already wants something else than what is being read. */
bool interact_is_broken_off(const struct run *run);

/* After reading: waits until the view wants another moment, and makes the run ready to read up to it: true. False: this
 * is the end. */
bool interact(struct run *run);

#endif
