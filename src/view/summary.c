/*
 * What the input was like, for people: one line of what was read, one of what was not decoded, and one for each thing
 * about the capture that makes its states less sure. What did not occur is not mentioned.
 */
#include "base/clock.h"
#include "view/parts.h"
#include "view/quality.h"
#include "view/view.h"

static void amount(struct text *text, uint64_t n, const char *one, const char *many)
{
	text_u64(text, n);
	text_char(text, ' ');
	text_puts(text, n == 1 ? one : many);
}

static void read_line(struct text *text, const struct ws_totals *totals, const struct view_capture *capture)
{
	char span[CLOCK_TEXT_MAX];

	amount(text, totals->packets, "packet", "packets");
	if (capture->files_len == 1) {
		text_puts(text, " from ");
		parts_foreign(text, capture->files[0].name);
	} else if (capture->files_len > 1) {
		text_puts(text, " from ");
		amount(text, capture->files_len, "file", "files");
	}
	if (totals->first != WS_TIME_NONE && totals->last > totals->first) {
		text_puts(text, " in ");
		text_puts(text, clock_duration_text(totals->last - totals->first, span));
	}
	text_puts(text, ": ");
	amount(text, totals->segments, "segment of ", "segments of ");
	amount(text, totals->connections, "connection", "connections");
	text_char(text, '\n');
}

static void undecoded_line(struct text *text, const struct ws_totals *totals)
{
	uint64_t sum = 0;
	const char *lead = " not decoded: ";

	for (unsigned i = 0; i < WS_UNDECODED_COUNT; i++)
		sum += totals->undecoded[i];
	if (sum == 0)
		return;
	amount(text, sum, "packet", "packets");
	for (unsigned i = 0; i < WS_UNDECODED_COUNT; i++) {
		if (totals->undecoded[i] == 0)
			continue;
		text_puts(text, lead);
		text_puts(text, ws_undecoded_name((enum ws_undecoded)i));
		text_char(text, ' ');
		text_u64(text, totals->undecoded[i]);
		lead = ", ";
	}
	text_char(text, '\n');
}

/* What is merely information is in the JSON alone: most captures have some of it. */
static void noticed_line(struct text *text, const struct ws_totals *totals)
{
	const char *lead = "noticed about packets: ";

	for (unsigned i = 0; i < WS_NOTICED_COUNT; i++) {
		if (totals->noticed[i] == 0 || ws_noticed_level((enum ws_noticed)i) == WS_INFO)
			continue;
		text_puts(text, lead);
		text_puts(text, ws_noticed_name((enum ws_noticed)i));
		text_char(text, ' ');
		text_u64(text, totals->noticed[i]);
		lead = ", ";
	}
	if (*lead == ',')
		text_char(text, '\n');
}

static void tunnels_line(struct text *text, const struct ws_totals *totals)
{
	const char *lead = " carried in: ";
	uint64_t sum = 0;

	for (unsigned i = WS_TUNNEL_NONE + 1; i < WS_TUNNEL_COUNT; i++)
		sum += totals->tunnelled[i];
	if (sum == 0)
		return;
	amount(text, sum, "segment", "segments");
	for (unsigned i = WS_TUNNEL_NONE + 1; i < WS_TUNNEL_COUNT; i++) {
		if (totals->tunnelled[i] == 0)
			continue;
		text_puts(text, lead);
		text_puts(text, ws_tunnel_name((enum ws_tunnel)i));
		text_char(text, ' ');
		text_u64(text, totals->tunnelled[i]);
		lead = ", ";
	}
	text_char(text, '\n');
}

static void remark(struct text *text, uint64_t n, const char *one, const char *many)
{
	if (n == 0)
		return;
	amount(text, n, one, many);
	text_char(text, '\n');
}

/* How far tells a broken clock from processors that hand packets over side by side. */
static void backward_line(struct text *text, const struct ws_totals *totals)
{
	char most[CLOCK_TEXT_MAX];

	if (totals->backward == 0)
		return;
	amount(text, totals->backward, "time stamp runs backwards", "time stamps run backwards");
	text_puts(text, ", by at most ");
	text_puts(text, clock_duration_text(totals->backward_ns, most));
	text_puts(text, ", first at frame ");
	text_u64(text, totals->backward_first_frame);
	text_char(text, '\n');
}

/* Of a live capture, and of a file that tells, also when there were none: without this one could not know. */
static void drops_line(struct text *text, const struct view_capture *capture)
{
	if (!capture->has_drops)
		return;
	amount(text, capture->kernel_drops, "packet", "packets");
	text_puts(text, " dropped by the kernel, ");
	text_u64(text, capture->interface_drops);
	text_puts(text, " by the interface\n");
}

void view_capture_summary(FILE *out, const struct ws_totals *totals, const struct view_capture *capture)
{
	struct text text = { 0 };

	read_line(&text, totals, capture);
	undecoded_line(&text, totals);
	noticed_line(&text, totals);
	tunnels_line(&text, totals);
	remark(&text, totals->duplicates, "segment is a copy made by the capture",
	       "segments are copies made by the capture");
	remark(&text, totals->bad_checksums, "segment has a bad checksum", "segments have a bad checksum");
	remark(&text, capture->is_live ? 0 : totals->truncated, "packet was cut short by the snap length",
	       "packets were cut short by the snap length");
	remark(&text, totals->reordered, "segment was out of order", "segments were out of order");
	backward_line(&text, totals);
	remark(&text, totals->one_way, "connection was seen from one direction only",
	       "connections were seen from one direction only");
	remark(&text, quality_tagged(totals, WS_TAG_MIDSTREAM), "connection began before the capture",
	       "connections began before the capture");
	remark(&text, quality_tagged(totals, WS_TAG_SYN_MISSING), "connection lacks its SYN, but not the answer",
	       "connections lack their SYN, but not the answer");
	remark(&text, quality_tagged(totals, WS_TAG_GAPS), "connection lacks segments that were acknowledged",
	       "connections lack segments that were acknowledged");
	remark(&text, quality_tagged(totals, WS_TAG_OFFLOAD),
	       "connection was captured before, or after, a network card's offload",
	       "connections were captured before, or after, a network card's offload");
	remark(&text, quality_tagged(totals, WS_TAG_FRAGMENTS), "connection came in fragments",
	       "connections came in fragments");
	remark(&text, totals->vlan_asymmetric,
	       "connection has tags in one direction that the other lacks: --key vlan takes the two apart",
	       "connections have tags in one direction that the other lacks: --key vlan takes the two apart");
	remark(&text, totals->evicted, "connection was evicted: the table was full",
	       "connections were evicted: the table was full");
	remark(&text, totals->memory_failures,
	       "time there was no memory for a finding or a SYN: what is told lacks something",
	       "times there was no memory for a finding or a SYN: what is told lacks something");
	drops_line(&text, capture);
	remark(&text, capture->untimed, "packet has no time stamp: it was given that of the one before",
	       "packets have no time stamps: each was given that of the one before");
	remark(&text, capture->unknown_blocks, "block of a kind that is not known was stepped over",
	       "blocks of a kind that is not known were stepped over");
	if (capture->is_damaged)
		text_puts(&text, "the input was damaged or cut short: what follows the damage is missing\n");
	parts_emit(&text, out);
	text_fini(&text);
}
