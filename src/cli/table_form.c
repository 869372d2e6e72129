#include "cli/table_form.h"

#include <arpa/inet.h>
#include <string.h>

bool table_form_parse_tool(const char *text, const struct view **out)
{
	if (strcmp(text, "netstat") == 0)
		*out = &view_netstat;
	else if (strcmp(text, "ss") == 0)
		*out = &view_ss;
	else
		return false;
	return true;
}

bool table_form_parse_host(const char *text, struct ws_addr *out)
{
	*out = (struct ws_addr){ .family = 4 };
	if (inet_pton(AF_INET, text, out->bytes) == 1)
		return true;
	*out = (struct ws_addr){ .family = 6 };
	return inet_pton(AF_INET6, text, out->bytes) == 1;
}

static const struct view *chosen(const struct options *o)
{
	if (o->zeek)
		return &view_zeek;
	if (o->summary)
		return &view_ss_summary;
	if (o->tool != NULL)
		return o->tool;
	return o->listening ? &view_listening : &view_table;
}

static const char *contradiction(const struct options *o, const struct view *view)
{
	bool is_own = view == &view_table || view == &view_listening;
	bool is_list = view == &view_netstat || view == &view_ss;

	if (o->zeek + o->summary + (o->tool != NULL) > 1)
		return "only one of --as, --summary and --zeek can be had";
	if (!is_own && o->format != VIEW_PEOPLE)
		return "--json and --tsv are no forms of --as, --summary and --zeek";
	if (o->path && view != &view_table)
		return "--path goes with the plain table only";
	if (o->listening && (o->zeek || o->summary))
		return "--listening goes with --as, or alone";
	if (o->where != NULL && view == &view_listening)
		return "--where chooses connections; --listening lists none";
	if (o->timers && view != &view_table && !is_list)
		return "--timers goes with the plain table and with --as";
	if (o->wide && view != &view_netstat)
		return "--wide goes with --as netstat";
	if (o->hosts_len > 0 && is_own)
		return "--host goes with --as, --summary and --zeek";
	if (o->every_ns > 0 && o->zeek)
		return "--every repeats a list; --zeek writes each connection once";
	return NULL;
}

const struct view *table_form(const struct options *options, const char **error)
{
	const struct view *view = chosen(options);

	*error = contradiction(options, view);
	return *error ? NULL : view;
}
