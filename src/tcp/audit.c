#include "tcp/audit.h"

void audit_add(struct audit *audit, const struct finding *finding)
{
	if (audit->len < AUDIT_FINDINGS_MAX)
		audit->finding[audit->len++] = *finding;
}

/* One test for the ordinary segment: nothing marked, and no FIN about. */
static bool is_unremarkable(const struct pair *pair, const struct facts *facts)
{
	const struct endpoint *a = &pair->side[0];
	const struct endpoint *b = &pair->side[1];

	return !facts->marks && !(a->has_fin && b->has_fin) && !(a->saw_bare_syn && b->saw_bare_syn);
}

void audit_segment(const struct pair *pair, unsigned who, const struct segment *s, const struct facts *facts,
		   struct audit *out)
{
	out->len = 0;
	if (is_unremarkable(pair, facts))
		return;
	audit_open(pair, who, s, facts, out);
	audit_close(pair, who, s, facts, out);
}
