/*
 * Test packets: IP and TCP. One pass from the outside in: link header, IP header with extension headers, and a piece of the TCP
 * segment; lengths that stand in front are known from the struct beforehand.
 */
#include "packet_link.h"

#include <arpa/inet.h>
#include <stdlib.h>

#define TCP_HEADER 20

static void set_u16(uint8_t *at, size_t value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
}

/* ---- Checksums, as RFC 1071 section 4.1 writes them --------------------------------------------------------- */

static uint32_t sum_words(uint32_t sum, const uint8_t *data, size_t len)
{
	for (size_t i = 0; i + 1 < len; i += 2)
		sum += (uint32_t)data[i] << 8 | data[i + 1];
	if (len % 2 != 0)
		sum += (uint32_t)data[len - 1] << 8;
	while (sum >> 16)
		sum = (sum >> 16) + (sum & 0xFFFF);
	return sum;
}

static uint32_t sum_pseudo(const struct packet *packet, size_t len)
{
	size_t address_len = is_ipv6(packet) ? 16 : 4;
	uint8_t tail[6] = { 0, 6, (uint8_t)(len >> 24), (uint8_t)(len >> 16), (uint8_t)(len >> 8), (uint8_t)len };
	uint32_t sum = sum_words(0, packet->src.bytes, address_len);

	sum = sum_words(sum, packet->dst.bytes, address_len);
	return sum_words(sum, tail, sizeof(tail));
}

static uint32_t tcp_checksum(const struct packet *packet, const uint8_t *segment, size_t len)
{
	uint32_t right = ~sum_words(sum_pseudo(packet, len), segment, len) & 0xFFFF;

	switch (packet->checksum) {
	case PACKET_CHECKSUM_RIGHT:
		return right;
	case PACKET_CHECKSUM_WRONG:
		return right ^ 0x8000;
	case PACKET_CHECKSUM_PSEUDO:
		return sum_pseudo(packet, len);
	case PACKET_CHECKSUM_PSEUDO_NO_LEN:
		return sum_pseudo(packet, 0);
	}
	return right;
}

/* ---- TCP ---------------------------------------------------------------------------------------------------- */

static size_t tcp_header_len(const struct packet *packet)
{
	return TCP_HEADER + (packet->options.len + 3) / 4 * 4;
}

size_t packet_tcp_len(const struct packet *packet)
{
	return tcp_header_len(packet) + packet->payload_len;
}

static void put_tcp(struct writer *w, const struct packet *packet)
{
	size_t header = tcp_header_len(packet);
	size_t offset = packet->data_offset > 0 ? (size_t)packet->data_offset : header / 4;
	uint8_t *segment = w->out + w->len;

	put_u16(w, packet->sport);
	put_u16(w, packet->dport);
	put_u32(w, packet->seq);
	put_u32(w, packet->ack);
	put_u8(w, (unsigned)(offset << 4 & 0xF0) | (packet->reserved & 0x0Fu));
	put_u8(w, packet->flags);
	put_u16(w, packet->window);
	put_u16(w, 0);
	put_u16(w, packet->urgent);
	put(w, packet->options.data, packet->options.len);
	put_zeros(w, header - TCP_HEADER - packet->options.len);
	if (packet->payload)
		put(w, packet->payload, packet->payload_len);
	for (size_t i = 0; !packet->payload && i < packet->payload_len; i++)
		put_u8(w, 'a' + (unsigned)(i % 26));
	set_u16(segment + 16, tcp_checksum(packet, segment, packet_tcp_len(packet)));
}

/* ---- IP ----------------------------------------------------------------------------------------------------- */

/* The part of the TCP segment that goes into the packet. */
struct piece {
	bool is_fragment;
	uint32_t id;
	size_t offset;
	size_t len;
	bool more;
};

static size_t extensions_len(const struct packet *packet)
{
	size_t len = 0;

	for (size_t i = 0; i < packet->extensions_len; i++)
		len += packet->extensions[i].len;
	return len;
}

/* `last` is the protocol number of what follows the extension headers. */
static void put_extensions(struct writer *w, const struct packet *packet, uint8_t last)
{
	for (size_t i = 0; i < packet->extensions_len; i++) {
		const struct packet_extension *extension = &packet->extensions[i];
		size_t at = w->len;

		put(w, extension->data, extension->len);
		w->out[at] = i + 1 < packet->extensions_len ? packet->extensions[i + 1].type : last;
	}
}

static uint8_t first_protocol(const struct packet *packet, uint8_t last)
{
	return packet->extensions_len > 0 ? packet->extensions[0].type : last;
}

static void put_ipv4(struct writer *w, const struct packet *packet, const struct piece *piece)
{
	size_t header = 20 + packet->ip_options_len;
	uint8_t *ip = w->out + w->len;

	put_u8(w, 0x40 | (unsigned)(header / 4));
	put_u8(w, 0);
	put_u16(w, packet->is_length_zero ? 0 : (unsigned)(header + extensions_len(packet) + piece->len));
	put_u16(w, piece->is_fragment ? piece->id : packet->ip_id);
	put_u16(w, (unsigned)(piece->offset / 8) | (piece->more ? 0x2000u : 0));
	put_u8(w, packet->ttl);
	put_u8(w, first_protocol(packet, 6));
	put_u16(w, 0);
	put(w, packet->src.bytes, 4);
	put(w, packet->dst.bytes, 4);
	put(w, packet->ip_options, packet->ip_options_len);
	set_u16(ip + 10, ~sum_words(0, ip, header) & 0xFFFF);
	put_extensions(w, packet, 6);
}

static void put_ipv6(struct writer *w, const struct packet *packet, const struct piece *piece)
{
	size_t len = extensions_len(packet) + (piece->is_fragment ? 8 : 0) + piece->len;
	uint8_t last = piece->is_fragment ? 44 : 6;

	put_u32(w, 0x60000000);
	put_u16(w, packet->is_length_zero || len > 65535 ? 0 : (unsigned)len);
	put_u8(w, first_protocol(packet, last));
	put_u8(w, packet->ttl);
	put(w, packet->src.bytes, 16);
	put(w, packet->dst.bytes, 16);
	put_extensions(w, packet, last);
	if (piece->is_fragment) {
		put_u16(w, 0x0600);
		put_u16(w, (unsigned)piece->offset | piece->more);
		put_u32(w, piece->id);
	}
}

/* ---- All of it ---------------------------------------------------------------------------------------------- */

static size_t build(const struct packet *packet, const struct piece *piece, uint8_t *out, size_t size)
{
	struct writer w = { out, size, 0 };
	size_t tcp_len = packet_tcp_len(packet);
	size_t ip_len = (is_ipv6(packet) ? 40 + (piece->is_fragment ? 8u : 0) : 20 + packet->ip_options_len) +
			extensions_len(packet) + piece->len;
	uint8_t *whole = malloc(tcp_len);
	struct writer tcp = { whole, tcp_len, 0 };

	if (!whole || packet->src.family != packet->dst.family)
		writer_die("out of memory, or addresses of two families");
	if (piece->offset % 8 != 0 || piece->offset + piece->len > tcp_len)
		writer_die("no such fragment");
	put_tcp(&tcp, packet);
	packet_put_link(&w, packet, ip_len);
	if (is_ipv6(packet))
		put_ipv6(&w, packet, piece);
	else
		put_ipv4(&w, packet, piece);
	put(&w, whole + piece->offset, piece->len);
	put_zeros(&w, packet->padding);
	free(whole);
	return w.len;
}

size_t packet_build(const struct packet *packet, uint8_t *out, size_t size)
{
	struct piece piece = { .len = packet_tcp_len(packet) };

	return build(packet, &piece, out, size);
}

size_t packet_build_fragment(const struct packet *packet, uint32_t id, size_t offset, size_t len, bool more,
			     uint8_t *out, size_t size)
{
	struct piece piece = { true, id, offset, len, more };

	return build(packet, &piece, out, size);
}

size_t packet_link_len(const struct packet *packet)
{
	uint8_t header[64];
	struct writer w = { header, sizeof(header), 0 };

	packet_put_link(&w, packet, 0);
	return w.len;
}

void packet_init(struct packet *packet, const char *src, uint16_t sport, const char *dst, uint16_t dport)
{
	*packet = (struct packet){
		.src = packet_addr(src),
		.dst = packet_addr(dst),
		.ttl = 64,
		.sport = sport,
		.dport = dport,
		.window = 65535,
	};
}

struct ws_addr packet_addr(const char *text)
{
	struct ws_addr addr = { 0 };

	if (inet_pton(AF_INET, text, addr.bytes) == 1)
		addr.family = 4;
	else if (inet_pton(AF_INET6, text, addr.bytes) == 1)
		addr.family = 6;
	else
		writer_die("not an address");
	return addr;
}
