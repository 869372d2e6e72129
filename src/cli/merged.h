/*
 * The coverage of other runs, read from the files of --merge.
 */
#ifndef CLI_MERGED_H
#define CLI_MERGED_H

#include "cli/audit_options.h"
#include "view/coverage.h"

/* The sum of all files; free() it. NULL when there is something wrong with one, which was told on stderr. */
struct coverage *merged_read(const struct audit_options *options);

#endif
