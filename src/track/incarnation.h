/*
 * Which connection a segment belongs to, among those of one 4-tuple (DESIGN 4): a new ISN begins a new connection, a
 * repeated SYN does not. A new SYN to a connection that is alive may be blind, or its sender may have restarted: it is set
 * aside as a candidate until its sender or its receiver tells.
 */
#ifndef TRACK_INCARNATION_H
#define TRACK_INCARNATION_H

#include "track/connection.h"

enum incarnation {
	INCARNATION_THIS,      /* feed it to the connection */
	INCARNATION_OLDER,     /* feed it to the one before */
	INCARNATION_NEW,       /* it begins a connection */
	INCARNATION_CANDIDATE, /* count it here; it may begin one */
	INCARNATION_LATE,      /* likewise, but a late copy of this one's SYN: its sender opens nothing */
	INCARNATION_PROMOTED,  /* the candidate did begin one: feed that its SYN, then this segment */
	INCARNATION_FOREIGN,   /* it tells of one before that the capture has not shown: make that */
};

/* `c` is the newest connection of the 4-tuple of `s`, which side `who` sent. May forget the candidate of `c`. */
enum incarnation incarnation_of(struct ws_connection *c, unsigned who, const struct segment *s);

/* RFC 6191 2, RFC 9293 3.6.1: is the SYN `s`, sent by side `who`, newer than all that this side has sent in `c`? Timestamps
 * tell, where both have them and they differ; else the sequence number. */
bool incarnation_is_newer(const struct ws_connection *c, unsigned who, const struct segment *s);

#endif
