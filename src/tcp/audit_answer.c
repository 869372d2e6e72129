/*
 * What a SYN offers and what the SYN-ACK makes of it: options (RFC 7323, 2018), congestion notification (RFC 3168), data and
 * fast open (RFC 7413); and numbers that only an attack tool picks.
 */
#include "tcp/opening.h"

/* ---- One SYN ----------------------------------------------------------------------------------------------------- */

/* A SYN that has been set aside is looked at when it is told of. */
static bool is_syn(const struct sight *sight)
{
	return sight->facts->kind == KIND_SYN && is_bare_syn(sight->s);
}

static bool syn_with_data(const struct sight *sight, struct finding *finding)
{
	return is_syn(sight) && sight->s->len > 0 && finding_seen(finding, sight->s->len);
}

static bool syn_ack_with_data(const struct sight *sight, struct finding *finding)
{
	return sight->facts->kind == KIND_SYN_ACK && sight->s->len > 0 && finding_seen(finding, sight->s->len);
}

static bool tfo_cookie_request(const struct sight *sight, struct finding *finding)
{
	const struct tcp_options *o = &sight->s->options;

	return is_syn(sight) && (o->present & OPTION_FAST_OPEN) && o->fast_open_len == 0 && finding_seen(finding, 0);
}

static bool tfo_syn(const struct sight *sight, struct finding *finding)
{
	const struct tcp_options *o = &sight->s->options;

	return is_syn(sight) && (o->present & OPTION_FAST_OPEN) && o->fast_open_len > 0 &&
	       finding_seen(finding, o->fast_open_len);
}

/* Shaft's flood, and Naptha's with the IP identification it comes with. */
#define ISN_SHAFT 674711609
#define ISN_NAPTHA 6060842
#define IP_ID_NAPTHA 413

static bool isn_known_tool(const struct sight *sight, struct finding *finding)
{
	const struct segment *s = sight->s;

	return is_bare_syn(s) && !(sight->facts->marks & MARK_REPLAYED) &&
	       (s->seq == ISN_SHAFT || (s->seq == ISN_NAPTHA && s->has_ip_id && s->ip_id == IP_ID_NAPTHA)) &&
	       finding_seen(finding, s->seq);
}

/* ---- SYN and SYN-ACK --------------------------------------------------------------------------------------------- */

static const struct opening_memory *opener_memory(const struct sight *sight)
{
	return &sight->memory->handshake.side[!sight->who];
}

/* A SYN-ACK to a SYN all of which was captured, options included, while that still waits for one. */
static bool is_answer(const struct sight *sight)
{
	const struct endpoint *y = receiver_before(sight);

	return sight->facts->kind == KIND_SYN_ACK && y->saw_bare_syn && !y->sent_other && !y->are_options_cut &&
	       (opener_memory(sight)->seen & SEEN_OPENING_SYN) && !sight->s->is_header_cut &&
	       acks_what_was_sent(y, sight->s->ack) && !sender_before(sight)->saw_bare_syn;
}

static bool is_first_answer(const struct sight *sight)
{
	return is_answer(sight) && !sender_before(sight)->saw_syn_ack;
}

/* The kind of the first option of the SYN-ACK that takes an offer, where there was none. */
static bool syn_ack_option_not_offered(const struct sight *sight, struct finding *finding)
{
	uint32_t extra = sight->s->options.present & ~(uint32_t)opener_memory(sight)->offered;

	if (!is_answer(sight) || !(extra & (OPTION_WSCALE | OPTION_SACK_PERMITTED | OPTION_TIMESTAMPS)))
		return false;
	return finding_seen(finding, extra & OPTION_WSCALE ? 3 : extra & OPTION_SACK_PERMITTED ? 4 : 8);
}

/* Of any of the SYNs: whichever came. One of them may have been missed, so a time within which they can all have been sent is
 * right: twice 130 s, for which Linux tries, in milliseconds. */
#define TICKS_MAX 260000

static bool syn_ack_bad_tsecr(const struct sight *sight, struct finding *finding)
{
	const struct opening_memory *opener = opener_memory(sight);
	const struct tcp_options *o = &sight->s->options;

	if (!is_answer(sight) || !(o->present & opener->offered & OPTION_TIMESTAMPS) || o->tsecr == 0 ||
	    opener->tsval_first == 0 || opener->tsval_last == 0)
		return false;
	return !(seq_geq(o->tsecr, opener->tsval_first - TICKS_MAX) &&
		 seq_leq(o->tsecr, opener->tsval_last + TICKS_MAX)) &&
	       finding_values(finding, opener->tsval_last, o->tsecr);
}

static bool window_scale_not_negotiated(const struct sight *sight, struct finding *finding)
{
	return is_first_answer(sight) && (opener_memory(sight)->offered & OPTION_WSCALE) &&
	       !(sight->s->options.present & OPTION_WSCALE) && finding_seen(finding, opener_memory(sight)->wscale);
}

/* RFC 3168 6.1.1. As the number of ecn_syn has it: CWR and ECE, and not AE. */
#define ECN_SETUP 3

static bool ecn_negotiated(const struct sight *sight, struct finding *finding)
{
	return is_first_answer(sight) && (sight->memory->header.ecn_syn[!sight->who] & 1u << ECN_SETUP) &&
	       (sight->s->flags & (WS_FLAG_ECE | WS_FLAG_CWR)) == WS_FLAG_ECE && finding_seen(finding, sight->s->flags);
}

static bool tfo_accepted(const struct sight *sight, struct finding *finding)
{
	const struct endpoint *y = receiver_before(sight);

	return is_first_answer(sight) && sight->before->syn_data_len > 0 && seq_gt(sight->s->ack, y->iss + 1) &&
	       finding_values(finding, y->snd_max, sight->s->ack);
}

/* Where the SYN was repeated it may have been lost, and its data with it. */
static bool tfo_ignored(const struct sight *sight, struct finding *finding)
{
	const struct endpoint *y = receiver_before(sight);

	return is_first_answer(sight) && sight->before->syn_data_len > 0 && sight->s->ack == y->iss + 1 &&
	       sight->before->syns == 1 && finding_values(finding, y->snd_max, sight->s->ack);
}

static const struct rule rules[] = {
	{ WS_FINDING_syn_with_data, ON_SYN, UNIT_NUMBER, OF_SENDER, syn_with_data },
	{ WS_FINDING_syn_ack_with_data, ON_SYN, UNIT_NUMBER, OF_SENDER, syn_ack_with_data },
	{ WS_FINDING_tfo_cookie_request, ON_SYN, UNIT_NUMBER, OF_SENDER, tfo_cookie_request },
	{ WS_FINDING_tfo_syn, ON_SYN, UNIT_NUMBER, OF_SENDER, tfo_syn },
	{ WS_FINDING_tfo_accepted, ON_SYN, UNIT_NUMBER, OF_SENDER, tfo_accepted },
	{ WS_FINDING_tfo_ignored, ON_SYN, UNIT_NUMBER, OF_SENDER, tfo_ignored },
	{ WS_FINDING_isn_known_tool, ON_SYN, UNIT_NUMBER, OF_SENDER, isn_known_tool },
	{ WS_FINDING_syn_ack_option_not_offered, ON_SYN, UNIT_NUMBER, OF_SENDER, syn_ack_option_not_offered },
	{ WS_FINDING_syn_ack_bad_tsecr, ON_SYN, UNIT_NUMBER, OF_SENDER, syn_ack_bad_tsecr },
	{ WS_FINDING_window_scale_not_negotiated, ON_SYN, UNIT_NUMBER, OF_BOTH, window_scale_not_negotiated },
	{ WS_FINDING_ecn_negotiated, ON_SYN, UNIT_FLAGS, OF_BOTH, ecn_negotiated },
};

const struct rules audit_answer_rules = RULE_TABLE(rules, ON_SYN);
