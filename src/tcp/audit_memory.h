/*
 * What the full audit remembers of a connection besides what inference does: one member for each subject, defined where
 * its rules are. All zero is a connection of which nothing was seen.
 */
#ifndef TCP_AUDIT_MEMORY_H
#define TCP_AUDIT_MEMORY_H

#include "tcp/audit_header.h"
#include "tcp/audit_options.h"
#include "wirestat.h"

struct audit_memory {
	uint64_t segments; /* audited so far */
	struct header_memory header;
	struct options_memory options;
};

#endif
