/*
 * An identifier as the text that people read: syn_ack becomes "syn-ack", at compile time, so that an X-macro list is
 * the only place where a name stands. DASHED(id) initialises an array of DASHED_MAX characters.
 */
#ifndef BASE_DASHED_H
#define BASE_DASHED_H

#define DASHED_MAX 40

/* False when the name would not fit with its NUL: a case for _Static_assert. */
#define DASHED_FITS(id) (sizeof(#id) <= DASHED_MAX)

/* clang-format off */
#define DASHED_AT(s, i) \
	((i) >= sizeof(s) ? '\0' : (s)[(i) < sizeof(s) ? (i) : 0] == '_' ? '-' : (s)[(i) < sizeof(s) ? (i) : 0])
#define DASHED_TEN(s, i) \
	DASHED_AT(s, (i)), DASHED_AT(s, (i) + 1), DASHED_AT(s, (i) + 2), DASHED_AT(s, (i) + 3), DASHED_AT(s, (i) + 4), \
	DASHED_AT(s, (i) + 5), DASHED_AT(s, (i) + 6), DASHED_AT(s, (i) + 7), DASHED_AT(s, (i) + 8), DASHED_AT(s, (i) + 9)
#define DASHED(id) { DASHED_TEN(#id, 0), DASHED_TEN(#id, 10), DASHED_TEN(#id, 20), DASHED_TEN(#id, 30) }
/* clang-format on */

#endif
