/*
 * Small pieces of text that several views share: an address with its port, a state with its mark, a segment's letters,
 * seconds; and the one way from a text buffer to the stream.
 */
#ifndef VIEW_PARTS_H
#define VIEW_PARTS_H

#include <stdio.h>

#include "base/text.h"
#include "wirestat.h"

#define PARTS_ENDPOINT_MAX (WS_ADDR_TEXT_MAX + 8)
#define PARTS_FLAGS_MAX 9

/* "10.0.0.1:80", "[2001:db8::1]:80". `out` holds PARTS_ENDPOINT_MAX bytes; returns the length. */
size_t parts_endpoint(const struct ws_addr *addr, uint16_t port, char *out);

/* tcpdump's letters in tcpdump's order: "S", "S.", "FP.", "R", "SEW"; "none" without any. `out` holds PARTS_FLAGS_MAX
 * bytes; returns it. */
const char *parts_flags(uint8_t flags, char *out);

/* A state is presumed while it is not the furthest one proven. */
bool parts_is_presumed(const struct ws_endpoint *endpoint);

/* "FIN-WAIT-2?" */
void parts_state(struct text *text, enum ws_state state, bool is_presumed);

/* A span of time as seconds with at most 9 decimals (cut, not rounded), "-" in front when negative; at the right of
 * `width` columns. */
void parts_seconds(struct text *text, int64_t ns, unsigned decimals, size_t width);

/* The source of a finding as people cite it: "RFC 9293 3.6", "heuristic". */
void parts_source(struct text *text, const char *source);

/* "  ack: expected 101, seen 105", as much of it as the finding has. */
void parts_values(struct text *text, const struct ws_event *finding);

/* "  10.0.0.1:40000 -> 10.0.0.2:80" */
void parts_ends(struct text *text, const struct ws_record *record);

/* A count in at most five characters: "0", "9999", "12.3k", "999M", "1.2G". */
void parts_amount(struct text *text, uint64_t value);

/* The same written at `at`, up to PARTS_AMOUNT_MAX bytes without a NUL; returns their end. */
#define PARTS_AMOUNT_MAX 5
char *parts_put_amount(char *at, uint64_t value);

/* A number at the right of `width` columns. */
void parts_number(struct text *text, uint64_t value, size_t width);

/* A time for people, without the zeros at its end: "2026-01-02T03:04:05.5Z". */
void parts_time(struct text *text, ws_time t);

/* Text that is not ours, for people: control characters become '?', a terminal obeys none of them. */
void parts_foreign(struct text *text, const char *s);

/* "[2001:db8..]:443": the middle is cut out so that `len` bytes of `s` take at most `width`; the port is kept while
 * there is room. */
void parts_cut(struct text *text, const char *s, size_t len, size_t width);

/* Writes the buffer onto `out` and clears it; a buffer that failed is left out and reported on stderr, so that no half
 * line is ever written. */
void parts_emit(struct text *text, FILE *out);

#endif
