/*
 * From facts to findings: straight rules, each with its citation, over what inference has left in the pair. They change
 * nothing, so they can be left out without harm to any state.
 */
#ifndef TCP_AUDIT_H
#define TCP_AUDIT_H

#include "tcp/classify.h"

/* How `expected` and `seen` of a finding are to be read. */
enum finding_unit { UNIT_NONE, UNIT_NUMBER, UNIT_FLAGS, UNIT_NANOSECONDS };

struct finding {
	enum ws_finding_id id;
	enum ws_side side; /* in the terms of the key: 0 or 1, WS_BOTH */
	enum finding_unit unit;
	bool has_expected;
	uint64_t expected;
	uint64_t seen;
};

#define AUDIT_FINDINGS_MAX 12

/* What one segment gives rise to. */
struct audit {
	struct finding finding[AUDIT_FINDINGS_MAX];
	unsigned len;
};

/* `pair->side[who]` sent `s`; `facts` are what infer_segment made of it. */
void audit_segment(const struct pair *pair, unsigned who, const struct segment *s, const struct facts *facts,
		   struct audit *out);

/* For the rules, and for those that time raises (track/expire.c). */
void audit_add(struct audit *audit, const struct finding *finding);

/* Within tcp/ only. */
void audit_open(const struct pair *pair, unsigned who, const struct segment *s, const struct facts *facts,
		struct audit *out);
void audit_close(const struct pair *pair, unsigned who, const struct segment *s, const struct facts *facts,
		 struct audit *out);

#endif
