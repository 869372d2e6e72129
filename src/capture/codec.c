#include "capture/codec.h"

#include <string.h>

#include "base/bytes.h"

#define SKIPPABLE_MAGIC 0x184D2A50
#define SKIPPABLE_HEADER 8

static const struct {
	const struct codec *codec;
	size_t len;
	uint8_t magic[CODEC_MAGIC_MAX];
} magics[] = {
	{ &codec_gzip, 3, { 0x1f, 0x8b, 0x08 } },
	{ &codec_zstd, 4, { 0x28, 0xb5, 0x2f, 0xfd } },
	{ &codec_lz4, 4, { 0x04, 0x22, 0x4d, 0x18 } },
	{ &codec_xz, 6, { 0xfd, '7', 'z', 'X', 'Z', 0x00 } },
};

const struct codec *codec_of(const uint8_t *data, size_t len)
{
	for (size_t i = 0; i < sizeof(magics) / sizeof(magics[0]); i++)
		if (len >= magics[i].len && memcmp(data, magics[i].magic, magics[i].len) == 0)
			return magics[i].codec;
	return NULL;
}

bool codec_is_skippable(const uint8_t *data, size_t len, uint64_t *size)
{
	if (len < SKIPPABLE_HEADER || (load_u32le(data) & 0xFFFFFFF0) != SKIPPABLE_MAGIC)
		return false;
	*size = (uint64_t)SKIPPABLE_HEADER + load_u32le(data + 4);
	return true;
}
