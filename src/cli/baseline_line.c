#include "cli/baseline_line.h"

#include <stdio.h>
#include <string.h>

#include "cli/audit_options.h"

#define WORDS 3
#define BLANKS " \t\r"

/* The words of the line, as many as there are, at most one more than there may be. */
static size_t split(char *text, char *words[WORDS + 1])
{
	size_t len = 0;

	text[strcspn(text, "#")] = '\0';
	while (len <= WORDS && *(text += strspn(text, BLANKS)) != '\0') {
		size_t word = strcspn(text, BLANKS);

		words[len++] = text;
		text += word;
		if (*text != '\0')
			*text++ = '\0';
	}
	return len;
}

static bool parse_host(const char *word, struct where_host *out, char error[BASELINE_ERROR_MAX])
{
	const char *wrong = where_host_parse(word, false, out);

	if (wrong != NULL)
		snprintf(error, BASELINE_ERROR_MAX, "'%.60s' %s", word, wrong);
	return wrong == NULL;
}

enum baseline_line_kind baseline_line_parse(char *text, struct baseline_line *out, char error[BASELINE_ERROR_MAX])
{
	char *words[WORDS + 1];
	size_t len = split(text, words);

	if (len == 0)
		return BASELINE_LINE_BLANK;
	if (len != WORDS) {
		snprintf(error, BASELINE_ERROR_MAX, "a line is a finding, a client and a server");
		return BASELINE_LINE_WRONG;
	}
	if (!ws_finding_parse(words[0], &out->id)) {
		audit_options_unknown(words[0], strlen(words[0]), error);
		return BASELINE_LINE_WRONG;
	}
	if (!parse_host(words[1], &out->client, error) || !parse_host(words[2], &out->server, error))
		return BASELINE_LINE_WRONG;
	return BASELINE_LINE_RULE;
}
