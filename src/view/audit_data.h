/*
 * The audit's objects for machines.
 */
#ifndef VIEW_AUDIT_DATA_H
#define VIEW_AUDIT_DATA_H

#include "view/fields.h"
#include "view/instances.h"
#include "view/view.h"

/* Of a connection each finding is told so many times; its verdict sums up the rest. */
#define AUDIT_TOLD_PEOPLE 3
#define AUDIT_TOLD_MACHINES 100

/* What the whole audit came to. */
struct audit_sum {
	uint64_t verdicts;
	uint64_t findings[WS_FINDING_COUNT]; /* that count */
	uint64_t levels[WS_LEVEL_COUNT];
	uint64_t accepted; /* by the baseline */
};

/* A line of TSV: a finding, a verdict or a line of the summary, side by side. `count` belongs to the last. All may be NULL
 * for the names. */
void audit_tsv(struct text *out, enum fields_mode mode, const struct view_options *options, const char *type,
	       const struct ws_event *event, const struct ws_record *record, const uint64_t *count);
void audit_tsv_summary(struct text *out, const struct view_options *options, const struct audit_sum *sum);

/* `instances` may be NULL. */
void audit_json_verdict(struct text *out, const struct view_options *options, const struct ws_record *record,
			const struct instances *instances);
void audit_json_summary(struct text *out, const struct audit_sum *sum);

#endif
