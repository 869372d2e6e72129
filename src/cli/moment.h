/*
 * The moment of --at: a time, a time from the first packet on, or a frame of the file named first. What comes after it is
 * not fed to the tracker, so that the table stands as it stood then.
 */
#ifndef CLI_MOMENT_H
#define CLI_MOMENT_H

#include "wirestat.h"

enum moment_kind { MOMENT_NONE, MOMENT_TIME, MOMENT_OFFSET, MOMENT_FRAME };

struct moment {
	enum moment_kind kind;
	ws_time time;      /* MOMENT_TIME */
	int64_t offset_ns; /* MOMENT_OFFSET, not negative */
	uint64_t frame;    /* MOMENT_FRAME, from 1 */
};

/* "2026-01-02T03:04:05.6Z", "1767323045.6" (seconds since 1970), "+1.5", "+200ms", "frame:17". False when it is none. */
bool moment_parse(const char *text, struct moment *out);

/* Whether the packet, of a capture whose first packet came at `first`, lies after the moment. Of other files than the first
 * one, what comes before the frame that is wanted lies before it: moment_is_reached ends the reading. */
bool moment_is_before(const struct moment *moment, ws_time first, const struct ws_packet *packet);

/* Whether no packet after this one can lie before the moment, so that reading can stop. */
bool moment_is_reached(const struct moment *moment, const struct ws_packet *packet);

/* The moment as capture time; WS_TIME_NONE for MOMENT_NONE and MOMENT_FRAME, and before any packet for MOMENT_OFFSET. */
ws_time moment_time(const struct moment *moment, ws_time first);

#endif
