#include "capture/filters.h"

#include "capture/linktype.h"
#include "capture/problem.h"

#define SNAPLEN 262144

void filters_init(struct filters *filters, const char *expression)
{
	filters->expression = expression != NULL && expression[0] != '\0' ? expression : NULL;
	filters->len = 0;
}

void filters_fini(struct filters *filters)
{
	for (size_t i = 0; i < filters->len; i++)
		if (filters->filters[i].kind == FILTER_PROGRAM)
			pcap_freecode(&filters->filters[i].program);
	filters->len = 0;
}

static void compile(struct filter *filter, const char *expression, struct source_problem *problem)
{
	pcap_t *pcap = pcap_open_dead_with_tstamp_precision(linktype_dlt(filter->linktype), SNAPLEN,
							    PCAP_TSTAMP_PRECISION_NANO);

	filter->kind = FILTER_TAKES_NONE;
	if (pcap == NULL)
		problem_set(problem, SOURCE_FAULT_FILTER, "no memory for it");
	else if (pcap_compile(pcap, &filter->program, expression, 1, PCAP_NETMASK_UNKNOWN) != 0)
		problem_set(problem, SOURCE_FAULT_FILTER, "%s", pcap_geterr(pcap));
	else
		filter->kind = FILTER_PROGRAM;
	if (pcap != NULL)
		pcap_close(pcap);
}

/* Of more link types than are kept, none can be one that is known. */
struct filter *filters_for(struct filters *filters, uint32_t linktype, bool *is_new, struct source_problem *problem)
{
	struct filter *filter;

	*is_new = false;
	for (size_t i = 0; i < filters->len; i++)
		if (filters->filters[i].linktype == linktype)
			return &filters->filters[i];
	*is_new = filters->len < FILTERS_MAX;
	filter = *is_new ? &filters->filters[filters->len++] : &filters->filters[FILTERS_MAX - 1];
	if (!*is_new && filter->kind == FILTER_PROGRAM)
		pcap_freecode(&filter->program);
	*filter = (struct filter){ .linktype = linktype, .kind = FILTER_TAKES_ALL };
	if (!ws_linktype_known(linktype))
		linktype_set_problem(linktype, problem);
	else if (filters->expression != NULL)
		compile(filter, filters->expression, problem);
	return filter;
}

const char *source_library(void)
{
	return pcap_lib_version();
}
