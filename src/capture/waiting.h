/*
 * Reading a descriptor that may keep its reader waiting, without leaving him alone while nothing comes.
 */
#ifndef CAPTURE_WAITING_H
#define CAPTURE_WAITING_H

#include <sys/types.h>

#include "capture/source.h"

/* Waits until `fd` can be read, which it also can at its end, and asks `wait` meanwhile. False: go on no longer. */
bool waiting_for(int fd, const struct source_wait *wait);

/* As read(2), after waiting; 0 also when `wait` wants to go on no longer. */
ssize_t waiting_read(int fd, const struct source_wait *wait, void *data, size_t size);

#endif
