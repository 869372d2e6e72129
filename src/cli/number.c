#include "cli/number.h"

#include <string.h>

bool number_parse(const char *text, uint64_t *out)
{
	uint64_t value = 0;

	if (*text == '\0')
		return false;
	for (; *text != '\0'; text++) {
		uint64_t digit = (uint64_t)(unsigned char)*text - '0';

		if (digit > 9 || value > (UINT64_MAX - digit) / 10)
			return false;
		value = value * 10 + digit;
	}
	*out = value;
	return true;
}

bool number_parse_size(const char *text, uint64_t *out)
{
	static const char suffixes[] = "kKmMgG";
	char digits[24];
	size_t len = strlen(text);
	const char *suffix = len > 1 ? strchr(suffixes, text[len - 1]) : NULL;
	unsigned shift = suffix ? 10 * (unsigned)((suffix - suffixes) / 2 + 1) : 0;

	if (suffix)
		len--;
	if (len >= sizeof(digits))
		return false;
	memcpy(digits, text, len);
	digits[len] = '\0';
	if (!number_parse(digits, out) || *out > UINT64_MAX >> shift)
		return false;
	*out <<= shift;
	return true;
}
