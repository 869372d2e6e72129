/*
 * The verdict on a handshake for machines: what verdict.h says in words, as members of an object.
 */
#ifndef VIEW_VERDICT_FIELDS_H
#define VIEW_VERDICT_FIELDS_H

#include "view/fields.h"
#include "view/instances.h"

/* "numbers": right or wrong. "options": for each that a SYN or SYN-ACK had, agreed, declined (offered, and not taken) or
 * unasked (taken, and never offered). "repeats": for SYN and SYN-ACK, the first gap and whether the gaps doubled (RFC 6298
 * 5.5). What is not known is absent. `instances` may be NULL. */
void verdict_handshake_fields(struct fields *f, const struct ws_record *record, const struct instances *instances);

#endif
