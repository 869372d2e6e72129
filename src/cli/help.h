/*
 * The text of --help, made from the tables of option_rows.h.
 */
#ifndef CLI_HELP_H
#define CLI_HELP_H

#include <stdio.h>

/* The whole text. */
void help_print(FILE *out);

/* The few lines for one who gave nothing to read. */
void help_print_usage(FILE *out);

#endif
