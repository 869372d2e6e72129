/*
 * The connections that --where chooses, as the views ask for them.
 */
#ifndef CLI_CHOICE_H
#define CLI_CHOICE_H

#include "cli/where.h"
#include "view/view.h"

struct choice {
	struct where where;
	struct view_choice view; /* what goes into view_options; points here, so that a choice must stay where it is */
};

/* False when the expression is wrong, which is told on stderr. */
bool choice_init(struct choice *choice, const char *where);

/* Whether it asks for findings, so that the full audit is needed. `choice` may be NULL. */
bool choice_names_finding(const struct choice *choice);

/* `src` is the client, `state` asks both sides. */
bool choice_has(const struct choice *choice, const struct ws_record *record, ws_time now);

#endif
