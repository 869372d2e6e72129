/*
 * Findings that wait for a witness. Some numbers look wrong only because the capture has lost, or not yet shown, what would
 * make them right: a RST beyond a hole, an acknowledgement of data still to come, a SYN on a connection whose end was missed.
 * Such a finding is held until somebody bears it out: the receiver answers as the RFC asks of it, or a side goes on as if
 * nothing had happened. It then names the frame that raised it. Without a witness it is dropped.
 */
#ifndef TRACK_SUSPICION_H
#define TRACK_SUSPICION_H

#include "track/connection.h"

/* What the suspicions of a connection take, once there are any. */
size_t suspicion_bytes(void);

/* Holds the finding if it needs a witness, or drops it if nothing was captured to judge by; false: it is to be told now.
 * Side `who` sent `s`. */
bool suspicion_hold(struct context *context, struct ws_connection *c, unsigned who, const struct segment *s,
		    const struct finding *finding);

/* Side `who` sent `s`, which is no copy and comes after what is held: tells what it bears out. There
 * are suspicions. */
void suspicion_judge(struct context *context, struct ws_connection *c, unsigned who, const struct segment *s);

#endif
