/*
 * Link types between libpcap, which has numbers of its own (DLT_), and the registry (LINKTYPE_).
 */
#ifndef CAPTURE_LINKTYPE_H
#define CAPTURE_LINKTYPE_H

#include "capture/source.h"

/* The LINKTYPE_ value of what pcap_datalink() says. */
uint32_t linktype_of(int dlt);

/* "link type 147 (USER0) is not known here". */
void linktype_set_problem(uint32_t linktype, struct source_problem *problem);

#endif
