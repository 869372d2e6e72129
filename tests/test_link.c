/*
 * The link layer: every framing leads to the IP header, at every captured length, and what is no IP is told as such.
 */
#include <stdlib.h>
#include <string.h>

#include "lib/guard.h"
#include "lib/packet.h"
#include "lib/suite.h"
#include "wire/link.h"

#define LENGTH(array) (int)(sizeof(array) / sizeof((array)[0]))

static struct outer outer;
static uint8_t frame[PACKET_MAX];

static struct ws_packet packet_of(const void *data, size_t caplen, size_t len, uint32_t linktype)
{
	return (struct ws_packet){
		.data = data, .caplen = (uint32_t)caplen, .len = (uint32_t)len, .linktype = linktype
	};
}

static bool decode(const struct ws_packet *packet, struct link_payload *out, enum ws_undecoded *reason)
{
	outer_clear(&outer);
	return link_decode(packet, out, &outer, reason);
}

static void sample(struct packet *packet, int index)
{
	bool is_v6 = index % 2 != 0;

	packet_init(packet, is_v6 ? "2001:db8::1" : "192.0.2.1", 40000, is_v6 ? "2001:db8::2" : "192.0.2.2", 80);
	packet->framing = (enum packet_framing)(index / 2);
	packet->vlan = 0xA123; /* priority 5, identifier 0x123 */
	packet->payload_len = 30;
}

START_TEST(every_framing)
{
	struct packet packet;
	struct link_payload out;
	enum ws_undecoded reason;

	sample(&packet, _i);

	size_t len = packet_build(&packet, frame, sizeof(frame));
	size_t header = packet_link_len(&packet);
	struct ws_packet p = packet_of(frame, len, len, packet_linktype(&packet));
	bool has_vlan = packet.framing == FRAMING_VLAN || packet.framing == FRAMING_QINQ;

	ck_assert_msg(decode(&p, &out, &reason), "%s", packet_framing_name(packet.framing));
	ck_assert_uint_eq((size_t)(out.data - frame), header);
	ck_assert_uint_eq(out.caplen, len - header);
	ck_assert_uint_eq(out.len, len - header);
	ck_assert(out.family == packet.src.family || (out.family == 0 && packet.framing == FRAMING_RAW));
	ck_assert_int_eq(outer.vlans_len, packet.framing == FRAMING_QINQ ? 2 : has_vlan);
	if (has_vlan)
		ck_assert_uint_eq(outer.vlans[0], 0x123);
}
END_TEST

/* Cut short within the link header: that of the header in which the cut lies. Behind it: what was captured, and the length on the wire. */
START_TEST(every_prefix)
{
	struct packet packet;
	struct guard guard;

	sample(&packet, _i);
	guard_init(&guard, 4096);

	size_t len = packet_build(&packet, frame, sizeof(frame));
	size_t header = packet_link_len(&packet);

	for (size_t caplen = 0; caplen <= len; caplen++) {
		struct ws_packet p =
			packet_of(guard_copy(&guard, frame, caplen), caplen, len, packet_linktype(&packet));
		struct link_payload out;
		enum ws_undecoded reason;
		enum ws_undecoded why;
		bool ok = decode(&p, &out, &reason);

		if (packet_link_is_cut(&packet, caplen, &why)) {
			ck_assert_msg(!ok, "%s, %zu bytes", packet_framing_name(packet.framing), caplen);
			ck_assert_str_eq(ws_undecoded_name(reason), ws_undecoded_name(why));
			ck_assert_uint_eq(out.noticed, NOTICED_BIT(header_not_captured));
		} else {
			ck_assert(ok);
			ck_assert_uint_eq(out.caplen, caplen - header);
			ck_assert_uint_eq(out.len, len - header);
		}
	}
	guard_fini(&guard);
}
END_TEST

#define ETHERNET "\2\0\0\0\0\2\2\0\0\0\0\1"

/* Frames by hand, what the walk makes of them: family 0 is "no IP"; `at` is where IP begins. */
/* clang-format off */
static const struct {
	const char *what;
	uint32_t linktype;
	const char *bytes;
	size_t len;
	int family;
	size_t at;
	enum ws_undecoded reason;
} frames[] = {
#define BYTES(s) s, sizeof(s) - 1
	{ "ARP", 1, BYTES(ETHERNET "\x08\x06" "\0\1\x08\0\6\4\0\1" "stationaddrstationaddr"), 0, 0, WS_UNDECODED_not_ip },
	{ "ARP, a byte short", 1, BYTES(ETHERNET "\x08\x06" "\0\1\x08\0\6\4\0\1" "stationaddrstationa"), 0, 0, WS_UNDECODED_other_link_bad },
	{ "ARP, its header cut", 1, BYTES(ETHERNET "\x08\x06" "\0\1\x08\0"), 0, 0, WS_UNDECODED_other_link_bad },
	{ "LLDP", 1, BYTES(ETHERNET "\x88\xCC" "\x02\x07"), 0, 0, WS_UNDECODED_not_ip },
	{ "a type of nobody", 1, BYTES(ETHERNET "\x12\x34" "\x45"), 0, 0, WS_UNDECODED_ethertype_unknown },
	{ "VN-Tag", 1, BYTES(ETHERNET "\x89\x26" "\0\0\0\1" "\x08\0" "\x45"), 0, 0, WS_UNDECODED_other_link_bad },
	{ "802.1ah", 1, BYTES(ETHERNET "\x88\xE7" "\0\0\0\1"), 0, 0, WS_UNDECODED_other_link_bad },
	{ "NSH", 1, BYTES(ETHERNET "\x89\x4F" "\0\0\0\1"), 0, 0, WS_UNDECODED_other_link_bad },
	{ "spanning tree", 1, BYTES(ETHERNET "\0\x26" "\x42\x42\x03\0\0"), 0, 0, WS_UNDECODED_not_ip },
	{ "IP service access point", 1, BYTES(ETHERNET "\0\x26" "\x06\x06\x03" "\x45"), 4, 17, 0 },
	{ "to the IP access point from another", 1, BYTES(ETHERNET "\0\x26" "\x06\x42\x03" "\x45"), 0, 0, WS_UNDECODED_not_ip },
	{ "from the IP access point to another", 1, BYTES(ETHERNET "\0\x26" "\x42\x06\x03" "\x45"), 0, 0, WS_UNDECODED_not_ip },
	{ "IP access point, numbered", 1, BYTES(ETHERNET "\0\x26" "\x06\x06\x00" "\x45"), 0, 0, WS_UNDECODED_not_ip },
	{ "half a SNAP", 1, BYTES(ETHERNET "\0\x26" "\xAA\x06\3\0\0\0\x08\0" "\x45"), 0, 0, WS_UNDECODED_not_ip },
	{ "SNAP, numbered", 1, BYTES(ETHERNET "\0\x26" "\xAA\xAA\0\0\0\0\x08\0" "\x45"), 0, 0, WS_UNDECODED_not_ip },
	{ "SNAP of another organisation", 1, BYTES(ETHERNET "\0\x26" "\xAA\xAA\3\0\0\x0C\x08\0" "\x45"), 0, 0,
	  WS_UNDECODED_not_ip },
	{ "SNAP of 802.1H", 1, BYTES(ETHERNET "\0\x26" "\xAA\xAA\3\0\0\xF8\x86\xDD" "\x60"), 6, 22, 0 },
	{ "neither length nor type", 1, BYTES(ETHERNET "\x05\xDD" "\x45"), 0, 0, WS_UNDECODED_ethertype_unknown },
	{ "jumbo LLC", 1, BYTES(ETHERNET "\x88\x70" "\xAA\xAA\3\0\0\0\x08\0" "\x45"), 4, 22, 0 },
	{ "PPPoE discovery", 1, BYTES(ETHERNET "\x88\x63" "\x11\x09\0\0\0\0"), 0, 0, WS_UNDECODED_not_ip },
	{ "PPPoE session, LCP", 1, BYTES(ETHERNET "\x88\x64" "\x11\0\0\1\0\4\xC0\x21"), 0, 0, WS_UNDECODED_not_ip },
	{ "PPPoE session, padi code", 1, BYTES(ETHERNET "\x88\x64" "\x11\x09\0\1\0\4\0\x21"), 0, 0, WS_UNDECODED_pppoe_bad },
	{ "PPPoE version 2", 1, BYTES(ETHERNET "\x88\x64" "\x21\0\0\1\0\4\0\x21"), 0, 0, WS_UNDECODED_pppoe_bad },
	{ "priority tag only", 1, BYTES(ETHERNET "\x81\0" "\xA0\0" "\x08\0" "\x45"), 4, 18, 0 },
	{ "old QinQ", 1, BYTES(ETHERNET "\x91\0" "\0\5" "\x81\0" "\0\6" "\x86\xDD" "\x60"), 6, 22, 0 },
	{ "tag, then LLC", 1, BYTES(ETHERNET "\x81\0" "\0\5" "\0\x26" "\x06\x06\x03" "\x45"), 4, 21, 0 },
	{ "MPLS multicast, IPv6", 1, BYTES(ETHERNET "\x88\x48" "\0\1\x21\x40" "\x60"), 6, 18, 0 },
	{ "MPLS, associated channel", 1, BYTES(ETHERNET "\x88\x47" "\0\1\x21\x40" "\x10\0\0\x21"), 0, 0,
	  WS_UNDECODED_not_ip },
	{ "pseudowire without control word", 1,
	  BYTES(ETHERNET "\x88\x47" "\0\1\x21\x40" "\x02\x1B\0\0\0\1\2\0\0\0\0\2" "\x08\0" "\x45"), 4, 32, 0 },
	{ "pseudowire without control word, to a station 00:00:..", 1,
	  BYTES(ETHERNET "\x88\x47" "\0\1\x21\x40" "\0\0\0\1\2\3\2\0\0\0\0\2" "\x08\0" "\x45\0\0\x14\x08\0"), 4, 32, 0 },
	{ "pseudowire with numbered control word", 1,
	  BYTES(ETHERNET "\x88\x47" "\0\1\x21\x40" "\0\0\1\2" "\2\0\0\0\1\2\2\0\0\0\0\2" "\x86\xDD" "\x60"), 6, 36, 0 },
	{ "pseudowire without control word, to a station 46:..", 1,
	  BYTES(ETHERNET "\x88\x47" "\0\1\x21\x40" "\x46\0\xFF\1\2\3\2\0\0\0\0\2" "\x08\0" "\x45"), 4, 32, 0 },
	{ "pseudowire without control word, to a station 62:..", 1,
	  BYTES(ETHERNET "\x88\x47" "\0\1\x21\x40" "\x62\0\0\1\xFF\3\2\0\0\0\0\2" "\x86\xDD" "\x60"), 6, 32, 0 },
	{ "MPLS, neither IP nor a frame", 1, BYTES(ETHERNET "\x88\x47" "\0\1\x21\x40" "\x30\1\2\3\4\5\6\7\x08\x09\x0A\x0B\xFF\xFF"), 0, 0,
	  WS_UNDECODED_not_ip },
	{ "MPLS, explicit null", 1, BYTES(ETHERNET "\x88\x47" "\0\0\1\x40" "\x45"), 4, 18, 0 },
	{ "MPLS, IPv6 explicit null", 1, BYTES(ETHERNET "\x88\x47" "\0\0\x21\x40" "\x60"), 6, 18, 0 },
	{ "MPLS, IPv4 explicit null on IPv6", 1, BYTES(ETHERNET "\x88\x47" "\0\0\1\x40" "\x60"), 0, 0, WS_UNDECODED_mpls_bad },
	{ "MPLS, IPv6 explicit null on IPv4", 1, BYTES(ETHERNET "\x88\x47" "\0\0\x21\x40" "\x45"), 0, 0, WS_UNDECODED_mpls_bad },
	{ "MPLS, implicit null", 1, BYTES(ETHERNET "\x88\x47" "\0\0\x31\x40" "\x45"), 0, 0, WS_UNDECODED_mpls_bad },
	{ "tag, then neither length nor type", 1, BYTES(ETHERNET "\x81\0" "\0\5" "\5\xDD" "\x45"), 0, 0, WS_UNDECODED_vlan_bad },
	{ "PPP, one byte of protocol", 9, BYTES("\x21" "\x45"), 4, 1, 0 },
	{ "PPP, framed, one byte of protocol", 9, BYTES("\xFF\x03\x57" "\x60"), 6, 3, 0 },
	{ "PPP, MPLS", 9, BYTES("\x02\x81" "\0\1\x21\x40" "\x45"), 4, 6, 0 },
	{ "PPP, compressed TCP", 9, BYTES("\0\x2D" "\x45"), 0, 0, WS_UNDECODED_not_ip },
	{ "PPP_HDLC, Cisco framing", 50, BYTES("\x0F\0\x08\0" "\x45"), 4, 4, 0 },
	{ "PPP_HDLC, Cisco multicast", 50, BYTES("\x8F\0\x86\xDD" "\x60"), 6, 4, 0 },
	{ "PPP_HDLC, unframed", 50, BYTES("\0\x21" "\x45"), 4, 2, 0 },
	{ "Cisco SLARP", 104, BYTES("\x8F\0\x80\x35" "\0\0\0\2"), 0, 0, WS_UNDECODED_not_ip },
	{ "Cisco HDLC, MPLS", 104, BYTES("\x0F\0\x88\x47" "\0\1\x21\x40" "\x45"), 4, 8, 0 },
	{ "NULL, Linux AF_INET6", 0, BYTES("\x0A\0\0\0" "\x60"), 6, 4, 0 },
	{ "NULL, Windows AF_INET6", 0, BYTES("\x17\0\0\0" "\x60"), 6, 4, 0 },
	{ "NULL, OpenBSD AF_INET6, big endian", 0, BYTES("\0\0\0\x18" "\x60"), 6, 4, 0 },
	{ "NULL, FreeBSD AF_INET6", 0, BYTES("\x1C\0\0\0" "\x60"), 6, 4, 0 },
	{ "NULL, AppleTalk", 0, BYTES("\x10\0\0\0" "\x45"), 0, 0, WS_UNDECODED_null_loopback_bad },
	{ "LOOP, AF_INET", 108, BYTES("\0\0\0\2" "\x45"), 4, 4, 0 },
	{ "SLL, netlink", 113, BYTES("\0\4\3\x38\0\0\0\0\0\0\0\0\0\0" "\x08\0" "\x45"), 0, 0, WS_UNDECODED_not_ip },
	{ "SLL, LLC", 113, BYTES("\0\0\0\1\0\6\2\0\0\0\0\1\0\0" "\0\4" "\x06\x06\x03" "\x45"), 4, 19, 0 },
	{ "SLL, Novell", 113, BYTES("\0\0\0\1\0\6\2\0\0\0\0\1\0\0" "\0\1" "\xFF\xFF"), 0, 0, WS_UNDECODED_not_ip },
	{ "SLL, tagged", 113, BYTES("\0\0\0\1\0\6\2\0\0\0\0\1\0\0" "\x81\0" "\0\5" "\x08\0" "\x45"), 4, 20, 0 },
	{ "SLL2, LLDP", 276, BYTES("\x88\xCC\0\0\0\0\0\2\0\1\4\6\2\0\0\0\0\1\0\0" "\0\1"), 0, 0, WS_UNDECODED_not_ip },
	{ "RAW as FreeBSD numbers it", 12, BYTES("\x45"), 0, 0, 0 },
	{ "RAW as OpenBSD numbers it", 14, BYTES("\x60"), 0, 0, 0 },
	{ "IPV4", 228, BYTES("\x45"), 4, 0, 0 },
	{ "IPV6", 229, BYTES("\x60"), 6, 0, 0 },
	{ "802.11", 105, BYTES("\x08\0"), 0, 0, WS_UNDECODED_linktype_unsupported },
	{ "no such link type", 0xFFFFFFFF, BYTES(""), 0, 0, WS_UNDECODED_linktype_unsupported },
	{ "nothing at all", 1, BYTES(""), 0, 0, WS_UNDECODED_ethernet_truncated },
#undef BYTES
};
/* clang-format on */

START_TEST(by_hand)
{
	struct ws_packet p = packet_of(frames[_i].bytes, frames[_i].len, frames[_i].len, frames[_i].linktype);
	bool is_raw = p.linktype == 12 || p.linktype == 14;
	struct link_payload out;
	enum ws_undecoded reason;
	bool ok = decode(&p, &out, &reason);

	ck_assert_msg(ok == (frames[_i].family != 0 || is_raw), "%s", frames[_i].what);
	if (!ok) {
		ck_assert_msg(reason == frames[_i].reason, "%s: %s", frames[_i].what, ws_undecoded_name(reason));
		return;
	}
	ck_assert_int_eq(out.family, frames[_i].family);
	ck_assert_uint_eq((size_t)(out.data - p.data), frames[_i].at);
}
END_TEST

static bool decode_tags(unsigned tags, unsigned *out_len, uint16_t *out_vlan, enum ws_undecoded *reason)
{
	size_t len = 12;
	struct link_payload out;

	memset(frame, 2, len);
	for (unsigned i = 0; i < tags; i++) {
		const uint8_t tag[4] = { 0x81, 0, 0, (uint8_t)i };

		memcpy(frame + len, tag, 4);
		len += 4;
	}
	memcpy(frame + len, "\x08\0\x45", 3);
	len += 3;

	struct ws_packet p = packet_of(frame, len, len, 1);
	bool ok = decode(&p, &out, reason);

	*out_len = outer.vlans_len;
	*out_vlan = outer.vlans[0];
	return ok;
}

/* Tags with an identifier count; there is an end to nesting. */
START_TEST(stacked_tags)
{
	enum ws_undecoded reason;
	unsigned vlans;
	uint16_t vlan;

	ck_assert(decode_tags(0, &vlans, &vlan, &reason));
	ck_assert_uint_eq(vlans, 0);
	ck_assert(decode_tags(1, &vlans, &vlan, &reason));
	ck_assert_uint_eq(vlans, 0);
	ck_assert(decode_tags(8, &vlans, &vlan, &reason));
	ck_assert_uint_eq(vlans, WS_VLANS_MAX);
	ck_assert_uint_eq(vlan, 1);
	ck_assert(!decode_tags(1000, &vlans, &vlan, &reason));
	ck_assert_int_eq(reason, WS_UNDECODED_tunnel_too_deep);
}
END_TEST

/* A label stack without a bottom ends as well. */
START_TEST(endless_labels)
{
	enum ws_undecoded reason;
	struct link_payload out;
	struct ws_packet p = packet_of(frame, 4000, 4000, 1);

	memset(frame, 0, 4000);
	memcpy(frame + 12, "\x88\x47", 2);
	ck_assert(!decode(&p, &out, &reason));
	ck_assert_int_eq(reason, WS_UNDECODED_tunnel_too_deep);
}
END_TEST

/* A file may say that less was on the wire than was captured. */
START_TEST(wire_length_too_small)
{
	struct packet packet;
	struct link_payload out;
	enum ws_undecoded reason;

	packet_init(&packet, "192.0.2.1", 1, "192.0.2.2", 2);

	size_t len = packet_build(&packet, frame, sizeof(frame));
	struct ws_packet p = packet_of(frame, len, 0, 1);

	ck_assert(decode(&p, &out, &reason));
	ck_assert_uint_eq(out.len, len - 14);
}
END_TEST

/* Names are those of https://www.tcpdump.org/linktypes.html. */
START_TEST(names)
{
	static const struct {
		uint32_t linktype;
		const char *name;
	} known[] = {
		{ 0, "NULL" },        { 1, "EN10MB" },     { 9, "PPP" },    { 12, "RAW" },         { 14, "RAW" },
		{ 50, "PPP_HDLC" },   { 51, "PPP_ETHER" }, { 101, "RAW" },  { 104, "C_HDLC" },     { 108, "LOOP" },
		{ 113, "LINUX_SLL" }, { 228, "IPV4" },     { 229, "IPV6" }, { 276, "LINUX_SLL2" },
	};
	unsigned count = 0;

	for (int i = 0; i < LENGTH(known); i++) {
		ck_assert(ws_linktype_known(known[i].linktype));
		ck_assert_str_eq(ws_linktype_name(known[i].linktype), known[i].name);
	}
	/* What is known has a name, decodes, and there is no more of it. */
	for (uint32_t linktype = 0; linktype < 70000; linktype++) {
		struct ws_packet p = packet_of(frame, 0, 0, linktype);
		struct link_payload out;
		enum ws_undecoded reason;
		bool is_unknown = !decode(&p, &out, &reason) && reason == WS_UNDECODED_linktype_unsupported;

		ck_assert_int_eq(ws_linktype_known(linktype), !is_unknown);
		ck_assert_int_eq(ws_linktype_known(linktype), ws_linktype_name(linktype) != NULL);
		count += ws_linktype_known(linktype);
	}
	ck_assert_uint_eq(count, (unsigned)LENGTH(known));
}
END_TEST

START_TEST(undecoded_names)
{
	static const char *const ids[WS_UNDECODED_COUNT] = {
#define UNDECODED(id, text) #id,
#include "wirestat_undecoded.def"
#undef UNDECODED
	};

	ck_assert_str_eq(ws_undecoded_name(WS_UNDECODED_linktype_unsupported), "linktype-unsupported");
	ck_assert_str_eq(ws_undecoded_name(WS_UNDECODED_not_tcp), "not-tcp");
	ck_assert_str_eq(ws_undecoded_name(WS_UNDECODED_fragment), "fragment");
	for (int i = 0; i < WS_UNDECODED_COUNT; i++) {
		const char *name = ws_undecoded_name((enum ws_undecoded)i);

		ck_assert_uint_eq(strlen(name), strlen(ids[i]));
		for (size_t at = 0; name[at]; at++)
			ck_assert_int_eq(name[at], ids[i][at] == '_' ? '-' : ids[i][at]);
	}
}
END_TEST

int main(void)
{
	TCase *tcase;
	Suite *suite = suite_new("link", &tcase);

	tcase_add_loop_test(tcase, every_framing, 0, 2 * FRAMING_COUNT);
	tcase_add_loop_test(tcase, every_prefix, 0, 2 * FRAMING_COUNT);
	tcase_add_loop_test(tcase, by_hand, 0, LENGTH(frames));
	tcase_add_test(tcase, stacked_tags);
	tcase_add_test(tcase, endless_labels);
	tcase_add_test(tcase, wire_length_too_small);
	tcase_add_test(tcase, names);
	tcase_add_test(tcase, undecoded_names);
	return suite_run(suite);
}
