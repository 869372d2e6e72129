/*
 * The bytes of a capture file as a window that moves on: read in large blocks, unpacked on the way where they are
 * compressed, and handed out as pointers into the block, so that a record is moved only when it lies across a block's end.
 * at <= end; what was handed out is valid until the next call that wants more.
 */
#ifndef CAPTURE_BLOCKS_H
#define CAPTURE_BLOCKS_H

#include "capture/input.h"

/* No more than this many bytes are asked for in one piece. */
#define BLOCKS_PIECE_MAX ((size_t)16 * 1024 * 1024)

enum blocks_state { BLOCKS_GO_ON, BLOCKS_ENDED, BLOCKS_FAILED };

struct unpack;

struct blocks {
	const uint8_t *at; /* the next byte */
	const uint8_t *end;
	uint64_t offset; /* of `end`, from the beginning of what was unpacked */
	uint8_t *buffer;
	size_t size;
	struct input input;
	struct unpack *unpack; /* NULL: not compressed */
	enum blocks_state state;
	struct source_problem failure;
};

/* Opens `name` and looks at its first bytes. False, with *problem filled, when it cannot be read, is empty, or is
 * compressed in a way that was left out of this build. Close it in any case. `wait` is borrowed. */
bool blocks_open(struct blocks *blocks, const char *name, const struct source_wait *wait,
		 struct source_problem *problem);
void blocks_close(struct blocks *blocks);

/* Reads until `n` bytes stand in a row, or no more come. */
bool blocks_fill(struct blocks *blocks, size_t n);

/* True when the next `n` bytes stand at `at`; `n` is at most BLOCKS_PIECE_MAX. */
static inline bool blocks_have(struct blocks *blocks, size_t n)
{
	return (size_t)(blocks->end - blocks->at) >= n || blocks_fill(blocks, n);
}

/* Steps over `n` bytes, however many; false when there are fewer. */
bool blocks_skip(struct blocks *blocks, uint64_t n);

/* Of the next byte. */
static inline uint64_t blocks_offset(const struct blocks *blocks)
{
	return blocks->offset - (uint64_t)(blocks->end - blocks->at);
}

/* Nothing is left, and nothing went wrong. To be asked when there are not as many bytes as were wanted. */
bool blocks_is_at_end(const struct blocks *blocks);

/* Why what began at the byte `begin` is not all there. */
void blocks_set_cut(const struct blocks *blocks, uint64_t begin, struct source_problem *problem);

/* "damaged at byte BEGIN: ..." */
void blocks_set_damaged(const struct blocks *blocks, uint64_t begin, struct source_problem *problem, const char *format,
			...) __attribute__((format(printf, 4, 5)));

/* Bytes of the file that were taken: as far as was handed out, or, where it is compressed, was read. */
uint64_t blocks_done(const struct blocks *blocks);

#endif
