/*
 * The forms of the audit, each a view of its own: for people and as lines for machines, SARIF, JUnit, TAP.
 */
#ifndef CLI_AUDIT_FORM_H
#define CLI_AUDIT_FORM_H

#include "cli/options.h"

/* The view that the options of `audit` choose; NULL, and why in *error, when they contradict each other. */
const struct view *audit_form(const struct options *options, const char **error);

#endif
