/*
 * A segment in tcpdump's notation.
 */
#include "view/segment_text.h"

#include "base/seq.h"
#include "view/parts.h"

#define FLAGS_WIDTH 3

/* Relative numbers run up to 2^32 like raw ones, but for what lies just below the base: keep-alives, strays. */
#define BELOW_BASE 65536

static void number(struct text *out, uint32_t seq, uint32_t base)
{
	if (base != 0 && seq_within(seq, base - BELOW_BASE, BELOW_BASE))
		text_i64(out, seq_diff(seq, base));
	else
		text_u64(out, seq - base);
}

static void named(struct text *out, const char *name, int64_t value)
{
	text_puts(out, name);
	text_i64(out, value);
}

static void sack_blocks(struct text *out, const struct ws_segment *segment, uint32_t base)
{
	text_puts(out, "sack");
	for (size_t i = 0; i < segment->sack_len; i++) {
		text_char(out, ' ');
		number(out, segment->sack[i][0], base);
		text_char(out, ':');
		number(out, segment->sack[i][1], base);
	}
}

/* Before each option but the first stands a comma, before the first the bracket. */
static void lead(struct text *out, size_t from)
{
	text_puts(out, out->len == from ? " <" : ",");
}

static void options(struct text *out, const struct ws_segment *segment, uint32_t peer_base)
{
	size_t from = out->len;

	if (segment->mss >= 0) {
		lead(out, from);
		named(out, "mss ", segment->mss);
	}
	if (segment->sack_permitted) {
		lead(out, from);
		text_puts(out, "sackOK");
	}
	if (segment->has_timestamps) {
		lead(out, from);
		named(out, "TS val ", segment->tsval);
		named(out, " ecr ", segment->tsecr);
	}
	if (segment->wscale >= 0) {
		lead(out, from);
		named(out, "wscale ", segment->wscale);
	}
	if (segment->fast_open >= 0) {
		lead(out, from);
		named(out, "FO ", segment->fast_open);
	}
	if (segment->sack_len > 0) {
		lead(out, from);
		sack_blocks(out, segment, peer_base);
	}
	if (out->len > from)
		text_char(out, '>');
}

void segment_text(struct text *out, const struct ws_segment *segment, enum segment_detail detail,
		  const uint32_t base[2])
{
	uint32_t own = base[segment->from == WS_SERVER ? WS_SERVER : WS_CLIENT];
	uint32_t peer = base[segment->from == WS_SERVER ? WS_CLIENT : WS_SERVER];
	char flags[PARTS_FLAGS_MAX];
	size_t from = out->len;

	text_puts(out, parts_flags(segment->flags, flags));
	text_pad(out, from, FLAGS_WIDTH);
	text_char(out, ' ');
	number(out, segment->seq, own);
	text_char(out, ':');
	number(out, segment->seq + segment->len, own);
	text_char(out, '(');
	text_u64(out, segment->len);
	text_char(out, ')');
	if (segment->flags & WS_FLAG_ACK) {
		text_puts(out, " ack ");
		number(out, segment->ack, peer);
	}
	if (detail >= SEGMENT_WINDOW)
		named(out, " win ", segment->window);
	if (segment->has_bad_checksum)
		text_puts(out, " cksum bad");
	if (detail >= SEGMENT_OPTIONS)
		options(out, segment, peer);
}
