/*
 * libFuzzer: a conversation into a tracker. The input is not packets but what they mean, eight bytes each: which of a
 * few connections and which side, flags, how far the numbers are from where that side stands, options, payload, and
 * how much time passed. So most inputs are segments that the rules have to think about. After each the contract of
 * wirestat.h must hold.
 */
#include <stdlib.h>
#include <string.h>

#include "lib/contract.h"
#include "lib/packet.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define STEP 8
#define TUPLES 3
#define FRAME_MAX 2048

/* Where each side of a connection stands, as an honest sender would count. */
struct side {
	uint32_t next;
	uint32_t tsval;
};

static struct side sides[TUPLES][2];
static uint8_t frame[FRAME_MAX];

/* How much time passes: none, within a copy's, a round trip, a retransmission, past each of the timers. */
static const int64_t waits[16] = { 0,
				   1000,
				   100000,
				   500000,
				   1000000,
				   10000000,
				   200000000,
				   INT64_C(1000000000),
				   INT64_C(3000000000),
				   INT64_C(31000000000),
				   INT64_C(61000000000),
				   INT64_C(76000000000),
				   INT64_C(121000000000),
				   INT64_C(131000000000),
				   INT64_C(500000000000000),
				   -INT64_C(5000000000) };

/* Numbers near where one stands, near the edges of the window, and far off. */
static const uint32_t offsets[16] = {
	0,      1,          (uint32_t)-1, 2,        (uint32_t)-2,     10,      100,        (uint32_t)-100,
	0xffff, 0x10000000, 0x7fffffff,   1u << 31, (uint32_t)-65535, 1 << 24, 0x20000000, (uint32_t)-0x20000000,
};

static const uint32_t lengths[4] = { 0, 1, 10, 1000 };

static void put_options(struct packet_options *options, uint8_t which, uint32_t at, const struct side *x,
			const struct side *y)
{
	uint32_t block[1][2] = { { at, at + 10 } };

	if (which & 1)
		packet_option_timestamps(options, x->tsval + (which >> 6), y->tsval);
	if (which & 2)
		packet_option_mss(options, 1460);
	if (which & 4)
		packet_option_wscale(options, which >> 4);
	if (which & 8)
		packet_option_sack_permitted(options);
	if ((which & 0x30) == 0x10)
		packet_option_sack(options, (const uint32_t(*)[2])block, 1);
	if ((which & 0x30) == 0x20)
		packet_option_fast_open(options, "01234567", 8);
}

static void set_ends(struct packet *packet, unsigned tuple, unsigned from)
{
	static const char *const address[TUPLES][2] = {
		{ "10.0.0.1", "10.0.0.2" },
		{ "2001:db8::1", "2001:db8::2" },
		{ "10.0.0.7", "10.0.0.7" }, /* and one port: it talks to itself */
	};
	uint16_t ports[2] = { (uint16_t)(tuple == 2 ? 80 : 40000), 80 };

	packet_init(packet, address[tuple][from], ports[from], address[tuple][!from], ports[!from]);
	packet->framing = FRAMING_RAW;
}

/* [0] tuple (2 bits), side, not counted as sent, time (4 bits); [1] flags; [2] offsets of seq and ack; [3] options; [4]
 * length (2 bits), checksum (2 bits), TTL; [5] window; [6, 7] IP ID. */
static size_t build(const uint8_t *step, struct packet *packet)
{
	unsigned tuple = (step[0] & 3u) % TUPLES;
	unsigned from = step[0] >> 2 & 1;
	struct side *x = &sides[tuple][from];
	struct side *y = &sides[tuple][!from];
	uint32_t end;

	set_ends(packet, tuple, from);
	packet->flags = step[1];
	packet->seq = x->next + offsets[step[2] & 15];
	packet->ack = y->next + offsets[step[2] >> 4];
	put_options(&packet->options, step[3], packet->ack, x, y);
	packet->payload_len = lengths[step[4] & 3];
	packet->checksum = (step[4] & 0x3C) == 4 ? PACKET_CHECKSUM_WRONG : PACKET_CHECKSUM_RIGHT;
	packet->ttl = (uint8_t)(64 - (step[4] >> 7));
	packet->window = (uint16_t)(step[5] << 8 | step[5]);
	packet->ip_id = (uint16_t)(step[6] << 8 | step[7]);
	end = packet->seq + (uint32_t)packet->payload_len + (step[1] & WS_FLAG_SYN ? 1u : 0u) +
	      (step[1] & WS_FLAG_FIN ? 1u : 0u);
	if (!(step[0] & 8))
		x->next = end;
	x->tsval++;
	return packet_build(packet, frame, sizeof frame);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ws_config config = { .max_connections = size > 0 && data[0] & 1 ? 2 : 16 };
	struct ws_packet in = { .linktype = 101, .data = frame };
	struct contract contract;

	memset(sides, 0, sizeof sides);
	sides[0][0].next = 0xfffffff0;
	contract_begin(&contract, &config);
	for (size_t at = 1; at + STEP <= size; at += STEP) {
		struct packet packet;

		in.len = in.caplen = (uint32_t)build(data + at, &packet);
		in.ts += waits[data[at] >> 4];
		in.frame++;
		if (ws_tracker_feed(contract.tracker, &in) != WS_OK)
			abort();
		contract_check(&contract);
	}
	contract_end(&contract);
	return 0;
}
