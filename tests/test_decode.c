/*
 * The one door of `wire`: every kind of packet at every captured length, against an unmapped page; damaged packets; and
 * what a segment says of its packet.
 */
#include <stdlib.h>
#include <string.h>

#include "lib/guard.h"
#include "lib/packet.h"
#include "lib/suite.h"
#include "wire/decode.h"

static uint8_t frame[PACKET_MAX];
static struct guard guard;
static struct decoder *decoder;
static struct segment segment;
static enum ws_undecoded reason;

static void setup(void)
{
	guard_init(&guard, PACKET_MAX);
	decoder = decoder_new();
	ck_assert_ptr_nonnull(decoder);
	memset(&segment, 0xA5, sizeof(segment));
}

static void teardown(void)
{
	decoder_free(decoder);
	guard_fini(&guard);
}

/* Decodes `caplen` bytes of `frame`, placed so that one more cannot be read. */
static enum decode_result decode(size_t caplen, size_t len, uint32_t linktype)
{
	struct ws_packet packet = {
		.ts = 5,
		.frame = 77,
		.data = guard_copy(&guard, frame, caplen),
		.caplen = (uint32_t)caplen,
		.len = (uint32_t)len,
		.linktype = linktype,
		.interface = 3,
		.file = 2,
	};

	return decoder_packet(decoder, &packet, &segment, &reason);
}

static const uint8_t hop_by_hop[8] = { 0, 0, 1, 4 };
static const uint8_t destination[16] = { 0, 1, 1, 12 };
static const uint8_t authentication[16] = { 0, 2 };
static const uint8_t route[24] = { 0, 2, 4, 1, [8] = 0x20, 1, [23] = 5 };
static const uint8_t ip_options[12] = { 1, 131, 7, 4, 10, 0, 0, 1, 7, 3, 4, 0 };

/* Every framing, both families, with and without headers between IP and TCP. */
#define KINDS (FRAMING_COUNT * 2 * 2)

static void kind(struct packet *packet, int index)
{
	bool is_v6 = index % 2 != 0;
	bool has_headers = index / 2 % 2 != 0;

	packet_init(packet, is_v6 ? "2001:db8::1" : "192.0.2.1", 40000, is_v6 ? "2001:db8::2" : "192.0.2.2", 80);
	packet->framing = (enum packet_framing)(index / 4);
	packet->vlan = 0x123;
	packet->seq = 0xFFFFFFF0;
	packet->ack = 5;
	packet->flags = WS_FLAG_ACK | WS_FLAG_PSH;
	packet->ip_id = 0x4321;
	packet_option_mss(&packet->options, 1400);
	packet_option_timestamps(&packet->options, 7, 8);
	packet_option_wscale(&packet->options, 2);
	packet->payload_len = 30;
	packet->padding = 5;
	if (has_headers && is_v6) {
		packet->extensions[0] = (struct packet_extension){ 0, hop_by_hop, sizeof(hop_by_hop) };
		packet->extensions[1] = (struct packet_extension){ 43, route, sizeof(route) };
		packet->extensions[2] = (struct packet_extension){ 60, destination, sizeof(destination) };
		packet->extensions[3] = (struct packet_extension){ 51, authentication, sizeof(authentication) };
		packet->extensions_len = 4;
	} else if (has_headers) {
		packet->ip_options = ip_options;
		packet->ip_options_len = sizeof(ip_options);
	}
}

static size_t ip_header_len(const struct packet *packet)
{
	size_t len = packet->src.family == 6 ? 40 : 20 + packet->ip_options_len;

	for (size_t i = 0; i < packet->extensions_len; i++)
		len += packet->extensions[i].len;
	return len;
}

START_TEST(all_of_it)
{
	struct packet packet;

	kind(&packet, _i);

	size_t len = packet_build(&packet, frame, sizeof(frame));
	size_t ip_len = ip_header_len(&packet) + packet_tcp_len(&packet);
	bool has_vlan = packet.framing == FRAMING_VLAN || packet.framing == FRAMING_QINQ;

	ck_assert_int_eq(decode(len, len, packet_linktype(&packet)), DECODE_SEGMENT);
	ck_assert_int_eq(segment.ts, 5);
	ck_assert_uint_eq(segment.frame, 77);
	ck_assert_uint_eq(segment.file, 2);
	ck_assert_uint_eq(segment.interface, 3);
	ck_assert_uint_eq(segment.src.family, packet.src.family);
	ck_assert_mem_eq(segment.src.bytes, packet.src.bytes, 16);
	if (packet.extensions_len + packet.ip_options_len == 0)
		ck_assert_mem_eq(segment.dst.bytes, packet.dst.bytes, 16);
	else
		ck_assert_mem_ne(segment.dst.bytes, packet.dst.bytes, 16);
	ck_assert_uint_eq(segment.sport, 40000);
	ck_assert_uint_eq(segment.dport, 80);
	ck_assert_uint_eq(segment.seq, 0xFFFFFFF0);
	ck_assert_uint_eq(segment.ack, 5);
	ck_assert_uint_eq(segment.len, 30);
	ck_assert_uint_eq(segment.ip_len, ip_len);
	ck_assert_uint_eq(segment.flags, WS_FLAG_ACK | WS_FLAG_PSH);
	ck_assert_uint_eq(segment.ttl, 64);
	ck_assert_int_eq(segment.has_ip_id, packet.src.family == 4);
	if (segment.has_ip_id)
		ck_assert_uint_eq(segment.ip_id, 0x4321);
	ck_assert(!segment.is_truncated && !segment.is_offload && !segment.is_fragmented);
	ck_assert_int_eq(segment.outer.vlans_len, packet.framing == FRAMING_QINQ ? 2 : has_vlan);
	if (has_vlan)
		ck_assert_uint_eq(segment.outer.vlans[0], 0x123);
	ck_assert_uint_eq(segment.options.present, OPTION_MSS | OPTION_TIMESTAMPS | OPTION_WSCALE);
	ck_assert_uint_eq(segment.payload_caplen, 30);
	ck_assert_mem_eq(segment.payload, "abcdefghijklmnopqrstuvwxyzabcd", 30);
	/* The builder sums over the address in the header, which a route makes wrong. */
	ck_assert_int_eq(segment.checksum,
			 packet.extensions_len + packet.ip_options_len == 0 ? CHECKSUM_GOOD : CHECKSUM_BAD);
}
END_TEST

/* Which reason a packet cut at `caplen` has: that of the header in which the cut lies. */
static const char *cut_reason(const struct packet *packet, size_t caplen, size_t link_len, size_t ip_len)
{
	bool is_v6 = packet->src.family == 6;
	enum ws_undecoded why;

	if (packet_link_is_cut(packet, caplen, &why))
		return ws_undecoded_name(why);
	/* Only the first byte of raw IP tells its version. */
	if (caplen == link_len && packet->framing == FRAMING_RAW)
		return "ipv4-truncated";
	if (caplen < link_len + (is_v6 ? 40 : 20))
		return is_v6 ? "ipv6-truncated" : "ipv4-truncated";
	if (caplen < link_len + ip_len)
		return is_v6 ? "ipv6-extension-truncated" : "ipv4-truncated";
	return "tcp-header-not-captured";
}

START_TEST(every_prefix)
{
	struct packet packet;

	kind(&packet, _i);

	size_t len = packet_build(&packet, frame, sizeof(frame));
	size_t link_len = packet_link_len(&packet);
	size_t ip_len = ip_header_len(&packet);
	size_t tcp = link_len + ip_len;
	size_t end = tcp + packet_tcp_len(&packet);

	for (size_t caplen = 0; caplen <= len; caplen++) {
		enum decode_result result = decode(caplen, len, packet_linktype(&packet));

		if (caplen < tcp + 20) {
			const char *why = cut_reason(&packet, caplen, link_len, ip_len);

			ck_assert_int_eq(result, DECODE_UNDECODED);
			ck_assert_str_eq(ws_undecoded_name(reason), why);
			ck_assert_int_eq((segment.noticed & NOTICED_BIT(header_not_captured)) != 0,
					 caplen < tcp ||
						 packet_link_is_cut(&packet, caplen, &(enum ws_undecoded){ 0 }));
			continue;
		}
		ck_assert_int_eq(result, DECODE_SEGMENT);
		ck_assert_uint_eq(segment.len, 30);
		ck_assert_uint_eq(segment.ip_len, ip_len + packet_tcp_len(&packet));
		ck_assert_int_eq(segment.is_truncated, caplen < end);
		ck_assert_int_eq(segment.checksum == CHECKSUM_UNVERIFIED, caplen < end);
		ck_assert_uint_eq(segment.payload_caplen, caplen >= end       ? 30
							  : caplen > end - 30 ? caplen + 30 - end
									      : 0);
	}
}
END_TEST

/* The frame is whole but the IP header claims more: nothing was cut by the capture. */
START_TEST(ip_claims_more)
{
	struct packet packet;

	kind(&packet, 0);
	packet.padding = 0;

	size_t len = packet_build(&packet, frame, sizeof(frame));

	frame[16] = 4; /* total length */
	ck_assert_int_eq(decode(len, len, 1), DECODE_SEGMENT);
	ck_assert_uint_eq(segment.ip_len, 1024 + len - 14);
	ck_assert_uint_eq(segment.len, 1024 + 30);
	ck_assert(!segment.is_truncated);
	ck_assert_int_eq(segment.checksum, CHECKSUM_UNVERIFIED);
}
END_TEST

START_TEST(sender_cuts_tcp)
{
	struct packet packet;

	kind(&packet, 0);

	size_t len = packet_build(&packet, frame, sizeof(frame));

	frame[17] = 20 + 19;
	ck_assert_int_eq(decode(len, len, 1), DECODE_UNDECODED);
	ck_assert_str_eq(ws_undecoded_name(reason), "tcp-header-truncated");
	frame[17] = 20 + 20; /* the data offset says 40 */
	ck_assert_int_eq(decode(len, len, 1), DECODE_UNDECODED);
	ck_assert_str_eq(ws_undecoded_name(reason), "tcp-header-exceeds-segment");
}
END_TEST

START_TEST(super_frame)
{
	struct packet packet;

	kind(&packet, _i);
	packet.padding = 0;
	packet.payload_len = 60000;
	packet.is_length_zero = true;
	packet.checksum = PACKET_CHECKSUM_PSEUDO_NO_LEN;

	size_t len = packet_build(&packet, frame, sizeof(frame));

	ck_assert_int_eq(decode(len, len, packet_linktype(&packet)), DECODE_SEGMENT);
	ck_assert_uint_eq(segment.len, 60000);
	ck_assert_uint_eq(segment.ip_len, len - packet_link_len(&packet));
	ck_assert(segment.is_offload);
	ck_assert_int_eq(segment.checksum, CHECKSUM_OFFLOAD);
	ck_assert_int_eq(decode(200, len, packet_linktype(&packet)), DECODE_SEGMENT);
	ck_assert_uint_eq(segment.len, 60000);
	ck_assert(segment.is_truncated);
}
END_TEST

/* Each byte of every kind of packet set to values that lengths and types turn on: whatever comes of it, nothing is read
 * that was not captured, and what is told is within what was captured. */
START_TEST(damaged)
{
	static const uint8_t values[] = { 0x00, 0x01, 0x06, 0x2C, 0x33, 0x3C, 0x45, 0x7F, 0x80, 0xFF };
	struct packet packet;

	kind(&packet, _i);

	size_t len = packet_build(&packet, frame, sizeof(frame));

	for (size_t at = 0; at < len; at++) {
		uint8_t right = frame[at];

		for (size_t i = 0; i < sizeof(values); i++) {
			frame[at] = values[i];
			for (size_t caplen = len; caplen + 7 > len; caplen--) {
				if (decode(caplen, len, packet_linktype(&packet)) != DECODE_SEGMENT)
					continue;
				ck_assert(segment.payload_caplen <= caplen);
				ck_assert(segment.payload_caplen <= segment.len);
				ck_assert(segment.payload_caplen == 0 ||
					  segment.payload + segment.payload_caplen <= guard.base + guard.size);
				ck_assert_uint_le(segment.len + 20, segment.ip_len);
			}
		}
		frame[at] = right;
	}
}
END_TEST

START_TEST(unknown_link)
{
	ck_assert_int_eq(decode(0, 0, 147), DECODE_UNDECODED);
	ck_assert_str_eq(ws_undecoded_name(reason), "linktype-unsupported");
}
END_TEST

int main(void)
{
	TCase *tcase;
	Suite *suite = suite_new("decode", &tcase);

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_loop_test(tcase, all_of_it, 0, KINDS);
	tcase_add_loop_test(tcase, every_prefix, 0, KINDS);
	tcase_add_test(tcase, ip_claims_more);
	tcase_add_test(tcase, sender_cuts_tcp);
	tcase_add_loop_test(tcase, super_frame, 0, 2);
	tcase_add_loop_test(tcase, damaged, 0, KINDS);
	tcase_add_test(tcase, unknown_link);
	return suite_run(suite);
}
