/*
 * A talk (talk.h) heard by the full audit: what each segment gives rise to among the findings of one block of the
 * catalogue, from `first` to `last`; the rest of the audit is none of the test's business.
 */
#ifndef TESTS_AUDITED_H
#define TESTS_AUDITED_H

#include "talk.h"
#include "tcp/audit.h"

struct audited {
	struct talk talk;
	struct audit_memory memory;
	enum ws_finding_id first;
	enum ws_finding_id last;
	struct audit audit;
};

void audited_init(struct audited *a, int variant, enum ws_finding_id first, enum ws_finding_id last);

/* The segment made last (talk_make) passes the tap; then a->audit has what it gave rise to. */
void audited_send(struct audited *a);

/* Made and sent; how many findings came of it. */
unsigned audited_say(struct audited *a, enum talk_side from, const char *flags, uint32_t seq, uint32_t ack,
		     uint32_t len);

/* A's SYN, the SYN-ACK, and its ACK: both stand at 1. */
void audited_handshake(struct audited *a);

/* The only finding there is; aborts the test when it is not `id`, about `from`. */
const struct finding *audited_only(const struct audited *a, enum ws_finding_id id, enum talk_side from);

/* Aborts the test when the findings are not just these, in the order of the catalogue; ends with WS_FINDING_COUNT. */
void audited_are(const struct audited *a, const char *what, const enum ws_finding_id *ids);

#endif
