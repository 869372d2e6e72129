/*
 * How many different things there were, in 64 bytes: a HyperLogLog (Flajolet and others, 2007) of 128 registers. Few things
 * are told well, by the registers that were met at all; of many the count is right to about a tenth.
 */
#ifndef BASE_SKETCH_H
#define BASE_SKETCH_H

#include <stdbool.h>
#include <stdint.h>

#define SKETCH_REGISTERS 128

/* Two registers of four bits a byte; all zero: nothing was added. */
struct sketch {
	uint8_t pairs[SKETCH_REGISTERS / 2];
};

/* Adds the thing of this hash, whose bits are all good. False when it changes nothing. */
bool sketch_add(struct sketch *sketch, uint64_t hash);

/* Into `sketch` all that was added to `other`. */
void sketch_merge(struct sketch *sketch, const struct sketch *other);

uint64_t sketch_count(const struct sketch *sketch);

#endif
