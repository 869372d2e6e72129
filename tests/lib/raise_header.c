/*
 * Headers: checksums as they stand, bits that no ladder shows, urgent pointers.
 */
#include "stage.h"

#include <check.h>

/* A's data, 1 to 10, with something changed. */
static struct packet data_of_a(void)
{
	return stage_segment(STAGE_A, "P.", 1, 1, 10);
}

/* ---- Checksum ---------------------------------------------------------------------------------------------------- */

static void offload(struct stage *stage)
{
	struct packet packet = data_of_a();

	stage_open(stage);
	packet.checksum = PACKET_CHECKSUM_PSEUDO;
	stage_play(stage, &packet);
}

static void offload_not(struct stage *stage)
{
	struct packet packet = data_of_a();

	stage_open(stage);
	packet.checksum = PACKET_CHECKSUM_WRONG;
	stage_play(stage, &packet);
}

#define CHECKSUM_AT (14 + 20 + 16)

/* A segment of A whose right checksum is 0: its first two bytes of payload make up for the rest. */
static uint32_t build_zero_sum(uint8_t *frame)
{
	static uint8_t payload[10];
	struct packet packet = data_of_a();
	unsigned right;

	packet.payload = payload;
	payload[0] = 0;
	payload[1] = 0;
	packet_build(&packet, frame, PACKET_MAX);
	right = (unsigned)frame[CHECKSUM_AT] << 8 | frame[CHECKSUM_AT + 1];
	payload[0] = (uint8_t)(right >> 8);
	payload[1] = (uint8_t)right;
	return (uint32_t)packet_build(&packet, frame, PACKET_MAX);
}

static void play_zero_sum(struct stage *stage, uint8_t field)
{
	static uint8_t frame[PACKET_MAX];
	uint32_t len = build_zero_sum(frame);

	ck_assert_uint_eq(frame[CHECKSUM_AT] | frame[CHECKSUM_AT + 1], 0);
	stage_open(stage);
	frame[CHECKSUM_AT] = field;
	frame[CHECKSUM_AT + 1] = field;
	stage_play_bytes(stage, 1, frame, len, len);
}

static void ffff(struct stage *stage)
{
	play_zero_sum(stage, 0xFF);
}

static void ffff_not(struct stage *stage)
{
	play_zero_sum(stage, 0);
}

/* ---- Bits -------------------------------------------------------------------------------------------------------- */

#define AE 1u /* RFC 9768 3.1.1; once NS */

static void play_reserved(struct stage *stage, uint8_t reserved)
{
	struct packet packet = data_of_a();

	packet.reserved = reserved;
	stage_play(stage, &packet);
}

static void reserved(struct stage *stage)
{
	stage_open(stage);
	play_reserved(stage, 4);
}

/* RFC 9768 table 2: AE, CWR and ECE on the SYN, CWR alone on the SYN-ACK; then the three count. */
static void reserved_not(struct stage *stage)
{
	struct packet syn = stage_segment(STAGE_A, "SEW", 0, 0, 0);
	struct packet syn_ack = stage_segment(STAGE_B, "S.W", 0, 1, 0);

	syn.reserved = AE;
	stage_play(stage, &syn);
	stage_play(stage, &syn_ack);
	play_reserved(stage, AE);
}

static void ack_number(struct stage *stage)
{
	struct packet syn = stage_segment(STAGE_A, "S", 0, 0, 0);

	syn.ack = 1;
	stage_play(stage, &syn);
}

static void ack_number_not(struct stage *stage)
{
	stage_open(stage);
}

/* ---- Urgent ------------------------------------------------------------------------------------------------------ */

static void play_urgent(struct stage *stage, const char *flags, uint16_t pointer, size_t len)
{
	struct packet packet = stage_segment(STAGE_A, flags, 1, 1, len);

	stage_open(stage);
	packet.urgent = pointer;
	stage_play(stage, &packet);
}

static void pointer_without_urg(struct stage *stage)
{
	play_urgent(stage, "P.", 3, 10);
}

static void pointer_beyond(struct stage *stage)
{
	play_urgent(stage, "P.U", 11, 10);
}

/* RFC 9293 3.8.5: the pointer leads behind the last urgent byte, here the last there is. */
static void urgent_data(struct stage *stage)
{
	play_urgent(stage, "P.U", 10, 10);
}

static void plain_data(struct stage *stage)
{
	play_urgent(stage, "P.", 0, 10);
}

/* ---- The table --------------------------------------------------------------------------------------------------- */

static const struct raise raises[] = {
	{ WS_FINDING_tcp_checksum_offload_suspected, offload, offload_not },
	{ WS_FINDING_tcp_checksum_ffff, ffff, ffff_not },
	{ WS_FINDING_tcp_reserved_bits_set, reserved, reserved_not },
	{ WS_FINDING_ack_nonzero_without_ack_flag, ack_number, ack_number_not },
	{ WS_FINDING_urgent_pointer_without_urg, pointer_without_urg, urgent_data },
	{ WS_FINDING_urgent_pointer_invalid, pointer_beyond, urgent_data },
	{ WS_FINDING_urgent_data_seen, urgent_data, plain_data },
};

const struct raises raises_header = { raises, sizeof(raises) / sizeof(raises[0]) };
