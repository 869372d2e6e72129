/*
 * One line of a baseline.
 */
#ifndef CLI_BASELINE_LINE_H
#define CLI_BASELINE_LINE_H

#include "cli/where_host.h"

struct baseline_line {
	enum ws_finding_id id;
	struct where_host client;
	struct where_host server;
};

#define BASELINE_ERROR_MAX 200

enum baseline_line_kind { BASELINE_LINE_BLANK, BASELINE_LINE_RULE, BASELINE_LINE_WRONG };

/* `text` is one line without its end; it is changed. What is wrong with it goes into `error`. */
enum baseline_line_kind baseline_line_parse(char *text, struct baseline_line *out, char error[BASELINE_ERROR_MAX]);

#endif
