/*
 * The words of a --where expression. Operators and parentheses may stand with or without blanks around them; a
 * backslash before one, as a shell would want it, is a blank.
 */
#ifndef CLI_WHERE_LEX_H
#define CLI_WHERE_LEX_H

#include "cli/where.h"

enum where_token_kind {
	WHERE_TOKEN_END,
	WHERE_TOKEN_WORD,
	WHERE_TOKEN_OPEN,
	WHERE_TOKEN_CLOSE,
	WHERE_TOKEN_AND,
	WHERE_TOKEN_OR,
	WHERE_TOKEN_NOT,
	WHERE_TOKEN_COMPARE,
};

#define WHERE_WORD_MAX 128

struct where_token {
	enum where_token_kind kind;
	enum where_compare compare; /* WHERE_TOKEN_COMPARE */
	size_t at;                  /* byte of the expression */
	size_t len;
	char word[WHERE_WORD_MAX]; /* with a NUL; cut when it is longer than fits */
};

/* The token that begins at `at` or behind the blanks there. END has length 1, so that it can be pointed at. */
void where_lex(const char *text, size_t at, struct where_token *out);

#endif
