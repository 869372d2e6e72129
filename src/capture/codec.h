/*
 * The ways a capture file is compressed, recognised by its first bytes, whatever its name is: gzip (RFC 1952), Zstandard
 * (RFC 8878), LZ4 frames and xz. Each is unpacked by a library that may be left out when this is built. What is unpacked
 * may consist of several members or frames, one behind the other.
 */
#ifndef CAPTURE_CODEC_H
#define CAPTURE_CODEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* As many first bytes as are needed to recognise any of them. */
#define CODEC_MAGIC_MAX 6

/* What takes more memory than this is refused. */
#define CODEC_WINDOW_LOG_MAX 27
#define CODEC_MEMORY_MAX (UINT64_C(1) << CODEC_WINDOW_LOG_MAX)

enum codec_result {
	CODEC_GOES_ON,
	CODEC_MAY_END, /* between members: the input may end here */
	CODEC_FAILED,  /* `why` tells; final */
};

/* What one step works on: it takes from `in` and gives to `out`, moving both on, until one of them is used up or
 * nothing more can be done. */
struct codec_step {
	const uint8_t *in;
	size_t in_len;
	uint8_t *out;
	size_t out_len;
	const char *why; /* static storage */
};

struct codec {
	const char *name;
	void *(*begin)(void); /* NULL when out of memory. A NULL member: this was built without its library */
	enum codec_result (*step)(void *self, struct codec_step *step);
	void (*end)(void *self);
};

extern const struct codec codec_gzip;
extern const struct codec codec_zstd;
extern const struct codec codec_lz4;
extern const struct codec codec_xz;

/* NULL: these are not the first bytes of any of them. */
const struct codec *codec_of(const uint8_t *data, size_t len);

/* Whether a skippable frame begins here (RFC 8878 3.1.2), which Zstandard and LZ4 have in common; *size is that of the
 * whole frame then. Eight bytes are looked at. */
bool codec_is_skippable(const uint8_t *data, size_t len, uint64_t *size);

#endif
