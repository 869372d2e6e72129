/*
 * Small pieces of text that several views share.
 */
#include "view/parts.h"

#include <string.h>

#include "base/clock.h"

static size_t digit_count(uint64_t value)
{
	size_t count = 1;

	for (; value >= 10000; value /= 10000)
		count += 4;
	return count + (value >= 10) + (value >= 100) + (value >= 1000);
}

static char *put_decimal(char *at, uint64_t value)
{
	size_t len = digit_count(value);

	for (size_t i = len; i > 0; i--) {
		at[i - 1] = (char)('0' + value % 10);
		value /= 10;
	}
	return at + len;
}

size_t parts_endpoint(const struct ws_addr *addr, uint16_t port, char *out)
{
	size_t at = 0;

	if (addr->family == 6)
		out[at++] = '[';
	ws_addr_text(addr, out + at);
	at += strlen(out + at);
	if (addr->family == 6)
		out[at++] = ']';
	out[at++] = ':';
	at = (size_t)(put_decimal(out + at, port) - out);
	out[at] = '\0';
	return at;
}

const char *parts_flags(uint8_t flags, char *out)
{
	static const char letters[] = "FSRP.UEW";
	static const char none[] = "none";
	size_t len = 0;

	for (size_t bit = 0; bit < 8; bit++) {
		if (flags & (1u << bit))
			out[len++] = letters[bit];
	}
	out[len] = '\0';
	if (len == 0)
		memcpy(out, none, sizeof(none));
	return out;
}

bool parts_is_presumed(const struct ws_endpoint *endpoint)
{
	return endpoint->state != endpoint->proven;
}

void parts_state(struct text *text, enum ws_state state, bool is_presumed)
{
	text_puts(text, ws_state_name(state));
	if (is_presumed)
		text_char(text, '?');
}

void parts_seconds(struct text *text, int64_t ns, unsigned decimals, size_t width)
{
	uint64_t span = ns < 0 ? 0 - (uint64_t)ns : (uint64_t)ns;
	uint64_t seconds = span / (uint64_t)NS_PER_SEC;
	uint64_t fraction = span % (uint64_t)NS_PER_SEC;
	char digits[9];
	size_t used = (ns < 0) + digit_count(seconds) + 1 + decimals;

	for (size_t i = sizeof(digits); i > 0; i--) {
		digits[i - 1] = (char)('0' + fraction % 10);
		fraction /= 10;
	}
	if (used < width)
		text_pad(text, text->len, width - used);
	if (ns < 0)
		text_char(text, '-');
	text_u64(text, seconds);
	text_char(text, '.');
	text_write(text, digits, decimals < sizeof(digits) ? decimals : sizeof(digits));
}

void parts_source(struct text *text, const char *source)
{
	if (*source >= '0' && *source <= '9')
		text_puts(text, "RFC ");
	text_puts(text, source);
}

void parts_values(struct text *text, const struct ws_event *finding)
{
	if (!finding->expected && !finding->seen)
		return;
	text_puts(text, "  ");
	text_puts(text, ws_finding_info(finding->finding)->values);
	text_puts(text, ": ");
	if (finding->expected) {
		text_puts(text, "expected ");
		text_puts(text, finding->expected);
	}
	if (finding->seen) {
		text_puts(text, finding->expected ? ", seen " : "seen ");
		text_puts(text, finding->seen);
	}
}

void parts_ends(struct text *text, const struct ws_record *record)
{
	char end[PARTS_ENDPOINT_MAX];

	for (size_t i = 0; i < 2; i++) {
		text_puts(text, i == 0 ? "  " : " -> ");
		parts_endpoint(&record->endpoint[i].addr, record->endpoint[i].port, end);
		text_puts(text, end);
	}
}

char *parts_put_amount(char *at, uint64_t value)
{
	static const char units[] = "kMGTPE";
	uint64_t unit = 1000;
	size_t i = 0;

	if (value < 10) {
		*at = (char)('0' + value);
		return at + 1;
	}
	if (value < 10000)
		return put_decimal(at, value);
	while (value / unit >= 1000) {
		unit *= 1000;
		i++;
	}
	at = put_decimal(at, value / unit);
	if (value / unit < 100) {
		*at++ = '.';
		at = put_decimal(at, value % unit / (unit / 10));
	}
	*at++ = units[i];
	return at;
}

void parts_amount(struct text *text, uint64_t value)
{
	char *at = text_room(text, PARTS_AMOUNT_MAX);

	if (at)
		text_took(text, parts_put_amount(at, value));
}

void parts_number(struct text *text, uint64_t value, size_t width)
{
	size_t digits = digit_count(value);

	if (digits < width)
		text_pad(text, text->len, width - digits);
	text_u64(text, value);
}

void parts_time(struct text *text, ws_time t)
{
	char out[CLOCK_TEXT_MAX];
	size_t len = strlen(clock_text(t, out));

	if (len == 0 || out[len - 1] != 'Z' || !strchr(out, '.')) {
		text_puts(text, out);
		return;
	}
	for (len--; out[len - 1] == '0'; len--)
		;
	if (out[len - 1] == '.')
		len--;
	text_write(text, out, len);
	text_char(text, 'Z');
}

void parts_foreign(struct text *text, const char *s)
{
	for (; *s; s++) {
		bool is_c1 = s[0] == '\xC2' && ((unsigned char)s[1] & 0xE0) == 0x80; /* U+0080 to U+009F */

		if (is_c1)
			s++;
		text_char(text, is_c1 || (unsigned char)*s < ' ' || *s == '\x7F' ? '?' : *s);
	}
}

void parts_cut(struct text *text, const char *s, size_t len, size_t width)
{
	static const char dots[] = "..";

	if (len <= width) {
		text_write(text, s, len);
		return;
	}

	const char *colon = memrchr(s, ':', len);
	size_t tail = colon ? len - (size_t)(colon - s) : 0;

	if (colon && colon > s && colon[-1] == ']')
		tail++;
	if (width <= 2) {
		text_write(text, dots, width);
		return;
	}
	if (tail + 2 > width)
		tail = width - 2;
	text_write(text, s, width - 2 - tail);
	text_write(text, dots, 2);
	text_write(text, s + len - tail, tail);
}

void parts_emit(struct text *text, FILE *out)
{
	if (text_failed(text))
		fputs("wirestat: out of memory, some output was left out\n", stderr);
	else if (text->len > 0)
		fwrite_unlocked(text->data, 1, text->len, out);
	text_clear(text);
}
