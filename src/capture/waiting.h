/*
 * A pipe as a stream that does not leave its reader alone while nothing comes.
 */
#ifndef CAPTURE_WAITING_H
#define CAPTURE_WAITING_H

#include <stdio.h>

#include "capture/source.h"

/* Reads `fd`, which is its own from now on, and asks `wait` whether to go on; when not, it has ended. `wait` is borrowed
 * as long as the stream is open. NULL, with errno set and `fd` as it was, when out of memory. */
FILE *waiting_open(int fd, const struct source_wait *wait);

#endif
