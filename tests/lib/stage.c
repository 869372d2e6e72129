#include "stage.h"

#include <check.h>
#include <string.h>

#define START (INT64_C(1700000000) * 1000000000)
#define STEP INT64_C(1000000)
#define FIRST_A 1000
#define FIRST_B 5000

static void on_event(void *user, const struct ws_event *event)
{
	struct stage *stage = user;

	if (event->host && event->host->is_final)
		return;
	if (event->host)
		stage->host[event->finding] = *event->host;
	if (stage->raised[event->finding]++ == 0)
		stage->frame_of[event->finding] = event->frame;
}

void stage_begin(struct stage *stage, const struct ws_config *config)
{
	struct ws_config all = config ? *config : (struct ws_config){ 0 };

	*stage = (struct stage){ .now = START };
	all.full_audit = true;
	all.on_event = on_event;
	all.user = stage;
	all.events = WS_MASK(WS_EVENT_FINDING) | WS_MASK(WS_EVENT_HOST);
	stage->tracker = ws_tracker_new(&all);
	ck_assert_ptr_nonnull(stage->tracker);
}

void stage_finish(struct stage *stage)
{
	if (!stage->is_finished)
		ws_tracker_finish(stage->tracker);
	stage->is_finished = true;
}

void stage_end(struct stage *stage)
{
	stage_finish(stage);
	ws_tracker_free(stage->tracker);
	stage->tracker = NULL;
}

void stage_play_bytes(struct stage *stage, uint32_t linktype, const void *data, uint32_t caplen, uint32_t len)
{
	struct ws_packet packet = { .ts = stage->now,
				    .frame = ++stage->frame,
				    .data = data,
				    .caplen = caplen,
				    .len = len,
				    .linktype = linktype };

	stage->now += STEP;
	ck_assert_int_eq(ws_tracker_feed(stage->tracker, &packet), WS_OK);
}

void stage_play(struct stage *stage, const struct packet *packet)
{
	static uint8_t frame[PACKET_MAX];
	uint32_t len = (uint32_t)packet_build(packet, frame, sizeof frame);

	stage_play_bytes(stage, packet_linktype(packet), frame, len, len);
}

void stage_wait(struct stage *stage, int64_t ns)
{
	stage->now += ns;
	ws_tracker_advance(stage->tracker, stage->now);
}

static uint8_t flags_of(const char *letters)
{
	static const char alphabet[] = "FSRP.UEW";
	unsigned flags = 0;

	for (; *letters; letters++) {
		const char *at = strchr(alphabet, *letters);

		ck_assert_ptr_nonnull(at);
		flags |= 1u << (at - alphabet);
	}
	return (uint8_t)flags;
}

struct packet stage_segment(enum stage_side from, const char *flags, uint32_t seq, uint32_t ack, size_t len)
{
	static uint16_t ip_id;
	struct packet packet;

	if (from == STAGE_A)
		packet_init(&packet, "10.0.0.1", 40000, "10.0.0.2", 80);
	else
		packet_init(&packet, "10.0.0.2", 80, "10.0.0.1", 40000);
	packet.flags = flags_of(flags);
	packet.seq = seq + (from == STAGE_A ? FIRST_A : FIRST_B);
	packet.ack = packet.flags & WS_FLAG_ACK ? ack + (from == STAGE_A ? FIRST_B : FIRST_A) : 0;
	packet.payload_len = len;
	packet.ip_id = ++ip_id;
	return packet;
}

void stage_send(struct stage *stage, enum stage_side from, const char *flags, uint32_t seq, uint32_t ack, size_t len)
{
	struct packet packet = stage_segment(from, flags, seq, ack, len);

	stage_play(stage, &packet);
}

void stage_open(struct stage *stage)
{
	struct packet syn = stage_segment(STAGE_A, "S", 0, 0, 0);
	struct packet syn_ack = stage_segment(STAGE_B, "S.", 0, 1, 0);

	packet_option_mss(&syn.options, 1460);
	packet_option_mss(&syn_ack.options, 1460);
	stage_play(stage, &syn);
	stage_play(stage, &syn_ack);
	stage_send(stage, STAGE_A, ".", 1, 1, 0);
}

void stage_close(struct stage *stage, uint32_t a, uint32_t b)
{
	stage_send(stage, STAGE_A, "F.", a, b, 0);
	stage_send(stage, STAGE_B, "F.", b, a + 1, 0);
	stage_send(stage, STAGE_A, ".", a + 1, b + 1, 0);
}

static const struct raises none = { NULL, 0 };

const struct raises *const all_raises[] = {
	/* Header and options. */
	&raises_header,
	&raises_options,
	/* Handshake. */
	&raises_handshake,
	/* Capture, network. */
	&raises_network,
	/* Hosts. */
	&raises_hosts,
	&raises_load,
	/* Sequence, acknowledgement, window. */
	&raises_data,
	/* Reset. */
	&raises_reset,
	/* Below TCP. */
	&raises_below,
	&none,
};
