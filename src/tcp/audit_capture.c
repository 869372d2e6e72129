/*
 * Rules about what the capture lacks of a connection. They blame no one: whoever reads a finding of the other subjects
 * should know of these first.
 */
#include "tcp/audit.h"

static bool missing_syn_recovered(const struct sight *sight, struct finding *finding)
{
	for (unsigned i = 0; i < 2; i++) {
		const struct endpoint *responder = &sight->pair->side[i];
		const struct endpoint *opener = &sight->pair->side[!i];

		if (responder->saw_syn_ack && !opener->saw_syn && opener->sent_other)
			return finding_values(finding, WS_FLAG_SYN, WS_FLAG_SYN | WS_FLAG_ACK);
	}
	return false;
}

/* Of a side that was not captured at all everything is missing: that is one-way-traffic. */
static bool gap_unrecovered(const struct sight *sight, struct finding *finding)
{
	uint32_t gaps = sight->memory->capture.gaps;

	return gaps > 0 && sight->x->packets > 0 && sight->y->packets > 0 && finding_seen(finding, gaps);
}

/* Its receiver acknowledged it before it passed; what only fills a hole was reordered on its way. */
static bool packet_order_suspect(const struct sight *sight, struct finding *finding)
{
	return sight->facts->novelty != NOVEL_FILLS_HOLE && (sight->facts->marks & MARK_REORDERED) &&
	       finding_seen(finding, sight->s->seq);
}

static bool vlan_asymmetric(const struct sight *sight, struct finding *finding)
{
	(void)finding;
	return (sight->tags & WS_TAG_VLAN_ASYMMETRIC) != 0;
}

/* Only a segment of its own, or an acknowledgement, takes a side's stream further: that of its peer reached over a hole; or one
 * that had waited did, now that the stream goes on behind the hole. */
static bool reaches_over_hole(const struct sight *sight)
{
	const struct endpoint *x_before = &sight->before->side[sight->who];
	const struct endpoint *y_before = &sight->before->side[!sight->who];
	bool is_behind_hole = x_before->has_seq && sight->s->len > 0 && seq_gt(sight->s->seq, x_before->edge);

	if (y_before->packets > 0 && y_before->has_seq && seq_gt(sight->y->edge, y_before->edge))
		return true;
	return x_before->packets > 0 && is_behind_hole && seq_geq(sight->x->edge, sight->facts->end);
}

void audit_capture_note(const struct sight *sight, struct audit_memory *memory)
{
	struct capture_memory *capture = &memory->capture;

	capture->gaps += reaches_over_hole(sight);
	capture->gaps -= (sight->facts->marks & MARK_GAP_FILLED) && capture->gaps > 0;
}

static const struct rule rules[] = {
	{ WS_FINDING_missing_syn_recovered, ON_END, UNIT_FLAGS, OF_BOTH, missing_syn_recovered },
	{ WS_FINDING_gap_unrecovered, ON_END, UNIT_NUMBER, OF_BOTH, gap_unrecovered },
	{ WS_FINDING_packet_order_suspect, ON_MARK, UNIT_NUMBER, OF_SENDER, packet_order_suspect },
	{ WS_FINDING_vlan_asymmetric, ON_END, UNIT_NONE, OF_BOTH, vlan_asymmetric },
};

const struct rules audit_capture_rules = RULE_TABLE(rules, ON_MARK | ON_END);
