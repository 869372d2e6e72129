/*
 * gzip (RFC 1952) by zlib. A file has one member or several (section 2.2); zeros behind the last one are the filling of a
 * tape's block, as gzip(1) takes them.
 */
#include "capture/codec.h"

#ifdef WS_zlib

#include <limits.h>
#include <stdlib.h>
#include <zlib.h>

#define WINDOW_BITS_MAX 15
#define GZIP_ONLY 16

struct gzip {
	z_stream stream;
	bool is_between; /* two members */
	bool is_filling; /* nothing but zeros may follow */
};

static void *begin(void)
{
	struct gzip *gzip = calloc(1, sizeof(*gzip));

	if (gzip != NULL && inflateInit2(&gzip->stream, WINDOW_BITS_MAX + GZIP_ONLY) != Z_OK) {
		free(gzip);
		return NULL;
	}
	return gzip;
}

static void end(void *self)
{
	struct gzip *gzip = self;

	inflateEnd(&gzip->stream);
	free(gzip);
}

static enum codec_result failed(struct codec_step *step, const char *why)
{
	step->why = why;
	return CODEC_FAILED;
}

/* Between members: zeros, or the next one. */
static enum codec_result take_between(struct gzip *gzip, struct codec_step *step)
{
	while (step->in_len > 0 && step->in[0] == 0) {
		step->in++;
		step->in_len--;
		gzip->is_filling = true;
	}
	if (step->in_len == 0)
		return CODEC_MAY_END;
	if (gzip->is_filling || inflateReset(&gzip->stream) != Z_OK)
		return failed(step, "something else follows the compressed data");
	gzip->is_between = false;
	return CODEC_GOES_ON;
}

static uInt bounded(size_t len)
{
	return len > UINT_MAX ? UINT_MAX : (uInt)len;
}

static enum codec_result inflate_some(struct gzip *gzip, struct codec_step *step)
{
	z_stream *stream = &gzip->stream;
	int result;

	stream->next_in = (Bytef *)(uintptr_t)step->in;
	stream->avail_in = bounded(step->in_len);
	stream->next_out = step->out;
	stream->avail_out = bounded(step->out_len);
	result = inflate(stream, Z_NO_FLUSH);
	step->in_len -= (size_t)(stream->next_in - step->in);
	step->in = stream->next_in;
	step->out_len -= (size_t)(stream->next_out - step->out);
	step->out = stream->next_out;
	if (result == Z_STREAM_END) {
		gzip->is_between = true;
		return CODEC_MAY_END;
	}
	if (result == Z_OK || result == Z_BUF_ERROR)
		return CODEC_GOES_ON;
	return failed(step, result == Z_MEM_ERROR ? "out of memory" : "the compressed data are damaged");
}

static enum codec_result step(void *self, struct codec_step *step)
{
	struct gzip *gzip = self;

	if (gzip->is_between) {
		enum codec_result result = take_between(gzip, step);

		if (result != CODEC_GOES_ON)
			return result;
	}
	return inflate_some(gzip, step);
}

const struct codec codec_gzip = { .name = "gzip", .begin = begin, .step = step, .end = end };

#else

const struct codec codec_gzip = { .name = "gzip" };

#endif
