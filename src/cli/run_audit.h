/*
 * What a run needs for the options of the audit.
 */
#ifndef CLI_RUN_AUDIT_H
#define CLI_RUN_AUDIT_H

#include "cli/run_inside.h"

/* Reads the files of --baseline and --merge; a wrong one counts as a wrong filter. False when out of memory. */
bool run_audit_open(struct run *run);
void run_audit_close(struct run *run);

/* Whether findings must be told for --fail-on or --write-baseline, whatever the view shows. */
bool run_audit_needs_findings(const struct options *options);

/* Whether the finding is of a connection that was chosen, and one that counts. */
bool run_audit_wants(const struct run *run, const struct ws_event *finding);

#endif
