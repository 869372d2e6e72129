/*
 * The options of the catalogue: which findings count, in which form the audit is written, and what `findings` was asked.
 */
#ifndef CLI_AUDIT_OPTIONS_H
#define CLI_AUDIT_OPTIONS_H

#include <stddef.h>

#include "wirestat.h"

struct audit_options {
	bool is_asked;                  /* some findings are to count and others not, or all are to be kept */
	bool has_only;                  /* some are named */
	bool only[WS_FINDING_COUNT];    /* of --only */
	bool ignored[WS_FINDING_COUNT]; /* of --ignore */
	const char *baseline;           /* NULL: none */
	const char *write_baseline;
	const char *explain; /* a UID */
	bool sarif;
	bool junit;
	bool tap;
	bool coverage;
	bool svg;
	const char **merged; /* of --merge; borrowed from argv */
	size_t merged_len;
	bool man; /* findings --man */
};

#define AUDIT_OPTIONS_ERROR_MAX 160

/* Marks the findings of a list of names joined by commas. False when one is none, then `error` says which. */
bool audit_options_mark(const char *names, bool marks[WS_FINDING_COUNT], char error[AUDIT_OPTIONS_ERROR_MAX]);

/* Once all options were taken: what follows from them. */
void audit_options_settle(struct audit_options *options);

/* "there is no finding 'x'; did you mean y?" into `error`; `name` need not end with NUL. */
void audit_options_unknown(const char *name, size_t len, char error[AUDIT_OPTIONS_ERROR_MAX]);

#endif
