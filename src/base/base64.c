/*
 * Three bytes become four letters; what is missing in the last three is told by '='.
 */
#include "base/base64.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

char *base64(const void *data, size_t len, char *out)
{
	const uint8_t *bytes = data;
	size_t n = 0;

	for (size_t at = 0; at < len; at += 3) {
		size_t have = len - at < 3 ? len - at : 3;
		uint32_t group = (uint32_t)bytes[at] << 16;

		if (have > 1)
			group |= (uint32_t)bytes[at + 1] << 8;
		if (have > 2)
			group |= bytes[at + 2];
		out[n++] = alphabet[group >> 18];
		out[n++] = alphabet[group >> 12 & 63];
		out[n++] = have > 1 ? alphabet[group >> 6 & 63] : '=';
		out[n++] = have > 2 ? alphabet[group & 63] : '=';
	}
	out[n] = '\0';
	return out;
}
