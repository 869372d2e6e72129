/*
 * The cursor never moves beyond its line, so every reader may ask for the next byte.
 */
#include "case_words.h"

#include <string.h>

/* ---- Words and numbers --------------------------------------------------------------------------------------- */

void skip_blanks(struct cursor *c)
{
	while (c->at < c->end && *c->at == ' ')
		c->at++;
}

bool is_at_end(struct cursor *c)
{
	skip_blanks(c);
	return c->at == c->end;
}

bool take_char(struct cursor *c, char want)
{
	if (c->at == c->end || *c->at != want)
		return false;
	c->at++;
	return true;
}

bool take_word(struct cursor *c, const char *want)
{
	size_t len = strlen(want);

	skip_blanks(c);
	if ((size_t)(c->end - c->at) < len || memcmp(c->at, want, len) != 0)
		return false;
	if (c->at + len < c->end && !strchr(" ,>", c->at[len]))
		return false;
	c->at += len;
	return true;
}

bool copy_word(struct cursor *c, char *out, size_t size)
{
	size_t len = 0;

	skip_blanks(c);
	while (c->at < c->end && *c->at != ' ') {
		if (len + 1 >= size || *c->at == '\0')
			return false;
		out[len++] = *c->at++;
	}
	out[len] = '\0';
	return len > 0;
}

bool take_number(struct cursor *c, uint64_t max, uint64_t *out)
{
	uint64_t value = 0;
	const char *start = c->at;

	for (; c->at < c->end && *c->at >= '0' && *c->at <= '9'; c->at++) {
		value = value * 10 + (uint64_t)(*c->at - '0');
		if (value > max)
			return false;
	}
	*out = value;
	return c->at > start;
}

static bool take_u32(struct cursor *c, uint32_t *out)
{
	uint64_t value;

	if (!take_number(c, UINT32_MAX, &value))
		return false;
	*out = (uint32_t)value;
	return true;
}

/* A word, blanks, and a number. */
static bool take_field(struct cursor *c, const char *word, uint64_t max, uint64_t *out)
{
	if (!take_word(c, word))
		return false;
	skip_blanks(c);
	return take_number(c, max, out);
}

bool take_time(struct cursor *c, int64_t *out)
{
	uint64_t seconds;
	uint64_t fraction;
	bool is_negative;
	const char *digits;

	skip_blanks(c);
	is_negative = take_char(c, '-');
	if (!take_number(c, 4000000000u, &seconds) || !take_char(c, '.'))
		return false;
	digits = c->at;
	if (!take_number(c, 999999999, &fraction))
		return false;
	if (c->at - digits == 6)
		fraction *= 1000;
	else if (c->at - digits != 9)
		return false;
	*out = (int64_t)(seconds * 1000000000 + fraction) * (is_negative ? -1 : 1);
	return true;
}

bool take_state(struct cursor *c, struct case_state *out)
{
	char word[16];
	size_t len;

	if (!copy_word(c, word, sizeof(word)))
		return false;
	len = strlen(word);
	out->is_presumed = word[len - 1] == '?';
	if (out->is_presumed)
		word[len - 1] = '\0';
	return ws_state_parse(word, &out->state) && strcmp(ws_state_name(out->state), word) == 0;
}

/* ---- The segment ---------------------------------------------------------------------------------------------- */

static bool take_flags(struct cursor *c, uint8_t *out)
{
	static const struct {
		char letter;
		uint8_t flag;
	} letters[] = { { 'F', WS_FLAG_FIN }, { 'S', WS_FLAG_SYN }, { 'R', WS_FLAG_RST }, { 'P', WS_FLAG_PSH },
			{ '.', WS_FLAG_ACK }, { 'U', WS_FLAG_URG }, { 'E', WS_FLAG_ECE }, { 'W', WS_FLAG_CWR } };

	*out = 0;
	if (take_word(c, "none"))
		return true;
	skip_blanks(c);
	for (size_t i = 0; i < sizeof(letters) / sizeof(letters[0]); i++)
		if (take_char(c, letters[i].letter))
			*out |= letters[i].flag;
	return *out && c->at < c->end && *c->at == ' ';
}

static bool take_sequence(struct cursor *c, struct ws_segment *s)
{
	uint32_t end;
	uint64_t len;

	skip_blanks(c);
	if (!take_u32(c, &s->seq) || !take_char(c, ':') || !take_u32(c, &end) || !take_char(c, '(') ||
	    !take_number(c, 65535, &len) || !take_char(c, ')'))
		return false;
	s->len = (uint32_t)len;
	return s->seq + s->len == end;
}

static bool take_sack(struct cursor *c, struct ws_segment *s)
{
	while (skip_blanks(c), c->at < c->end && *c->at >= '0' && *c->at <= '9') {
		uint32_t *block = s->sack[s->sack_len];

		if (s->sack_len == 4 || !take_u32(c, &block[0]) || !take_char(c, ':') || !take_u32(c, &block[1]))
			return false;
		s->sack_len++;
	}
	return s->sack_len > 0;
}

static bool take_option(struct cursor *c, struct ws_segment *s)
{
	uint64_t value;
	uint64_t echo;

	if (take_field(c, "mss", UINT16_MAX, &value)) {
		s->mss = (int32_t)value;
	} else if (take_word(c, "sackOK")) {
		s->sack_permitted = true;
	} else if (take_word(c, "TS")) {
		if (!take_field(c, "val", UINT32_MAX, &value) || !take_field(c, "ecr", UINT32_MAX, &echo))
			return false;
		s->has_timestamps = true;
		s->tsval = (uint32_t)value;
		s->tsecr = (uint32_t)echo;
	} else if (take_field(c, "wscale", UINT8_MAX, &value)) {
		s->wscale = (int32_t)value;
	} else if (take_field(c, "FO", 16, &value)) {
		s->fast_open = (int16_t)value;
	} else {
		return take_word(c, "sack") && take_sack(c, s);
	}
	return true;
}

static bool take_options(struct cursor *c, struct ws_segment *s)
{
	skip_blanks(c);
	if (!take_char(c, '<'))
		return true;
	do {
		if (!take_option(c, s))
			return false;
	} while (take_char(c, ','));
	return take_char(c, '>');
}

const char *take_segment(struct cursor *c, struct ws_segment *s)
{
	uint64_t value;

	*s = (struct ws_segment){ .mss = -1, .wscale = -1, .fast_open = -1 };
	if (!take_flags(c, &s->flags))
		return "flags are none, or letters out of FSRP.UEW in this order";
	if (!take_sequence(c, s))
		return "sequence numbers are seq:end(len) with end = seq + len";
	if (take_field(c, "ack", UINT32_MAX, &value))
		s->ack = (uint32_t)value;
	else if (s->flags & WS_FLAG_ACK)
		return "ack is missing";
	if (!take_field(c, "win", UINT16_MAX, &value))
		return "win is missing";
	s->window = (uint16_t)value;
	s->has_bad_checksum = take_word(c, "cksum") && take_word(c, "bad");
	if (!take_options(c, s))
		return "options cannot be read";
	return NULL;
}
