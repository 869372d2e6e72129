/*
 * The findings that count: those of --only, without those of --ignore, and of these the ones that no baseline accepts.
 */
#ifndef CLI_SIEVE_H
#define CLI_SIEVE_H

#include "cli/audit_options.h"
#include "cli/baseline.h"
#include "view/view.h"

struct sieve {
	const struct audit_options *options;
	struct baseline *baseline;
	struct view_sieve view; /* what goes into view_options; points here, so that a sieve must stay where it is */
};

/* False when the baseline is wrong, which was told on stderr. Either way sieve_fini is due. */
bool sieve_init(struct sieve *sieve, const struct audit_options *options);
void sieve_fini(struct sieve *sieve);

/* Whether a finding counts for --fail-on; one that does is noted for --write-baseline. */
bool sieve_passes(struct sieve *sieve, const struct ws_record *record, enum ws_finding_id id);

/* --write-baseline. False when the file could not be written, which was told on stderr. */
bool sieve_write(struct sieve *sieve);

#endif
