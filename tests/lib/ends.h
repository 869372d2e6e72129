/*
 * Connections between many hosts, for scenes (stage.h).
 */
#ifndef TESTS_ENDS_H
#define TESTS_ENDS_H

#include "stage.h"

#define SECOND INT64_C(1000000000)

/* Host n of a network of test hosts; 0 is the one that is usually the target. */
struct ws_addr ends_host(unsigned n);

/* One connection, by its ends; client and server number from 1,000 and 5,000, and stand at 1. */
struct ends {
	unsigned client;
	uint16_t sport;
	unsigned server;
	uint16_t dport;
};

/* From a new port of the client's. */
struct ends ends_between(unsigned client, unsigned server, unsigned dport);

/* STAGE_A is the client. */
void ends_send(struct stage *stage, const struct ends *ends, enum stage_side from, const char *flags, uint32_t seq,
	       uint32_t ack, size_t len);

/* A SYN and its RST. */
void ends_refuse(struct stage *stage, const struct ends *ends);
void ends_open(struct stage *stage, const struct ends *ends);
/* `first` closes first. */
void ends_close(struct stage *stage, const struct ends *ends, enum stage_side first);

/* What was told of a host: once, that is checked. And that it is this host. */
const struct ws_host_finding *ends_told(const struct stage *stage, enum ws_finding_id id);
void ends_ck_host(const struct ws_addr *addr, unsigned n);

#endif
