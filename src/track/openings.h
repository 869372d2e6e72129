/*
 * What the openings of many connections have in common: first numbers that do not change (RFC 9293 3.4.1), and time stamps
 * that hold the options of a SYN, as Linux's SYN cookies have them (RFC 4987 3.6). A table of fixed size, in which a host
 * takes the place of whoever has the same hash: some may be overlooked, none is blamed for another. Full audit only.
 */
#ifndef TRACK_OPENINGS_H
#define TRACK_OPENINGS_H

#include "track/connection.h"

#define OPENINGS_MAX 256

struct number_habit {
	uint64_t host;
	uint64_t tuple; /* the newest */
	uint32_t isn;
	uint8_t run; /* connections in a row with that ISN */
};

struct cookie_habit {
	uint64_t hosts; /* and port */
	ws_time last;
	uint8_t offset; /* of the time stamp against the options, modulo 64 */
	uint8_t run;    /* SYN-ACKs in a row with that offset */
};

struct openings {
	uint64_t key[2];
	struct number_habit number[OPENINGS_MAX];
	struct cookie_habit cookie[OPENINGS_MAX];
};

void openings_init(struct openings *openings, uint64_t seed);

/* Side `who` of `c` has sent `s`, a SYN or SYN-ACK that was taken for its first. */
void openings_take(struct openings *openings, struct context *context, struct ws_connection *c, unsigned who,
		   const struct segment *s);

/* At the end of `c`: did it begin without a handshake, though the capture would have shown one? */
void openings_missing(struct context *context, struct ws_connection *c, const struct cause *cause);

#endif
