/*
 * A capture at a host's own interface: everything that leaves it or comes in, with the kernel's timestamps.
 */
#ifndef KERNEL_TAP_H
#define KERNEL_TAP_H

#include "happening.h"
#include "host.h"

/* An AF_PACKET socket of the calling thread's namespace; ends the process when it cannot be had. */
int tap_open(unsigned ifindex);

/* Writes what has passed so far, and notes the segments that came in, the FINs and SYN-ACKs that left. */
void tap_drain(const struct host *h, FILE *file, uint32_t snaplen, struct happenings *out);

#endif
