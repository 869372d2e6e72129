/*
 * IPv4 and IPv6 without options or extension headers, as the two hosts of the bed send them, and TCP (RFC 9293 3.1).
 */
#include "packet.h"

#include <stdlib.h>
#include <string.h>

enum { IP4_HEADER = 20, IP6_HEADER = 40, TCP_HEADER = 20, FRAGMENT_HEADER = 8, ICMP_HEADER = 8, TIMESTAMPS = 12 };

static uint16_t get16(const uint8_t *b)
{
	return (uint16_t)(b[0] << 8 | b[1]);
}

static uint32_t get32(const uint8_t *b)
{
	return (uint32_t)get16(b) << 16 | get16(b + 2);
}

static void put16(uint8_t *b, size_t v)
{
	b[0] = (uint8_t)(v >> 8);
	b[1] = (uint8_t)v;
}

static void put32(uint8_t *b, uint32_t v)
{
	put16(b, v >> 16);
	put16(b + 2, v & 0xffff);
}

struct packet *packet_new(size_t len)
{
	struct packet *p = calloc(1, sizeof *p + len);

	if (p)
		p->len = len;
	return p;
}

struct packet *packet_copy(const struct packet *p)
{
	struct packet *copy = packet_new(p->len);

	if (copy)
		memcpy(copy, p, sizeof *p + p->len);
	return copy;
}

static size_t ip_header(const uint8_t *bytes, size_t len)
{
	if (len >= IP4_HEADER && bytes[0] >> 4 == 4)
		return (size_t)(bytes[0] & 15) * 4;
	return len >= IP6_HEADER && bytes[0] >> 4 == 6 ? IP6_HEADER : 0;
}

static uint8_t ip_protocol(const uint8_t *bytes)
{
	return bytes[0] >> 4 == 4 ? bytes[9] : bytes[6];
}

/* Kind 8, wherever it stands among the options (RFC 7323 3.2). */
static void read_timestamps(const uint8_t *options, size_t len, struct segment *out)
{
	for (size_t i = 0; i < len && options[i] != 0;) {
		size_t size = options[i] == 1 ? 1 : i + 1 < len ? options[i + 1] : 0;

		if (size == 0 || i + size > len)
			return;
		if (options[i] == 8 && size == 10) {
			out->has_timestamps = true;
			out->tsval = get32(options + i + 2);
			out->tsecr = get32(options + i + 6);
		}
		i += size;
	}
}

bool packet_segment(const struct packet *p, struct segment *out)
{
	size_t at = ip_header(p->bytes, p->len);
	const uint8_t *t = p->bytes + at;

	if (at == 0 || ip_protocol(p->bytes) != IPPROTO_TCP || p->len < at + TCP_HEADER)
		return false;
	if (p->bytes[0] >> 4 == 4 && (get16(p->bytes + 6) & 0x3fff) != 0)
		return false;
	size_t header = (size_t)(t[12] >> 4) * 4;
	if (header < TCP_HEADER || p->len < at + header)
		return false;
	*out = (struct segment){
		.family = p->bytes[0] >> 4 == 4 ? AF_INET : AF_INET6,
		.tcp = at,
		.payload = at + header,
		.data = p->len - at - header,
		.sport = get16(t),
		.dport = get16(t + 2),
		.seq = get32(t + 4),
		.ack = get32(t + 8),
		.flags = t[13],
		.window = get16(t + 14),
	};
	read_timestamps(t + TCP_HEADER, header - TCP_HEADER, out);
	return true;
}

bool packet_is_from(const struct packet *p, const struct address *a)
{
	return a->family == AF_INET ? memcmp(p->bytes + 12, a->bytes, 4) == 0 : memcmp(p->bytes + 8, a->bytes, 16) == 0;
}

bool packet_is_wanted(const uint8_t *bytes, size_t len)
{
	size_t at = ip_header(bytes, len);

	if (at == 0 || at >= len)
		return false;
	switch (ip_protocol(bytes)) {
	case IPPROTO_TCP:
	case IPPROTO_FRAGMENT:
	case IPPROTO_DSTOPTS:
		return true;
	case IPPROTO_ICMP:
		return bytes[at] == 3;
	case IPPROTO_ICMPV6:
		return bytes[at] < 128;
	default:
		return false;
	}
}

static uint32_t sum16(uint32_t sum, const uint8_t *b, size_t len)
{
	for (size_t i = 0; i + 1 < len; i += 2)
		sum += get16(b + i);
	return len & 1 ? sum + (uint32_t)(b[len - 1] << 8) : sum;
}

static uint16_t fold(uint32_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

/* Lengths and the header's checksum; the sum over the pseudo header of RFC 9293 3.1 (also RFC 4443 2.3). */
static uint32_t seal_ip(struct packet *p, size_t at)
{
	uint8_t *b = p->bytes;
	uint32_t upper = (uint32_t)(p->len - at) + ip_protocol(b);

	memset(&p->vnet, 0, sizeof p->vnet);
	if (at == IP6_HEADER) {
		put16(b + 4, p->len - at);
		return sum16(upper, b + 8, 32);
	}
	put16(b + 2, p->len);
	put16(b + 10, 0);
	put16(b + 10, fold(sum16(0, b, at)));
	return sum16(upper, b + 12, 8);
}

void packet_seal(struct packet *p)
{
	size_t at = ip_header(p->bytes, p->len);
	uint32_t pseudo = seal_ip(p, at);
	uint8_t *sum = p->bytes + at + 16;

	put16(sum, 0);
	put16(sum, fold(sum16(pseudo, p->bytes + at, p->len - at)));
}

/* Type 3 code 1, RFC 792; type 1 code 3, RFC 4443 3.1. */
struct packet *packet_unreachable(const struct packet *p)
{
	bool six = p->bytes[0] >> 4 == 6;
	size_t at = six ? IP6_HEADER : IP4_HEADER, quote = p->len < 128 ? p->len : 128;
	struct packet *out = packet_new(at + ICMP_HEADER + quote);

	if (!out)
		return NULL;
	uint8_t *b = out->bytes, *icmp = b + at;
	size_t addr = six ? 16 : 4, src = six ? 8 : 12;
	b[0] = six ? 0x60 : 0x45;
	b[six ? 6 : 9] = six ? IPPROTO_ICMPV6 : IPPROTO_ICMP;
	b[six ? 7 : 8] = 64;
	memcpy(b + src, p->bytes + src + addr, addr);
	memcpy(b + src + addr, p->bytes + src, addr);
	icmp[0] = six ? 1 : 3;
	icmp[1] = six ? 3 : 1;
	memcpy(icmp + ICMP_HEADER, p->bytes, quote);
	uint32_t pseudo = seal_ip(out, at);
	put16(icmp + 2, fold(sum16(six ? pseudo : 0, icmp, ICMP_HEADER + quote)));
	return out;
}

static size_t forge_ip(uint8_t *b, const struct forgery *f)
{
	if (f->src.family == AF_INET6) {
		b[0] = 0x60;
		b[6] = IPPROTO_TCP;
		b[7] = 64;
		memcpy(b + 8, f->src.bytes, 16);
		memcpy(b + 24, f->dst.bytes, 16);
		return IP6_HEADER;
	}
	b[0] = 0x45;
	b[6] = 0x40;
	b[8] = 64;
	b[9] = IPPROTO_TCP;
	memcpy(b + 12, f->src.bytes, 4);
	memcpy(b + 16, f->dst.bytes, 4);
	return IP4_HEADER;
}

struct packet *packet_forge(const struct forgery *f)
{
	size_t header = TCP_HEADER + (f->has_timestamps ? TIMESTAMPS : 0);
	size_t ip = f->src.family == AF_INET6 ? IP6_HEADER : IP4_HEADER;
	struct packet *p = packet_new(ip + header + f->data);

	if (!p)
		return NULL;
	uint8_t *t = p->bytes + forge_ip(p->bytes, f);
	put16(t, f->sport);
	put16(t + 2, f->dport);
	put32(t + 4, f->seq);
	put32(t + 8, f->ack);
	t[12] = (uint8_t)(header / 4 << 4);
	t[13] = f->flags;
	put16(t + 14, f->window);
	if (f->has_timestamps) {
		memcpy(t + TCP_HEADER, "\x01\x01\x08\x0a", 4);
		put32(t + TCP_HEADER + 4, f->tsval);
		put32(t + TCP_HEADER + 8, f->tsecr);
	}
	memset(t + header, 'x', f->data);
	packet_seal(p);
	if (f->bad_checksum)
		t[16] ^= 0x55;
	return p;
}

struct packet *packet_with_options(const struct packet *p, const uint8_t *options, size_t len)
{
	struct segment s;

	if (!packet_segment(p, &s))
		return NULL;
	size_t fixed = s.tcp + TCP_HEADER;
	struct packet *out = packet_new(fixed + len + s.data);
	if (!out)
		return NULL;
	memcpy(out->bytes, p->bytes, fixed);
	if (len)
		memcpy(out->bytes + fixed, options, len);
	memcpy(out->bytes + fixed + len, p->bytes + s.payload, s.data);
	out->bytes[s.tcp + 12] = (uint8_t)((TCP_HEADER + len) / 4 << 4);
	packet_seal(out);
	return out;
}

struct packet *packet_shifted(const struct packet *p, int32_t seq, int32_t ack)
{
	struct packet *out = packet_copy(p);
	struct segment s;

	if (!out || !packet_segment(out, &s))
		return out;
	put32(out->bytes + s.tcp + 4, s.seq + (uint32_t)seq);
	put32(out->bytes + s.tcp + 8, s.ack + (uint32_t)ack);
	packet_seal(out);
	return out;
}

/* One fragment: `take` bytes from offset `from` behind the IP header. RFC 791 3.2, RFC 8200 4.5. */
static struct packet *fragment(const struct packet *p, size_t ip, size_t from, size_t take, bool more)
{
	size_t extra = ip == IP6_HEADER ? FRAGMENT_HEADER : 0;
	struct packet *out = packet_new(ip + extra + take);

	if (!out)
		return NULL;
	uint8_t *b = out->bytes;
	memcpy(b, p->bytes, ip);
	memcpy(b + ip + extra, p->bytes + ip + from, take);
	if (extra) {
		put16(b + 4, extra + take);
		b[ip] = b[6];
		b[6] = IPPROTO_FRAGMENT;
		put16(b + ip + 2, from | more);
		put32(b + ip + 4, 0x77697265);
	} else {
		put16(b + 2, ip + take);
		put16(b + 6, (size_t)(more ? 0x2000 : 0) | from / 8);
		put16(b + 10, 0);
		put16(b + 10, fold(sum16(0, b, ip)));
	}
	return out;
}

bool packet_fragment(const struct packet *p, size_t first, struct packet *out[2])
{
	size_t ip = ip_header(p->bytes, p->len);

	if (ip == 0 || p->len <= ip + first)
		return false;
	out[0] = fragment(p, ip, 0, first, true);
	out[1] = fragment(p, ip, first, p->len - ip - first, false);
	return out[0] && out[1];
}
