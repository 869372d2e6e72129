/*
 * The catalogue of findings as data, from its one list (wirestat_findings.def).
 */
#include <string.h>

#include "base/dashed.h"
#include "wirestat.h"

#define SCOPE_ENDPOINT "endpoint"
#define SCOPE_CONNECTION "connection"
#define SCOPE_HOST "host"
#define SCOPE_CAPTURE "capture"

static const char names[][DASHED_MAX] = {
#define FINDING(id, level, scope, source, values, title, meaning, peers) DASHED(id),
#include "wirestat_findings.def"
#undef FINDING
};

#define FINDING(id, level, scope, source, values, title, meaning, peers) \
	_Static_assert(DASHED_FITS(id) && sizeof(title) <= 61, "too long: " #id);
#include "wirestat_findings.def"
#undef FINDING

const struct ws_finding_info *ws_finding_info(enum ws_finding_id id)
{
	static const struct ws_finding_info infos[] = {
#define FINDING(id, level, scope, source, values, title, meaning, peers) \
	{ names[WS_FINDING_##id], WS_##level, SCOPE_##scope, source, values, title, meaning, peers },
#include "wirestat_findings.def"
#undef FINDING
	};

	return &infos[id];
}

bool ws_finding_parse(const char *name, enum ws_finding_id *out)
{
	for (int i = 0; i < WS_FINDING_COUNT; i++) {
		if (strcmp(name, names[i]) == 0) {
			*out = (enum ws_finding_id)i;
			return true;
		}
	}
	return false;
}
