/*
 * A BPF expression, compiled for each link type that packets of a file have, by libpcap and when first needed.
 */
#ifndef CAPTURE_FILTERS_H
#define CAPTURE_FILTERS_H

#include <pcap/pcap.h>

#include "capture/source.h"

#define FILTERS_MAX 32

enum filter_kind {
	FILTER_TAKES_ALL, /* there is no expression, or it cannot be meant for packets that cannot be decoded */
	FILTER_PROGRAM,
	FILTER_TAKES_NONE, /* the expression makes no sense for this link type */
};

struct filter {
	uint32_t linktype;
	enum filter_kind kind;
	struct bpf_program program;
};

struct filters {
	const char *expression; /* borrowed; NULL: none */
	size_t len;
	struct filter filters[FILTERS_MAX];
};

void filters_init(struct filters *filters, const char *expression);
void filters_fini(struct filters *filters);

/* The filter for this link type; `is_new`: it was not asked for before. One that makes no sense, or is for a link type that
 * is not known, fills *problem then. */
struct filter *filters_for(struct filters *filters, uint32_t linktype, bool *is_new, struct source_problem *problem);

static inline bool filter_takes(const struct filter *filter, const struct ws_packet *packet)
{
	if (filter->kind != FILTER_PROGRAM)
		return filter->kind == FILTER_TAKES_ALL;
	return bpf_filter(filter->program.bf_insns, packet->data, packet->len, packet->caplen) != 0;
}

#endif
