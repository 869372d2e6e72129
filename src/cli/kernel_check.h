/*
 * What this host's own kernel says of the connections, beside what the segments say: --check-kernel. Only ends with an
 * address of this host are compared. What is seen differently once may be a segment under way; only what is seen
 * differently in the same way twice in a row is a divergence.
 */
#ifndef CLI_KERNEL_CHECK_H
#define CLI_KERNEL_CHECK_H

#include <stdio.h>

#include "view/view.h"

struct kernel_check;

/* `addresses`, which must outlive it, are those of this host. NULL, with errno set, when the kernel cannot be asked. */
struct kernel_check *kernel_check_new(const struct ws_addr *addresses, size_t addresses_len, enum view_format format,
				      FILE *out);
void kernel_check_free(struct kernel_check *check);

/* The descriptor that the kernel is asked by. */
int kernel_check_descriptor(const struct kernel_check *check);

/* Asks and compares, at capture time `now`. New divergences are told on stderr, or in JSON all of it on `out`. */
void kernel_check_run(struct kernel_check *check, ws_tracker *tracker, ws_time now);

/* How often they agreed, on stderr. */
void kernel_check_report(const struct kernel_check *check);

#endif
