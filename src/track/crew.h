/*
 * The crew of a tracker with threads (ws_config.threads): whoever feeds it makes the entries, and one thread takes them, so
 * that packets are read and decoded while others find their connections. One that makes, one that takes, and groups of
 * entries in a ring between them: everything is taken in the order in which it was fed, and so is the same as without.
 *
 * Invariant: groups [taken, handed) of the ring belong to the thread, the others to the caller; the rest of the tracker but
 * its gate belongs to the thread while there are any, else to the caller (crew_settle).
 */
#ifndef TRACK_CREW_H
#define TRACK_CREW_H

#include <stddef.h>

#include "track/group.h"

struct crew;

/* A thread that waits for work, signals blocked; **filling is the group to be filled by the caller, from now on. NULL when
 * there is no memory for it or no thread to be had. */
struct crew *crew_new(ws_tracker *t, struct group ***filling);

/* The thread takes what was handed over, and ends. `crew` may be NULL. */
void crew_free(struct crew *crew);

/* Hands over the group that was filled: another one, which is empty, takes its place. Waits for it if need be. */
void crew_hand_over(struct crew *crew);

/* The thread shall not wait for more before it takes what was handed over. */
void crew_hurry(struct crew *crew);

/* Hands over whatever was filled, and returns when all is taken; at once when it is the thread that calls. */
void crew_settle(struct crew *crew);

/* WS_ERROR_MEMORY when there was no memory for an entry since the last call. */
int crew_error(struct crew *crew);

#endif
