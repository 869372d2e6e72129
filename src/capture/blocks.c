#include "capture/blocks.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "capture/problem.h"
#include "capture/unpack.h"

#define BLOCK_BYTES ((size_t)256 * 1024)
#define BLOCK_BYTES_MIN ((size_t)4096)
#define SKIPPABLE_HEADER 8

static void fail(struct blocks *blocks, const char *why)
{
	problem_set(&blocks->failure, SOURCE_FAULT_DAMAGED, "%s", why);
	blocks->state = BLOCKS_FAILED;
}

/* ---- The window ---------------------------------------------------------------------------------------------- */

static void read_some(struct blocks *blocks)
{
	size_t kept = (size_t)(blocks->end - blocks->buffer);
	uint8_t *at = blocks->buffer + kept;
	ssize_t len = blocks->unpack != NULL ? unpack_read(blocks->unpack, at, blocks->size - kept, &blocks->failure)
					     : input_read(&blocks->input, at, blocks->size - kept);

	if (len > 0) {
		blocks->end = at + len;
		blocks->offset += (uint64_t)len;
	} else if (len == 0) {
		blocks->state = BLOCKS_ENDED;
	} else if (blocks->unpack != NULL) {
		blocks->state = BLOCKS_FAILED;
	} else {
		fail(blocks, strerror(errno));
	}
}

/* What is left goes to the front, of a larger buffer where this one is too small. */
static bool make_room(struct blocks *blocks, size_t n)
{
	size_t left = (size_t)(blocks->end - blocks->at);
	uint8_t *buffer = blocks->buffer;

	if (n > blocks->size) {
		buffer = malloc(n + BLOCK_BYTES);
		if (buffer == NULL)
			return false;
		memcpy(buffer, blocks->at, left);
		free(blocks->buffer);
		blocks->buffer = buffer;
		blocks->size = n + BLOCK_BYTES;
	} else if (left > 0) {
		memmove(buffer, blocks->at, left);
	}
	blocks->at = buffer;
	blocks->end = buffer + left;
	return true;
}

bool blocks_fill(struct blocks *blocks, size_t n)
{
	if (blocks->state != BLOCKS_GO_ON)
		return false;
	if (!make_room(blocks, n)) {
		fail(blocks, strerror(ENOMEM));
		return false;
	}
	while ((size_t)(blocks->end - blocks->at) < n && blocks->state == BLOCKS_GO_ON)
		read_some(blocks);
	return (size_t)(blocks->end - blocks->at) >= n;
}

bool blocks_skip(struct blocks *blocks, uint64_t n)
{
	for (;;) {
		size_t left = (size_t)(blocks->end - blocks->at);

		if (n <= left) {
			blocks->at += n;
			return true;
		}
		n -= left;
		blocks->at = blocks->end;
		if (!blocks_have(blocks, 1))
			return false;
	}
}

bool blocks_is_at_end(const struct blocks *blocks)
{
	return blocks->at == blocks->end && blocks->state == BLOCKS_ENDED;
}

uint64_t blocks_done(const struct blocks *blocks)
{
	return blocks->unpack != NULL ? unpack_done(blocks->unpack) : blocks_offset(blocks);
}

/* ---- Opening ------------------------------------------------------------------------------------------------- */

static bool has_buffer(struct blocks *blocks)
{
	blocks->size = BLOCK_BYTES;
	/* One byte more, so that the end is met without a larger one. */
	if (blocks->input.is_regular && blocks->input.size < BLOCK_BYTES)
		blocks->size =
			blocks->input.size + 1 > BLOCK_BYTES_MIN ? (size_t)blocks->input.size + 1 : BLOCK_BYTES_MIN;
	blocks->buffer = malloc(blocks->size);
	blocks->at = blocks->end = blocks->buffer;
	return blocks->buffer != NULL;
}

static bool has_first_byte(struct blocks *blocks, struct source_problem *problem)
{
	if (blocks_have(blocks, 1))
		return true;
	if (blocks->state == BLOCKS_FAILED)
		problem_set(problem, blocks->unpack != NULL ? blocks->failure.fault : SOURCE_FAULT_OPEN, "%s",
			    blocks->failure.text);
	else
		problem_set(problem, SOURCE_FAULT_EMPTY, "empty, not even a file header");
	return false;
}

static bool begin_unpacking(struct blocks *blocks, const struct codec *codec, struct source_problem *problem)
{
	if (codec->begin == NULL) {
		problem_set(problem, SOURCE_FAULT_FOREIGN,
			    "packed with %s, which this wirestat was built without: unpack it first", codec->name);
		return false;
	}
	/* All that was read so far fits: nobody has asked for more than a few bytes. */
	blocks->unpack = unpack_open(codec, &blocks->input, blocks->at, (size_t)(blocks->end - blocks->at), problem);
	if (blocks->unpack == NULL)
		return false;
	blocks->at = blocks->end = blocks->buffer;
	blocks->offset = 0;
	blocks->state = BLOCKS_GO_ON;
	return has_first_byte(blocks, problem);
}

bool blocks_open(struct blocks *blocks, const char *name, const struct source_wait *wait,
		 struct source_problem *problem)
{
	const struct codec *codec;
	uint64_t size;

	*blocks = (struct blocks){ .state = BLOCKS_GO_ON };
	if (!input_open(&blocks->input, name, wait, problem))
		return false;
	if (!has_buffer(blocks)) {
		problem_set(problem, SOURCE_FAULT_OPEN, "%s", strerror(ENOMEM));
		return false;
	}
	if (!has_first_byte(blocks, problem))
		return false;
	while (blocks_have(blocks, SKIPPABLE_HEADER) && codec_is_skippable(blocks->at, SKIPPABLE_HEADER, &size))
		(void)blocks_skip(blocks, size);
	if (!has_first_byte(blocks, problem))
		return false;
	(void)blocks_have(blocks, CODEC_MAGIC_MAX);
	codec = codec_of(blocks->at, (size_t)(blocks->end - blocks->at));
	return codec == NULL || begin_unpacking(blocks, codec, problem);
}

void blocks_close(struct blocks *blocks)
{
	unpack_close(blocks->unpack);
	input_close(&blocks->input);
	free(blocks->buffer);
	blocks->unpack = NULL;
	blocks->buffer = NULL;
}

/* ---- Words --------------------------------------------------------------------------------------------------- */

static const char *of_what(const struct blocks *blocks)
{
	return blocks->unpack != NULL ? " of what is packed in it" : "";
}

void blocks_set_cut(const struct blocks *blocks, uint64_t begin, struct source_problem *problem)
{
	if (blocks->state == BLOCKS_FAILED)
		problem_set(problem, blocks->failure.fault, "at byte %" PRIu64 "%s: %s", blocks->offset,
			    of_what(blocks), blocks->failure.text);
	else if (begin == 0)
		problem_set(problem, SOURCE_FAULT_CUT, "the file ends in the middle of its header");
	else
		problem_set(problem, SOURCE_FAULT_CUT,
			    "the file ends in the middle of it, which begins at byte %" PRIu64 "%s", begin,
			    of_what(blocks));
}

void blocks_set_damaged(const struct blocks *blocks, uint64_t begin, struct source_problem *problem, const char *format,
			...)
{
	char why[160];
	va_list args;

	va_start(args, format);
	vsnprintf(why, sizeof(why), format, args);
	va_end(args);
	problem_set(problem, SOURCE_FAULT_DAMAGED, "damaged at byte %" PRIu64 "%s: %s", begin, of_what(blocks), why);
}
