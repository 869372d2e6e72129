/*
 * From lines to steps. Everything that a way changes is changed here, before the packet is built.
 */
#include "replay.h"

#include <stdlib.h>
#include <string.h>

#define START_NS INT64_C(1700000000000000000)
#define LATE_START_NS INT64_C(4200000000000000000)
#define COPY_DELAY_NS 2000

/* What is added to the sequence numbers of A and B of each ladder. */
struct shift {
	uint32_t by[CASE_LADDERS_MAX][2];
};

static bool is_same_address(const struct case_ladder *a, size_t i, const struct case_ladder *b, size_t j)
{
	return a->port[i] == b->port[j] && memcmp(&a->addr[i], &b->addr[j], sizeof(a->addr[i])) == 0;
}

/* First sequence number that side 0 (A) or 1 (B) of a ladder sends, or that is acknowledged to it. */
static uint32_t first_seq(const struct case_file *file, size_t ladder, size_t side)
{
	uint32_t acked = 0;

	for (size_t i = file->lines_len; i-- > 0;) {
		const struct case_line *line = &file->lines[i];

		if (line->ladder == ladder && !line->is_timer && line->from_a == (side == 1) &&
		    line->segment.flags & WS_FLAG_ACK)
			acked = line->segment.ack;
	}
	for (size_t i = 0; i < file->lines_len; i++) {
		const struct case_line *line = &file->lines[i];

		if (line->ladder == ladder && !line->is_timer && line->from_a == (side == 0))
			return line->segment.seq;
	}
	return acked;
}

/* A later connection of the same addresses is moved as far as the first, so that its numbers compare as before. */
static uint32_t shift_of(const struct case_file *file, const struct replay_way *way, size_t ladder, size_t side)
{
	const struct case_ladder *self = &file->ladders[ladder];

	for (size_t first = 0; first < ladder; first++) {
		const struct case_ladder *other = &file->ladders[first];

		for (size_t end = 0; end < 2; end++)
			if (is_same_address(self, side, other, end) && is_same_address(self, !side, other, !end))
				return way->first_seq[end] - first_seq(file, first, end);
	}
	return way->first_seq[side] - first_seq(file, ladder, side);
}

static void shift_init(struct shift *shift, const struct case_file *file, const struct replay_way *way)
{
	memset(shift, 0, sizeof(*shift));
	for (size_t i = 0; way->moves_seq && i < file->ladders_len; i++)
		for (size_t side = 0; side < 2; side++)
			shift->by[i][side] = shift_of(file, way, i, side);
}

/* An IPv4 address in 2001:db8::/96. */
static struct ws_addr as_ipv6(struct ws_addr addr)
{
	struct ws_addr out = { .family = 6, .bytes = { 0x20, 0x01, 0x0d, 0xb8 } };

	if (addr.family == 6)
		return addr;
	memcpy(out.bytes + 12, addr.bytes, 4);
	return out;
}

static void put_options(struct packet_options *options, const struct ws_segment *s, uint32_t peer_shift)
{
	uint32_t sack[4][2];

	if (s->mss >= 0)
		packet_option_mss(options, (uint16_t)s->mss);
	if (s->sack_permitted)
		packet_option_sack_permitted(options);
	if (s->has_timestamps)
		packet_option_timestamps(options, s->tsval, s->tsecr);
	if (s->wscale >= 0)
		packet_option_wscale(options, (uint8_t)s->wscale);
	if (s->fast_open >= 0)
		packet_option_fast_open(options, "0123456789abcdef", (size_t)s->fast_open);
	for (size_t i = 0; i < s->sack_len; i++)
		for (size_t edge = 0; edge < 2; edge++)
			sack[i][edge] = s->sack[i][edge] + peer_shift;
	if (s->sack_len)
		packet_option_sack(options, (const uint32_t(*)[2])sack, s->sack_len);
}

static void make_packet(struct packet *packet, const struct case_ladder *ladder, const struct case_line *line,
			const struct replay_way *way, const uint32_t *shift)
{
	size_t from = line->from_a ? 0 : 1;
	size_t from_addr = way->is_swapped ? !from : from;
	const struct ws_segment *s = &line->segment;

	packet_init(packet, "0.0.0.1", ladder->port[from], "0.0.0.2", ladder->port[!from]);
	packet->framing = way->framing;
	packet->src = ladder->addr[from_addr];
	packet->dst = ladder->addr[!from_addr];
	if (way->is_ipv6) {
		packet->src = as_ipv6(packet->src);
		packet->dst = as_ipv6(packet->dst);
	}
	packet->flags = s->flags;
	packet->seq = s->seq + shift[from];
	packet->ack = s->flags & WS_FLAG_ACK ? s->ack + shift[!from] : 0;
	packet->window = s->window;
	packet->payload_len = s->len;
	packet->checksum = s->has_bad_checksum ? PACKET_CHECKSUM_WRONG : PACKET_CHECKSUM_RIGHT;
	put_options(&packet->options, s, shift[!from]);
}

/* Each line its own IP ID; a copy has that of the line it repeats. */
static uint16_t ip_id(const struct case_file *file, size_t index)
{
	const struct case_line *line = &file->lines[index];

	for (size_t i = index; line->segment.is_duplicate && i-- > 0;)
		if (!file->lines[i].segment.is_duplicate && case_is_same_segment(line, &file->lines[i]))
			return (uint16_t)(i + 1);
	return (uint16_t)(index + 1);
}

static void add_packet(struct replay *replay, const struct packet *packet, const struct replay_way *way, ws_time ts)
{
	struct replay_step *step = &replay->steps[replay->steps_len++];
	size_t len;

	if (replay->bytes_size - replay->bytes_len < PACKET_MAX) {
		replay->bytes_size = replay->bytes_size * 2 + PACKET_MAX;
		replay->bytes = realloc(replay->bytes, replay->bytes_size);
		if (!replay->bytes)
			abort();
	}
	len = packet_build(packet, replay->bytes + replay->bytes_len, PACKET_MAX);
	*step = (struct replay_step){ .ts = ts, .at = replay->bytes_len, .len = (uint32_t)len, .caplen = (uint32_t)len };
	if (way->is_truncated)
		step->caplen -= (uint32_t)packet->payload_len;
	replay->bytes_len += len;
	replay->linktype = packet_linktype(packet);
}

static void add_line(struct replay *replay, const struct case_file *file, size_t index, const struct replay_way *way,
		     const struct shift *shift)
{
	const struct case_line *line = &file->lines[index];
	ws_time ts = line->ns + (way->begins_late ? LATE_START_NS : START_NS);
	int64_t gap = index + 1 < file->lines_len ? file->lines[index + 1].ns - line->ns : INT64_MAX;
	int64_t delay = gap / (way->copies + 1) < COPY_DELAY_NS ? gap / (way->copies + 1) : COPY_DELAY_NS;
	struct packet packet;

	if (line->is_timer) {
		replay->steps[replay->steps_len++] = (struct replay_step){ .is_timer = true, .ts = ts };
		return;
	}
	make_packet(&packet, &file->ladders[line->ladder], line, way, shift->by[line->ladder]);
	packet.ip_id = ip_id(file, index);
	for (unsigned i = 0; i <= way->copies; i++) {
		add_packet(replay, &packet, way, ts + delay * i);
		packet.ttl = (uint8_t)(packet.ttl - way->is_routed);
	}
}

void replay_init(struct replay *replay, const struct case_file *file, const struct replay_way *way)
{
	struct shift shift;

	shift_init(&shift, file, way);
	*replay = (struct replay){ .steps = calloc(file->lines_len * (way->copies + 1), sizeof(struct replay_step)) };
	if (!replay->steps)
		abort();
	for (size_t i = 0; i < file->lines_len; i++)
		add_line(replay, file, i, way, &shift);
}

void replay_fini(struct replay *replay)
{
	free(replay->steps);
	free(replay->bytes);
	*replay = (struct replay){ 0 };
}

int replay_feed(const struct replay *replay, ws_tracker *tracker, void (*before)(void *user, ws_time now), void *user)
{
	uint64_t frame = 0;
	int result = 0;

	for (size_t i = 0; i < replay->steps_len; i++) {
		const struct replay_step *step = &replay->steps[i];
		struct ws_packet packet = {
			.ts = step->ts,
			.data = replay->bytes + step->at,
			.caplen = step->caplen,
			.len = step->len,
			.linktype = replay->linktype,
		};

		if (before)
			before(user, step->ts);
		if (step->is_timer) {
			ws_tracker_advance(tracker, step->ts);
			continue;
		}
		packet.frame = ++frame;

		int one = ws_tracker_feed(tracker, &packet);

		if (one && !result)
			result = one;
	}
	return result;
}
