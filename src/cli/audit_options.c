#include "cli/audit_options.h"

#include <stdio.h>
#include <string.h>

#include "cli/nearest.h"

#define NAME_MAX_LEN 64

void audit_options_unknown(const char *name, size_t len, char error[AUDIT_OPTIONS_ERROR_MAX])
{
	char word[NAME_MAX_LEN];
	const char *best = NULL;
	unsigned i;

	snprintf(word, sizeof(word), "%.*s", len < sizeof(word) ? (int)len : (int)sizeof(word) - 1, name);
	for (i = 0; i < WS_FINDING_COUNT; i++)
		nearest_offer(word, ws_finding_info((enum ws_finding_id)i)->id, &best);
	if (best != NULL)
		snprintf(error, AUDIT_OPTIONS_ERROR_MAX, "there is no finding '%s'; did you mean %s?", word, best);
	else
		snprintf(error, AUDIT_OPTIONS_ERROR_MAX, "there is no finding '%s'; `wirestat findings` lists them",
			 word);
}

static bool mark(const char *name, size_t len, bool marks[WS_FINDING_COUNT])
{
	char word[NAME_MAX_LEN];
	enum ws_finding_id id;

	if (len >= sizeof(word))
		return false;
	memcpy(word, name, len);
	word[len] = '\0';
	if (!ws_finding_parse(word, &id))
		return false;
	marks[id] = true;
	return true;
}

bool audit_options_mark(const char *names, bool marks[WS_FINDING_COUNT], char error[AUDIT_OPTIONS_ERROR_MAX])
{
	for (;;) {
		size_t len = strcspn(names, ",");

		if (!mark(names, len, marks)) {
			audit_options_unknown(names, len, error);
			return false;
		}
		if (names[len] == '\0')
			return true;
		names += len + 1;
	}
}

void audit_options_settle(struct audit_options *o)
{
	unsigned i;

	for (i = 0; i < WS_FINDING_COUNT; i++)
		o->has_only |= o->only[i];
	o->is_asked = o->has_only || o->baseline != NULL || o->write_baseline != NULL;
	for (i = 0; i < WS_FINDING_COUNT; i++)
		o->is_asked |= o->ignored[i];
}
