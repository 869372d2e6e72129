/*
 * One run: packets from the source through a tracker into a view, up to the end of the input, the -c of the options or
 * the moment of --at.
 */
#ifndef CLI_RUN_H
#define CLI_RUN_H

#include "cli/options.h"

struct run_result {
	bool is_out_of_memory; /* before anything was read */
	bool has_bad_filter;   /* as every other trouble, it was told on stderr */
	bool has_bad_input;
	bool has_no_permission; /* to capture */
	bool has_lost_file;     /* another than the output could not be written */
	bool is_insecure;       /* permissions could not be given up, and nothing was read */
	int highest_level;      /* of the findings, plus 1; 0: none were, or nobody asked */
};

/* Writes the view on `out` and everything else on stderr. */
void run(const struct options *options, FILE *out, struct run_result *result);

#endif
