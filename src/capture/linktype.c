#include "capture/linktype.h"

#include <pcap/pcap.h>

#include "capture/problem.h"

#define LINKTYPE_RAW 101

/* DLT_RAW has a number of its own in files, and an old one on each BSD; the rest that can be decoded is the same. */
uint32_t linktype_of(int dlt)
{
	if (dlt == DLT_RAW || dlt == 12 || dlt == 14)
		return LINKTYPE_RAW;
	return (uint32_t)dlt;
}

void linktype_set_problem(uint32_t linktype, struct source_problem *problem)
{
	const char *name = linktype <= INT32_MAX ? pcap_datalink_val_to_name((int)linktype) : NULL;

	problem_set(problem, SOURCE_FAULT_LINKTYPE, "link type %u%s%s%s is not known here", linktype,
		    name != NULL ? " (" : "", name != NULL ? name : "", name != NULL ? ")" : "");
}
