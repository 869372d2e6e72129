#include "audited.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

void audited_init(struct audited *a, int variant, enum ws_finding_id first, enum ws_finding_id last)
{
	memset(a, 0, sizeof *a);
	talk_init(&a->talk, variant);
	a->first = first;
	a->last = last;
}

void audited_send(struct audited *a)
{
	struct pair before = a->talk.pair;
	struct audit all;

	talk_send(&a->talk);
	audit_segment(&(struct audit_input){ .pair = &a->talk.pair,
					     .before = &before,
					     .s = &a->talk.segment,
					     .facts = &a->talk.facts,
					     .memory = &a->memory,
					     .who = a->talk.side[a->talk.from] },
		      &all);
	a->audit.len = 0;
	for (unsigned i = 0; i < all.len; i++)
		if (all.finding[i].id >= a->first && all.finding[i].id <= a->last)
			audit_add(&a->audit, &all.finding[i]);
}

unsigned audited_say(struct audited *a, enum talk_side from, const char *flags, uint32_t seq, uint32_t ack,
		     uint32_t len)
{
	talk_make(&a->talk, from, flags, seq, ack, len);
	audited_send(a);
	return a->audit.len;
}

void audited_handshake(struct audited *a)
{
	audited_say(a, A, "S", 0, 0, 0);
	audited_say(a, B, "S.", 0, 1, 0);
	audited_say(a, A, ".", 1, 1, 0);
}

static const char *ids_of(const struct audited *a)
{
	static char text[AUDIT_FINDINGS_MAX * 40];
	size_t len = 0;

	text[0] = '\0';
	for (unsigned i = 0; i < a->audit.len; i++)
		len += (size_t)snprintf(text + len, sizeof text - len, " %s",
					ws_finding_info(a->audit.finding[i].id)->id);
	return text;
}

const struct finding *audited_only(const struct audited *a, enum ws_finding_id id, enum talk_side from)
{
	const struct finding *finding = &a->audit.finding[0];

	ck_assert_msg(a->audit.len == 1 && finding->id == id, "%s alone, not%s", ws_finding_info(id)->id, ids_of(a));
	ck_assert_uint_eq(finding->side, a->talk.side[from]);
	return finding;
}

static bool has(const struct audited *a, enum ws_finding_id id)
{
	for (unsigned i = 0; i < a->audit.len; i++)
		if (a->audit.finding[i].id == id)
			return true;
	return false;
}

void audited_are(const struct audited *a, const char *what, const enum ws_finding_id *ids)
{
	unsigned len = 0;

	for (; ids[len] != WS_FINDING_COUNT; len++)
		ck_assert_msg(has(a, ids[len]), "%s: no %s, but%s", what, ws_finding_info(ids[len])->id, ids_of(a));
	ck_assert_msg(a->audit.len == len, "%s: %u findings, not%s", what, len, ids_of(a));
}
