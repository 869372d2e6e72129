/*
 * What the SYNs have agreed on, and whether later segments keep to it: segment size, time stamps, SACK. Where a SYN was
 * not captured, or not all of its options, there is nothing to hold against anybody.
 */
#include "tcp/audit.h"

/* RFC 9293 3.7.1 MUST-15: without an MSS option. */
#define MSS_DEFAULT_IPV4 536
#define MSS_DEFAULT_IPV6 1220

static bool is_syn_known(const struct sight *sight, unsigned who)
{
	return sight->pair->side[who].saw_syn && !(sight->memory->options.seen[who] & SEEN_SYN_CUT);
}

static bool are_syns_known(const struct sight *sight)
{
	return is_syn_known(sight, 0) && is_syn_known(sight, 1);
}

static bool are_timestamps_agreed(const struct sight *sight)
{
	return sight->x->offers_timestamps && sight->y->offers_timestamps;
}

static bool has_timestamps(const struct segment *s)
{
	return (s->options.present & OPTION_TIMESTAMPS) != 0;
}

/* ---- Segment size ------------------------------------------------------------------------------------------------ */

static uint32_t mss_for(const struct sight *sight)
{
	if (sight->y->mss >= 0)
		return (uint32_t)sight->y->mss;
	return sight->s->src.family == 4 ? MSS_DEFAULT_IPV4 : MSS_DEFAULT_IPV6;
}

/* A super-frame is cut up behind the tap, or was put together before it. Its checksum is not that of one segment, so only
 * what has a right one has travelled like this; and none is believed where a network card is seen to do such work. */
static bool segment_exceeds_mss(const struct sight *sight, struct finding *finding)
{
	const struct segment *s = sight->s;
	uint32_t mss;

	if (s->checksum != CHECKSUM_GOOD || s->is_offload || (s->flags & WS_FLAG_SYN) ||
	    sight->memory->header.has_offload[0] || sight->memory->header.has_offload[1] ||
	    !is_syn_known(sight, !sight->who))
		return false;
	mss = mss_for(sight);
	return mss >= MSS_MIN && s->len > mss && finding_values(finding, mss, s->len);
}

/* ---- Time stamps ------------------------------------------------------------------------------------------------- */

static bool timestamp_missing(const struct sight *sight, struct finding *finding)
{
	const struct segment *s = sight->s;

	return !has_timestamps(s) && !(s->flags & (WS_FLAG_SYN | WS_FLAG_RST)) && (s->flags & WS_FLAG_ACK) &&
	       are_timestamps_agreed(sight) && are_syns_known(sight) && !s->is_header_cut &&
	       !(s->options.present & OPTION_MALFORMED) && finding_seen(finding, s->flags);
}

static bool timestamp_not_negotiated(const struct sight *sight, struct finding *finding)
{
	const struct segment *s = sight->s;

	return has_timestamps(s) && !(s->flags & WS_FLAG_SYN) && !are_timestamps_agreed(sight) &&
	       are_syns_known(sight) && finding_seen(finding, s->options.tsval);
}

/* A clock that comes to 0 by running over is right. */
static bool timestamp_zero(const struct sight *sight, struct finding *finding)
{
	const struct options_memory *memory = &sight->memory->options;
	const struct segment *s = sight->s;

	return has_timestamps(s) && s->options.tsval == 0 && !(s->flags & (WS_FLAG_SYN | WS_FLAG_RST)) &&
	       (memory->seen[sight->who] & SEEN_TSVAL) && seq_lt(0, memory->tsval[sight->who]) &&
	       finding_values(finding, memory->tsval[sight->who], 0);
}

/* How far a clock can have come in `ns`: a tick a millisecond at most by RFC 7323 5.4, a microsecond where it was seen to
 * be faster; twice that, and a second, for what was under way. */
static uint64_t ticks_within(ws_time ns, bool is_fast)
{
	uint64_t us = ns > 0 ? (uint64_t)ns / 1000 + 500000 : 500000;

	return 2 * (is_fast ? us : us / 1000);
}

/* What y has sent by now may have been lost to the capture, but it cannot be stamped with a time to come. */
static bool tsecr_invalid(const struct sight *sight, struct finding *finding)
{
	const struct options_memory *memory = &sight->memory->options;
	const struct segment *s = sight->s;
	uint32_t seen = memory->seen[!sight->who];
	uint32_t newest = memory->tsval[!sight->who];

	if (!has_timestamps(s) || !(s->flags & WS_FLAG_ACK) || s->options.tsecr == 0 || !(seen & SEEN_TSVAL) ||
	    sight->y->last_ts == WS_TIME_NONE || !sight->facts->is_believable || seq_leq(s->options.tsecr, newest))
		return false;
	return s->options.tsecr - newest > ticks_within(sight->now - sight->y->last_ts, seen & SEEN_FAST_CLOCK) &&
	       finding_values(finding, newest, s->options.tsecr);
}

/* ---- SACK -------------------------------------------------------------------------------------------------------- */

/* RFC 2018 4: who was not permitted to send it must not. */
static bool sack_not_negotiated(const struct sight *sight, struct finding *finding)
{
	const struct segment *s = sight->s;

	return (s->options.present & OPTION_SACK) && is_syn_known(sight, !sight->who) && !sight->y->sack_permitted &&
	       finding_seen(finding, s->options.sack[0][0]);
}

/* ---- Topics ------------------------------------------------------------------------------------------------------ */

uint32_t audit_agreed_topics(const struct sight *sight)
{
	const struct tcp_options *options = &sight->s->options;

	if (has_timestamps(sight->s) != are_timestamps_agreed(sight))
		return ON_STAMPS;
	return has_timestamps(sight->s) && (options->tsval == 0 ||
					    seq_gt(options->tsecr, sight->memory->options.tsval[!sight->who]))
		       ? ON_STAMPS
		       : 0u;
}

/* ---- The table --------------------------------------------------------------------------------------------------- */

static const struct rule rules[] = {
	{ WS_FINDING_segment_exceeds_mss, ON_DATA, UNIT_NUMBER, OF_SENDER, segment_exceeds_mss },
	{ WS_FINDING_timestamp_missing, ON_STAMPS, UNIT_FLAGS, OF_SENDER, timestamp_missing },
	{ WS_FINDING_timestamp_not_negotiated, ON_STAMPS, UNIT_NUMBER, OF_SENDER, timestamp_not_negotiated },
	{ WS_FINDING_timestamp_zero, ON_STAMPS, UNIT_NUMBER, OF_SENDER, timestamp_zero },
	{ WS_FINDING_tsecr_invalid, ON_STAMPS, UNIT_NUMBER, OF_SENDER, tsecr_invalid },
	{ WS_FINDING_sack_not_negotiated, ON_OPTIONS, UNIT_NUMBER, OF_SENDER, sack_not_negotiated },
};

const struct rules audit_agreed_rules = RULE_TABLE(rules, ON_DATA | ON_OPTIONS | ON_STAMPS);

/* ---- Memory ------------------------------------------------------------------------------------------------------ */

/* Twice as fast as once a millisecond since the segment before, and not by chance. */
static bool is_clock_fast(const struct sight *sight, uint32_t newest)
{
	ws_time last = sight->before->side[sight->who].last_ts;
	int32_t ticks = seq_diff(sight->s->options.tsval, newest);

	return last != WS_TIME_NONE && ticks > 0 && (uint64_t)ticks > ticks_within(sight->now - last, false);
}

void audit_agreed_note(const struct sight *sight, struct options_memory *memory)
{
	uint32_t *seen = &memory->seen[sight->who];
	uint32_t *newest = &memory->tsval[sight->who];
	uint32_t tsval = sight->s->options.tsval;

	if (!has_timestamps(sight->s) || (sight->s->flags & WS_FLAG_RST))
		return;
	if ((*seen & SEEN_TSVAL) && is_clock_fast(sight, *newest))
		*seen |= SEEN_FAST_CLOCK;
	if (!(*seen & SEEN_TSVAL) || seq_gt(tsval, *newest))
		*newest = tsval;
	*seen |= SEEN_TSVAL;
}
