/*
 * How many threads a run works with: --threads, else as many as the machine has for it, but no more than help.
 */
#ifndef CLI_THREADS_H
#define CLI_THREADS_H

#include "cli/run_inside.h"

/* For ws_config.threads. The source is open. */
unsigned threads_wanted(const struct run *run);

#endif
