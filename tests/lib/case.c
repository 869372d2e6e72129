/*
 * One pass over the lines of the file; what a line may be depends on where it stands.
 */
#include "case.h"

#include <arpa/inet.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "case_words.h"

struct parser {
	struct case_file *out;
	char *error;
	size_t number;  /* of the current line */
	bool wants_b;   /* A was there */
	bool is_inside; /* a ladder: after its A and B */
};

static bool fail(struct parser *p, const char *format, ...) __attribute__((format(printf, 2, 3)));

static bool fail(struct parser *p, const char *format, ...)
{
	int len = snprintf(p->error, CASE_ERROR_MAX, "line %zu: ", p->number);
	va_list args;

	va_start(args, format);
	vsnprintf(p->error + len, CASE_ERROR_MAX - (size_t)len, format, args);
	va_end(args);
	return false;
}

static bool take_marks(struct parser *p, struct cursor *c, struct case_line *line)
{
	char word[48];
	enum ws_finding_id id;

	while (!is_at_end(c)) {
		if (!copy_word(c, word, sizeof(word)) || word[0] != '!')
			return fail(p, "only !copy and !findings stand behind the states");
		if (strcmp(word, "!copy") == 0)
			line->segment.is_duplicate = true;
		else if (ws_finding_parse(word + 1, &id))
			line->findings[id / 64] |= UINT64_C(1) << (id % 64);
		else
			return fail(p, "there is no finding %s", word + 1);
	}
	return true;
}

static bool parse_line(struct parser *p, struct cursor *c)
{
	struct case_line *line = &p->out->lines[p->out->lines_len];
	const char *problem;

	if (p->out->lines_len == CASE_LINES_MAX)
		return fail(p, "more than %d lines", CASE_LINES_MAX);
	*line = (struct case_line){ .ladder = p->out->ladders_len - 1, .number = p->number };
	if (!take_time(c, &line->ns))
		return fail(p, "time has six or nine decimals");
	if (!take_state(c, &line->a))
		return fail(p, "A's state is none of RFC 9293");
	line->is_timer = take_word(c, "-");
	if (!line->is_timer) {
		line->from_a = take_word(c, ">");
		if (!line->from_a) {
			skip_blanks(c);
			if (!take_char(c, '<'))
				return fail(p, "arrow is > or <, or - for a timer");
		}
		problem = take_segment(c, &line->segment);
		if (problem)
			return fail(p, "%s", problem);
	}
	if (!take_state(c, &line->b))
		return fail(p, "B's state is none of RFC 9293");
	if (!take_marks(p, c, line))
		return false;
	p->out->lines_len++;
	return true;
}

static bool parse_address(struct parser *p, struct cursor *c, struct ws_addr *addr, uint16_t *port)
{
	char word[80];
	char *colon;
	char *text = word;
	uint64_t number;
	struct cursor digits;

	if (!copy_word(c, word, sizeof(word)) || !(colon = strrchr(word, ':')) || !is_at_end(c))
		return fail(p, "an address is ADDR:PORT or [ADDR]:PORT");
	digits = (struct cursor){ colon + 1, colon + strlen(colon) };
	*colon = '\0';
	if (!take_number(&digits, UINT16_MAX, &number) || digits.at != digits.end)
		return fail(p, "no port");
	*port = (uint16_t)number;
	*addr = (struct ws_addr){ .family = 4 };
	if (text[0] == '[' && colon > word + 1 && colon[-1] == ']') {
		addr->family = 6;
		colon[-1] = '\0';
		text++;
	}
	if (inet_pton(addr->family == 6 ? AF_INET6 : AF_INET, text, addr->bytes) != 1)
		return fail(p, "no address: %s", text);
	return true;
}

static bool parse_side(struct parser *p, struct cursor *c, size_t side)
{
	struct case_ladder *ladder;

	if (side == 0 && p->out->ladders_len == CASE_LADDERS_MAX)
		return fail(p, "more than %d ladders", CASE_LADDERS_MAX);
	if (p->wants_b != (side == 1))
		return fail(p, "a ladder begins with A and then B");
	p->out->ladders_len += side == 0;
	p->wants_b = side == 0;
	p->is_inside = side == 1;
	ladder = &p->out->ladders[p->out->ladders_len - 1];
	return parse_address(p, c, &ladder->addr[side], &ladder->port[side]);
}

static bool parse_any(struct parser *p, struct cursor *c)
{
	if (take_word(c, "A"))
		return parse_side(p, c, 0);
	if (take_word(c, "B"))
		return parse_side(p, c, 1);
	if (is_at_end(c)) {
		p->is_inside = false;
		return true;
	}
	if (*c->at == '#' && p->out->ladders_len == 0)
		return true;
	if (*c->at == '#')
		return fail(p, "a ladder with lines left out is no case");
	if (p->out->ladders_len == 0 && take_word(c, "audit")) {
		p->out->full_audit = true;
		return is_at_end(c) || fail(p, "audit stands alone");
	}
	if (!p->is_inside)
		return fail(p, "neither a comment nor part of a ladder");
	return parse_line(p, c);
}

static int by_time(const void *left, const void *right)
{
	const struct case_line *a = left;
	const struct case_line *b = right;

	if (a->ns != b->ns)
		return a->ns < b->ns ? -1 : 1;
	return a->number < b->number ? -1 : a->number > b->number;
}

bool case_parse(const char *text, size_t len, struct case_file *out, char *error)
{
	struct parser p = { .out = out, .error = error };
	const char *at = text;

	out->head_len = out->ladders_len = out->lines_len = 0;
	out->full_audit = false;
	while (at < text + len) {
		const char *feed = memchr(at, '\n', (size_t)(text + len - at));
		struct cursor c = { at, feed ? feed : text + len };

		p.number++;
		if (out->ladders_len == 0)
			out->head_len = (size_t)(at - text);
		if (!parse_any(&p, &c))
			return false;
		at = feed ? feed + 1 : text + len;
	}
	if (out->lines_len == 0 || p.wants_b)
		return fail(&p, "no ladder, or one without lines");
	qsort(out->lines, out->lines_len, sizeof(out->lines[0]), by_time);
	return true;
}

bool case_is_same_segment(const struct case_line *a, const struct case_line *b)
{
	const struct ws_segment *s = &a->segment;
	const struct ws_segment *t = &b->segment;

	return a->ladder == b->ladder && a->from_a == b->from_a && !a->is_timer && !b->is_timer &&
	       s->flags == t->flags && s->seq == t->seq && s->len == t->len && s->ack == t->ack &&
	       s->window == t->window && s->has_bad_checksum == t->has_bad_checksum && s->mss == t->mss &&
	       s->wscale == t->wscale && s->sack_permitted == t->sack_permitted &&
	       s->has_timestamps == t->has_timestamps && s->tsval == t->tsval && s->tsecr == t->tsecr &&
	       s->fast_open == t->fast_open && s->sack_len == t->sack_len &&
	       memcmp(s->sack, t->sack, sizeof(s->sack)) == 0;
}
