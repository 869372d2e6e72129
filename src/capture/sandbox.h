/*
 * A filter on system calls (seccomp(2)) that leaves the process, all its threads, what it needs to read the packets of sockets that are open
 * already, and to write: no socket, no program can be opened or run any more, no file unless it is asked for, no memory
 * made executable.
 */
#ifndef CAPTURE_SANDBOX_H
#define CAPTURE_SANDBOX_H

#include <stdbool.h>

struct sandbox {
	int packet_fd;    /* may be bound anew; -1: none */
	int netlink_fd;   /* may be asked questions; -1: none */
	bool opens_files; /* those that the user may open whom the process has become */
};

/* A call that is not allowed ends the process; only opening a file just fails, for every library can bear that. False,
 * with errno set, when the kernel or the machine has no such filter; true, but without one, in a build with sanitizers,
 * which need more. */
bool sandbox_enter(const struct sandbox *sandbox);

#endif
