#include "cli/sieve.h"

#include <errno.h>
#include <string.h>

static enum view_standing judge(const void *self, const struct ws_record *record, enum ws_finding_id id)
{
	const struct sieve *sieve = self;
	const struct audit_options *o = sieve->options;

	if ((o->has_only && !o->only[id]) || o->ignored[id])
		return VIEW_LEFT_OUT;
	return baseline_accepts(sieve->baseline, record, id) ? VIEW_ACCEPTED : VIEW_COUNTS;
}

bool sieve_init(struct sieve *sieve, const struct audit_options *options)
{
	*sieve = (struct sieve){ .options = options, .view = { .self = sieve, .judge = judge } };
	sieve->baseline = baseline_new(options->baseline);
	return sieve->baseline != NULL;
}

void sieve_fini(struct sieve *sieve)
{
	baseline_free(sieve->baseline);
	sieve->baseline = NULL;
}

bool sieve_passes(struct sieve *sieve, const struct ws_record *record, enum ws_finding_id id)
{
	if (judge(sieve, record, id) != VIEW_COUNTS)
		return false;
	if (sieve->options->write_baseline != NULL)
		baseline_note(sieve->baseline, record, id);
	return true;
}

bool sieve_write(struct sieve *sieve)
{
	const char *name = sieve->options->write_baseline;

	if (name == NULL || baseline_write(sieve->baseline, name))
		return true;
	fprintf(stderr, "wirestat: --write-baseline: %s: %s\n", name, strerror(errno));
	return false;
}
