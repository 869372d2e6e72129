/*
 * What a finding is about, in words that hold for the next capture too: no frame, no time, no client's port. A baseline of
 * accepted findings is made of such keys, and SARIF tells results apart by them.
 */
#ifndef VIEW_FINDING_KEY_H
#define VIEW_FINDING_KEY_H

#include "base/text.h"
#include "wirestat.h"

/* "syn-retransmitted 10.0.0.1 10.0.0.2:80": the finding, the client, the service; IPv6 addresses in brackets. A finding
 * that is about no connection (`record` NULL) has "* *" for the ends. */
void finding_key(struct text *out, enum ws_finding_id id, const struct ws_record *record);

#endif
