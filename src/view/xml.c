/*
 * Text as XML 1.0 can hold it.
 */
#include "view/xml.h"

#include "base/utf8.h"

static const char *escape_of(unsigned char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	default:
		return NULL;
	}
}

/* U+FFFE and U+FFFF are well-formed UTF-8 and yet no characters. */
static bool is_character(const unsigned char *s, size_t len)
{
	if (len == 1)
		return *s >= 0x20 || *s == '\n' || *s == '\t';
	return !(len == 3 && s[0] == 0xEF && s[1] == 0xBF && s[2] >= 0xBE);
}

void xml_text(struct text *out, const char *value)
{
	const unsigned char *s = (const unsigned char *)value;

	while (s && *s) {
		size_t len = utf8_sequence(s);
		const char *escape = escape_of(*s);

		if (len == 0 || !is_character(s, len))
			text_puts(out, UTF8_REPLACEMENT);
		else if (escape)
			text_puts(out, escape);
		else
			text_write(out, (const char *)s, len);
		s += len > 0 ? len : 1;
	}
}

void xml_attribute(struct text *out, const char *name, const char *value)
{
	text_printf(out, " %s=\"", name);
	xml_text(out, value);
	text_char(out, '"');
}
