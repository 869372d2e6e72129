/*
 * A filter on system calls (seccomp(2)) that leaves the process what it needs to read the packets of sockets that are open
 * already, and to write: no file, no socket, no program can be opened or run any more, no memory made executable.
 */
#ifndef CAPTURE_SANDBOX_H
#define CAPTURE_SANDBOX_H

#include <stdbool.h>

/* A call that is not allowed ends the process; only opening a file just fails, for every library can bear that.
 * `packet_fd` may be bound anew, `netlink_fd` may be asked questions (-1: neither). False, with errno set, when the kernel
 * or the machine has no such filter; true, but without one, in a build with sanitizers, which need more. */
bool sandbox_enter(int packet_fd, int netlink_fd);

#endif
