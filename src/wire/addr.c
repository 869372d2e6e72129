/*
 * Addresses as text: dotted decimal, and the one spelling that RFC 5952 leaves for IPv6.
 */
#include "wirestat.h"

#include "base/bytes.h"

#define GROUPS 8

static char *put_decimal(char *at, uint8_t value)
{
	if (value >= 100)
		*at++ = (char)('0' + value / 100);
	if (value >= 10)
		*at++ = (char)('0' + value / 10 % 10);
	*at++ = (char)('0' + value % 10);
	return at;
}

static char *put_ipv4(char *at, const uint8_t *bytes)
{
	for (unsigned i = 0; i < 4; i++) {
		if (i > 0)
			*at++ = '.';
		at = put_decimal(at, bytes[i]);
	}
	return at;
}

/* RFC 5952 4.1, 4.3: no leading zeros, small letters. */
static char *put_group(char *at, uint16_t group)
{
	static const char hex[] = "0123456789abcdef";
	unsigned shift = 12;

	while (shift > 0 && group >> shift == 0)
		shift -= 4;
	for (;; shift -= 4) {
		*at++ = hex[group >> shift & 15];
		if (shift == 0)
			return at;
	}
}

/* RFC 5952 4.2: the longest run of at least two zero groups, the first of equals. Its length is 0 if there is none. */
static unsigned longest_zeros(const uint16_t *groups, unsigned *out_start)
{
	unsigned best = 0;
	unsigned run = 0;

	*out_start = GROUPS;
	for (unsigned i = 0; i < GROUPS; i++) {
		run = groups[i] == 0 ? run + 1 : 0;
		if (run > best && run >= 2) {
			best = run;
			*out_start = i + 1 - run;
		}
	}
	return best;
}

static char *put_ipv6(char *at, const uint8_t *bytes)
{
	uint16_t groups[GROUPS];
	unsigned zeros;

	for (unsigned i = 0; i < GROUPS; i++)
		groups[i] = load_u16be(bytes + (size_t)i * 2);

	unsigned len = longest_zeros(groups, &zeros);
	bool is_mapped = zeros == 0 && len == 5 && groups[5] == 0xFFFF; /* RFC 5952 5, RFC 4291 2.5.5.2 */
	unsigned end = is_mapped ? 6 : GROUPS;

	for (unsigned i = 0; i < end; i++) {
		if (i == zeros) {
			*at++ = ':';
			*at++ = ':';
			i += len - 1;
			continue;
		}
		if (i > 0 && i != zeros + len)
			*at++ = ':';
		at = put_group(at, groups[i]);
	}
	if (is_mapped) {
		*at++ = ':';
		at = put_ipv4(at, bytes + 12);
	}
	return at;
}

const char *ws_addr_text(const struct ws_addr *addr, char *out)
{
	char *end = out;

	if (addr->family == 4)
		end = put_ipv4(out, addr->bytes);
	else if (addr->family == 6)
		end = put_ipv6(out, addr->bytes);
	*end = '\0';
	return out;
}
