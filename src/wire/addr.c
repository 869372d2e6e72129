/*
 * Addresses as text: dotted decimal, and the one spelling that RFC 5952 leaves for IPv6.
 */
#include "wirestat.h"

#include <string.h>

#include "base/bytes.h"

#define GROUPS 8

/* A byte in decimal, its length behind it. */
/* clang-format off */
#define ONE(o) { o, 0, 0, 1 }
#define TWO(t, o) { t, o, 0, 2 }
#define THREE(h, t, o) { h, t, o, 3 }
#define TENS(t) TWO(t, '0'), TWO(t, '1'), TWO(t, '2'), TWO(t, '3'), TWO(t, '4'), \
	TWO(t, '5'), TWO(t, '6'), TWO(t, '7'), TWO(t, '8'), TWO(t, '9')
#define HALF(h, t) THREE(h, t, '0'), THREE(h, t, '1'), THREE(h, t, '2'), THREE(h, t, '3'), THREE(h, t, '4'), \
	THREE(h, t, '5')
#define TEN(h, t) HALF(h, t), THREE(h, t, '6'), THREE(h, t, '7'), THREE(h, t, '8'), THREE(h, t, '9')

static const char decimal[256][4] = {
	ONE('0'), ONE('1'), ONE('2'), ONE('3'), ONE('4'), ONE('5'), ONE('6'), ONE('7'), ONE('8'), ONE('9'),
	TENS('1'), TENS('2'), TENS('3'), TENS('4'), TENS('5'), TENS('6'), TENS('7'), TENS('8'), TENS('9'),
	TEN('1', '0'), TEN('1', '1'), TEN('1', '2'), TEN('1', '3'), TEN('1', '4'),
	TEN('1', '5'), TEN('1', '6'), TEN('1', '7'), TEN('1', '8'), TEN('1', '9'),
	TEN('2', '0'), TEN('2', '1'), TEN('2', '2'), TEN('2', '3'), TEN('2', '4'), HALF('2', '5'),
};
/* clang-format on */

/* Writes up to three bytes more than it uses. */
static char *put_ipv4(char *at, const uint8_t *bytes)
{
	for (unsigned i = 0; i < 4; i++) {
		const char *text = decimal[bytes[i]];

		if (i > 0)
			*at++ = '.';
		memcpy(at, text, 4);
		at += text[3];
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
