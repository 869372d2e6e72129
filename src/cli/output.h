/*
 * Standard output as a stream that a signal does not break: a write that INT interrupts goes on, so that what was read is
 * reported whole even to a slow reader. The first failure is kept.
 */
#ifndef CLI_OUTPUT_H
#define CLI_OUTPUT_H

#include <stdbool.h>
#include <stdio.h>

struct output {
	FILE *stream; /* buffered by the line on a terminal, else by the block */
	int fd;
	int error; /* errno of the first write that failed; 0: none did */
};

/* 0, or -1 with errno set. `output` must stay where it is until output_close. */
int output_open(struct output *output, int fd);

/* Makes standard output the file of that name: what it held is lost if `is_new`, else what is written goes behind it. False,
 * with errno set and standard output as it was, when it cannot be opened. */
bool output_redirect(const char *name, bool is_new);

/* Writes what is left; the descriptor stays open. 0, or the errno of the first failure. */
int output_close(struct output *output);

#endif
