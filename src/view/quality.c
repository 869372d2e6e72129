#include "view/quality.h"

#define NO_LIMIT 101

enum flaw_id {
	FLAW_ONE_WAY,
	FLAW_GAPS,
	FLAW_SYN_MISSING,
	FLAW_MIDSTREAM,
	FLAW_CLOCK,
	FLAW_DROPS,
	FLAW_NOT_CAPTURED,
	FLAW_EVICTED,
	FLAW_COPIES,
	FLAW_REORDERED,
	FLAW_OFFLOAD,
	FLAW_FRAGMENTS,
	FLAW_TRUNCATED,
	FLAW_COUNT
};

/* From which share, in percent, the confidence is no more than medium, and low; 0: however few they are. */
static const struct flaw {
	const char *key;
	const char *words; /* behind the percentage */
	unsigned medium;
	unsigned low;
} flaws[FLAW_COUNT] = {
	[FLAW_ONE_WAY] = { "one_way", "one-way", 0, 10 },
	[FLAW_GAPS] = { "gaps", "with gaps", 0, 10 },
	[FLAW_SYN_MISSING] = { "syn_missing", "without their SYN", 10, NO_LIMIT },
	[FLAW_MIDSTREAM] = { "midstream", "begun before the capture", 10, 50 },
	[FLAW_CLOCK] = { "clock", "with a clock that ran backwards", 10, NO_LIMIT },
	[FLAW_DROPS] = { "drops", "of the packets dropped", 0, 1 },
	[FLAW_NOT_CAPTURED] = { "not_captured", "of the packets cut before the end of the header", 0, 10 },
	[FLAW_EVICTED] = { "evicted", "evicted from the table", 0, 10 },
	[FLAW_COPIES] = { "copies", "with copies", NO_LIMIT, NO_LIMIT },
	[FLAW_REORDERED] = { "reordered", "in another order", NO_LIMIT, NO_LIMIT },
	[FLAW_OFFLOAD] = { "offload", "with offload", NO_LIMIT, NO_LIMIT },
	[FLAW_FRAGMENTS] = { "fragments", "with fragments", NO_LIMIT, NO_LIMIT },
	[FLAW_TRUNCATED] = { "truncated", "cut short", NO_LIMIT, NO_LIMIT },
};

struct share {
	uint64_t count;
	uint64_t of;
};

uint64_t quality_tagged(const struct ws_totals *totals, enum ws_tag tag)
{
	for (unsigned bit = 0; bit < WS_TAG_COUNT; bit++)
		if ((unsigned)tag == 1u << bit)
			return totals->tagged[bit];
	return 0;
}

static struct share share_of(enum flaw_id id, const struct ws_totals *totals, const struct view_capture *capture)
{
	static const enum ws_tag tags[FLAW_COUNT] = {
		[FLAW_ONE_WAY] = WS_TAG_ONE_WAY,
		[FLAW_GAPS] = WS_TAG_GAPS,
		[FLAW_SYN_MISSING] = WS_TAG_SYN_MISSING,
		[FLAW_MIDSTREAM] = WS_TAG_MIDSTREAM,
		[FLAW_CLOCK] = WS_TAG_CLOCK,
		[FLAW_COPIES] = WS_TAG_DUPLICATES,
		[FLAW_REORDERED] = WS_TAG_REORDERED,
		[FLAW_OFFLOAD] = WS_TAG_OFFLOAD,
		[FLAW_FRAGMENTS] = WS_TAG_FRAGMENTS,
		[FLAW_TRUNCATED] = WS_TAG_TRUNCATED,
	};
	uint64_t drops = capture->has_drops ? capture->kernel_drops + capture->interface_drops : 0;

	switch ((int)id) {
	case FLAW_DROPS:
		return (struct share){ drops, totals->packets + drops };
	case FLAW_NOT_CAPTURED:
		return (struct share){ totals->undecoded[WS_UNDECODED_tcp_header_not_captured] +
					       totals->noticed[WS_NOTICED_header_not_captured],
				       totals->packets };
	case FLAW_EVICTED:
		return (struct share){ totals->evicted, totals->connections };
	default:
		return (struct share){ quality_tagged(totals, tags[id]), totals->connections };
	}
}

/* In hundredths, rounded down, without overflow. */
static uint64_t percent_of(const struct share *share)
{
	if (share->of == 0)
		return 0;
	return share->of < UINT64_MAX / 100 ? share->count * 100 / share->of : share->count / (share->of / 100);
}

/* `percent` 0: any at all. */
static bool reaches(const struct share *share, unsigned percent)
{
	return percent != NO_LIMIT && share->count > 0 && percent_of(share) >= percent;
}

static enum ws_confidence weight_of(enum flaw_id id, const struct share *share)
{
	if (reaches(share, flaws[id].low))
		return WS_CONFIDENCE_LOW;
	return reaches(share, flaws[id].medium) ? WS_CONFIDENCE_MEDIUM : WS_CONFIDENCE_HIGH;
}

enum ws_confidence quality_of(const struct ws_totals *totals, const struct view_capture *capture)
{
	enum ws_confidence worst = capture->is_damaged ? WS_CONFIDENCE_MEDIUM : WS_CONFIDENCE_HIGH;

	for (unsigned i = 0; i < FLAW_COUNT; i++) {
		struct share share = share_of((enum flaw_id)i, totals, capture);
		enum ws_confidence weight = weight_of((enum flaw_id)i, &share);

		if (weight > worst)
			worst = weight;
	}
	return worst;
}

static void put_share(struct text *text, enum flaw_id id, const struct share *share)
{
	uint64_t percent = percent_of(share);

	if (percent == 0)
		text_puts(text, "under ");
	text_u64(text, percent > 0 ? percent : 1);
	text_puts(text, " % ");
	text_puts(text, flaws[id].words);
}

/* Those that weigh, or those that do not. Returns whether there were any. */
static bool put_flaws(struct text *text, bool weighing, const char *lead, const struct ws_totals *totals,
		      const struct view_capture *capture)
{
	bool any = false;

	for (unsigned i = 0; i < FLAW_COUNT; i++) {
		struct share share = share_of((enum flaw_id)i, totals, capture);

		if (share.count == 0 || (weight_of((enum flaw_id)i, &share) != WS_CONFIDENCE_HIGH) != weighing)
			continue;
		text_puts(text, any ? ", " : lead);
		put_share(text, (enum flaw_id)i, &share);
		any = true;
	}
	return any;
}

void quality_people(struct text *text, const struct ws_totals *totals, const struct view_capture *capture)
{
	bool any;

	if (totals->connections == 0)
		return;
	text_puts(text, "quality  ");
	any = put_flaws(text, true, "", totals, capture);
	if (capture->is_damaged)
		text_puts(text, any ? ", input damaged" : "input damaged");
	else if (!any)
		text_puts(text, "nothing is missing");
	text_puts(text, ": ");
	text_puts(text, ws_confidence_name(quality_of(totals, capture)));
	text_puts(text, " confidence");
	if (put_flaws(text, false, " (accounted for: ", totals, capture))
		text_char(text, ')');
	text_char(text, '\n');
}

void quality_json(struct json *json, const struct ws_totals *totals, const struct view_capture *capture)
{
	json_object_begin(json, "quality");
	json_string(json, "confidence", ws_confidence_name(quality_of(totals, capture)));
	for (unsigned i = 0; i < FLAW_COUNT; i++)
		if (i != FLAW_DROPS || capture->has_drops)
			json_u64(json, flaws[i].key, share_of((enum flaw_id)i, totals, capture).count);
	json_object_end(json);
}
