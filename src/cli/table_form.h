/*
 * The forms of the table: which of them the options ask for, and what does not go together.
 */
#ifndef CLI_TABLE_FORM_H
#define CLI_TABLE_FORM_H

#include "cli/options.h"

/* "netstat" or "ss"; false when it is neither. */
bool table_form_parse_tool(const char *text, const struct view **out);

/* A host's address, as text. */
bool table_form_parse_host(const char *text, struct ws_addr *out);

/* The view that serves `table` with these options; NULL, with the reason in *error, when they contradict each other. */
const struct view *table_form(const struct options *options, const char **error);

#endif
