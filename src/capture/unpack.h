/*
 * A compressed file, unpacked by a second thread while the first one works on what came before: a ring of a few large parts
 * between the two, so that memory is bounded, and an end (or what went wrong) that comes in its place behind the last good
 * byte.
 */
#ifndef CAPTURE_UNPACK_H
#define CAPTURE_UNPACK_H

#include "capture/codec.h"
#include "capture/input.h"

struct unpack;

/* Reads `input` from where it stands, the bytes of `first` before it; `input` is borrowed, and nobody else reads it until
 * unpack_close. NULL, with *problem filled, when that cannot be begun. */
struct unpack *unpack_open(const struct codec *codec, const struct input *input, const uint8_t *first, size_t first_len,
			   struct source_problem *problem);
void unpack_close(struct unpack *unpack);

/* As read(2): 0 at the end, and when whoever waits wants to go on no longer; -1, with *problem filled, when the compressed
 * data are cut short or damaged. */
ssize_t unpack_read(struct unpack *unpack, void *data, size_t size, struct source_problem *problem);

/* Bytes of the compressed file that were taken so far. */
uint64_t unpack_done(const struct unpack *unpack);

#endif
