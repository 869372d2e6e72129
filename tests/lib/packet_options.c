/*
 * TCP options for test packets, and the framings' names and link types.
 */
#include "packet.h"

#include <stdlib.h>
#include <string.h>

void packet_option_raw(struct packet_options *options, const void *data, size_t len)
{
	if (len > PACKET_OPTIONS_MAX - options->len)
		abort();
	memcpy(options->data + options->len, data, len);
	options->len += len;
}

static void option_u32(struct packet_options *options, uint32_t value)
{
	const uint8_t bytes[4] = { (uint8_t)(value >> 24), (uint8_t)(value >> 16), (uint8_t)(value >> 8),
				   (uint8_t)value };

	packet_option_raw(options, bytes, sizeof(bytes));
}

static void option_head(struct packet_options *options, uint8_t kind, size_t len)
{
	const uint8_t bytes[2] = { kind, (uint8_t)len };

	packet_option_raw(options, bytes, sizeof(bytes));
}

void packet_option_nop(struct packet_options *options)
{
	packet_option_raw(options, "\1", 1);
}

void packet_option_mss(struct packet_options *options, uint16_t mss)
{
	const uint8_t bytes[2] = { (uint8_t)(mss >> 8), (uint8_t)mss };

	option_head(options, 2, 4);
	packet_option_raw(options, bytes, sizeof(bytes));
}

void packet_option_wscale(struct packet_options *options, uint8_t shift)
{
	option_head(options, 3, 3);
	packet_option_raw(options, &shift, 1);
}

void packet_option_sack_permitted(struct packet_options *options)
{
	option_head(options, 4, 2);
}

void packet_option_sack(struct packet_options *options, const uint32_t (*blocks)[2], size_t count)
{
	option_head(options, 5, 2 + 8 * count);
	for (size_t i = 0; i < count; i++) {
		option_u32(options, blocks[i][0]);
		option_u32(options, blocks[i][1]);
	}
}

void packet_option_timestamps(struct packet_options *options, uint32_t tsval, uint32_t tsecr)
{
	option_head(options, 8, 10);
	option_u32(options, tsval);
	option_u32(options, tsecr);
}

void packet_option_fast_open(struct packet_options *options, const void *cookie, size_t len)
{
	option_head(options, 34, 2 + len);
	packet_option_raw(options, cookie, len);
}

static const struct {
	const char *name;
	uint32_t linktype;
} framings[FRAMING_COUNT] = {
	[FRAMING_ETHERNET] = { "ethernet", 1 },
	[FRAMING_VLAN] = { "vlan", 1 },
	[FRAMING_QINQ] = { "qinq", 1 },
	[FRAMING_LLC_SNAP] = { "llc-snap", 1 },
	[FRAMING_MPLS] = { "mpls", 1 },
	[FRAMING_MPLS_PSEUDOWIRE] = { "mpls-pseudowire", 1 },
	[FRAMING_PPPOE] = { "pppoe", 1 },
	[FRAMING_NULL_LITTLE] = { "null-little", 0 },
	[FRAMING_NULL_BIG] = { "null-big", 0 },
	[FRAMING_LOOP] = { "loop", 108 },
	[FRAMING_PPP] = { "ppp", 9 },
	[FRAMING_PPP_HDLC] = { "ppp-hdlc", 50 },
	[FRAMING_PPP_ETHER] = { "ppp-ether", 51 },
	[FRAMING_C_HDLC] = { "c-hdlc", 104 },
	[FRAMING_RAW] = { "raw", 101 },
	[FRAMING_SLL] = { "sll", 113 },
	[FRAMING_SLL2] = { "sll2", 276 },
	[FRAMING_IP] = { "ip", 228 },
};

const char *packet_framing_name(enum packet_framing framing)
{
	return framings[framing].name;
}

uint32_t packet_linktype(const struct packet *packet)
{
	return packet->framing == FRAMING_IP && packet->src.family == 6 ? 229 : framings[packet->framing].linktype;
}
