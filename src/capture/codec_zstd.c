/*
 * Zstandard (RFC 8878) by libzstd: frames one behind the other, skippable ones among them. A frame whose window is larger
 * than what this is willing to keep is refused (section 3.1.1.1.2 leaves the limit to the decoder).
 */
#include "capture/codec.h"

#ifdef WS_libzstd

#include <zstd.h>
#include <zstd_errors.h>

static void *begin(void)
{
	ZSTD_DStream *stream = ZSTD_createDStream();

	if (stream != NULL)
		(void)ZSTD_DCtx_setParameter(stream, ZSTD_d_windowLogMax, CODEC_WINDOW_LOG_MAX);
	return stream;
}

static void end(void *self)
{
	ZSTD_freeDStream(self);
}

static const char *why(size_t result)
{
	switch ((int)ZSTD_getErrorCode(result)) {
	case ZSTD_error_frameParameter_windowTooLarge:
		return "its window needs more than 128 MB of memory";
	case ZSTD_error_prefix_unknown:
		return "something else follows the compressed data";
	case ZSTD_error_dictionary_wrong:
		return "a dictionary that is not in the file is needed";
	case ZSTD_error_checksum_wrong:
		return "the compressed data are damaged: the checksum is wrong";
	case ZSTD_error_memory_allocation:
		return "out of memory";
	default:
		return "the compressed data are damaged";
	}
}

static enum codec_result step(void *self, struct codec_step *step)
{
	ZSTD_inBuffer in = { .src = step->in, .size = step->in_len };
	ZSTD_outBuffer out = { .dst = step->out, .size = step->out_len };
	size_t result = ZSTD_decompressStream(self, &out, &in);

	step->in += in.pos;
	step->in_len -= in.pos;
	step->out += out.pos;
	step->out_len -= out.pos;
	if (ZSTD_isError(result)) {
		step->why = why(result);
		return CODEC_FAILED;
	}
	return result == 0 ? CODEC_MAY_END : CODEC_GOES_ON;
}

const struct codec codec_zstd = { .name = "zstd", .begin = begin, .step = step, .end = end };

#else

const struct codec codec_zstd = { .name = "zstd" };

#endif
