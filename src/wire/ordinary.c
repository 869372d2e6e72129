#include "wire/ordinary.h"

#include "wire/checksum.h"
#include "wire/ip_oddity.h"
#include "wire/ipv6.h"
#include "wire/link_walk.h"
#include "wire/sum.h"
#include "wire/tcp.h"
#include "wire/tcp_options.h"

#define TAG_LEN 4
#define TAGS_MAX 2
#define SLL_HEADER 16
#define SLL2_HEADER 20

#define IPV4_HEADER 20
/* Of the first eight bytes: version, length of the header, and all about fragments but that there may be none. */
#define IPV4_FIRST_MASK UINT64_C(0xFF0000000000BFFF)
#define IPV4_FIRST_USUAL UINT64_C(0x4500000000000000)

/* The way of plain Ethernet and IPv4 is compiled by itself, and so is that of the others; each in one piece. */
#define INLINED __attribute__((always_inline)) static inline

/* What is left to read when IP has been. */
struct carried {
	const uint8_t *tcp;
	uint64_t sum;       /* of the pseudo-header */
	uint32_t ip_header; /* its length */
	uint32_t len;       /* of TCP by the IP header: at least its own header, at most the frame */
};

/* ---- TCP: the rarer ends of the way are functions that it ends in, so that the usual one calls nothing ------------ */

/* Of a whole segment. Where it is wrong the general judgement tells whether it was to be filled in by the network card. */
__attribute__((noinline)) static bool judge_long(const uint8_t *tcp, uint32_t len, uint64_t pseudo, struct segment *out)
{
	struct ip_packet ip = {
		.src = out->src.bytes,
		.dst = out->dst.bytes,
		.family = out->src.family,
		.is_offload = out->is_offload,
		.payload = tcp,
		.payload_len = len,
		.payload_caplen = len,
	};
	bool is_right = sum_is_right(sum_add(pseudo, sum_bytes(tcp, len)));

	out->checksum = is_right ? CHECKSUM_GOOD : (uint8_t)checksum_judge(&ip);
	return true;
}

INLINED bool judge(const struct carried *carried, uint32_t caplen, struct segment *out)
{
	const uint8_t *tcp = carried->tcp;
	uint64_t sum = sum_add(carried->sum, sum_header20(tcp));

	out->checksum = CHECKSUM_UNVERIFIED;
	if (caplen < carried->len)
		return true;
	if (caplen == TCP_HEADER_MIN + TCP_TIMESTAMPS_ALONE_LEN)
		sum = sum_add(sum_add(sum, sum_load64(tcp + TCP_HEADER_MIN)), sum_load32(tcp + TCP_HEADER_MIN + 8));
	else if (caplen != TCP_HEADER_MIN)
		return judge_long(tcp, caplen, carried->sum, out);
	out->checksum = CHECKSUM_GOOD;
	return sum_is_right(sum) || judge_long(tcp, caplen, carried->sum, out);
}

__attribute__((noinline)) static bool read_other_options(const uint8_t *tcp, uint32_t header, uint32_t len,
							 uint32_t caplen, uint64_t pseudo, struct segment *out)
{
	const struct carried carried = { .tcp = tcp, .sum = pseudo, .len = len };
	uint32_t area = header - TCP_HEADER_MIN;

	tcp_options_decode(tcp + TCP_HEADER_MIN, area, area, &out->options);
	return judge(&carried, caplen, out);
}

/* Of which `caplen` bytes were captured, and its `header` bytes of header among them. */
INLINED bool read_tcp(const struct carried *carried, uint32_t caplen, uint32_t header, struct segment *out)
{
	const uint8_t *tcp = carried->tcp;
	const uint8_t *options = tcp + TCP_HEADER_MIN;

	tcp_read_fixed(tcp, out);
	out->len = carried->len - header;
	out->is_header_cut = false;
	out->payload_caplen = caplen - header;
	out->payload = caplen > header ? tcp + header : NULL;
	tcp_clear_options(&out->options);
	if (header == TCP_HEADER_MIN + TCP_TIMESTAMPS_ALONE_LEN && load_u32be(options) == TCP_TIMESTAMPS_ALONE)
		tcp_read_timestamps(options + 4, &out->options);
	else if (header > TCP_HEADER_MIN)
		return read_other_options(tcp, header, carried->len, caplen, carried->sum, out);
	return judge(carried, caplen, out);
}

/* ---- IP ------------------------------------------------------------------------------------------------------ */

/* Of the pseudo-header, what stands not in the addresses: protocol and length, which is less than 65,536 here. */
static inline uint64_t sum_of_length(uint32_t len)
{
	return sum_constant32((uint32_t)IP_PROTOCOL_TCP << 16 | len);
}

/* False when there is something about it. */
INLINED bool read_v4(const uint8_t *ip, uint32_t frame_len, struct carried *carried, struct segment *out)
{
	uint64_t first = load_u64be(ip);
	uint32_t len = (uint16_t)(first >> 32);

	if ((first & IPV4_FIRST_MASK) != IPV4_FIRST_USUAL || ip[8] < IP_TTL_LOW || ip[9] != IP_PROTOCOL_TCP ||
	    !ip_is_plain_v4(ip + 12) || !ip_is_plain_v4(ip + 16) || len < IPV4_HEADER + TCP_HEADER_MIN ||
	    len > frame_len || !sum_is_right(sum_header20(ip)))
		return false;
	carried->tcp = ip + IPV4_HEADER;
	carried->ip_header = IPV4_HEADER;
	carried->len = len - IPV4_HEADER;
	carried->sum = sum_add(sum_load64(ip + 12), sum_of_length(len - IPV4_HEADER));
	ip_copy_addr(&out->src, 4, ip + 12);
	ip_copy_addr(&out->dst, 4, ip + 16);
	out->ip_id = (uint16_t)(first >> 16);
	out->has_ip_id = true;
	out->ttl = ip[8];
	return true;
}

INLINED bool read_v6(const uint8_t *ip, uint32_t frame_len, struct carried *carried, struct segment *out)
{
	uint32_t len = load_u16be(ip + 4);

	if (ip[0] >> 4 != 6 || ip[6] != IP_PROTOCOL_TCP || ip[7] < IP_TTL_LOW || !ip_is_plain_v6(ip + 8) ||
	    !ip_is_plain_v6(ip + 24) || len < TCP_HEADER_MIN || len + IPV6_HEADER > frame_len)
		return false;
	carried->tcp = ip + IPV6_HEADER;
	carried->ip_header = IPV6_HEADER;
	carried->len = len;
	carried->sum = sum_add(sum_add(sum_add(sum_load64(ip + 8), sum_load64(ip + 16)),
				       sum_add(sum_load64(ip + 24), sum_load64(ip + 32))),
			       sum_of_length(len));
	ip_copy_addr(&out->src, 6, ip + 8);
	ip_copy_addr(&out->dst, 6, ip + 24);
	out->ttl = ip[7];
	out->has_ip_id = false;
	out->ip_id = 0;
	return true;
}

/* ---- The frame ------------------------------------------------------------------------------------------------- */

/* Where the IP header begins, and its ethertype; 0: the general way will find it. */
struct start {
	uint32_t at;
	uint32_t type;
};

static bool is_tag(uint32_t type)
{
	return type == ETHERTYPE_VLAN || type == ETHERTYPE_QINQ || type == ETHERTYPE_QINQ_OLD;
}

/* Each tag ends with the type of what follows. */
static struct start start_behind_tags(const struct ws_packet *packet, struct start start, struct outer *outer)
{
	for (unsigned tags = 0; tags < TAGS_MAX && is_tag(start.type); tags++) {
		outer_add_vlan(outer, load_u16be(packet->data + start.at) & VLAN_ID_MASK);
		start.at += TAG_LEN;
		start.type = load_u16be(packet->data + start.at - 2);
	}
	return start;
}

/* What comes of Linux's interface "any", from tunnels and from loopback interfaces of others. */
static struct start start_elsewhere(const struct ws_packet *packet)
{
	const uint8_t *data = packet->data;

	switch (packet->linktype) {
	case LINKTYPE_LINUX_SLL:
		return (struct start){ SLL_HEADER, load_u16be(data + 2) != ARPHRD_NETLINK ? load_u16be(data + 14) : 0 };
	case LINKTYPE_LINUX_SLL2:
		return (struct start){ SLL2_HEADER, load_u16be(data + 8) != ARPHRD_NETLINK ? load_u16be(data) : 0 };
	case LINKTYPE_RAW:
		return (struct start){ 0, data[0] >> 4 == 4 ? ETHERTYPE_IPV4 : ETHERTYPE_IPV6 };
	default:
		return (struct start){ 0, 0 };
	}
}

static struct start find_start(const struct ws_packet *packet, struct outer *outer)
{
	struct start start = { ETHERNET_HEADER, 0 };

	if (packet->linktype != LINKTYPE_ETHERNET)
		return start_elsewhere(packet);
	start.type = load_u16be(packet->data + ETHERNET_HEADER - 2);
	return start_behind_tags(packet, start, outer);
}

/* The IP header begins at `at` and was read. */
INLINED bool read_packet(const struct ws_packet *packet, uint32_t at, const struct carried *carried,
			 struct segment *out)
{
	uint32_t behind = packet->caplen - at - carried->ip_header;
	uint32_t caplen = behind < carried->len ? behind : carried->len;
	uint32_t header = tcp_header_len(carried->tcp);
	bool is_cut = caplen < carried->len;

	if (header < TCP_HEADER_MIN || header > caplen)
		return false;
	out->interface = packet->interface;
	out->file = packet->file;
	out->ts = packet->ts;
	out->frame = packet->frame;
	out->noticed = (uint64_t)(carried->len + carried->ip_header + at < packet->len)
			       << WS_NOTICED_ip_trailing_padding |
		       (uint64_t)is_cut << WS_NOTICED_ip_truncated_by_capture;
	out->ip_len = carried->len + carried->ip_header;
	out->is_offload = out->ip_len > IP_WIRE_LENGTH_MAX;
	out->is_truncated = is_cut;
	out->is_fragmented = false;
	return read_tcp(carried, caplen, header, out);
}

__attribute__((noinline)) static bool read_rarer(const struct ws_packet *packet, struct segment *out)
{
	struct carried carried;
	struct start start = find_start(packet, &out->outer);
	uint32_t min = (start.type == ETHERTYPE_IPV6 ? IPV6_HEADER : IPV4_HEADER) + TCP_HEADER_MIN;

	if (start.type == 0 || packet->caplen < start.at + min)
		return false;
	if (start.type == ETHERTYPE_IPV4
		    ? !read_v4(packet->data + start.at, packet->len - start.at, &carried, out)
		    : start.type != ETHERTYPE_IPV6 ||
			      !read_v6(packet->data + start.at, packet->len - start.at, &carried, out))
		return false;
	return read_packet(packet, start.at, &carried, out);
}

bool ordinary_decode(const struct ws_packet *packet, struct segment *out)
{
	const uint8_t *data = packet->data;
	struct carried carried;

	if (packet->caplen < IPV4_HEADER + TCP_HEADER_MIN || packet->caplen > packet->len)
		return false;
	outer_clear(&out->outer);
	if (packet->linktype == LINKTYPE_ETHERNET)
		out->outer.link_src = load_u32be(data + 8) ^ load_u16be(data + 6);
	if (packet->linktype != LINKTYPE_ETHERNET || load_u16be(data + ETHERNET_HEADER - 2) != ETHERTYPE_IPV4)
		return read_rarer(packet, out);
	return packet->caplen >= ETHERNET_HEADER + IPV4_HEADER + TCP_HEADER_MIN &&
	       read_v4(data + ETHERNET_HEADER, packet->len - ETHERNET_HEADER, &carried, out) &&
	       read_packet(packet, ETHERNET_HEADER, &carried, out);
}
