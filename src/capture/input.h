/*
 * The bytes of a file, or of standard input, as they stand there: opened by name, read by read(2) into the reader's own
 * memory. Only what may keep its reader waiting is waited for.
 */
#ifndef CAPTURE_INPUT_H
#define CAPTURE_INPUT_H

#include <sys/types.h>

#include "capture/source.h"

struct input {
	int fd; /* -1: not open */
	bool is_regular;
	uint64_t size;                  /* of a regular file, when it was opened */
	const struct source_wait *wait; /* borrowed */
};

/* "-" is standard input, which gets a descriptor of its own. False, with *problem filled, when it cannot be opened. */
bool input_open(struct input *input, const char *name, const struct source_wait *wait, struct source_problem *problem);
void input_close(struct input *input);

/* As read(2); 0 also when whoever waits wants to go on no longer. */
ssize_t input_read(const struct input *input, void *data, size_t size);

/* Bytes of the file; false when it is none whose size could be told. */
bool input_size(const char *name, uint64_t *out);

#endif
