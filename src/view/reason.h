/*
 * Why a side is in a state: for each arrow of RFC 9293 figure 5, as a tap sees it (src/tcp/fsm.c), what happened in words,
 * the clause, how one knows, and what would have said otherwise.
 */
#ifndef VIEW_REASON_H
#define VIEW_REASON_H

#include "wirestat.h"

struct reason {
	const char *what;   /* "its own FIN: CLOSE was called" */
	const char *clause; /* of RFC 9293: "3.10.4"; NULL: none */
};

/* The arrow from `from` to `to` that `cause` made. Static storage; always something to say. */
struct reason reason_of(enum ws_state from, enum ws_cause cause, enum ws_state to);

/* What proves that the event happened at this side, "it acknowledges the FIN". */
const char *reason_proof(enum ws_cause cause);

/* What evidence would have changed it, as a sentence without its full stop. `to` is the state it led to. */
const char *reason_otherwise(enum ws_cause cause, enum ws_state to);

/* The word of ws_event.why of a retraction, as a sentence without its full stop; the word itself when it is not known. */
const char *reason_of_retraction(const char *why);

#endif
