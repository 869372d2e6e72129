#include "cli/where_lex.h"

#include <string.h>
#include <strings.h>

/* Longer ones before those that they begin with. A word is one of these only as a whole. */
static const struct {
	const char *text;
	bool is_word;
	enum where_token_kind kind;
	enum where_compare compare;
} fixed[] = {
	{ "(", false, WHERE_TOKEN_OPEN, 0 },
	{ ")", false, WHERE_TOKEN_CLOSE, 0 },
	{ "&&", false, WHERE_TOKEN_AND, 0 },
	{ "&", false, WHERE_TOKEN_AND, 0 },
	{ "and", true, WHERE_TOKEN_AND, 0 },
	{ "||", false, WHERE_TOKEN_OR, 0 },
	{ "|", false, WHERE_TOKEN_OR, 0 },
	{ "or", true, WHERE_TOKEN_OR, 0 },
	{ "!=", false, WHERE_TOKEN_COMPARE, WHERE_NE },
	{ "ne", true, WHERE_TOKEN_COMPARE, WHERE_NE },
	{ "neq", true, WHERE_TOKEN_COMPARE, WHERE_NE },
	{ "!", false, WHERE_TOKEN_NOT, 0 },
	{ "not", true, WHERE_TOKEN_NOT, 0 },
	{ "==", false, WHERE_TOKEN_COMPARE, WHERE_EQ },
	{ "=", false, WHERE_TOKEN_COMPARE, WHERE_EQ },
	{ "eq", true, WHERE_TOKEN_COMPARE, WHERE_EQ },
	{ ">=", false, WHERE_TOKEN_COMPARE, WHERE_GE },
	{ "ge", true, WHERE_TOKEN_COMPARE, WHERE_GE },
	{ "geq", true, WHERE_TOKEN_COMPARE, WHERE_GE },
	{ ">", false, WHERE_TOKEN_COMPARE, WHERE_GT },
	{ "gt", true, WHERE_TOKEN_COMPARE, WHERE_GT },
	{ "<=", false, WHERE_TOKEN_COMPARE, WHERE_LE },
	{ "le", true, WHERE_TOKEN_COMPARE, WHERE_LE },
	{ "leq", true, WHERE_TOKEN_COMPARE, WHERE_LE },
	{ "<", false, WHERE_TOKEN_COMPARE, WHERE_LT },
	{ "lt", true, WHERE_TOKEN_COMPARE, WHERE_LT },
};

static bool is_blank(char c)
{
	return (c > '\0' && c <= ' ') || c == '\\';
}

static bool is_sign(char c)
{
	return c != '\0' && strchr("()&|!=<>", c) != NULL;
}

static size_t word_length(const char *text)
{
	size_t len = 0;

	while (text[len] != '\0' && !is_blank(text[len]) && !is_sign(text[len]))
		len++;
	return len;
}

static void take_fixed(const char *text, struct where_token *out)
{
	bool is_word = !is_sign(*text);
	size_t i;

	for (i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++) {
		size_t len = strlen(fixed[i].text);

		if (fixed[i].is_word != is_word || (is_word && len != out->len) ||
		    strncasecmp(text, fixed[i].text, len) != 0)
			continue;
		out->kind = fixed[i].kind;
		out->compare = fixed[i].compare;
		out->len = len;
		return;
	}
}

void where_lex(const char *text, size_t at, struct where_token *out)
{
	size_t kept;

	while (is_blank(text[at]))
		at++;
	*out = (struct where_token){ .kind = WHERE_TOKEN_END, .at = at, .len = 1 };
	if (text[at] == '\0')
		return;
	out->kind = WHERE_TOKEN_WORD;
	out->len = word_length(text + at);
	take_fixed(text + at, out);
	kept = out->len < sizeof(out->word) ? out->len : sizeof(out->word) - 1;
	memcpy(out->word, text + at, kept);
}
