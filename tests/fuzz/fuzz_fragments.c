/*
 * libFuzzer: fragments of a few datagrams in any order and any cut into a tracker, five bytes each: which datagram,
 * where it is cut, how much of it the capture holds, and how much time passed. Each frame lies in a block of its own
 * size. After each the contract of wirestat.h must hold.
 */
#include <stdlib.h>
#include <string.h>

#include "lib/contract.h"
#include "lib/packet.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define STEP 5
#define FRAME_MAX 4096
#define PAYLOAD 1600

static uint8_t frame[FRAME_MAX];

/* Four datagrams that differ in family, flags and options: one is all header, which may be cut too. */
static void set_datagram(struct packet *packet, unsigned which)
{
	bool is_ipv6 = which & 1;

	packet_init(packet, is_ipv6 ? "2001:db8::1" : "10.0.0.1", 40000, is_ipv6 ? "2001:db8::2" : "10.0.0.2", 80);
	packet->framing = FRAMING_RAW;
	packet->flags = which & 2 ? WS_FLAG_SYN : WS_FLAG_ACK | WS_FLAG_FIN;
	packet_option_timestamps(&packet->options, which, 2);
	packet->payload_len = which & 2 ? 16 : PAYLOAD;
}

/* [0] datagram (2 bits), more, identification (2 bits), time (3 bits); [1] offset in units of 8; [2] length
 * likewise, or to the end; [3] bytes beside the units; [4] captured. */
static uint32_t build(const uint8_t *step, uint32_t *captured)
{
	struct packet packet;
	size_t whole;
	size_t offset;
	size_t len;

	set_datagram(&packet, step[0] & 3);
	whole = packet_tcp_len(&packet);
	offset = (size_t)step[1] * 8;
	if (offset > whole)
		offset = whole / 8 * 8;
	len = (size_t)step[2] * 8 + step[3] % 8;
	if (len > whole - offset || step[2] == 255)
		len = whole - offset;
	whole = packet_build_fragment(&packet, step[0] >> 3 & 3, offset, len, step[0] & 4, frame, sizeof frame);
	*captured = (uint32_t)(step[4] < whole && step[4] % 2 ? step[4] : whole);
	return (uint32_t)whole;
}

static void feed(struct contract *contract, struct ws_packet *packet)
{
	uint8_t *copy = malloc(packet->caplen + 1);

	if (copy == NULL)
		abort();
	memcpy(copy + 1, frame, packet->caplen);
	packet->data = copy + 1;
	packet->frame++;
	if (ws_tracker_feed(contract->tracker, packet) != WS_OK)
		abort();
	contract_check(contract);
	free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const int64_t waits[8] = { 0,
					  1000,
					  1000000,
					  INT64_C(1100000000),
					  INT64_C(15000000000),
					  INT64_C(29000000000),
					  INT64_C(31000000000),
					  -1000 };
	struct ws_packet packet = { .linktype = 101 };
	struct contract contract;

	contract_begin(&contract, NULL);
	for (size_t at = 0; at + STEP <= size; at += STEP) {
		packet.len = build(data + at, &packet.caplen);
		packet.ts += waits[data[at] >> 5];
		feed(&contract, &packet);
	}
	contract_end(&contract);
	return 0;
}
