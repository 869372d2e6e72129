/*
 * What is wrong with the input of a run, told on stderr and put into its result.
 */
#ifndef CLI_TROUBLE_H
#define CLI_TROUBLE_H

#include "cli/run_inside.h"

/* The input as people call it. */
const char *trouble_name_of(const struct run *run, size_t file);

void trouble_tell(const struct run *run, const struct source_problem *problem);

/* Tells of it, and puts it into the result. */
void trouble_take(struct run *run, const struct source_problem *problem);

#endif
