/*
 * A streaming JSON writer. Invariant: has_member[depth - 1] says whether the innermost open object or array needs a
 * comma before what comes next; unbalanced or too deep nesting fails the buffer and writes nothing. What is not UTF-8
 * in a string becomes U+FFFD, so that the output always is (RFC 8259 section 8.1).
 */
#include "base/json.h"

#include <string.h>

#include "base/clock.h"
#include "base/utf8.h"

static void json_escape(struct text *out, unsigned char c)
{
	static const char hex[] = "0123456789abcdef";
	const char *const from = "\"\\\b\f\n\r\t";
	const char *const to = "\"\\bfnrt";
	const char *at = strchr(from, c);

	if (at) {
		text_char(out, '\\');
		text_char(out, to[at - from]);
	} else {
		text_puts(out, "\\u00");
		text_char(out, hex[c >> 4]);
		text_char(out, hex[c & 15]);
	}
}

/* Nearly every character there is. */
static bool is_plain(unsigned char c)
{
	return c >= 0x20 && c < 0x7F && c != '"' && c != '\\';
}

static void json_quote(struct text *out, const char *value)
{
	const unsigned char *s = (const unsigned char *)value;
	const unsigned char *plain = s;

	text_char(out, '"');
	for (;;) {
		size_t len;

		while (is_plain(*s))
			s++;
		if (*s == '\0')
			break;
		len = utf8_sequence(s);
		if (len > 0 && *s >= 0x20 && *s != '"' && *s != '\\') {
			s += len;
			continue;
		}
		text_write(out, (const char *)plain, (size_t)(s - plain));
		if (len == 0)
			text_puts(out, UTF8_REPLACEMENT);
		else
			json_escape(out, *s);
		plain = ++s;
	}
	text_write(out, (const char *)plain, (size_t)(s - plain));
	text_char(out, '"');
}

/* What stands before every value: the comma when one is due, and the key. */
static void json_lead(struct json *json, const char *key)
{
	if (json->depth > 0) {
		if (json->has_member[json->depth - 1])
			text_char(json->out, ',');
		json->has_member[json->depth - 1] = true;
	}
	if (key) {
		json_quote(json->out, key);
		text_char(json->out, ':');
	}
}

static void json_begin(struct json *json, const char *key, char bracket)
{
	if (json->depth >= JSON_DEPTH_MAX) {
		json->out->failed = true;
		return;
	}
	json_lead(json, key);
	text_char(json->out, bracket);
	json->has_member[json->depth++] = false;
}

static void json_end(struct json *json, char bracket)
{
	if (json->depth == 0) {
		json->out->failed = true;
		return;
	}
	json->depth--;
	text_char(json->out, bracket);
}

void json_init(struct json *json, struct text *out)
{
	*json = (struct json){ .out = out };
}

void json_object_begin(struct json *json, const char *key)
{
	json_begin(json, key, '{');
}

void json_object_end(struct json *json)
{
	json_end(json, '}');
}

void json_array_begin(struct json *json, const char *key)
{
	json_begin(json, key, '[');
}

void json_array_end(struct json *json)
{
	json_end(json, ']');
}

void json_string(struct json *json, const char *key, const char *value)
{
	if (!value)
		return;
	json_lead(json, key);
	json_quote(json->out, value);
}

void json_u64(struct json *json, const char *key, uint64_t value)
{
	json_lead(json, key);
	text_u64(json->out, value);
}

void json_i64(struct json *json, const char *key, int64_t value)
{
	json_lead(json, key);
	text_i64(json->out, value);
}

void json_bool(struct json *json, const char *key, bool value)
{
	json_lead(json, key);
	text_puts(json->out, value ? "true" : "false");
}

void json_time(struct json *json, const char *key, int64_t t)
{
	char quoted[CLOCK_TEXT_MAX];

	if (t == WS_TIME_NONE)
		return;
	json_lead(json, key);
	text_char(json->out, '"');
	text_puts(json->out, clock_text(t, quoted));
	text_char(json->out, '"');
}

void json_line_end(struct json *json)
{
	if (json->depth != 0)
		json->out->failed = true;
	text_char(json->out, '\n');
}
