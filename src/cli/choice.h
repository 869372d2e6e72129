/*
 * The connections that --where chooses, as the views ask for them.
 */
#ifndef CLI_CHOICE_H
#define CLI_CHOICE_H

#include "cli/where.h"
#include "view/view.h"

/* The side that src and sport mean, of a connection; WS_BOTH: none in particular. */
typedef enum ws_side choice_local_fn(const void *user, const struct ws_record *record);

struct choice {
	struct where where;
	choice_local_fn *local; /* NULL: src is the client */
	const void *user;
	struct view_choice view; /* what goes into view_options; points here, so that a choice must stay where it is */
};

/* False when the expression is wrong, which is told on stderr. */
bool choice_init(struct choice *choice, const char *where, choice_local_fn *local, const void *user);

bool choice_has(const struct choice *choice, const struct ws_record *record, ws_time now);

#endif
