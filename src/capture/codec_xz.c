/*
 * The .xz format, version 1.1, by liblzma: streams one behind the other, with padding of a multiple of four zeros between
 * them (section 2.2). A dictionary larger than what this is willing to keep is refused.
 */
#include "capture/codec.h"

#ifdef WS_liblzma

#include <lzma.h>
#include <stdlib.h>

struct xz {
	lzma_stream stream;
	bool is_between; /* two streams */
	size_t padding;
};

static bool start(struct xz *xz)
{
	return lzma_stream_decoder(&xz->stream, CODEC_MEMORY_MAX, 0) == LZMA_OK;
}

static void end(void *self)
{
	struct xz *xz = self;

	lzma_end(&xz->stream);
	free(xz);
}

static void *begin(void)
{
	static const lzma_stream none = LZMA_STREAM_INIT;
	struct xz *xz = calloc(1, sizeof(*xz));

	if (xz == NULL)
		return NULL;
	xz->stream = none;
	if (!start(xz)) {
		end(xz);
		return NULL;
	}
	return xz;
}

static enum codec_result failed(struct codec_step *step, const char *why)
{
	step->why = why;
	return CODEC_FAILED;
}

static enum codec_result take_between(struct xz *xz, struct codec_step *step)
{
	while (step->in_len > 0 && step->in[0] == 0) {
		step->in++;
		step->in_len--;
		xz->padding++;
	}
	if (step->in_len == 0)
		return xz->padding % 4 == 0 ? CODEC_MAY_END : CODEC_GOES_ON;
	if (xz->padding % 4 != 0 || !start(xz))
		return failed(step, "something else follows the compressed data");
	xz->is_between = false;
	xz->padding = 0;
	return CODEC_GOES_ON;
}

static enum codec_result decode_some(struct xz *xz, struct codec_step *step)
{
	lzma_ret result;

	xz->stream.next_in = step->in;
	xz->stream.avail_in = step->in_len;
	xz->stream.next_out = step->out;
	xz->stream.avail_out = step->out_len;
	result = lzma_code(&xz->stream, LZMA_RUN);
	step->in = xz->stream.next_in;
	step->in_len = xz->stream.avail_in;
	step->out = xz->stream.next_out;
	step->out_len = xz->stream.avail_out;
	if (result == LZMA_STREAM_END) {
		xz->is_between = true;
		return CODEC_MAY_END;
	}
	if (result == LZMA_OK || result == LZMA_BUF_ERROR)
		return CODEC_GOES_ON;
	if (result == LZMA_FORMAT_ERROR)
		return failed(step, "something else follows the compressed data");
	if (result == LZMA_MEMLIMIT_ERROR)
		return failed(step, "its dictionary needs more than 128 MB of memory");
	return failed(step, result == LZMA_MEM_ERROR ? "out of memory" : "the compressed data are damaged");
}

static enum codec_result step(void *self, struct codec_step *step)
{
	struct xz *xz = self;

	if (xz->is_between) {
		enum codec_result result = take_between(xz, step);

		if (xz->is_between)
			return result;
	}
	return decode_some(xz, step);
}

const struct codec codec_xz = { .name = "xz", .begin = begin, .step = step, .end = end };

#else

const struct codec codec_xz = { .name = "xz" };

#endif
