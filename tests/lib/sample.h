/*
 * A record as a view gets it, filled by hand: the connection of the example in the contract of machine output.
 */
#ifndef TESTS_SAMPLE_H
#define TESTS_SAMPLE_H

#include "wirestat.h"

/* 2026-01-02T03:04:05Z */
#define SAMPLE_START INT64_C(1767323045000000000)

/* 10.9.0.1:40756, client in TIME-WAIT, to 10.9.0.2:5000, closed by its last ACK; one path step each. */
void sample_record(struct ws_record *record);

/* The same between two IPv6 addresses that are as long as they get. */
void sample_record_ipv6(struct ws_record *record);

void sample_finding(struct ws_record *record, enum ws_finding_id id, uint32_t count);

#endif
