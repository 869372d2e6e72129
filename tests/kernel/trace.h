/*
 * The kernel's own account: tracepoints, read from a tracefs instance of their own.
 */
#ifndef KERNEL_TRACE_H
#define KERNEL_TRACE_H

#include "happening.h"
#include "host.h"

/* Makes the instance and starts it; ends the process when it cannot. */
void trace_start(const char *instance);

/* Stops it and adds what concerns the two hosts, and all timers of mini-sockets, to `out`, in order. */
void trace_read(const char *instance, const struct host hosts[SIDES], struct happenings *out);

/* Copies a stopped trace to a file as it is. */
void trace_save(const char *instance, const char *path);

/* Removes an instance that may be there. */
void trace_remove(const char *instance);

/* Removes the instances "wirestat-PID-N" of processes that are no more. */
void trace_sweep(void);

/* True when tracefs is there, or could be mounted; says in *mounted if it now has to be unmounted. */
bool trace_available(bool *mounted);
void trace_unmount(void);

#endif
