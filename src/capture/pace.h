/*
 * Something that is due again and again, by the clock of the machine.
 */
#ifndef CAPTURE_PACE_H
#define CAPTURE_PACE_H

#include <stdbool.h>
#include <stdint.h>

/* All zero: due at once. */
struct pace {
	int64_t next_ns;
};

/* True, and not again before `every_ns` have gone by, when it is due. */
bool pace_is_due(struct pace *pace, int64_t every_ns);

#endif
