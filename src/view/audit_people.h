/*
 * The audit for people.
 */
#ifndef VIEW_AUDIT_PEOPLE_H
#define VIEW_AUDIT_PEOPLE_H

#include "view/audit_data.h"

/* "alert  ", as wide as every level. */
void audit_people_label(struct text *out, enum ws_level level, bool color);

/* `record` may be NULL. */
void audit_people_finding(struct text *out, const struct ws_event *event, const struct ws_record *record, bool color);

/* How many more there were than have been told, and the verdict. `instances` may be NULL. */
void audit_people_verdict(struct text *out, const struct view_options *options, const struct ws_record *record,
			  const struct instances *instances);

void audit_people_summary(struct text *out, const struct audit_sum *sum, bool color);

#endif
