/*
 * The names of a connection: the Community ID (version 1 of its specification), which Zeek, Suricata and Arkime print
 * too, and the uid of our own records. Both are the same whichever side is called `a`, and depend on nothing but their
 * arguments, so that the same capture read again gives the same names.
 */
#ifndef TRACK_IDENTITY_H
#define TRACK_IDENTITY_H

#include "wirestat.h"

#define IDENTITY_COMMUNITY_ID_SIZE 31
#define IDENTITY_UID_SIZE 19

/* "1:" and 28 letters, by seed 0. `out` holds IDENTITY_COMMUNITY_ID_SIZE bytes. */
void identity_community_id(const struct ws_addr *a, uint16_t port_a, const struct ws_addr *b, uint16_t port_b,
			   char *out);

/* 'C' and 17 of 0-9A-Za-z: 96 bits told from the 4-tuple, the time of the first segment, and how many connections of
 * this 4-tuple there were before (two of them can begin at the same time stamp). `out` holds IDENTITY_UID_SIZE bytes. */
void identity_uid(const struct ws_addr *a, uint16_t port_a, const struct ws_addr *b, uint16_t port_b, ws_time start,
		  uint64_t incarnation, char *out);

#endif
