#include "cli/run_audit.h"

#include <stdlib.h>

#include "view/host_text.h"

bool run_audit_open(struct run *run)
{
	const struct audit_options *o = &run->options->audit;

	if (o->merged_len > 0) {
		run->merged = merged_read(o);
		run->result->has_bad_filter |= run->merged == NULL;
	}
	if (!o->is_asked)
		return true;
	run->sieve = malloc(sizeof(*run->sieve));
	if (run->sieve == NULL)
		return false;
	run->result->has_bad_filter |= !sieve_init(run->sieve, o);
	return true;
}

void run_audit_close(struct run *run)
{
	if (run->sieve != NULL)
		sieve_fini(run->sieve);
	free(run->sieve);
	free(run->merged);
}

bool run_audit_needs_findings(const struct options *options)
{
	return options->has_fail_on || options->audit.write_baseline != NULL;
}

bool run_audit_wants(const struct run *run, const struct ws_event *event)
{
	struct ws_record storage;
	const struct ws_record *record = NULL;

	if (event->host != NULL) {
		host_record(event->host, &storage);
		record = &storage;
		if (run->choice != NULL)
			return false;
	}
	if (event->connection != NULL && (run->choice != NULL || run->sieve != NULL)) {
		ws_connection_record(event->connection, &storage);
		record = &storage;
	}
	if (run->choice != NULL && record != NULL && !choice_has(run->choice, record, event->ts))
		return false;
	return run->sieve == NULL || sieve_passes(run->sieve, record, event->finding);
}
