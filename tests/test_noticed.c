/*
 * Oddities below TCP: each packet of lib/odd_packet.c raises those that stand with it and no other; those that need more
 * than one packet; and the counts of a tracker.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/feeder.h"
#include "lib/odd_packet.h"

static uint8_t frame[PACKET_MAX];
static struct segment segment;
static enum ws_undecoded reason;

static void names_of(uint64_t noticed, char *out)
{
	out[0] = '\0';
	for (unsigned i = 0; i < WS_NOTICED_COUNT; i++) {
		if (noticed >> i & 1) {
			strcat(out, ws_noticed_name((enum ws_noticed)i));
			strcat(out, " ");
		}
	}
}

static struct ws_packet build(const struct odd_packet *odd)
{
	size_t caplen;
	size_t len = odd_packet_build(odd, frame, sizeof frame, &caplen);

	return (struct ws_packet){ .frame = 1,
				   .data = frame,
				   .caplen = (uint32_t)caplen,
				   .len = (uint32_t)len,
				   .linktype = odd_packet_linktype(odd) };
}

START_TEST(each_packet)
{
	const struct odd_packet *odd = &odd_packets[_i];
	struct ws_packet packet = build(odd);
	enum decode_result result;
	char noticed[1000];

	memset(&segment, 0xA5, sizeof segment);
	result = decoder_packet(fed.decoder, &packet, &segment, &reason);
	names_of(segment.noticed, noticed);
	ck_assert_msg(strcmp(noticed, odd->noticed) == 0, "%s: %s", odd->name, noticed);
	ck_assert_msg((result == DECODE_UNDECODED) == (odd->reason != NULL), "%s", odd->name);
	if (odd->reason)
		ck_assert_msg(strcmp(ws_undecoded_name(reason), odd->reason) == 0, "%s: %s", odd->name,
			      ws_undecoded_name(reason));
}
END_TEST

static const struct odd_packet *odd_named(const char *name)
{
	for (size_t i = 0; i < odd_packets_len; i++)
		if (strcmp(odd_packets[i].name, name) == 0)
			return &odd_packets[i];
	ck_abort_msg("%s", name);
	return NULL;
}

/* What is quoted belongs to whom the error is for. */
START_TEST(quotes)
{
	struct ws_packet packet = build(odd_named(_i == 0 ? "v4 unreachable about TCP" : "v6 too big, about TCP"));
	const struct icmp_quote *quote = decoder_quote(fed.decoder);
	char text[WS_ADDR_TEXT_MAX];

	ck_assert_int_eq(decoder_packet(fed.decoder, &packet, &segment, &reason), DECODE_UNDECODED);
	ck_assert_int_eq(reason, WS_UNDECODED_icmp_error_for_flow);
	ck_assert_str_eq(ws_addr_text(&quote->src, text), _i == 0 ? "10.0.0.1" : "2001:db8::1");
	ck_assert_str_eq(ws_addr_text(&quote->dst, text), _i == 0 ? "10.0.0.2" : "2001:db8::2");
	ck_assert_uint_eq(quote->sport, 40000);
	ck_assert_uint_eq(quote->dport, 80);
	ck_assert_uint_eq(quote->seq, 1000);
	ck_assert_uint_eq(quote->type, _i == 0 ? 3 : 2);
	ck_assert_uint_eq(quote->code, _i == 0 ? 1 : 0);
}
END_TEST

/* The record's captured length beyond the frame's own. */
START_TEST(record_bad)
{
	struct ws_packet packet = build(odd_named("v4"));

	packet.len = packet.caplen - 1;
	ck_assert_int_eq(decoder_packet(fed.decoder, &packet, &segment, &reason), DECODE_SEGMENT);
	ck_assert_uint_eq(segment.noticed, NOTICED_BIT(pcap_record_bad));
	packet.len = packet.caplen;
	ck_assert_int_eq(decoder_packet(fed.decoder, &packet, &segment, &reason), DECODE_SEGMENT);
	ck_assert_uint_eq(segment.noticed, 0);
}
END_TEST

/* 802.1Q tags behind each other: four are kept; a priority alone is no network. */
START_TEST(many_tags)
{
	static const uint8_t stations[12] = { 2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1 };
	struct ws_packet packet = { .data = frame, .caplen = 12 + 4 * 5 + 2, .len = 12 + 4 * 5 + 2, .linktype = 1 };

	memcpy(frame, stations, sizeof stations);
	for (size_t i = 0; i < 5; i++)
		memcpy(frame + 12 + 4 * i, "\x81\0\0\7", 4);
	memcpy(frame + 32, "\x88\xCC", 2);
	ck_assert_int_eq(decoder_packet(fed.decoder, &packet, &segment, &reason), DECODE_UNDECODED);
	ck_assert_uint_eq(segment.noticed, NOTICED_BIT(vlan_tags_many));
	frame[12 + 4 * 4 + 3] = 0;
	ck_assert_int_eq(decoder_packet(fed.decoder, &packet, &segment, &reason), DECODE_UNDECODED);
	ck_assert_uint_eq(segment.noticed, 0);
}
END_TEST

/* RFC 791 3.1: options with the copied flag are in all fragments, the others in the first one only. */
START_TEST(options_of_fragments)
{
	static const uint8_t copied[4] = { 148, 4, 0, 0 };
	static const uint8_t other[4] = { 148, 4, 0, 1 };
	static const uint8_t first_only[8] = { 148, 4, 0, 0, 7, 3, 4, 0 };
	static const struct {
		const uint8_t *options;
		size_t len;
		bool differ;
	} seconds[] = { { copied, 4, false }, { other, 4, true }, { NULL, 0, true }, { first_only, 8, false } };

	fed.packet.ip_options = first_only;
	fed.packet.ip_options_len = 8;
	ck_held(feed_piece(ID, 0, 800, true));
	ck_assert_uint_eq(fed.segment.noticed, NOTICED_BIT(fragment_seen));
	fed.packet.ip_options = seconds[_i].options;
	fed.packet.ip_options_len = seconds[_i].len;
	ck_assert_int_eq(feed_piece(ID, 800, 1000, false), DECODE_SEGMENT);
	ck_assert_int_eq((fed.segment.noticed & NOTICED_BIT(fragment_options_differ)) != 0, seconds[_i].differ);
}
END_TEST

/* Headers that do not end within the first fragment (RFC 7112 5). */
START_TEST(tiny_v6)
{
	static const uint8_t options[24] = { 0, 2, 4, 1, 4, 1, 16 };
	static const uint8_t first[8] = { 0, 0, 0, 1, 0, 0, 0, 9 };

	feeder_use_v6();
	fed.packet.extensions[0] = (struct packet_extension){ 44, first, 8 };
	fed.packet.extensions[1] = (struct packet_extension){ 60, options, 24 };
	fed.packet.extensions_len = 2;
	fed.packet.payload_len = 8;

	size_t len = packet_build(&fed.packet, fed.frame, sizeof fed.frame);

	ck_held(feed(len, len));
	ck_assert_uint_eq(fed.segment.noticed, NOTICED_BIT(fragment_seen));
	fed.frame[14 + 5] = 8 + 16;
	ck_reason(feed(len, len), "ipv6-extension-truncated");
	ck_assert(fed.segment.noticed & NOTICED_BIT(fragment_tiny));
	fed.frame[14 + 5] = 8 + 24 + 16;
	ck_reason(feed(len, len), "ipv6-extension-bad");
	ck_assert(fed.segment.noticed & NOTICED_BIT(fragment_tiny));
	/* Cut by the capture it says nothing. */
	fed.frame[14 + 5] = (uint8_t)(len - 54);
	ck_reason(feed(14 + 40 + 8 + 16, len), "ipv6-extension-truncated");
	ck_assert(!(fed.segment.noticed & NOTICED_BIT(fragment_tiny)));
}
END_TEST

/* In tunnels too, inside and outside; and where it is malformed inside. */
START_TEST(in_tunnels)
{
	struct ws_packet inner = build(odd_named("v4 TTL 4"));
	uint8_t outer[20 + PACKET_MAX] = { 0x45, 0, 0, 90, 0, 0, 0x80, 0, 64, 4, 0, 0, 192, 0, 2, 1, 192, 0, 2, 2 };
	struct ws_packet packet = { .data = outer, .caplen = 20 + inner.len - 14, .len = 20 + inner.len - 14 };

	packet.linktype = 101;
	memcpy(outer + 20, frame + 14, inner.len - 14);
	ck_assert_int_eq(decoder_packet(fed.decoder, &packet, &segment, &reason), DECODE_SEGMENT);
	ck_assert_uint_eq(segment.noticed, NOTICED_BIT(ip_ttl_low) | NOTICED_BIT(ipv4_reserved_flag) |
						   NOTICED_BIT(ipv4_checksum_offload));
	outer[20] = 0x44;
	ck_assert_int_eq(decoder_packet(fed.decoder, &packet, &segment, &reason), DECODE_UNDECODED);
	ck_assert_int_eq(reason, WS_UNDECODED_tunnel_inner_bad);
	ck_assert_uint_eq(segment.noticed, NOTICED_BIT(ipv4_reserved_flag) | NOTICED_BIT(ipv4_checksum_offload));
}
END_TEST

/* A tracker counts them for packets that became segments, that did not, and for what it gives out late. */
START_TEST(counted)
{
	static const char *const names[] = { "v4 TTL 4",          "v4 TTL 0",  "v4 ESP",
					     "v4 first fragment", "v4 padded", "v6 option of nobody" };
	ws_tracker *tracker = ws_tracker_new(NULL);
	struct ws_totals totals;

	ck_assert_ptr_nonnull(tracker);
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		struct ws_packet packet = build(odd_named(names[i]));

		ck_assert_int_eq(ws_tracker_feed(tracker, &packet), WS_OK);
	}
	ws_tracker_finish(tracker);
	ws_tracker_totals(tracker, &totals);
	ck_assert_uint_eq(totals.noticed[WS_NOTICED_ip_ttl_low], 2);
	ck_assert_uint_eq(totals.noticed[WS_NOTICED_fragment_seen], 1);
	ck_assert_uint_eq(totals.noticed[WS_NOTICED_fragment_unfinished], 1);
	ck_assert_uint_eq(totals.noticed[WS_NOTICED_ip_trailing_padding], 1);
	ck_assert_uint_eq(totals.noticed[WS_NOTICED_ipv6_option_odd], 1);
	ck_assert_uint_eq(totals.noticed[WS_NOTICED_ipv4_checksum_bad], 0);
	ck_assert_uint_eq(totals.undecoded[WS_UNDECODED_esp_opaque], 1);
	ck_assert_uint_eq(totals.segments, 5);
	ws_tracker_free(tracker);
}
END_TEST

START_TEST(names)
{
	for (int i = 0; i < WS_NOTICED_COUNT; i++) {
		const char *name = ws_noticed_name((enum ws_noticed)i);

		ck_assert_uint_eq(strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-"), strlen(name));
		ck_assert_uint_gt(strlen(ws_noticed_text((enum ws_noticed)i)), 0);
		ck_assert_int_lt(ws_noticed_level((enum ws_noticed)i), WS_LEVEL_COUNT);
		for (int other = 0; other < WS_UNDECODED_COUNT; other++)
			ck_assert_str_ne(name, ws_undecoded_name((enum ws_undecoded)other));
	}
	for (int i = 0; i < WS_UNDECODED_COUNT; i++)
		ck_assert_uint_gt(strlen(ws_undecoded_text((enum ws_undecoded)i)), 0);
}
END_TEST

/* Each row has a packet that raises it, here or above. */
START_TEST(none_left_out)
{
	static const char *const above[] = { "pcap-record-bad", "vlan-tags-many", "fragment-unfinished",
					     "fragment-options-differ" };

	for (int i = 0; i < WS_NOTICED_COUNT; i++) {
		char name[64];
		bool is_there = false;

		snprintf(name, sizeof name, "%s ", ws_noticed_name((enum ws_noticed)i));
		for (size_t k = 0; k < odd_packets_len; k++)
			is_there |= strstr(odd_packets[k].noticed, name) != NULL;
		for (size_t k = 0; k < sizeof above / sizeof above[0]; k++)
			is_there |= strncmp(above[k], name, strlen(above[k])) == 0;
		ck_assert_msg(is_there, "%s", name);
	}
}
END_TEST

int main(void)
{
	TCase *tcase;
	Suite *suite = suite_new("noticed", &tcase);

	tcase_add_checked_fixture(tcase, feeder_init, feeder_fini);
	tcase_add_loop_test(tcase, each_packet, 0, (int)odd_packets_len);
	tcase_add_loop_test(tcase, quotes, 0, 2);
	tcase_add_test(tcase, record_bad);
	tcase_add_test(tcase, many_tags);
	tcase_add_loop_test(tcase, options_of_fragments, 0, 4);
	tcase_add_test(tcase, tiny_v6);
	tcase_add_test(tcase, in_tunnels);
	tcase_add_test(tcase, counted);
	tcase_add_test(tcase, names);
	tcase_add_test(tcase, none_left_out);
	return suite_run(suite);
}
