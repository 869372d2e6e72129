#include "capture/linktype.h"

#include <pcap/pcap.h>

#include "capture/problem.h"

#define LINKTYPE_RAW 101
#define LINKTYPE_RAW_BSD 12
#define LINKTYPE_RAW_OPENBSD 14

/* libpcap's limit for networks (MAXIMUM_SNAPLEN); buses of other kinds, whose packets are only counted, have more. */
#define CAPTURED_MAX 262144
#define CAPTURED_MAX_UNKNOWN (8u * 1024 * 1024)

/* DLT_RAW has a number of its own in files, and an old one on each BSD; the rest that can be decoded is the same. */
uint32_t linktype_of(int dlt)
{
	return dlt == DLT_RAW ? LINKTYPE_RAW : linktype_in_file((uint32_t)dlt);
}

int linktype_dlt(uint32_t linktype)
{
	return linktype == LINKTYPE_RAW ? DLT_RAW : (int)linktype;
}

uint32_t linktype_in_file(uint32_t number)
{
	return number == LINKTYPE_RAW_BSD || number == LINKTYPE_RAW_OPENBSD ? LINKTYPE_RAW : number;
}

uint32_t linktype_captured_max(uint32_t linktype)
{
	return ws_linktype_known(linktype) ? CAPTURED_MAX : CAPTURED_MAX_UNKNOWN;
}

void linktype_set_problem(uint32_t linktype, struct source_problem *problem)
{
	const char *name = linktype <= INT32_MAX ? pcap_datalink_val_to_name((int)linktype) : NULL;

	problem_set(problem, SOURCE_FAULT_LINKTYPE, "link type %u%s%s%s is not known here", linktype,
		    name != NULL ? " (" : "", name != NULL ? name : "", name != NULL ? ")" : "");
}
