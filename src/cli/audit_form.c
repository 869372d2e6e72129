#include "cli/audit_form.h"

static const struct view *chosen(const struct audit_options *o)
{
	if (o->explain != NULL)
		return &view_explain;
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

	if (forms > 1)
		return "only one of --sarif, --junit, --tap and --explain can be had";
	if (forms > 0 && options->format != VIEW_PEOPLE)
		return "--json and --tsv are no forms of --sarif, --junit, --tap and --explain";
	return NULL;
}

const struct view *audit_form(const struct options *options, const char **error)
{
	*error = contradiction(options);
	return *error != NULL ? NULL : chosen(&options->audit);
}
