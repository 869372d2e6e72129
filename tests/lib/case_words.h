/*
 * The words of a case line: a cursor over one line, and readers that take what the grammar has there or take nothing
 * useful and return false.
 */
#ifndef TESTS_CASE_WORDS_H
#define TESTS_CASE_WORDS_H

#include "case.h"

struct cursor {
	const char *at;
	const char *end;
};

void skip_blanks(struct cursor *c);
bool is_at_end(struct cursor *c); /* but for blanks */
bool take_char(struct cursor *c, char want);

/* The word `want`, ended by a blank, ',' or '>', from the next non-blank on; nothing is taken when it is another. */
bool take_word(struct cursor *c, const char *want);

/* The next word; false when there is none or `size` is too small. */
bool copy_word(struct cursor *c, char *out, size_t size);

/* Decimal digits, at most `max`; no sign, no leading blank. */
bool take_number(struct cursor *c, uint64_t max, uint64_t *out);

/* Seconds with six or nine decimals, in nanoseconds. */
bool take_time(struct cursor *c, int64_t *out);

/* A state in the spelling of RFC 9293, "?" behind it when presumed. */
bool take_state(struct cursor *c, struct case_state *out);

/* Flags, sequence numbers, ack, win, checksum and options. NULL, or what is wrong. */
const char *take_segment(struct cursor *c, struct ws_segment *s);

#endif
