#include "cli/audit_form.h"

static const struct view *chosen(const struct audit_options *o)
{
	if (o->explain != NULL)
		return &view_explain;
	if (o->coverage)
		return &view_coverage;
	if (o->sarif)
		return &view_sarif;
	if (o->junit)
		return &view_junit;
	return o->tap ? &view_tap : &view_audit;
}

static const char *contradiction(const struct options *options)
{
	const struct audit_options *o = &options->audit;
	int forms = o->sarif + o->junit + o->tap + (o->explain != NULL);

	if (forms + o->coverage > 1)
		return "only one of --sarif, --junit, --tap, --explain and --coverage can be had";
	if (!o->coverage && (o->svg || o->merged_len > 0))
		return o->svg ? "--svg is a form of --coverage" : "--merge adds to --coverage";
	if (o->svg && options->format != VIEW_PEOPLE)
		return "--json and --tsv are no forms of --svg";
	if (o->coverage && o->is_asked)
		return "--only, --ignore and the baselines choose findings; --coverage has none";
	if (forms > 0 && options->format != VIEW_PEOPLE)
		return "--json and --tsv are no forms of --sarif, --junit, --tap and --explain";
	return NULL;
}

const struct view *audit_form(const struct options *options, const char **error)
{
	*error = contradiction(options);
	return *error != NULL ? NULL : chosen(&options->audit);
}
