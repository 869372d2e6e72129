/*
 * Findings about the ports of a connection that are used again: what holds between it and the one before it of its 4-tuple
 * (RFC 9293 3.4.1, 3.5.1, 3.6.1). In the full audit only.
 */
#ifndef TRACK_REUSE_H
#define TRACK_REUSE_H

#include "track/connection.h"

/* `s` of side `who` has begun `c`, which has an older one. `is_told`: it was told of before, with the older. */
void reuse_begun(struct context *context, struct ws_connection *c, unsigned who, const struct segment *s, bool is_told);

/* The SYN-ACK `s` has accepted `c`, which side `opener` opens; `old` is still there. */
void reuse_accepted(struct context *context, struct ws_connection *c, const struct ws_connection *old, unsigned opener,
		    const struct segment *s);

/* Side `who` has sent `s`, which is not of `c` but of the one before it (`old`; NULL: there was no room for that). */
void reuse_crossed(struct context *context, const struct ws_connection *c, struct ws_connection *old, unsigned who,
		   const struct segment *s);

#endif
