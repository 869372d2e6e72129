/*
 * What was told of a connection's findings so far, so that a bad link does not bury the report: each finding of a connection
 * is told so many times, the rest is counted and summed up in its verdict. Also when SYN and SYN-ACK were repeated.
 */
#ifndef VIEW_INSTANCES_H
#define VIEW_INSTANCES_H

#include "wirestat.h"

struct instances_item {
	enum ws_finding_id id;
	uint32_t count; /* that came */
	uint32_t told;  /* of them */
	uint64_t last_frame;
};

/* Repetitions of one side's SYN or SYN-ACK. */
struct instances_repeats {
	uint32_t len;
	ws_time last;
	int64_t first_gap; /* between the first and the second */
	int64_t last_gap;
	bool is_doubled; /* each gap about twice the one before (RFC 6298 5.5) */
};

struct instances {
	struct instances *prev;
	struct instances *next;
	struct instances_item *items;
	size_t len;
	size_t size;
	struct instances_repeats repeats[2]; /* SYN, SYN-ACK */
};

/* NULL when out of memory. */
struct instances *instances_new(void);
void instances_free(struct instances *instances);

/* Counts one more of the event's finding. True when it is one of the first `most`, and so is to be told; also when there is
 * no memory to count it. */
bool instances_take(struct instances *instances, const struct ws_event *finding, uint32_t most);

/* Takes note of the finding if it is a repeated SYN or SYN-ACK. `record` tells when that was sent first. */
void instances_repeat(struct instances *instances, const struct ws_event *finding, const struct ws_record *record);

/* How often this finding came and was told; NULL when it never came. `instances` may be NULL. */
const struct instances_item *instances_of(const struct instances *instances, enum ws_finding_id id);

#endif
