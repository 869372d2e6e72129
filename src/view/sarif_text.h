/*
 * Parts of a SARIF log (OASIS SARIF 2.1.0): the rules, a message, what is said of the run.
 */
#ifndef VIEW_SARIF_TEXT_H
#define VIEW_SARIF_TEXT_H

#include "base/json.h"
#include "view/view.h"

/* The catalogue as array "rules" (3.19.23), in its order: a finding's number is its rule's index. */
void sarif_rules(struct json *json);

/* Of 3.27.10: "none", "note", "warning", "error". */
const char *sarif_level(enum ws_level level);

/* A file's name as a relative reference, or as a file: URI if it is absolute (RFC 3986, RFC 8089). */
void sarif_uri(struct text *out, const char *name);

/* One sentence; `record` may be NULL. */
void sarif_message(struct text *out, const struct ws_event *event, const struct ws_record *record, uint32_t count);

/* Array "invocations" (3.20): whether the input was read to its end, and what it was like. */
void sarif_invocation(struct json *json, const ws_tracker *tracker, const struct view_capture *capture);

#endif
