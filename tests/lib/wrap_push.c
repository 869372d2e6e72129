/*
 * Headers in front of what is there.
 */
#include "wrap_push.h"

#include <string.h>

#include "packet.h"
#include "writer.h"

static const uint8_t stations[2][12] = { { 2, 0, 0, 0, 0, 9, 2, 0, 0, 0, 0, 8 },
					 { 2, 0, 0, 0, 0, 8, 2, 0, 0, 0, 0, 9 } };

/* What the length fields count from here on: what the capture left out too. */
unsigned wrap_sent_len(const struct wrap *wrap)
{
	return (unsigned)(wrap_len(wrap) + wrap->missing);
}

/* ---- Putting in front ------------------------------------------------------------------------------------------- */

void wrap_push(struct wrap *wrap, const void *data, size_t len)
{
	if (len > wrap->at)
		writer_die("no room in front");
	wrap->at -= len;
	memcpy(wrap->buffer + wrap->at, data, len);
}

void wrap_push_u8(struct wrap *wrap, unsigned value)
{
	uint8_t byte = (uint8_t)value;

	wrap_push(wrap, &byte, 1);
}

void wrap_push_u16(struct wrap *wrap, unsigned value)
{
	wrap_push_u8(wrap, value & 0xFF);
	wrap_push_u8(wrap, value >> 8 & 0xFF);
}

void wrap_push_u32(struct wrap *wrap, uint32_t value)
{
	wrap_push_u16(wrap, value & 0xFFFF);
	wrap_push_u16(wrap, value >> 16);
}

struct ws_addr wrap_addr(uint8_t family, bool is_back)
{
	if (family == 4)
		return packet_addr(is_back ? "192.0.2.9" : "192.0.2.8");
	return packet_addr(is_back ? "2001:db8:f::9" : "2001:db8:f::8");
}

unsigned wrap_ethertype(const struct wrap *wrap)
{
	return wrap->family == 4 ? 0x0800 : 0x86DD;
}

unsigned wrap_ppp_type(const struct wrap *wrap)
{
	return wrap->family == 4 ? 0x0021 : 0x0057;
}

void wrap_push_ethernet(struct wrap *wrap, unsigned type)
{
	wrap_push_u16(wrap, type);
	wrap_push(wrap, stations[wrap->is_back], 12);
}

void wrap_push_tag(struct wrap *wrap, unsigned id, unsigned type)
{
	wrap_push_u16(wrap, type);
	wrap_push_u16(wrap, id);
}

/* A whole frame around the packet. */
void wrap_push_frame(struct wrap *wrap)
{
	wrap_push_ethernet(wrap, wrap_ethertype(wrap));
}

void wrap_push_tagged_frame(struct wrap *wrap, unsigned id)
{
	wrap_push_tag(wrap, id, wrap_ethertype(wrap));
	wrap_push_ethernet(wrap, 0x8100);
}

void wrap_push_label(struct wrap *wrap, unsigned label, bool is_bottom)
{
	wrap_push_u32(wrap, label << 12 | (is_bottom ? 0x100u : 0) | 64);
}

/* RFC 791 3.1, with its checksum (RFC 1071). */
void wrap_push_ipv4(struct wrap *wrap, unsigned protocol)
{
	struct ws_addr src = wrap_addr(4, wrap->is_back);
	struct ws_addr dst = wrap_addr(4, !wrap->is_back);
	uint32_t sum = 0;
	uint8_t *ip;

	wrap_push(wrap, dst.bytes, 4);
	wrap_push(wrap, src.bytes, 4);
	wrap_push_u16(wrap, 0);
	wrap_push_u16(wrap, 0xFF00 | protocol);
	wrap_push_u32(wrap, 0x12340000);
	wrap_push_u16(wrap, wrap_sent_len(wrap) + 4);
	wrap_push_u16(wrap, 0x4500);
	ip = wrap->buffer + wrap->at;
	for (unsigned i = 0; i < 20; i += 2)
		sum += (uint32_t)ip[i] << 8 | ip[i + 1];
	sum = (sum >> 16) + (sum & 0xFFFF);
	sum = ~((sum >> 16) + sum);
	ip[10] = (uint8_t)(sum >> 8);
	ip[11] = (uint8_t)sum;
	wrap->family = 4;
}

void wrap_push_ipv6(struct wrap *wrap, unsigned protocol)
{
	struct ws_addr src = wrap_addr(6, wrap->is_back);
	struct ws_addr dst = wrap_addr(6, !wrap->is_back);
	unsigned len = wrap_sent_len(wrap);

	wrap_push(wrap, dst.bytes, 16);
	wrap_push(wrap, src.bytes, 16);
	wrap_push_u16(wrap, protocol << 8 | 64);
	wrap_push_u16(wrap, len);
	wrap_push_u32(wrap, 0x60000000);
	wrap->family = 6;
}

void wrap_push_udp(struct wrap *wrap, unsigned from, unsigned to)
{
	unsigned len = wrap_sent_len(wrap) + 8;

	wrap_push_u16(wrap, 0);
	wrap_push_u16(wrap, len);
	wrap_push_u16(wrap, to);
	wrap_push_u16(wrap, from);
}

void wrap_push_udp4(struct wrap *wrap, unsigned to)
{
	wrap_push_udp(wrap, 50000, to);
	wrap_push_ipv4(wrap, 17);
}

void wrap_push_gre4(struct wrap *wrap, unsigned flags, unsigned type)
{
	wrap_push_u16(wrap, type);
	wrap_push_u16(wrap, flags);
	wrap_push_ipv4(wrap, 47);
}
