/*
 * The LZ4 frame format, version 1.6, by liblz4: frames one behind the other, skippable ones among them. A frame's blocks are
 * of 4 MB at most, which bounds the memory.
 */
#include "capture/codec.h"

#ifdef WS_liblz4

#include <lz4frame.h>
#include <string.h>

static void *begin(void)
{
	LZ4F_dctx *context;

	return LZ4F_isError(LZ4F_createDecompressionContext(&context, LZ4F_VERSION)) ? NULL : context;
}

static void end(void *self)
{
	LZ4F_freeDecompressionContext(self);
}

static const char *why(size_t result)
{
	const char *name = LZ4F_getErrorName(result);

	if (strcmp(name, "ERROR_frameType_unknown") == 0)
		return "something else follows the compressed data";
	if (strstr(name, "hecksum_invalid") != NULL)
		return "the compressed data are damaged: a checksum is wrong";
	return strcmp(name, "ERROR_allocation_failed") == 0 ? "out of memory" : "the compressed data are damaged";
}

static enum codec_result step(void *self, struct codec_step *step)
{
	size_t in_len = step->in_len;
	size_t out_len = step->out_len;
	size_t result = LZ4F_decompress(self, step->out, &out_len, step->in, &in_len, NULL);

	if (LZ4F_isError(result)) {
		step->why = why(result);
		return CODEC_FAILED;
	}
	step->in += in_len;
	step->in_len -= in_len;
	step->out += out_len;
	step->out_len -= out_len;
	return result == 0 ? CODEC_MAY_END : CODEC_GOES_ON;
}

const struct codec codec_lz4 = { .name = "lz4", .begin = begin, .step = step, .end = end };

#else

const struct codec codec_lz4 = { .name = "lz4" };

#endif
