/*
 * The verdict on a connection in words, one line each on its handshake and its close.
 */
#ifndef VIEW_VERDICT_H
#define VIEW_VERDICT_H

#include "base/text.h"
#include "view/instances.h"

/* "complete: numbers right; server answers in 2.2ms, client in 2.1ms: ...", without a line feed. `instances` tells how
 * SYNs were repeated; it may be NULL. */
void verdict_handshake_line(struct text *out, const struct ws_record *record, const struct instances *instances);

/* Whether the numbers of the handshake were "right" or "wrong"; NULL: not known. */
const char *verdict_numbers(const struct ws_record *record);

/* "fin by client: the server closed 1.2ms later; nothing lost" */
void verdict_close_line(struct text *out, const struct ws_record *record);

/* Where the tap is, by the two round trips: "near the server", "near the client", "in between"; NULL: not known. */
const char *verdict_tap_place(const struct ws_record *record);

#endif
