/*
 * The files of -r, spelled out: directories and lists are replaced by the files that they stand for.
 */
#ifndef CLI_INPUTS_H
#define CLI_INPUTS_H

#include "capture/filelist.h"
#include "cli/options.h"

struct inputs {
	struct options options; /* those given, but each file under its own name; borrows from them */
	struct filelist list;
	bool has_trouble; /* not everything that was asked for is there; it was told on stderr */
};

/* False when out of memory. Either way inputs_fini is due. */
bool inputs_init(struct inputs *inputs, const struct options *options);
void inputs_fini(struct inputs *inputs);

#endif
