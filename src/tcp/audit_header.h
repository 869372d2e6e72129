/*
 * What the full audit remembers of the headers of a connection: how each side's SYNs spoke of congestion notification, so
 * that the bits of later segments can be held against it.
 */
#ifndef TCP_AUDIT_HEADER_H
#define TCP_AUDIT_HEADER_H

#include <stdbool.h>
#include <stdint.h>

struct sight;
struct audit_memory;

/* For each side a set: bit n, a SYN (a SYN-ACK) had the bits AE, CWR, ECE as the number n (RFC 9768 table 2). */
struct header_memory {
	uint8_t ecn_syn[2];
	uint8_t ecn_syn_ack[2];
	bool has_offload[2]; /* a checksum was left to the network card */
};

/* Of the topics in audit.h, those of this subject that are up. */
uint32_t audit_header_topics(const struct sight *sight);
void audit_header_note(const struct sight *sight, struct audit_memory *memory);

#endif
