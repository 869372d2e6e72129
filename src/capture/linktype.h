/*
 * Link types between libpcap, which has numbers of its own (DLT_), and the registry (LINKTYPE_).
 */
#ifndef CAPTURE_LINKTYPE_H
#define CAPTURE_LINKTYPE_H

#include "capture/source.h"

/* The LINKTYPE_ value of what pcap_datalink() says, and what pcap_open_dead() wants for it. */
uint32_t linktype_of(int dlt);
int linktype_dlt(uint32_t linktype);

/* The LINKTYPE_ value of the number in a file, which may be one that only some systems had. */
uint32_t linktype_in_file(uint32_t number);

/* More bytes of one packet than this are not captured. */
uint32_t linktype_captured_max(uint32_t linktype);

/* "link type 147 (USER0) is not known here". */
void linktype_set_problem(uint32_t linktype, struct source_problem *problem);

#endif
