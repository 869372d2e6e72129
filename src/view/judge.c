/*
 * Which findings count: all, unless the options hold a sieve.
 */
#include "view/view.h"

enum view_standing view_judge(const struct view_options *options, const struct ws_record *record, enum ws_finding_id id)
{
	const struct view_sieve *sieve = options->sieve;

	return sieve ? sieve->judge(sieve->self, record, id) : VIEW_COUNTS;
}
