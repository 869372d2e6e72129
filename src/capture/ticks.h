/*
 * The clock of a pcapng interface (draft-ietf-opsawg-pcapng 4.2, if_tsresol and if_tsoffset): ticks of a power of ten or of
 * two of a second, since 1970 and an offset. Whatever it counts becomes a ws_time without overflow: times that no capture
 * has are brought into range.
 */
#ifndef CAPTURE_TICKS_H
#define CAPTURE_TICKS_H

#include "wirestat.h"

struct ticks {
	bool is_binary;
	uint8_t exponent;
	uint64_t multiplier;     /* nanoseconds of a tick; 0: they are fewer than one, or not a whole number */
	uint64_t multiplied_max; /* more ticks than this would overflow */
	uint64_t divisor;        /* ticks of a nanosecond, where they are a power of ten */
	int64_t offset_ns;
};

/* `resolution` as if_tsresol has it: the highest bit tells the base, the others the negative exponent. */
void ticks_init(struct ticks *ticks, uint8_t resolution);
void ticks_set_offset(struct ticks *ticks, int64_t seconds);

/* Of a clock without a multiplier, or of a count that overflows with it. */
ws_time ticks_time_rarer(const struct ticks *ticks, uint64_t count);

static inline ws_time ticks_time(const struct ticks *ticks, uint64_t count)
{
	/* Both are 0 where there is no multiplier, and so is the time of count 0. */
	return count <= ticks->multiplied_max ? (ws_time)(count * ticks->multiplier) + ticks->offset_ns
					      : ticks_time_rarer(ticks, count);
}

#endif
